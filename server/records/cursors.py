"""How far a phone has read the change feed, as an opaque text on the wire.

A phone that starts takes what there is, subject by subject (``place``), and then what has changed since it began, in commit
order (``position``). Both hold for one numbering of the feed (``generation``) and for one set of grants (``grants``).
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import dataclass

_TEXT = re.compile(
    r"2\.(?P<generation>[0-9a-f]{12})\.(?P<grants>[0-9a-f]{8})\.(?P<xid>\d{1,19})\.(?P<seq>\d{1,19})"
    r"(?:\.(?P<subject>[0-9a-f]{32}|-)\.(?P<place_xid>\d{1,19})\.(?P<place_seq>\d{1,19}))?",
    re.ASCII,
)
# What releases before generations gave out.
_EARLIER = re.compile(r"1\.\d{1,20}\.\d{1,19}", re.ASCII)
_LARGEST = 2**63 - 1


class CursorInvalid(ValueError):
    """The text was not made by ``encode_cursor``."""


class CursorOutdated(ValueError):
    """The text was made by an earlier release."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the feed: the transaction that wrote the change, then its place in the log."""

    xid: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the first pull: changes of no subject come first (``subject_id`` None), then subject by subject."""

    subject_id: uuid.UUID | None = None
    after: Position = Position()


@dataclass(frozen=True, slots=True)
class Cursor:
    generation: str
    grants: str
    position: Position
    place: Place | None = None


def encode_cursor(cursor: Cursor) -> str:
    position, place = cursor.position, cursor.place
    text = f"2.{cursor.generation}.{cursor.grants}.{position.xid}.{position.seq}"
    if place is not None:
        subject = place.subject_id.hex if place.subject_id else "-"
        text += f".{subject}.{place.after.xid}.{place.after.seq}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """Raises: CursorInvalid, CursorOutdated."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid("not base64url") from error
    if _EARLIER.fullmatch(plain):
        raise CursorOutdated("of an earlier release")
    match = _TEXT.fullmatch(plain)
    if match is None:
        raise CursorInvalid("not a cursor")
    place = None
    if match["subject"] is not None:
        subject_id = None if match["subject"] == "-" else uuid.UUID(hex=match["subject"])
        place = Place(subject_id, Position(int(match["place_xid"]), int(match["place_seq"])))
    position = Position(int(match["xid"]), int(match["seq"]))
    cursor = Cursor(match["generation"], match["grants"], position, place)
    numbers = [position.xid, position.seq, *([place.after.xid, place.after.seq] if place else [])]
    # The decoder skips characters outside its alphabet; only our own spelling is a cursor.
    if max(numbers) > _LARGEST or encode_cursor(cursor) != text:
        raise CursorInvalid("not as encoded")
    return cursor
