"""Intake of records: what phones push is judged one by one and stored together, in one transaction.

Each kind of record is handled by the slice that owns it, as the wiring says.
Sending the same record again gives the same receipt; another content under the same id is a conflict and changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from forms.strict_json import has_nul
from server import clock
from server.db import db, transaction
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.problems import FieldError, Refusal, problem_body
from server.records.models import Record
from server.records.quarantine import settle_corrected
from server.records.receipts import stored_receipt
from server.register.models import Subject
from server.wiring import wiring
from sync.receipts import receipt_code
from sync.records import Comparison, EnvelopeInvalid, compare, is_uuid, parse_envelope
from sync.records import Record as Envelope
from vocabulary import Action, FaultCode, ProblemCode, ReceiptKind, RecordKind, RecordStatus


@dataclass
class _Judged:
    """One record of a batch on its way through intake."""

    id: str | None
    record: Envelope | None = None
    status: str = RecordStatus.ACCEPTED
    refusal: Refusal | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)
    received_at: datetime | None = None


def receive_records(
    envelopes: list[Any], *, device_id: str, actor: Actor, now: datetime, clock_offset_s: int = 0
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Judges and stores a batch. Returns one result per envelope in order, and the completeness of the visits it touched.

    Units: ``clock_offset_s`` is the server's clock minus the phone's, measured as the batch came.
    """
    judged = [_read(envelope, clock_offset_s) for envelope in envelopes]
    with transaction():
        _tell_repeats(judged)
        _refuse_foreign_subjects(judged, actor, now)
        for entry in _still(judged, "accepted"):
            _check(entry, actor)
        kept = [entry for entry in judged if entry.status in {RecordStatus.ACCEPTED, RecordStatus.QUARANTINED}]
        _insert(kept, device_id, actor, now)
        for kind, handler in wiring().record_kinds.items():
            records = [entry.record for entry in _still(kept, "accepted") if entry.record and entry.record.kind == kind]
            if records:
                handler.store(records, actor, now)
        db.session.flush()
        _settle(kept, now)
        touched = {uuid.UUID(entry.record.visit_id) for entry in judged if entry.record and entry.record.visit_id}
        visits = wiring().refresh_visits(touched, now)
    return [_result(entry, now) for entry in judged], visits


def _settle(kept: list[_Judged], now: datetime) -> None:
    """A correction ends the quarantine of what it revises, whichever of the two came first."""
    ids = {uuid.UUID(entry.record.id) for entry in _still(kept, "quarantined") if entry.record}
    ids |= {revised for entry in _still(kept, "accepted") if entry.record and (revised := _revised(entry.record))}
    if ids:
        settle_corrected(ids, now)


def _read(envelope: Any, clock_offset_s: int) -> _Judged:
    name = envelope.get("id") if isinstance(envelope, dict) else None
    if has_nul(envelope):
        return _Judged(
            None,
            status=RecordStatus.REFUSED,
            refusal=Refusal(ProblemCode.INVALID, errors=[FieldError("#", FaultCode.NUL_CHARACTER)]),
        )
    try:
        record = replace(parse_envelope(envelope), clock_offset_s=clock_offset_s)
    except EnvelopeInvalid as error:
        code = ProblemCode.CONTENT_HASH_MISMATCH if error.faults[0].code == FaultCode.HASH_MISMATCH else ProblemCode.INVALID
        errors = [FieldError(f"#{fault.pointer}", fault.code, params=fault.params) for fault in error.faults]
        return _Judged(name if isinstance(name, str) else None, status=RecordStatus.REFUSED, refusal=Refusal(code, errors=errors))
    return _Judged(record.id, record)


def _tell_repeats(judged: list[_Judged]) -> None:
    """Marks what is stored already. The same id twice within a batch counts like once before and once now."""
    ids = [uuid.UUID(entry.record.id) for entry in judged if entry.record]
    rows = db.session.execute(select(Record.id, Record.content_hash, Record.received_at, Record.state).where(Record.id.in_(ids)))
    stored = {str(id_): (hash_, received_at, state) for id_, hash_, received_at, state in rows}
    seen: dict[str, _Judged] = {}
    for entry in judged:
        if entry.record is None:
            continue
        known_hash, entry.received_at, _state = stored.get(entry.record.id, (None, None, None))
        first = seen.get(entry.record.id)
        if first and first.record and known_hash is None:
            known_hash = first.record.content_hash
        match compare(known_hash, entry.record.content_hash):
            case Comparison.SAME:
                entry.status = RecordStatus.ALREADY_ACCEPTED
            case Comparison.CONFLICT:
                entry.status = RecordStatus.CONFLICT
                entry.refusal = Refusal(
                    ProblemCode.RECORD_CONFLICT,
                )
            case Comparison.NEW:
                seen[entry.record.id] = entry


