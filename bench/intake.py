"""Photo intake: tus uploads beside plain fsync'd writes of the same bytes, memory, and 200 slow phones beside sync calls.

Method: one gunicorn worker (gthread, 256 threads), SQLite, photos and plain files on the same disk. Blocks alternate between
uploading (creation-with-upload, keep-alive connections) and writing each photo as a file of its own with fsync of file and
folder; figures are medians over blocks, the ratio is taken block by block. Clients run on the same cores as the server.
Memory is the resident set of the server's processes, sampled every 20 ms. Slow phones send 1 KB each tenth of a second, all at
once; meanwhile pulls and pushes of one record are timed on another connection, and compared with the same before.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import selectors
import socket
import statistics
import tempfile
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.push import _prepare
from bench.report import Table, write_report
from bench.web import Web, _children, serve
from server.settings import Settings

BLOCKS = 5
SIZES = (("phone copy, 0.4 MB", 400_000, 30), ("original, 4 MB", 4_000_000, 6))
LARGE_BYTES = 30 * 1024 * 1024
SLOW_PHONES = 200
SLOW_S = 20
SLOW_BYTES_PER_STEP, SLOW_STEP_S = 1000, 0.1
UPLOADS = "/api/evidence/uploads"


@dataclass(frozen=True)
class Rate:
    photos_per_s: float
    megabytes_per_s: float


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        token, make_push = _prepare(settings)
        environment = {"DATA_DIR": str(settings.data_dir), "REDIS_URL": "redis://127.0.0.1:1"}
        plain = Path(folder) / "plain"
        plain.mkdir()
        with serve("server.wsgi:app", environment, threads=256) as web:
            speed = _speed(web, token, plain)
            memory = _memory(web, token)
            quiet = _sync_latencies(web, token, make_push, lambda n: n >= 60)
            slow = _slow_phones(web, token, make_push)
        method = f"{__doc__}\nLoad average when it began: {load:.1f}."
        write_report("intake", method, speed, memory, _latency_table(quiet, slow[0], slow[1], slow[2]))


def _photo(size: int) -> bytes:
    """Random bytes behind the first bytes of a JPEG: what is stored is what is sent, and nothing compresses it."""
    return b"\xff\xd8\xff\xe0" + random.randbytes(size - 4)


def _speed(web: Web, token: str, plain: Path) -> Table:
    table = Table("Photos", "clients", "uploads/s", "MB/s", "plain writes/s", "plain MB/s", "uploads ÷ plain writes")
    for label, size, count in SIZES:
        for clients in (1, 4):
            ours: list[Rate] = []
            yard: list[Rate] = []
            for _ in range(BLOCKS):
                photos = [[_photo(size) for _ in range(count)] for _ in range(clients)]
                ours.append(_timed(photos, lambda mine: _upload_all(web, token, mine)))
                yard.append(_timed(photos, lambda mine: _write_all(plain, mine)))
            ratio = statistics.median(a.photos_per_s / b.photos_per_s for a, b in zip(ours, yard, strict=True))
            table.add(
                label, str(clients), _median(ours, "photos_per_s"), _median(ours, "megabytes_per_s"),
                _median(yard, "photos_per_s"), _median(yard, "megabytes_per_s"), f"{ratio:.2f}",
            )  # fmt: skip
    return table


def _median(rates: list[Rate], name: str) -> str:
    return f"{statistics.median(getattr(rate, name) for rate in rates):.1f}"


def _timed(photos: list[list[bytes]], work: Callable[[list[bytes]], None]) -> Rate:
    threads = [threading.Thread(target=work, args=(mine,)) for mine in photos]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    total = [len(photo) for mine in photos for photo in mine]
    return Rate(len(total) / seconds, sum(total) / seconds / 1e6)


def _upload_all(web: Web, token: str, photos: list[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
    for photo in photos:
        connection.request("POST", UPLOADS, photo, _headers(token, photo) | {"Content-Type": "application/offset+octet-stream"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 201 or response.headers["Upload-Receipt"] is None:
            raise RuntimeError(f"{response.status} {body[:300]!r}")
    connection.close()


def _write_all(folder: Path, photos: list[bytes]) -> None:
    for photo in photos:
        handle = os.open(folder / uuid.uuid4().hex, os.O_CREAT | os.O_WRONLY | os.O_EXCL)
        os.write(handle, photo)
        os.fsync(handle)
        os.close(handle)
        directory = os.open(folder, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


def _headers(token: str, photo: bytes) -> dict[str, str]:
    return _creation(token, len(photo), hashlib.sha256(photo).hexdigest())


def _creation(token: str, size: int, sha256: str) -> dict[str, str]:
    pairs = {"photo_id": str(uuid.uuid4()), "sha256": sha256}
    return {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(size),
        "Upload-Metadata": ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items()),
    }


def _memory(web: Web, token: str) -> Table:
    table = Table("Upload", "resident before, MB", "highest during, MB", "more, MB")
    for label, size in (("one photo of 30 MB", LARGE_BYTES), ("the same again", LARGE_BYTES)):
        before = _resident_mb(web)
        with _highest(web) as highest:
            _upload_all(web, token, [_photo(size)])
        table.add(label, f"{before:.1f}", f"{highest[0]:.1f}", f"{highest[0] - before:.1f}")
    return table


def _resident_mb(web: Web) -> float:
    total = 0.0
    for pid in [web.pid, *_children(web.pid)]:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) / 1024
    return total


@contextmanager
def _highest(web: Web) -> Iterator[list[float]]:
    highest, done = [_resident_mb(web)], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            highest[0] = max(highest[0], _resident_mb(web))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        done.set()
        thread.join()


@dataclass(frozen=True)
class Latencies:
    pull_ms: list[float]
    push_ms: list[float]


def _sync_latencies(web: Web, token: str, make_push: Callable[[int], bytes], enough: Callable[[int], bool]) -> Latencies:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    pulls: list[float] = []
    pushes: list[float] = []
    while not enough(len(pulls)):
        for method, path, body, kept in (
            ("GET", "/api/sync/changes?limit=50", None, pulls),
            ("POST", "/api/sync/records", make_push(1), pushes),
        ):
            started = time.perf_counter()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = response.read()
            kept.append((time.perf_counter() - started) * 1000)
            if response.status != 200:
                raise RuntimeError(f"{response.status} {answer[:300]!r}")
        time.sleep(0.05)
    connection.close()
    return Latencies(pulls, pushes)


def _slow_phones(web: Web, token: str, make_push: Callable[[int], bytes]) -> tuple[Latencies, float, float]:
    """Sync times while 200 phones send, the memory that they cost, and how many kB/s arrived in all."""
    before = _resident_mb(web)
    size = int(SLOW_BYTES_PER_STEP * SLOW_S / SLOW_STEP_S)
    photo = _photo(size)
    sockets = [_begin_slow(web, token, photo) for _ in range(SLOW_PHONES)]
    ended, failed = threading.Event(), []

    def send() -> None:
        try:
            _send_slowly(sockets, photo)
        except (OSError, RuntimeError) as error:
            failed.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=send)
    started = time.perf_counter()
    thread.start()
    with _highest(web) as highest:
        latencies = _sync_latencies(web, token, make_push, lambda _: ended.is_set())
    thread.join()
    if failed:
        raise failed[0]
    seconds = time.perf_counter() - started
    return latencies, highest[0] - before, SLOW_PHONES * size / seconds / 1000


def _begin_slow(web: Web, token: str, photo: bytes) -> socket.socket:
    headers = _headers(token, photo) | {
        "Host": "127.0.0.1", "Content-Type": "application/offset+octet-stream", "Content-Length": str(len(photo)),
        "Connection": "close",
    }  # fmt: skip
    connection = socket.create_connection(("127.0.0.1", web.port), timeout=60)
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    connection.sendall(f"POST {UPLOADS} HTTP/1.1\r\n{head}\r\n".encode())
    return connection


def _send_slowly(sockets: list[socket.socket], photo: bytes) -> None:
    steps = len(photo) // SLOW_BYTES_PER_STEP
    started = time.perf_counter()
    for step in range(steps):
        piece = photo[step * SLOW_BYTES_PER_STEP : (step + 1) * SLOW_BYTES_PER_STEP]
        for connection in sockets:
            connection.sendall(piece)
        time.sleep(max(0.0, started + (step + 1) * SLOW_STEP_S - time.perf_counter()))
    with selectors.DefaultSelector() as selector:
        for connection in sockets:
            selector.register(connection, selectors.EVENT_READ)
        waiting = len(sockets)
        while waiting:
            for key, _ in selector.select(timeout=60):
                phone = key.fileobj
                assert isinstance(phone, socket.socket)
                answer = phone.recv(4096)
                if b" 201 " not in answer or b"Upload-Receipt" not in answer:
                    raise RuntimeError(repr(answer[:300]))
                selector.unregister(phone)
                phone.close()
                waiting -= 1


def _latency_table(quiet: Latencies, busy: Latencies, more_mb: float, kb_per_s: float) -> Table:
    table = Table("Sync call", "alone: median, 95 % ms", f"beside {SLOW_PHONES} slow uploads: median, 95 % ms", "calls")
    for label, name in (("pull", "pull_ms"), ("push of one submission", "push_ms")):
        alone, beside = getattr(quiet, name), getattr(busy, name)
        table.add(label, _spread(alone), _spread(beside), str(len(beside)))
    table.add("memory that the slow uploads cost", "", f"{more_mb:.1f} MB at {kb_per_s:.0f} kB/s in all", "")
    return table


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):.1f}, {ordered[int(len(ordered) * 0.95)]:.1f}"


if __name__ == "__main__":
    main()
