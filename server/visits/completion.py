"""When a visit has wholly arrived: every record and photo it announced is durable here with the announced hash.

A visit in quarantine arrives like any other, so that its phone may forget what is kept here; only what follows waits.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from server import clock
from server.db import session_link
from server.prepared import Among, Link, Prepared
from server.records.kinds import Arrival, Entry
from server.records.models import Record
from server.records.stored import Stored, look_up
from server.unit import Unit
from server.visits.models import Visit
from server.wiring import CompleteVisit, wiring
from sync.receipts import Completeness, ExpectedPhoto, receipt_code, visit_completeness
from sync.records import is_sha256, is_uuid
from vocabulary import ChangeKind, ReceiptKind, RecordKind, RecordState, RecordStatus

_record, _visit = Record.__table__.c, Visit.__table__.c
_ANNOUNCED = Prepared(
    select(
        _record.id, _record.county_code, _record.subject_id, _record.content_hash, _record.received_at, _record.state,
        _record.body, _visit.complete_at, _visit.receipt_code,
    )
    .select_from(Record.__table__)
    .outerjoin(Visit.__table__, _visit.id == _record.id)
    .where(and_(Among(_record.id, "ids"), _record.kind == RecordKind.VISIT))
)  # fmt: skip
_COMPLETE = Prepared(
    update(Visit.__table__)
    .where(_visit.id == bindparam("key"))
    .values(complete_at=bindparam("at", required=True), receipt_code=bindparam("code", required=True))
)


@dataclass(frozen=True)
class Announced:
    """A visit that is kept, with what it announced. ``counts`` is false in quarantine."""

    id: uuid.UUID
    county_code: str
    subject_id: uuid.UUID | None
    content_hash: str
    received_at: datetime
    counts: bool
    records: Sequence[uuid.UUID]
    photos: Mapping[uuid.UUID, str]
    complete_at: datetime | None = None
    receipt_code: str | None = None

    def completed(self, at: datetime) -> Announced:
        return replace(self, complete_at=at, receipt_code=receipt_code(ReceiptKind.VISIT, str(self.id), self.content_hash))


@dataclass(frozen=True)
class Here:
    """What is durable: ids of records, and photo id → SHA-256."""

    records: Collection[uuid.UUID]
    photos: Mapping[uuid.UUID, str]

    @classmethod
    def of(cls, stored: Stored, arrived: Collection[uuid.UUID] = ()) -> Here:
        return cls({*stored.records, *arrived}, stored.photo_hashes())

    def completeness(self, visit: Announced) -> Completeness:
        photos = [ExpectedPhoto(str(id_), sha256) for id_, sha256 in visit.photos.items()]
        records, hashes = {str(id_) for id_ in self.records}, {str(id_): sha256 for id_, sha256 in self.photos.items()}
        return visit_completeness(str(visit.id), map(str, visit.records), photos, records, hashes)


def complete_visits_of(entries: Sequence[Entry], arrival: Arrival) -> dict[uuid.UUID, Announced]:
    """The visits of a push by id, complete at once where nothing that they announced is missing."""
    here = Here.of(arrival.stored, [entry.id for entry in arrival.entries if entry.is_kept])
    found = {}
    for entry in entries:
        visit = _announced_by(entry, arrival)
        found[entry.id] = visit.completed(arrival.unit.now) if here.completeness(visit).complete else visit
    return found


def refresh_visits_of(arrival: Arrival) -> list[dict[str, Any]]:
    """What became of the visits that a push touched, for their author: new ones, and those from before that it may complete."""
    arrived = {entry.id for entry in arrival.entries if entry.is_kept}
    here = Here.of(arrival.stored, arrived)
    new = [entry for entry in arrival.entries if entry.kind is RecordKind.VISIT and entry.is_kept and entry.reading]
    bodies, completed = [], []
    for visit in complete_visits_of(new, arrival).values():
        if visit.complete_at is not None and visit.counts:
            completed.append(_complete(visit, here, arrived_together=arrived.issuperset(visit.records)))
        bodies.append(_body(visit, here.completeness(visit)))
    _follow(completed, arrival.unit)
    touched = {entry.visit_id for entry in arrival.entries if entry.visit_id is not None} - {entry.id for entry in new}
    known = arrival.stored.records
    before = sorted(id_ for id_ in touched if id_ in known and known[id_].is_by(arrival.author))
    return bodies + (refresh_visits(before, arrival.unit, arrived=arrived) if before else [])


def refresh_visits(visit_ids: Collection[uuid.UUID], unit: Unit, *, arrived: Collection[uuid.UUID] = ()) -> list[dict[str, Any]]:
    """Completes those visits that have wholly arrived, in the open transaction; the state of each visit as a body.

    ``arrived`` are ids of records that are about to be written. Whoever calls this has locked the visits: their last record
    and their last photo may arrive at once, and neither would see the other.
    """
    visits, stored = _load(unit.link, visit_ids)
    here = Here.of(stored, arrived)
    bodies, completed = [], []
    for visit in visits:
        state = here.completeness(visit)
        if state.complete and visit.counts and visit.complete_at is None:
            visit = visit.completed(unit.now)
            unit.add(_COMPLETE, [{"key": visit.id, "at": visit.complete_at, "code": visit.receipt_code}])
            completed.append(_complete(visit, here, arrived_together=False))
        bodies.append(_body(visit, state))
    _follow(completed, unit)
    return bodies


def completeness_bodies(visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is missing of each visit, by id; those in quarantine included."""
    visits, stored = _load(session_link(), visit_ids)
    here = Here.of(stored)
    return {visit.id: _body(visit, here.completeness(visit)) for visit in visits}


