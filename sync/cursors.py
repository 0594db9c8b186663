"""The pull cursor: how far a phone has read the change log. Opaque on the wire.

A cursor is (xid, seq): the transaction that wrote the change, then its place in the log. Ordering by sequence number
alone would skip a row that took its number early and committed late; the server pages by this pair, below the oldest
transaction still running. SQLite has one writer, so there the xid is always 0. Mirrored by client/src/sync/cursors.ts.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

_TEXT = re.compile(r"1\.(0|[1-9]\d{0,19})\.(0|[1-9]\d{0,18})", re.ASCII)
_LARGEST_XID = 2**64 - 1
_LARGEST_SEQ = 2**63 - 1


class CursorInvalid(ValueError):
    """The text was not made by ``encode_cursor``; the phone should pull from the start."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    xid: int
    seq: int


START = Cursor(0, 0)


def encode_cursor(cursor: Cursor) -> str:
    text = f"1.{cursor.xid}.{cursor.seq}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Cursor:
    """Nothing or the empty text is the start. Raises: CursorInvalid."""
    if not text:
        return START
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid("not base64url") from error
    match = _TEXT.fullmatch(plain)
    if not match or int(match[1]) > _LARGEST_XID or int(match[2]) > _LARGEST_SEQ:
        raise CursorInvalid("not a cursor")
    cursor = Cursor(int(match[1]), int(match[2]))
    if encode_cursor(cursor) != text:
        # The decoder skips characters outside its alphabet; only our own spelling is a cursor.
        raise CursorInvalid("not as encoded")
    return cursor
