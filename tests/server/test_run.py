"""`python -m server run`: one command starts everything, and nothing is left behind however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.service import wait_for
from tests.server.evidence.live import ROOT, free_port

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def client_dir(tmp_path: Path) -> Path:
    """Enough of a built client for the supervisor to start."""
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>")
    return folder


@pytest.fixture
def start(tmp_path: Path, client_dir: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def start(port: int, data_dir: Path | None = None) -> subprocess.Popen[str]:
        environment = {
            **os.environ, "PORT": str(port), "DATA_DIR": str(data_dir or tmp_path / "data"), "CLIENT_DIR": str(client_dir),
            "WEB_WORKERS": "1", "WEB_THREADS": "4",
        }  # fmt: skip
        environment.pop("REDIS_URL", None)
        command = [sys.executable, "-m", "server", "run", "--no-demo"]
        begun.append(
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )
        return begun[-1]

    yield start
    for process in begun:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children} | {grandchild for child in children for grandchild in descendants(int(child))}


def are_gone(pids: set[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text() for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_everything_ends_with_ctrl_c_and_with_a_killed_supervisor(start: Start) -> None:
    port = free_port()
    first = start(port)
    wait_for(lambda: is_ready(port), 180, what="the first run is ready")
    orphans = descendants(first.pid)

    first.kill()
    wait_for(lambda: are_gone(orphans), 60, what="the children of a killed supervisor end")
    second = start(port)
    wait_for(lambda: is_ready(port), 180, what="the second run is ready on the same port and data")
    children = descendants(second.pid)
    second.send_signal(signal.SIGINT)

    assert second.wait(60) == 0
    # Queue, web server with one worker process, uploads, front with two, a worker per queue and two for downloads, relay.
    assert len(children) == 12
    assert are_gone(children)


def test_taken_port_is_said_with_another_one_to_take(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        process = start(port)
        said, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert f"PORT={port + 1} make run" in said
    assert "Traceback" not in said


def test_folder_that_cannot_be_written_is_said(start: Start) -> None:
    process = start(free_port(), Path("/dev/null/data"))
    said, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "DATA_DIR=" in said
    assert "Traceback" not in said
