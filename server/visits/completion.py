"""When a visit has wholly arrived: every record and photo it announced is durable here with the announced hash.

Photos belong to a later slice: the wiring says where to ask, and it calls `refresh_visits` when one has arrived.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from server import clock
from server.changes import record_changes
from server.db import db, lock_ids
from server.records.models import Record
from server.visits.models import Visit
from server.wiring import CompleteVisit, wiring
from sync.receipts import Completeness, ExpectedPhoto, receipt_code, visit_completeness
from vocabulary import ChangeKind, ReceiptKind


def refresh_visits(visit_ids: Iterable[uuid.UUID], now: datetime) -> list[dict[str, Any]]:
    """Completes those visits that have wholly arrived, in the open transaction; the state of each visit as a body."""
    ids = list(visit_ids)
    # The last record and the last photo may arrive at once; without the lock neither would see the other.
    lock_ids(ids)
    bodies = []
    for visit in db.session.scalars(select(Visit).where(Visit.id.in_(ids)).execution_options(populate_existing=True)):
        state = completeness(visit)
        if state.complete and visit.complete_at is None:
            visit.complete_at = now
            visit.receipt_code = receipt_code(ReceiptKind.VISIT, str(visit.id), _visit_hash(visit.id))
            _follow(visit, now)
            record_changes(ChangeKind.VISIT, visit.county_code, [(visit.id, visit.subject_id)])
        bodies.append(completeness_body(visit, state))
    return bodies


def photos_here(photo_ids: list[str]) -> dict[str, str]:
    """Photo id → SHA-256 of those photos whose bytes are durable."""
    return dict(wiring().photo_hashes(photo_ids)) if photo_ids else {}


def follow_again(visit_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Does for complete visits what their completion does, in the open transaction, after one of them has gained a submission."""
    for visit in db.session.scalars(select(Visit).where(Visit.id.in_(list(visit_ids)), Visit.complete_at.is_not(None))):
        _follow(visit, now)


def completeness(visit: Visit) -> Completeness:
    expected = visit.expected
    photos = [ExpectedPhoto(photo["id"], photo["sha256"]) for photo in expected["photos"]]
    wanted = [uuid.UUID(text) for text in expected["records"]] + [visit.id]
    stored = [str(id_) for id_ in db.session.scalars(select(Record.id).where(Record.id.in_(wanted)))]
    hashes = photos_here([photo.id for photo in photos])
    return visit_completeness(str(visit.id), expected["records"], photos, stored, hashes)


def completeness_body(visit: Visit, state: Completeness) -> dict[str, Any]:
    return {
        "id": str(visit.id),
        "complete": state.complete,
        "missing": {
            "records": list(state.missing_records),
            "photos": list(state.missing_photos),
            "different_photos": list(state.different_photos),
        },
        "receipt": visit_receipt(visit),
    }


def visit_receipt(visit: Visit) -> dict[str, Any] | None:
    """The receipt for the whole visit; None until it is complete."""
    if visit.complete_at is None:
        return None
    return {
        "code": visit.receipt_code,
        "kind": ReceiptKind.VISIT.value,
        "id": str(visit.id),
        "sha256": _visit_hash(visit.id),
        "received_at": clock.isoformat(visit.complete_at),
    }


def _follow(visit: Visit, now: datetime) -> None:
    for follow in wiring().on_complete:
        follow(CompleteVisit(visit.id, visit.subject_id, visit.county_code), now)


def _visit_hash(visit_id: uuid.UUID) -> str:
    return db.session.scalars(select(Record.content_hash).where(Record.id == visit_id)).one()
