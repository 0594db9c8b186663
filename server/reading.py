"""How requests are read: JSON strictly, so that what is stored has one meaning for every reader and every database."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from flask import Request
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, is_json_request

from forms.strict_json import JsonRefused, Reading, read_json
from server.problems import FieldError, Refusal
from vocabulary import FaultCode, ProblemCode

DISCARD_LIMIT_BYTES = 128 * 1024 * 1024
DISCARD_LIMIT_S = 10
DISCARDED_AT_ONCE = 2

_discarding = threading.BoundedSemaphore(DISCARDED_AT_ONCE)


class StrictParser(FlaskParser):
    """webargs' parser with our reading of JSON, and without the characters that PostgreSQL cannot store."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as a document. Raises: Refusal unsupported-media-type, malformed-request, too-large."""
        if not is_json_request(req):
            raise Refusal(ProblemCode.CONTENT_TYPE_WANTED, wanted="application/json")
        reading = _read(_body(req))
        # A record is judged on its own: one bad one must not refuse its batch.
        if not getattr(schema, "judges_text_itself", False):
            for code, detail in reading.flaws.items():
                raise _unreadable(code, detail=detail)
        return reading.document

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        for name, value in req.args.items(multi=True):
            if "\0" in name or "\0" in value:
                raise _unreadable(FaultCode.NUL_CHARACTER, f"#/{name}")
        return super().load_querystring(req, schema)


def discard_body(req: Request) -> bool:
    """Reads on after a refusal: a connection closed on unread bytes is reset, and the client never sees the reason.

    Few at a time and not for ever, or strangers who send half a body would hold every thread; False when it was left unread,
    and the connection must be closed.
    """
    has_body = req.content_length or req.headers.get("Transfer-Encoding")
    if not has_body or not req.environ.get("wsgi.input_terminated"):
        return True
    if not _discarding.acquire(blocking=False):
        return False
    try:
        return _read_to_the_end(req)
    finally:
        _discarding.release()


def _read_to_the_end(req: Request) -> bool:
    stream, unread = req.environ["wsgi.input"], DISCARD_LIMIT_BYTES
    with _cut_off_after(DISCARD_LIMIT_S, req.environ.get("gunicorn.socket")) as was_cut, contextlib.suppress(OSError, ValueError):
        while unread > 0 and (piece := stream.read(1 << 16)):
            unread -= len(piece)
        return unread > 0 and not was_cut.is_set()
    return False


@contextlib.contextmanager
def _cut_off_after(limit_s: float, connection: socket.socket | None) -> Iterator[threading.Event]:
    """Ends reading from a connection after a time, however many single bytes keep arriving."""
    was_cut = threading.Event()

    def cut() -> None:
        was_cut.set()
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    timer = threading.Timer(limit_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut
    finally:
        timer.cancel()


def _body(req: Request) -> bytes:
    """The whole body. Raises: Refusal too-large; a body without a length would otherwise be cut off at the limit unseen."""
    body = req.get_data(cache=False)
    limit = req.max_content_length
    if req.content_length is None and limit is not None and len(body) >= limit:
        raise Refusal(ProblemCode.TOO_LARGE)
    return body


def _read(text: bytes) -> Reading:
    try:
        return read_json(text)
    except JsonRefused as refused:
        raise _unreadable(refused.code, detail=refused.detail) from refused


def _unreadable(code: FaultCode, pointer: str = "#", detail: str = "") -> Refusal:
    return Refusal(
        ProblemCode.BODY_UNREADABLE,
        errors=[FieldError(pointer, code, detail)],
    )  # fmt: skip