def visit_receipts(visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any] | None]:
    """The receipts of whole visits, by id; None until one is complete."""
    return {visit_id: body["receipt"] for visit_id, body in completeness_bodies(visit_ids).items()}


def _announced_by(entry: Entry, arrival: Arrival) -> Announced:
    return Announced(
        id=entry.id,
        county_code=arrival.author.county_code,
        subject_id=entry.subject_id,
        content_hash=entry.record.content_hash,
        received_at=arrival.unit.now,
        counts=entry.status is RecordStatus.ACCEPTED,
        records=entry.reading.records,
        photos=entry.reading.photos,
    )


def _load(link: Link, visit_ids: Collection[uuid.UUID]) -> tuple[list[Announced], Stored]:
    visits = []
    for id_, county, subject, digest, received_at, state, body, complete_at, code in _ANNOUNCED.rows(link, ids=visit_ids):
        expected = _expected(body)
        if expected is not None:
            counts = state is RecordState.ACCEPTED
            visits.append(Announced(id_, county, subject, digest, received_at, counts, *expected, complete_at, code))
    named = {id_ for visit in visits for id_ in (visit.id, *visit.records, *visit.photos)}
    return visits, look_up(link, named, wiring().claims)


def _expected(body: Any) -> tuple[list[uuid.UUID], dict[uuid.UUID, str]] | None:
    """What a visit announced; None for one in quarantine whose body does not say it."""
    expected = body.get("expected") if isinstance(body, dict) else None
    records = expected.get("records") if isinstance(expected, dict) else None
    photos = expected.get("photos") if isinstance(expected, dict) else None
    if not isinstance(records, list) or not isinstance(photos, list) or not all(map(is_uuid, records)):
        return None
    if not all(isinstance(photo, dict) and is_uuid(photo.get("id")) and is_sha256(photo.get("sha256")) for photo in photos):
        return None
    return [uuid.UUID(id_) for id_ in records], {uuid.UUID(photo["id"]): photo["sha256"] for photo in photos}


def _body(visit: Announced, state: Completeness) -> dict[str, Any]:
    if state.complete and not visit.counts:
        visit = visit.completed(visit.received_at)
    return {
        "id": str(visit.id),
        "complete": state.complete,
        "missing": {
            "records": list(state.missing_records),
            "photos": list(state.missing_photos),
            "different_photos": list(state.different_photos),
        },
        "receipt": _receipt(visit),
    }


def _receipt(visit: Announced) -> dict[str, Any] | None:
    if visit.complete_at is None:
        return None
    return {
        "code": visit.receipt_code,
        "kind": ReceiptKind.VISIT.value,
        "id": str(visit.id),
        "sha256": visit.content_hash,
        "received_at": clock.isoformat(visit.complete_at),
    }


def _complete(visit: Announced, here: Here, *, arrived_together: bool) -> CompleteVisit:
    assert visit.subject_id is not None, "a visit that counts has a subject"
    photos = tuple(id_ for id_ in visit.photos if id_ in here.photos)
    return CompleteVisit(visit.id, visit.subject_id, visit.county_code, photos, arrived_together)


def _follow(completed: Sequence[CompleteVisit], unit: Unit) -> None:
    if not completed:
        return
    for follow in wiring().on_complete:
        follow(completed, unit)
    for visit in completed:
        unit.tell(ChangeKind.VISIT, visit.county_code, [(visit.id, visit.subject_id)])
