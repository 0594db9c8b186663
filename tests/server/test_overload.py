"""Strangers who send much, or half: others are served meanwhile, and memory stays within bounds. Over the real front."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from server.db import db
from server.settings import Settings
from tests.conftest import PASSWORD, County
from tests.records import batch, new_id, store_small_checklist, submission
from tests.server.evidence.live import LiveFront

SESSION = "/api/accounts/session"
MEGABYTE = 1024 * 1024
THREADS, WORKERS = 8, 2


@pytest.fixture
def live(settings: Settings, county: County) -> Iterator[LiveFront]:
    server = LiveFront(settings.data_dir, threads=THREADS, workers=WORKERS)
    server.start()
    yield server
    server.kill()


def sign_in(live: LiveFront, username: str, password: str, address: str = "203.0.113.1") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=120)
    body = json.dumps({"username": username, "password": password})
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
    try:
        connection.request("POST", SESSION, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def is_well(live: LiveFront) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def resident_bytes(live: LiveFront) -> int:
    """Memory of the web server's processes."""
    master = live.processes["web"].pid
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(master)], capture_output=True, text=True).stdout.split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (str(master), *children)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def half_sent(live: LiveFront, path: str, content_type: str, length: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", live.port), timeout=30)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + b'{"username":')
    return connection


def test_many_sign_ins_at_once_neither_stop_the_others_nor_take_the_memory(live: LiveFront) -> None:
    sign_in(live, "anna", PASSWORD)
    before, most, probes = resident_bytes(live), [0], [0]
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            assert is_well(live)
            probes[0] += 1
            most[0] = max(most[0], resident_bytes(live))

    with ThreadPoolExecutor(41) as pool:
        watching = pool.submit(watch)
        guesses = [pool.submit(sign_in, live, f"name{number}", "wrong", f"203.0.{number}.1") for number in range(40)]
        answers = [guess.result(120) for guess in guesses]
        done.set()
        watching.result(60)

    assert set(answers) <= {401, 503}
    assert probes[0] >= 10
    # Two processes of two hashes of 64 MB.
    assert most[0] - before < 400 * MEGABYTE
    assert sign_in(live, "anna", PASSWORD) == 200


def push(live: LiveFront, token: str, record: dict[str, Any], answers: SimpleQueue[tuple[int, str | None]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=120)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    connection.request("POST", "/api/sync/records", json.dumps(batch(record)), headers)
    answer = connection.getresponse()
    answer.read()
    answers.put((answer.status, answer.headers["Retry-After"]))
    connection.close()


def test_pushes_that_cannot_be_served_soon_are_shed_while_others_are_served(
    live: LiveFront, settings: Settings, county: County
) -> None:
    """Somebody holds the database; as many pushes as may be at once wait for it, and fill no process whoever serves them."""
    store_small_checklist()
    db.session.remove()
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=120)
    name = json.dumps({"username": "anna", "password": PASSWORD})
    connection.request("POST", SESSION, name, {"Content-Type": "application/json"})
    token = json.load(connection.getresponse())["token"]
    connection.close()
    answers: SimpleQueue[tuple[int, str | None]] = SimpleQueue()
    afterwards: SimpleQueue[tuple[int, str | None]] = SimpleQueue()
    at_once = THREADS * 3 // 4

    with (settings.data_dir / "service.sqlite-writer").open("w") as lock, ThreadPoolExecutor(at_once + 8) as phones:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for _ in range(at_once + 8):
            phones.submit(push, live, token, submission(county.mine, new_id()), answers)
        shed = [answers.get(timeout=120) for _ in range(8)]
        is_well_meanwhile = is_well(live)
        fcntl.flock(lock, fcntl.LOCK_UN)
    push(live, token, submission(county.mine, new_id()), afterwards)

    assert shed == [(503, "5")] * 8
    assert is_well_meanwhile
    assert afterwards.get(timeout=120) == (200, None)


@pytest.mark.parametrize(
    ("path", "content_type", "count"),
    [(SESSION, "application/json", 550), ("/api/rescue/imports", "multipart/form-data; boundary=x", 100)],
)
def test_half_sent_bodies_keep_nobody_out(live: LiveFront, path: str, content_type: str, count: int) -> None:
    strangers = [half_sent(live, path, content_type, 5000) for _ in range(count)]
    dripping = threading.Event()

    def drip() -> None:
        while not dripping.wait(0.5):
            for connection in strangers:
                try:
                    connection.send(b" ")
                except OSError:
                    continue

    dripper = threading.Thread(target=drip)
    dripper.start()
    try:
        # A thread that reads a stranger's body is held as long as the stranger likes: both would run into their time limit.
        assert is_well(live)
        assert sign_in(live, "anna", PASSWORD) == 200
    finally:
        dripping.set()
        dripper.join()
        for connection in strangers:
            connection.close()
