"""A whole installation in processes of its own: web, workers, relay, queue and database, started as users start them.

Two ways: `python -m server run`, and the services of compose.yaml. Where no container engine runs, the same commands are
started as processes with the same environment; PostgreSQL and Redis come from this machine, and an address inside the
containers' network becomes one of this machine. What differs from containers is said in the results' method.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psutil
import psycopg
import yaml

from server.settings import Settings
from tests.server.postgresql import Cluster, running_cluster

ROOT = Path(__file__).resolve().parent.parent
READY_TIMEOUT_S = 90
IDLE_S = 6.0


@dataclass(frozen=True)
class Usage:
    """What a tree of processes has used so far."""

    cpu_s: float
    written_bytes: int

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.cpu_s - other.cpu_s, self.written_bytes - other.written_bytes)


class Observer(Protocol):
    """Looks into the installation's database from outside without being counted."""

    def scalar(self, statement: str) -> Any: ...


@dataclass
class Installation:
    """A running installation. ``roots`` are the processes from which all others of it descend."""

    name: str
    settings: Settings
    port: int
    roots: list[psutil.Process]
    observer: Observer
    idle_cpu_per_s: float = 0.0
    _not_counted: set[int] = field(default_factory=set)

    def processes(self) -> list[psutil.Process]:
        found: dict[int, psutil.Process] = {}
        for root in self.roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                for process in (root, *root.children(recursive=True)):
                    found[process.pid] = process
        return [process for pid, process in found.items() if pid not in self._not_counted]

    def workers(self) -> list[psutil.Process]:
        """The processes that run jobs, whatever their queues."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                command = process.cmdline()
                if "server" in command and "worker" in command:
                    found.append(process)
        return found

    def usage(self) -> Usage:
        """Processes that have ended count through the parent that waited for them."""
        cpu, written = 0.0, 0
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                with process.oneshot():
                    times = process.cpu_times()
                    cpu += times.user + times.system + times.children_user + times.children_system
                with contextlib.suppress(OSError):
                    written += _written_bytes(process.pid)
        return Usage(cpu, written)

    def memory_mb(self) -> float:
        """Proportional share, so that what forked processes have in common counts once."""
        total = 0
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_full_info().pss
        return total / 1e6

    def unfinished(self) -> int:
        """Notes in the outbox whose work has not been done."""
        return int(self.observer.scalar("SELECT count(*) FROM outbox_note") or 0)

    def wait_until_done(self, timeout_s: float = 300) -> None:
        """Waits until everything that followed from what was sent has been done."""
        until = time.monotonic() + timeout_s
        while self.unfinished():
            if time.monotonic() > until:
                raise RuntimeError(f"{self.unfinished()} pieces of work are unfinished after {timeout_s:.0f} s")
            time.sleep(0.1)

    def measure_idle(self) -> None:
        before, started = self.usage(), time.monotonic()
        time.sleep(IDLE_S)
        self.idle_cpu_per_s = (self.usage() - before).cpu_s / (time.monotonic() - started)

    @contextlib.contextmanager
    def workers_halted(self) -> Iterator[None]:
        """Stops the workers meanwhile, so that what they do is measured apart from what comes in."""
        halted = self.workers()
        for process in halted:
            process.suspend()
        try:
            yield
        finally:
            for process in halted:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()


@contextlib.contextmanager
def by_run(folder: Path, database: str) -> Iterator[Installation]:
    """`make run` with SQLite, or with a DATABASE_URL for PostgreSQL; the queue is the embedded one."""
    with contextlib.ExitStack() as stack:
        settings, roots = Settings(data_dir=folder / "data", redis_url="redis://127.0.0.1:1"), []
        environment = {"DATA_DIR": str(settings.data_dir)}
        if database == "postgresql":
            cluster = stack.enter_context(_cluster())
            settings = Settings(data_dir=folder / "data", redis_url="redis://127.0.0.1:1", database_url=cluster.url("postgres"))
            environment["DATABASE_URL"] = settings.database_url
            roots.append(_process(cluster))
        port = free_port()
        environment |= {"PORT": str(port), "HOST": "127.0.0.1"}
        _prepare(environment)
        run = stack.enter_context(_started(["-m", "server", "run", "--no-demo"], environment, folder / "log"))
        yield _ready(stack, f"make run, {_TITLES[database]}", settings, port, [*roots, psutil.Process(run.pid)], folder / "log")


@contextlib.contextmanager
def by_compose(folder: Path) -> Iterator[Installation]:
    """The services of compose.yaml as processes of this machine."""
    with contextlib.ExitStack() as stack:
        services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
        cluster = stack.enter_context(_cluster(_postgresql_options(services["database"])))
        queue_socket = folder / "queue.sock"
        queue = stack.enter_context(_redis(queue_socket, services["queue"]))
        port = free_port()
        settings = Settings(
            data_dir=folder / "data", database_url=cluster.url("postgres"), redis_url=f"unix://{queue_socket}"
        )  # fmt: skip
        replaced = {
            "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url, "DATA_DIR": str(settings.data_dir),
            "PGPASSWORD": "",
        }  # fmt: skip
        roots = [_process(cluster), psutil.Process(queue.pid)]
        _prepare(_environment(services["prepare"], replaced))
        for service in services.values():
            command = service.get("command")
            if "build" not in service or service.get("restart") == "no":
                continue
            for _ in range(int(service.get("deploy", {}).get("replicas", 1))):
                environment = _environment(service, replaced) | {"HOST": "127.0.0.1", "PORT": str(port)}
                process = stack.enter_context(_started(_arguments(command, folder), environment, folder / "log"))
                roots.append(psutil.Process(process.pid))
        yield _ready(stack, "compose, PostgreSQL", settings, port, roots, folder / "log")


SETUPS = {
    "run-sqlite": lambda folder: by_run(folder, "sqlite"),
    "run-postgresql": lambda folder: by_run(folder, "postgresql"),
    "compose": by_compose,
}
_TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@contextlib.contextmanager
def open_setup(name: str) -> Iterator[Installation]:
    """The set-up of that name in a folder of its own (BENCH_DIR chooses the disk)."""
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"), prefix="bench-") as folder,
        SETUPS[name](Path(folder)) as it,
    ):
        yield it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class SqliteObserver:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)

    def scalar(self, statement: str) -> Any:
        row = self._connection.execute(statement).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


class PostgresqlObserver:
    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.pid = self._connection.info.backend_pid

    def scalar(self, statement: str) -> Any:
        row = self._connection.execute(statement).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


def _ready(
    stack: contextlib.ExitStack, name: str, settings: Settings, port: int, roots: list[psutil.Process], log: Path
) -> Installation:
    observer: SqliteObserver | PostgresqlObserver
    if settings.database_url:
        observer = PostgresqlObserver(settings.database_url)
        not_counted = {observer.pid}
    else:
        observer, not_counted = SqliteObserver(settings.data_dir / "service.sqlite"), set()
    stack.callback(observer.close)
    installation = Installation(name, settings, port, roots, observer, _not_counted=not_counted)
    until = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
            return installation
        if any(not root.is_running() or root.status() == psutil.STATUS_ZOMBIE for root in roots):
            break
        time.sleep(0.1)
    raise RuntimeError(f"{name} did not become ready:\n{log.read_text('utf-8')[-3000:]}")


@contextlib.contextmanager
def _started(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own: what the terminal sends reaches only us, and what is left over can be ended as a group.
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=_clean() | environment, cwd=ROOT, start_new_session=True, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _prepare(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "server", "prepare"], env=_clean() | environment, cwd=ROOT, check=True)


def _clean() -> dict[str, str]:
    """Our environment without settings of another installation."""
    return {name: value for name, value in os.environ.items() if name.lower() not in Settings.__dataclass_fields__}


def _environment(service: dict[str, Any], replaced: dict[str, str]) -> dict[str, str]:
    given = {name: str(value) for name, value in (service.get("environment") or {}).items()}
    return given | {name: value for name, value in replaced.items() if name in given}


def _arguments(command: list[str], folder: Path) -> list[str]:
    """A service's command for this Python, with its sockets in a folder of ours."""
    program, *rest = [argument.replace("/run/service", str(folder)) for argument in command]
    return rest if program == "python" else ["-m", program, *rest]


def _postgresql_options(service: dict[str, Any]) -> list[str]:
    """`-c name=value` options that compose.yaml gives the database, if any."""
    command = service.get("command") or []
    return [following for flag, following in itertools.pairwise(command) if flag == "-c"]


@contextlib.contextmanager
def _cluster(options: list[str] | None = None) -> Iterator[Cluster]:
    """A private PostgreSQL that keeps its promises: with fsync, unlike that of the tests."""
    with running_cluster(options=("listen_addresses=", *(options or []))) as cluster:
        yield cluster


def _process(cluster: Cluster) -> psutil.Process:
    assert cluster.process is not None
    return psutil.Process(cluster.process.pid)


@contextlib.contextmanager
def _redis(path: Path, service: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise RuntimeError("no redis-server on this machine: sudo apt-get install redis-server")
    given = [argument for argument in service.get("command") or [] if argument not in {"redis-server", "valkey-server"}]
    command = [program, "--port", "0", "--unixsocket", str(path), "--dir", str(path.parent), "--loglevel", "warning", *given]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _written_bytes(pid: int) -> int:
    """Bytes that the process made go to the disk; needs the right to look at it."""
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    return 0
