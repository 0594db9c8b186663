"""Receipts: the short code a person can read out, and when a visit has wholly arrived.

Mirrored by client/src/sync/receipts.ts. Storing receipts is the server's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vocabulary import ReceiptKind

_CODE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExpectedPhoto:
    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """Ids in the order in which the visit lists them; ``different_photos`` arrived with other bytes than listed."""

    complete: bool
    missing_records: tuple[str, ...]
    missing_photos: tuple[str, ...]
    different_photos: tuple[str, ...]


def receipt_code(kind: ReceiptKind | str, id: str, sha256: str) -> str:
    """Twelve hex digits in groups of four: "7F3C-21A9-0B44". Phone and server print the same one."""
    digest = hashlib.sha256(f"{ReceiptKind(kind).value}|{id}|{sha256}".encode()).hexdigest()[:12].upper()
    return "-".join((digest[0:4], digest[4:8], digest[8:12]))


def read_receipt_code(text: str) -> str | None:
    """The code in its one spelling, from what a person typed or scanned; None if it cannot be one."""
    digits = re.sub(r"[ \t\r\n\u00a0\u3000\-‐–—－]", "", text).upper()
    code = "-".join((digits[0:4], digits[4:8], digits[8:]))
    return code if _CODE.fullmatch(code) else None


def visit_completeness(
    visit_id: str,
    expected_records: Iterable[str],
    expected_photos: Iterable[ExpectedPhoto],
    stored_records: Iterable[str],
    stored_photos: Mapping[str, str],
) -> Completeness:
    """Whether everything that the visit record lists is durable here; ``stored_photos`` maps photo id to SHA-256.

    The visit's own record counts too. Quarantined records count as stored: they are kept, and the phone need not.
    """
    present = set(stored_records)
    missing_records = tuple(id for id in dict.fromkeys((visit_id, *expected_records)) if id not in present)
    photos = {photo.id: photo for photo in expected_photos}.values()
    missing_photos = tuple(photo.id for photo in photos if photo.id not in stored_photos)
    different = tuple(photo.id for photo in photos if stored_photos.get(photo.id, photo.sha256) != photo.sha256)
    return Completeness(not (missing_records or missing_photos or different), missing_records, missing_photos, different)
