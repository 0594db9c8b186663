"""The two ways in which the durability bench fills the server's disk really stop writes, and let them through again."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.durability.machine import NoDisk, SmallDisk, WriteLimit

# Appends 64 kB at each line that it reads, and says how that went.
WRITER = """
import os, sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "ab", buffering=0) as file:
            file.write(bytes(65536))
            os.fsync(file.fileno())
        print(0, flush=True)
    except OSError as error:
        print(error.errno, flush=True)
"""


@pytest.fixture
def writer() -> Iterator[Callable[[Path], tuple[int, Callable[[], int]]]]:
    """Starts a process that writes to a file: its id, and a function that has it write and returns errno or 0."""
    started: list[subprocess.Popen[str]] = []

    def start(file: Path) -> tuple[int, Callable[[], int]]:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)

        def write() -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        return process.pid, write

    yield start
    for process in started:
        process.communicate(timeout=30)


def test_small_disk_is_full_and_empty_again(writer: Callable[[Path], tuple[int, Callable[[], int]]], tmp_path: Path) -> None:
    try:
        disk = SmallDisk(tmp_path / "disk", 4_000_000)
    except NoDisk as reason:
        pytest.skip(f"nothing may be mounted here: {reason}")
    try:
        pid, write = writer(tmp_path / "disk" / "file")
        before = write()
        disk.fill([pid])
        full = write()
        disk.empty()
        after = write()
    finally:
        disk.unmount()

    assert (before, full, after) == (0, errno.ENOSPC, 0)


def test_write_limit_stops_writes_and_lets_them_through_again(
    writer: Callable[[Path], tuple[int, Callable[[], int]]], tmp_path: Path
) -> None:
    limit = WriteLimit("no mount here")
    pid, write = writer(tmp_path / "file")

    before = write()
    limit.fill([pid])
    full = write()
    limit.empty()

    assert (before, full, write()) == (0, errno.EFBIG, 0)
