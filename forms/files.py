"""A checklist file as bytes that anybody may have written: read as JSON, or refused with a reason a person can act on."""

from __future__ import annotations

import codecs
from typing import Any

from forms.strict_json import JsonRefused, read_json

# A checklist of 300 items with long conditions stays below 1 MB and 12 levels.
BYTES_AT_MOST = 8 * 1024 * 1024


class UnreadableFile(Exception):
    """A file that is not JSON as both languages read it, or names a key twice."""


def parse_json(data: bytes) -> Any:
    """The JSON of a file; a byte order mark is no fault.

    Raises: UnreadableFile with the line or the place.
    """
    if len(data) > BYTES_AT_MOST:
        raise UnreadableFile(f"larger than {BYTES_AT_MOST // 1024**2} MB")
    try:
        reading = read_json(data.removeprefix(codecs.BOM_UTF8))
    except JsonRefused as error:
        raise UnreadableFile(error.detail) from error
    for flaw, detail in reading.flaws.items():
        raise UnreadableFile(detail or flaw.replace("-", " "))
    return reading.document
