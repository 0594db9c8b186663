"""Clients that measure: one after the other, several at once, all at once, and many slow ones; /healthz is watched meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import queue
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JSON = "application/json"
UPLOADS = "/api/evidence/uploads"
WATCH_EVERY_S = 0.02


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": JSON}


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Connection:
    """One keep-alive connection that insists on success."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None, expected: int = 200) -> bytes:
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != expected:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:500]!r}")
        return answer

    def push(self, body: bytes, token: str) -> None:
        answer = self.send("POST", "/api/sync/records", bearer(token), body)
        if b'"refused"' in answer or b'"quarantined"' in answer or b'"conflict"' in answer:
            raise RuntimeError(repr(answer[:800]))

    def close(self) -> None:
        self._connection.close()


def at_once(port: int, token: str, bodies: Sequence[bytes], clients: int) -> list[float]:
    """Milliseconds of each push when so many clients push one after the other; 503 with Retry-After is sent again later.

    The time of a push that was shed is that of all its attempts.
    """
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    taken: list[float] = []
    failures: list[BaseException] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            while True:
                try:
                    body = waiting.get_nowait()
                except queue.Empty:
                    return
                started = time.perf_counter()
                while True:
                    connection.request("POST", "/api/sync/records", body, bearer(token))
                    response = connection.getresponse()
                    answer = response.read()
                    if response.status != 503:
                        break
                    time.sleep(float(response.headers["Retry-After"]))
                taken.append((time.perf_counter() - started) * 1000)
                if response.status != 200:
                    raise RuntimeError(f"{response.status} {answer[:300]!r}")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return taken


@dataclass
class Health:
    """Milliseconds of the calls to /healthz while something else went on."""

    ms: list[float] = field(default_factory=list)
    failures: int = 0

    def p(self, share: float) -> float:
        return percentile(self.ms, share)


@contextlib.contextmanager
def health_watched(port: int) -> Iterator[Health]:
    """Calls /healthz every 20 ms from a process of its own, each on a new connection, as a proxy's check does."""
    command = [sys.executable, "-m", "bench.clients", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    health = Health()
    time.sleep(0.5)
    try:
        yield health
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        seen = json.loads(output)
        health.ms, health.failures = seen["ms"], seen["failures"]


def _watch(port: int) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    taken: list[float] = []
    failures = 0
    due = time.perf_counter()
    while not ended.is_set():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        # From when it was due: what waits behind a slow answer has waited too.
        started = due
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status != 200:
                failures += 1
        except OSError:
            failures += 1
        finally:
            connection.close()
        now = time.perf_counter()
        taken.append((now - started) * 1000)
        due = max(due + WATCH_EVERY_S, now - 1)
        ended.wait(max(0.0, due - now))
    print(json.dumps({"ms": taken, "failures": failures}))


@dataclass(frozen=True)
class Crowd:
    """What became of many clients at once."""

    answers: Counter[str]
    seconds: float
    ms: list[float]


def burst(port: int, token: str, bodies: Sequence[bytes], timeout_s: float = 120) -> Crowd:
    """Every body on a connection of its own, all at the same moment; what is shed with 503 comes back when told to."""

    async def one(body: bytes, begin: asyncio.Event) -> tuple[str, float]:
        await begin.wait()
        started = time.perf_counter()
        head = _head("POST", "/api/sync/records", bearer(token) | {"Content-Length": str(len(body))})
        shed = 0
        while True:
            status, retry_after = await _exchange(port, head + body)
            if status != "503":
                return f"{status}{' after 503' if shed else ''}", (time.perf_counter() - started) * 1000
            shed += 1
            await asyncio.sleep(retry_after)

    return asyncio.run(_crowd([lambda begin, body=body: one(body, begin) for body in bodies], timeout_s))  # type: ignore[misc]


def slow_uploads(port: int, photos: Sequence[tuple[dict[str, str], bytes]], *, bytes_per_s: int, timeout_s: float) -> Crowd:
    """Every photo on a connection of its own at so many bytes a second, one piece each second."""

    async def one(headers: dict[str, str], data: bytes, place: float, begin: asyncio.Event) -> tuple[str, float]:
        await begin.wait()
        # Spread over a second, as phones are.
        await asyncio.sleep(place)
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_head("POST", UPLOADS, headers | {"Content-Length": str(len(data))}))
            for offset in range(0, len(data), bytes_per_s):
                writer.write(data[offset : offset + bytes_per_s])
                await writer.drain()
                await asyncio.sleep(max(0.0, started + offset // bytes_per_s + 1 - time.perf_counter()))
            status, _ = await _answer(reader)
        finally:
            writer.close()
        return status, (time.perf_counter() - started) * 1000

    count = len(photos)
    jobs: list[Callable[[asyncio.Event], object]] = [
        lambda begin, headers=headers, data=data, place=number / count: one(headers, data, place, begin)  # type: ignore[misc]
        for number, (headers, data) in enumerate(photos)
    ]
    return asyncio.run(_crowd(jobs, timeout_s))


async def _crowd(jobs: Sequence[Callable[[asyncio.Event], object]], timeout_s: float) -> Crowd:
    begin = asyncio.Event()
    tasks = [asyncio.ensure_future(job(begin)) for job in jobs]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    started = time.perf_counter()
    begin.set()
    done, late = await asyncio.wait(tasks, timeout=timeout_s)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    answers: Counter[str] = Counter({"no answer in time": len(late)} if late else {})
    taken = []
    for task in done:
        error = task.exception()
        if error is not None:
            answers[type(error).__name__] += 1
            continue
        status, ms = task.result()  # type: ignore[misc]
        answers[status] += 1
        taken.append(ms)
    return Crowd(answers, time.perf_counter() - started, taken)


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{lines}\r\n".encode()


async def _exchange(port: int, request: bytes) -> tuple[str, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[str, float]:
    """The status, and the seconds after which to come again."""
    text = await reader.read()
    head = text.partition(b"\r\n\r\n")[0].decode("latin-1")
    if not head:
        return "closed", 1.0
    lines = head.split("\r\n")
    retry = next((line.partition(":")[2] for line in lines if line.lower().startswith("retry-after:")), "1")
    return lines[0].split(" ")[1], float(retry)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    _watch(int(sys.argv[1]))
