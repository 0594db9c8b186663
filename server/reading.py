"""How requests are read: JSON strictly, so that what is stored has one meaning for every reader and every database."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, is_json_request

from server.problems import FieldError, Refusal

# orjson writes no deeper than this, and nothing that is stored here comes near it.
DEPTH_AT_MOST = 254

DISCARD_LIMIT_BYTES = 128 * 1024 * 1024
DISCARD_LIMIT_S = 30
SILENCE_LIMIT_S = 5

_SPACED_KEY = re.compile(rb'"[ \t\r\n]+:')
_NUL = b"\\u0000"


class StrictParser(FlaskParser):
    """webargs' parser with our reading of JSON, and without the characters that PostgreSQL cannot store."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as a document. Raises: Refusal unsupported-media-type, malformed-request, too-large."""
        if not is_json_request(req):
            raise Refusal("unsupported-media-type", "需要 application/json。", "Send application/json.")
        document, has_nul = read_json(_body(req))
        # A record is judged on its own: one bad one must not refuse its batch.
        if has_nul and not getattr(schema, "judges_text_itself", False):
            raise _unreadable("nul-character")
        return document

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        for name, value in req.args.items(multi=True):
            if "\0" in name or "\0" in value:
                raise _unreadable("nul-character", f"#/{name}")
        return super().load_querystring(req, schema)


def read_json(text: bytes) -> tuple[Any, bool]:
    """A JSON text as a document, and whether a NUL character occurs in it.

    Stricter than json.loads: UTF-8 only, no NaN or Infinity, no lone surrogates, no key twice in an object (two readers would
    see different documents), no nesting beyond DEPTH_AT_MOST. Raises: Refusal malformed-request.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable("not-json", detail=str(error)) from error
    try:
        written = orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise _unreadable("too-deep") from error
    if _may_repeat_keys(text, written):
        _refuse_repeated_keys(text)
    return document, _NUL in written


def has_nul(document: Any) -> bool:
    """Whether a string anywhere in the document holds a NUL character, which PostgreSQL cannot store."""
    return _NUL in orjson.dumps(document)


def discard_body(req: Request) -> None:
    """Reads on after a refusal: a connection closed on unread bytes is reset, and the client never sees the reason.

    Not for ever: whoever sends more, or more slowly, than any client of ours is cut off.
    """
    stream = req.environ["wsgi.input"]
    if not req.environ.get("wsgi.input_terminated"):
        return
    until, unread = time.monotonic() + DISCARD_LIMIT_S, DISCARD_LIMIT_BYTES
    with _impatient(req.environ.get("gunicorn.socket")), contextlib.suppress(OSError, ValueError):
        while unread > 0 and time.monotonic() < until and (piece := stream.read(1 << 16)):
            unread -= len(piece)


@contextlib.contextmanager
def _impatient(connection: socket.socket | None) -> Iterator[None]:
    if connection is None:
        yield
        return
    timeout_s = connection.gettimeout()
    connection.settimeout(SILENCE_LIMIT_S)
    try:
        yield
    finally:
        connection.settimeout(timeout_s)


def _body(req: Request) -> bytes:
    """The whole body. Raises: Refusal too-large; a body without a length would otherwise be cut off at the limit unseen."""
    body = req.get_data(cache=False)
    limit = req.max_content_length
    if req.content_length is None and limit is not None and len(body) >= limit:
        raise Refusal("too-large")
    return body


def _may_repeat_keys(text: bytes, written: bytes) -> bool:
    """A cheap look: a key that was dropped makes the two differ in how often a quote is followed by a colon.

    Spaces before a colon and escaped colons could hide that; such texts, which no JSON library writes, are looked at closely.
    """
    return text.count(b'":') != written.count(b'":') or b"\\u003" in text or _SPACED_KEY.search(text) is not None


def _refuse_repeated_keys(text: bytes) -> None:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) < len(pairs):
            raise _unreadable("key-twice")
        return built

    limit = sys.get_int_max_str_digits()
    json.loads(text, object_pairs_hook=build, parse_int=lambda digits: int(digits) if len(digits) < limit else 0)


def _unreadable(code: str, pointer: str = "#", detail: str = "") -> Refusal:
    return Refusal(
        "malformed-request", "请求的内容无法读取，没有保存任何内容。", "The body cannot be read. Nothing was saved.",
        errors=[FieldError(pointer, code, detail)],
    )  # fmt: skip
