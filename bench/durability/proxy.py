"""A faulty network: an HTTP proxy between browser and server that cuts bodies, loses answers, goes dark or becomes slow.

It understands just enough of HTTP/1.1 to know where a body begins and ends. Under `/durability/` it hands out the bench's
own module, also while the network is dark: that is the harness, not the product.
"""

from __future__ import annotations

import contextlib
import mimetypes
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OWN_FILES = b"/durability/"
PIECE = 16_384
HEAD_LIMIT = 64 * 1024
SILENCE_S = 120


class Gone(Exception):
    """One of the two sides closed the connection."""


@dataclass(frozen=True)
class Arm:
    """A fault that waits for a request that it fits."""

    kind: str  # request_cut | answer_cut | answer_lost
    fraction: float
    path_part: str

    def fits(self, method: bytes, path: bytes, body_bytes: int) -> bool:
        if self.path_part.encode() not in path:
            return False
        return self.kind == "answer_cut" or (method not in {b"GET", b"HEAD"} and (body_bytes > 0 or self.kind == "answer_lost"))


class FaultyProxy:
    """Listens on a port of its own. ``on_fault(kind, facts)`` is called right before each fault that it causes."""

    def __init__(self, server_port: int, files: Path, on_fault: Callable[..., None]) -> None:
        self._server_port = server_port
        self._files = files
        self._on_fault = on_fault
        self._arms: list[Arm] = []
        self._lock = threading.Lock()
        self._dark_until = 0.0
        self._slow_until = 0.0
        self._bytes_per_s = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def arm(self, kind: str, fraction: float, path_part: str = "/api/") -> None:
        with self._lock:
            self._arms.append(Arm(kind, fraction, path_part))

    def go_dark(self, seconds: float) -> None:
        """No network: what is open breaks, and nothing can be opened."""
        self._dark_until = max(self._dark_until, time.monotonic() + seconds)
        with self._lock:
            waiting = list(self._open)
        for connection in waiting:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def slow_down(self, bytes_per_s: float, seconds: float) -> None:
        self._bytes_per_s, self._slow_until = bytes_per_s, time.monotonic() + seconds

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        client.settimeout(SILENCE_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(client)
        try:
            rest = b""
            while True:
                head, rest = _read_head(client, rest)
                method, path = head.split(b" ", 2)[:2]
                if path.startswith(OWN_FILES):
                    self._send_own(client, path)
                    continue
                if time.monotonic() < self._dark_until:
                    raise Gone
                if server is None:
                    server = socket.create_connection(("127.0.0.1", self._server_port), timeout=SILENCE_S)
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                rest = self._exchange(client, server, method, path, head, rest)
        except (OSError, Gone, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(client)
            _break(client)
            if server is not None:
                _break(server)

    def _exchange(
        self, client: socket.socket, server: socket.socket, method: bytes, path: bytes, head: bytes, rest: bytes
    ) -> bytes:
        body_bytes = _length(head) or 0
        arm = self._take(method, path, body_bytes)
        server.sendall(head)
        if arm is not None and arm.kind == "request_cut":
            byte = int(arm.fraction * body_bytes)
            self._on_fault("request_cut", path=path.decode()[:80], byte=byte, of=body_bytes)
            self._relay(client, server, byte, rest)
            raise Gone
        rest = self._relay(client, server, body_bytes, rest)
        answer, after = _read_head(server, b"")
        status = int(answer.split(b" ", 2)[1])
        if arm is not None and arm.kind == "answer_lost":
            # It is about work that was committed; an answer that says no is passed on, and the fault waits for the next.
            if 200 <= status < 300:
                self._on_fault("answer_lost", path=path.decode()[:80], status=status)
                raise Gone
            self._put_back(arm)
        length = 0 if method == b"HEAD" or status in {204, 304} else _length(answer)
        if arm is not None and arm.kind == "answer_cut":
            whole = len(answer) + (length or 0)
            byte = int(arm.fraction * whole)
            self._on_fault("answer_cut", path=path.decode()[:80], byte=byte, of=whole)
            client.sendall(answer[:byte])
            self._relay(server, client, max(0, byte - len(answer)), after)
            raise Gone
        client.sendall(answer)
        if length is None:
            self._relay_chunks(server, client, after)
        else:
            self._relay(server, client, length, after)
        if b"\r\nconnection: close" in answer.lower():
            raise Gone
        return rest

    def _take(self, method: bytes, path: bytes, body_bytes: int) -> Arm | None:
        with self._lock:
            for arm in self._arms:
                if arm.fits(method, path, body_bytes):
                    self._arms.remove(arm)
                    return arm
        return None

    def _put_back(self, arm: Arm) -> None:
        with self._lock:
            self._arms.append(arm)

    def _relay(self, source: socket.socket, target: socket.socket, count: int, rest: bytes) -> bytes:
        """Passes on ``count`` bytes, of which ``rest`` has been read already; returns what was read beyond them."""
        ahead, rest = rest[:count], rest[count:]
        if ahead:
            target.sendall(ahead)
        left = count - len(ahead)
        while left:
            piece = source.recv(min(PIECE, left))
            if not piece:
                raise Gone
            self._wait(len(piece))
            target.sendall(piece)
            left -= len(piece)
        return rest

    def _relay_chunks(self, server: socket.socket, client: socket.socket, after: bytes) -> None:
        seen = after
        if after:
            client.sendall(after)
        while not seen.endswith(b"0\r\n\r\n"):
            piece = server.recv(PIECE)
            if not piece:
                raise Gone
            self._wait(len(piece))
            client.sendall(piece)
            seen = (seen + piece)[-16:]

    def _wait(self, count: int) -> None:
        now = time.monotonic()
        if now < self._dark_until:
            raise Gone
        if now < self._slow_until:
            time.sleep(count / self._bytes_per_s)

    def _send_own(self, client: socket.socket, path: bytes) -> None:
        file = (self._files / path.removeprefix(OWN_FILES).split(b"?")[0].decode()).resolve()
        if not file.is_relative_to(self._files.resolve()) or not file.is_file():
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        body = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nCache-Control: no-store\r\n\r\n"
        client.sendall(head.encode() + body)


def _read_head(source: socket.socket, rest: bytes) -> tuple[bytes, bytes]:
    while b"\r\n\r\n" not in rest:
        piece = source.recv(PIECE)
        if not piece or len(rest) > HEAD_LIMIT:
            raise Gone
        rest += piece
    end = rest.index(b"\r\n\r\n") + 4
    return rest[:end], rest[end:]


def _length(head: bytes) -> int | None:
    """The body's length; None for a body in chunks."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return None if b"\r\ntransfer-encoding: chunked" in head.lower() else 0


def _break(connection: socket.socket) -> None:
    """Closes with a reset, as a mobile network does."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
