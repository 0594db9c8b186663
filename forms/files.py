"""A checklist file as bytes that anybody may have written: read as JSON, or refused with a reason a person can act on."""

from __future__ import annotations

import json
import math
from typing import Any

# A checklist of 300 items with long conditions stays below 1 MB and 12 levels.
BYTES_AT_MOST = 8 * 1024 * 1024
DEPTH_AT_MOST = 40
# Beyond this a JSON number no longer means the same integer in JavaScript and in Python.
_LARGEST_SAFE_INTEGER = 2**53 - 1


class UnreadableFile(Exception):
    """A file that is not JSON as both languages read it, or names a key twice."""


def parse_json(data: bytes) -> Any:
    """The JSON of a file; a byte order mark is no fault.

    Raises: UnreadableFile with the line or the place.
    """
    if len(data) > BYTES_AT_MOST:
        raise UnreadableFile(f"larger than {BYTES_AT_MOST // 1024**2} MB")
    try:
        document = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_float=_finite,
            parse_int=_safe,
            parse_constant=_no_constant,
        )
    except RecursionError as error:
        raise UnreadableFile("nested too deeply") from error
    except ValueError as error:
        raise UnreadableFile(str(error)) from error
    _check_tree(document)
    return document


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        twin = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twin!r} stands twice in one object: {json.dumps(document, ensure_ascii=False)[:120]}")
    return document


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _safe(text: str) -> int:
    # int() itself refuses thousands of digits, with words for programmers.
    if len(text) > 17 or abs(int(text)) > _LARGEST_SAFE_INTEGER:
        raise ValueError(f"the number {text[:40]} is too large")
    return int(text)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_tree(document: Any) -> None:
    """Level by level, since a document may be nested more deeply than Python may call."""
    level = [document]
    for _ in range(DEPTH_AT_MOST):
        texts = [value for value in level if isinstance(value, str)]
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                texts += value
                below += value.values()
            elif isinstance(value, list):
                below += value
        for text in texts:
            _check_text(text)
        if not below:
            return
        level = below
    raise UnreadableFile(f"nested more than {DEPTH_AT_MOST} levels deep")


def _check_text(text: str) -> None:
    # PostgreSQL cannot store it.
    if "\0" in text:
        raise UnreadableFile(f"a NUL character in {text[:40]!a}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableFile(f"half a character (lone surrogate) in {text[:40]!a}") from error
