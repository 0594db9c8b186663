"""A real web server in its own process for tests, and a proxy that cuts connections where a test wants it."""

from __future__ import annotations

import contextlib
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class LiveServer:
    """gunicorn as ``server.run`` starts it, on one port, over the data folder of the test."""

    def __init__(self, data_dir: Path, *, threads: int = 8, workers: int = 1) -> None:
        self.port = free_port()
        self._data_dir = data_dir
        self._threads, self._workers = threads, workers
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "DATA_DIR": str(self._data_dir),
            "REDIS_URL": "redis://127.0.0.1:1",
            "WEB_THREADS": str(self._threads),
            "PYTHONPATH": str(ROOT),
        }
        command = [
            sys.executable, "-m", "gunicorn", "server.wsgi:app", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--workers", str(self._workers), "--threads", str(self._threads),
            "--timeout", "60", "--graceful-timeout", "2", "--keep-alive", "30", "--log-level", "error",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("the server did not answer within two minutes")

    def kill(self) -> None:
        """SIGKILL to master and workers: nothing gets a chance to tidy up."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.kill()
        self.start()


class LiveFront(LiveServer):
    """Front, web server and uploads process as ``server.run`` starts them."""

    def __init__(self, data_dir: Path, *, threads: int = 8, workers: int = 1) -> None:
        super().__init__(data_dir, threads=threads, workers=workers)
        self._runtime: Path | None = None
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._runtime = Path(tempfile.mkdtemp(prefix="live-"))
        web, uploads = (str(self._runtime / f"{name}.sock") for name in ("web", "uploads"))
        python = [sys.executable, "-m"]
        commands = {
            "web": [
                *python, "gunicorn", "server.wsgi:app", "--bind", f"unix:{web}", "--worker-class", "gthread", "--workers",
                str(self._workers), "--threads", str(self._threads), "--no-control-socket", "--log-level", "error",
            ],
            "uploads": [*python, "server", "uploads", "--socket", uploads],
            "front": [*python, "server", "front", "--web", f"unix:{web}", "--uploads", f"unix:{uploads}"],
        }  # fmt: skip
        environment = {
            **os.environ, "DATA_DIR": str(self._data_dir), "REDIS_URL": "redis://127.0.0.1:1", "PORT": str(self.port),
            "WEB_THREADS": str(self._threads), "WEB_WORKERS": str(self._workers),
        }  # fmt: skip
        for name, command in commands.items():
            self.processes[name] = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._answers("/healthz", 200) and self._answers("/api/evidence/uploads", 204):
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("the server did not answer within two minutes")

    def kill(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()
        if self._runtime is not None:
            shutil.rmtree(self._runtime)
            self._runtime = None

    def _answers(self, path: str, status: int) -> bool:
        asked = urllib.request.Request(f"{self.url}{path}", method="OPTIONS" if path.startswith("/api") else "GET")
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(asked, timeout=1) as answer:
            return bool(answer.status == status)
        return False


LIVE = {"web server": LiveServer, "front": LiveFront}


class CuttingProxy:
    """Passes bytes to a port, and cuts a connection when more bytes came from the client than the next of ``cuts`` says."""

    def __init__(self, target_port: int, cuts: list[int]) -> None:
        self._target = target_port
        self._cuts = list(cuts)
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def cuts_left(self) -> int:
        return len(self._cuts)

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            self._forward(client, server)
            back.join(timeout=30)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Cuts only connections that carry a body: a cut is spent on the first that sends more bytes than it allows."""
        sent = 0
        while data := client.recv(4096):
            limit = self._cuts[0] if self._cuts else None
            if limit is not None and sent + len(data) > limit:
                server.sendall(data[: max(0, limit - sent)])
                self._cuts.pop(0)
                client.shutdown(socket.SHUT_RDWR)
                server.shutdown(socket.SHUT_RDWR)
                return
            server.sendall(data)
            sent += len(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
