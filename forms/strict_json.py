"""The one reading of JSON that comes from outside: requests, checklist files, rescue files.

What is read means the same to Python, to JavaScript and to both databases, or it is refused. It says nothing of what the document
may hold.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from vocabulary import FaultCode

# Checklists and records stay below 14 levels, and an answer that nests a stored document can still be written by orjson (254).
DEPTH_AT_MOST = 40
# Beyond this a JSON number no longer means the same integer in JavaScript and in Python.
LARGEST_SAFE_INTEGER = 2**53 - 1

_ORJSON_DEPTH = 254
_NUL = b"\\u0000"
# A written backslash is two; only an odd one makes what follows it the character.
_REAL_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NUMBER = re.compile(r"-?[0-9.eE+-]+")
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_LONG_NUMBER = b"0" * 16
_SPACED_KEY = re.compile(rb'"[ \t\r\n]+:')


class JsonRefused(ValueError):
    """The text is no JSON of ours: ``code`` is not-json, too-deep or key-twice, ``detail`` says where or what."""

    def __init__(self, code: FaultCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reading:
    """A document, and what in it a database or another language cannot hold: one record's flaw must not refuse its batch.

    ``flaws`` maps nul-character and unsafe-number to the place where the first one stands, as far as that is known.
    """

    document: Any
    flaws: dict[FaultCode, str]


def read_json(text: bytes) -> Reading:
    """UTF-8 without a byte order mark; no NaN, Infinity or lone surrogate, no key twice, no nesting beyond DEPTH_AT_MOST.

    Raises: JsonRefused.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refused(error) from error
    written = _written(document)
    flaws = {FaultCode.NUL_CHARACTER: "there is a NUL character in a text"} if _holds_nul(written) else {}
    # Both looks are cheap and may be wrong in one direction only: what they let pass needs no closer look.
    if _may_repeat_keys(text, written) or _LONG_NUMBER in text.translate(_DIGITS_ALIKE):
        flaws |= _closer_look(text)
    return Reading(document, flaws)


def has_nul(document: Any) -> bool:
    """Whether a string anywhere in the document holds a NUL character, which PostgreSQL cannot store."""
    return _holds_nul(orjson.dumps(document))


def _refused(error: orjson.JSONDecodeError) -> JsonRefused:
    """orjson's complaint in our words where its own would not help a person."""
    where = str(error)
    if "depth limit" in where:
        return JsonRefused(FaultCode.TOO_DEEP, f"nested more than {DEPTH_AT_MOST} levels deep")
    number = _NUMBER.match(error.doc, error.pos) if "infinity" in where else None
    if number is not None:
        return JsonRefused(FaultCode.NOT_JSON, f"the number {number[0][:40]} is too large")
    if "surrogate in string" in where:
        return JsonRefused(FaultCode.NOT_JSON, f"half a character (lone surrogate): {where}")
    return JsonRefused(FaultCode.NOT_JSON, where)


def _holds_nul(written: bytes) -> bool:
    return _NUL in written and _REAL_NUL.search(written) is not None


def _written(document: Any) -> bytes:
    """The document written again. Wrapped, since orjson counts the depth at no cost, and its own limit is higher than ours."""
    wrapped = document
    for _ in range(_ORJSON_DEPTH - DEPTH_AT_MOST):
        wrapped = [wrapped]
    try:
        return orjson.dumps(wrapped)
    except orjson.JSONEncodeError as error:
        raise JsonRefused(FaultCode.TOO_DEEP, f"nested more than {DEPTH_AT_MOST} levels deep") from error


def _may_repeat_keys(text: bytes, written: bytes) -> bool:
    """A key that was dropped makes the two differ in how often a quote is followed by a colon.

    Spaces before a colon and escaped colons could hide that; no JSON library writes them.
    """
    return text.count(b'":') != written.count(b'":') or b"\\u003" in text or _SPACED_KEY.search(text) is not None


def _closer_look(text: bytes) -> dict[FaultCode, str]:
    flaws: dict[FaultCode, str] = {}

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) < len(pairs):
            seen: set[str] = set()
            twin = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise JsonRefused(FaultCode.KEY_TWICE, f"the key {twin[:40]!r} stands twice in one object")
        return built

    def whole(digits: str) -> int:
        # int() refuses thousands of digits, with words for programmers.
        if len(digits) > 17 or abs(int(digits)) > LARGEST_SAFE_INTEGER:
            flaws.setdefault(FaultCode.UNSAFE_NUMBER, f"the number {digits[:40]} is too large")
            return 0
        return int(digits)

    json.loads(text, object_pairs_hook=build, parse_int=whole)
    return flaws
