"""How far many visits have arrived, for lists and the feed: one query for each question, whatever the number of visits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from server import clock
from server.db import db
from server.records.models import Record
from server.visits.completion import completeness_bodies
from vocabulary import ReceiptKind

_NOTHING_MISSING: dict[str, list[str]] = {"records": [], "photos": [], "different_photos": []}


class Arriving(Protocol):
    """The columns of a visit that its state is made of."""

    id: uuid.UUID
    complete_at: Any
    receipt_code: str | None


class States:
    """The completeness of visits as bodies. A visit that is complete was found so once and is not looked into again."""

    def __init__(self, visits: Sequence[Arriving]) -> None:
        self._underway = completeness_bodies([visit.id for visit in visits if visit.complete_at is None])
        self._hashes = _hashes(visit.id for visit in visits if visit.complete_at is not None)

    def body(self, visit: Arriving) -> dict[str, Any]:
        """Raises: KeyError for a visit without its record."""
        if visit.complete_at is None:
            return self._underway[visit.id]
        receipt = {
            "code": visit.receipt_code,
            "kind": ReceiptKind.VISIT.value,
            "id": str(visit.id),
            "sha256": self._hashes[visit.id],
            "received_at": clock.isoformat(visit.complete_at),
        }
        return {"id": str(visit.id), "complete": True, "missing": _NOTHING_MISSING, "receipt": receipt}


def _hashes(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(select(Record.id, Record.content_hash).where(Record.id.in_(set(ids))))
    return {id_: digest for id_, digest in rows}
