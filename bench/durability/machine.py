"""The server's side: the real service on a small disk of its own, with parts that are killed and a disk that fills up."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
import threading
import time
from pathlib import Path

from bench.durability.checklist import DOCUMENT, HASH
from bench.durability.journal import Journal
from server.app import create_app
from server.checklists.service import add_version
from server.db import db, transaction
from tests.e2e.service import Service

PARTS = ("queue", "web", "worker", "relay")
LOOK_EVERY_S = 0.5


class NoDisk(Exception):
    """This machine does not let us mount a small disk; the message says why."""


class SmallDisk:
    """A tmpfs of its own (needs root), so that only the service's data are on the disk that fills up."""

    substitute_because = ""

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise NoDisk("mount is not installed") from None
        if done.returncode:
            raise NoDisk(f"{done.stderr.strip()} ".splitlines()[0][:200].strip())

    def fill(self, _processes: list[int]) -> None:
        """Takes all the room there is."""
        with contextlib.suppress(OSError), (self.folder / "filler").open("ab", buffering=0) as file:
            free = os.statvfs(self.folder)
            os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - 1_000_000))
        try:
            with (self.folder / "filler").open("ab", buffering=0) as file:
                while True:
                    file.write(b"\0" * 65_536)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def empty(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=False)


class WriteLimit:
    """Where nothing may be mounted: the server's processes are not allowed to write any file beyond its first byte.

    Every write fails as on a full disk, but with EFBIG instead of ENOSPC, and reports name it.
    """

    def __init__(self, because: str) -> None:
        self.substitute_because = because
        self._limited: list[int] = []

    def fill(self, processes: list[int]) -> None:
        self._limited = processes
        for pid in processes:
            self._limit(pid, 1)

    def empty(self) -> None:
        for pid in self._limited:
            self._limit(pid, resource.RLIM_INFINITY)

    def unmount(self) -> None:
        pass

    def _limit(self, pid: int, most_bytes: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most_bytes == resource.RLIM_INFINITY else most_bytes, hard))


class Machine:
    """Service and disk. Faults may be asked for from any thread; one that makes no sense now is left out and not counted."""

    def __init__(self, folder: Path, client_dir: Path, journal: Journal, disk_bytes: int) -> None:
        self._journal = journal
        self._lock = threading.RLock()
        self._down: set[str] = set()
        self._ended = threading.Event()
        data = folder / "data"
        self.disk: SmallDisk | WriteLimit
        try:
            self.disk = SmallDisk(data, disk_bytes)
        except NoDisk as reason:
            self.disk = WriteLimit(str(reason))
        self.service = Service(data, environment={"CLIENT_DIR": str(client_dir)})
        self.service.prepare()
        app = create_app(self.service.settings())
        with app.app_context():
            with transaction():
                add_version(DOCUMENT, HASH, source="repository")
            db.session.remove()
            db.engine.dispose()

    def start(self) -> None:
        self.service.start()
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def kill(self, part: str, down_s: float, fault: str) -> None:
        with self._lock:
            if part in self._down or self._ended.is_set():
                return
            self._down.add(part)
            self._journal.fault(fault, down_s=round(down_s, 2))
            self.service.kill(part)
        time.sleep(down_s)
        with self._lock:
            self._down.discard(part)
        self._start(part)

    def fill_disk(self, for_s: float) -> None:
        with self._lock:
            if "disk" in self._down or self._ended.is_set():
                return
            self._down.add("disk")
            self._journal.fault("disk_full", for_s=round(for_s, 2))
            processes = [
                pid for part in ("web", "worker", "relay") if self._runs(part) for pid in _family(self.service.parts[part].pid)
            ]
        try:
            self.disk.fill(processes)
            time.sleep(for_s)
        finally:
            self.disk.empty()
            with self._lock:
                self._down.discard("disk")

    def renew_queue(self) -> None:
        with self._lock:
            self.service.stop("queue")
            self.service.start("queue")

    def is_whole(self) -> bool:
        return not self._down and all(self._runs(part) for part in PARTS)

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            self.service.stop()

    def release(self) -> None:
        self.disk.empty()
        self.disk.unmount()

    def _keep_alive(self) -> None:
        """What `make run` does: a part that died by itself is started again."""
        while not self._ended.wait(LOOK_EVERY_S):
            for part in PARTS:
                with self._lock:
                    dead = part not in self._down and not self._runs(part)
                if dead:
                    self._journal.note("part_died", part=part)
                    self._start(part)

    def _runs(self, part: str) -> bool:
        process = self.service.parts.get(part)
        return process is not None and process.poll() is None

    def _start(self, part: str) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            with contextlib.suppress(AssertionError):  # not up in time: the next look tries again
                self.service.start(part)


def _family(leader: int) -> list[int]:
    """The processes of the group that this one leads."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found