def _refuse_foreign_subjects(judged: list[_Judged], actor: Actor, now: datetime) -> None:
    """A person may report on what was theirs on the day they made the record, and on what is theirs today.

    Today, because a phone with a wrong clock makes records on days long ago or to come, and they must not stay on it.
    """
    today = clock.county_date(now)
    by_day: dict[date, set[uuid.UUID]] = {}
    for entry in _still(judged, "accepted"):
        assert entry.record is not None
        if entry.record.subject_id is None:
            entry.status = RecordStatus.REFUSED
            entry.refusal = Refusal(ProblemCode.INVALID, errors=[FieldError("#/subject_id", FaultCode.MISSING)])
            continue
        for day in (clock.county_date(entry.record.made_at), today):
            by_day.setdefault(day, set()).add(uuid.UUID(entry.record.subject_id))
    allowed: set[tuple[date, str]] = set()
    for day, wanted in by_day.items():
        found = db.session.scalars(
            select(Subject.id).where(and_(Subject.id.in_(wanted), visible_subjects(actor, Action.SYNC, day)))
        )
        allowed |= {(day, str(id_)) for id_ in found}
    for entry in _still(judged, "accepted"):
        assert entry.record is not None
        days = (clock.county_date(entry.record.made_at), today)
        if not any((day, entry.record.subject_id) in allowed for day in days):
            entry.status = RecordStatus.REFUSED
            entry.refusal = Refusal(
                ProblemCode.SUBJECT_NOT_YOURS,
                errors=[FieldError("#/subject_id", FaultCode.NOT_YOURS)],
            )  # fmt: skip


def _check(entry: _Judged, actor: Actor) -> None:
    assert entry.record is not None
    try:
        quarantine = wiring().record_kinds[entry.record.kind].check(entry.record, actor)
    except Refusal as refusal:
        entry.status, entry.refusal = "refused", refusal
        return
    if quarantine is not None:
        entry.status, entry.refusal, entry.faults = "quarantined", quarantine.refusal, quarantine.faults


def _insert(kept: list[_Judged], device_id: str, actor: Actor, now: datetime) -> None:
    """Writes the records. One that another connection wrote a moment ago counts as a repeat, not as an error."""
    rows = []
    for entry in kept:
        assert entry.record is not None
        record = entry.record
        entry.received_at = now
        rows.append(
            {
                "id": uuid.UUID(record.id),
                "county_code": actor.county_code,
                "kind": record.kind.value,
                "visit_id": uuid.UUID(record.visit_id) if record.visit_id else None,
                "subject_id": uuid.UUID(record.subject_id) if record.subject_id else None,
                "revises_id": _revised(record),
                "author_id": actor.user_id,
                "device_id": device_id,
                "made_at": record.made_at,
                "received_at": now,
                "clock_offset_s": record.clock_offset_s,
                "content_hash": record.content_hash,
                "receipt_code": receipt_code(ReceiptKind.RECORD, record.id, record.content_hash),
                "body": dict(record.body),
                "state": entry.status,
                "faults": entry.faults,
            }
        )
    if not rows:
        return
    insert = postgresql_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    # In order of their ids, so that two batches with the same records wait for each other instead of both for the other.
    rows.sort(key=itemgetter("id"))
    # Over the table: the classes' way of inserting costs more than everything else that is done for a record.
    table = Record.__table__
    statement = insert(table).on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)
    written = set(db.session.scalars(statement, rows))
    late = [entry for entry in kept if entry.record and uuid.UUID(entry.record.id) not in written]
    if late:
        for entry in late:
            entry.status = RecordStatus.ACCEPTED
        _tell_repeats(late)


def _revised(record: Envelope) -> uuid.UUID | None:
    """What a record corrects; the body of one in quarantine may say anything."""
    revised = record.body.get("revises") if record.kind is RecordKind.SUBMISSION else None
    return uuid.UUID(revised) if is_uuid(revised) else None


def _still(judged: Iterable[_Judged], status: str) -> list[_Judged]:
    return [entry for entry in judged if entry.status == status]


def _result(entry: _Judged, now: datetime) -> dict[str, Any]:
    receipt: Mapping[str, Any] | None = None
    if entry.record and entry.status in {RecordStatus.ACCEPTED, RecordStatus.ALREADY_ACCEPTED, RecordStatus.QUARANTINED}:
        received_at = entry.received_at or now
        receipt = stored_receipt(entry.record.id, entry.record.content_hash, received_at)
    return {
        "id": entry.id,
        "status": entry.status,
        "receipt": receipt,
        "problem": problem_body(entry.refusal) if entry.refusal else None,
    }
