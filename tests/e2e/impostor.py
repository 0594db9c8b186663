"""A gateway between the phone and the service: hands everything through, except where it is told to answer in its own words."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PAGE = "<!doctype html><title>登录网络</title><h1>欢迎使用本酒店无线网络，请先登录</h1>".encode()
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade"}


@dataclass(frozen=True)
class Answer:
    """``cut`` sends the true answer's head and half of its body, and hangs up."""

    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes = PAGE
    location: str | None = None
    cut: bool = False


def page(status: int) -> Answer:
    return Answer(status)


OWN_JSON = Answer(200, "application/json", b'{"code":401,"msg":"not authenticated"}')
NOTHING = Answer(204, body=b"")
REDIRECT = Answer(302, body=b"", location="/hotel-login")
CUT = Answer(cut=True)


@dataclass
class Impostor:
    """``speaks_for`` decides by method and path; ``spoken`` lists where it did."""

    behind: str
    speaks_for: Callable[[str, str], Answer | None] = lambda method, path: None
    spoken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def speak(self, answer: Answer, *prefixes: str) -> None:
        """From now on for paths that begin so; without any, for everything of the API."""
        wanted = prefixes or ("/api/",)
        self.spoken.clear()
        self.speaks_for = lambda _method, path: answer if path.startswith(wanted) else None

    def go_away(self) -> None:
        self.speaks_for = lambda _method, _path: None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        impostor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                return

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = impostor.speaks_for(self.command, self.path)
                with contextlib.suppress(ConnectionError, TimeoutError):
                    if answer is None or answer.cut:
                        self.pass_on(body, cut=answer is not None)
                    else:
                        impostor.spoken.append(f"{self.command} {self.path}")
                        self.speak(answer)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

            def speak(self, answer: Answer) -> None:
                self.send_response(answer.status)
                if answer.location is not None:
                    self.send_header("Location", answer.location)
                if answer.status != 204:
                    self.send_header("Content-Type", answer.content_type)
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD" and answer.status != 204:
                    self.wfile.write(answer.body)

            def pass_on(self, body: bytes, *, cut: bool) -> None:
                there = urlsplit(impostor.behind)
                connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
                try:
                    connection.request(self.command, self.path, body, dict(self.headers.items()))
                    response = connection.getresponse()
                    content = response.read()
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in HOP_BY_HOP | {"content-length", "date", "server"}:
                        self.send_header(name, value)
                length = response.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
                if response.status != 204 and length is not None:
                    self.send_header("Content-Length", length)
                self.end_headers()
                if cut:
                    impostor.spoken.append(f"{self.command} {self.path}")
                    self.wfile.write(content[: len(content) // 2])
                    self.close_connection = True
                elif self.command != "HEAD":
                    self.wfile.write(content)

        return Handler
