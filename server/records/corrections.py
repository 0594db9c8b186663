"""Corrections end the quarantine of what they correct, whole chains of them, whichever record came first."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import bindparam, update

from server.prepared import Prepared, insertion
from server.records.kinds import Arrival, Entry
from server.records.models import QuarantineResolution, Record
from vocabulary import AuthorKind, ChangeKind, QuarantineOutcome, RecordState, RecordStatus

_record = Record.__table__
_RESOLVE = Prepared(update(_record).where(_record.c.id == bindparam("key")).values(state=RecordState.RESOLVED))
_ADD_RESOLUTION = insertion(QuarantineResolution.__table__)


def settle_corrected(arrival: Arrival) -> None:
    """Resolves the quarantined records, of the push and from before, whose place a correction has taken."""
    for record_id, correction_id in arrival.replaced.items():
        stored, entry = arrival.stored.records.get(record_id), arrival.entry(record_id)
        if stored is not None:
            if stored.state is RecordState.QUARANTINED and not arrival.accepts(record_id):
                arrival.unit.add(_RESOLVE, [{"key": record_id}])
                _resolve(arrival, record_id, stored.subject_id, correction_id)
        elif entry is not None and entry.status is RecordStatus.QUARANTINED:
            _resolve(arrival, record_id, entry.subject_id, correction_id)


def state_of(entry: Entry, arrival: Arrival) -> RecordState:
    """The state in which a record of the push is stored."""
    if entry.status is RecordStatus.ACCEPTED:
        return RecordState.ACCEPTED
    return RecordState.RESOLVED if entry.id in arrival.replaced else RecordState.QUARANTINED


def _resolve(arrival: Arrival, record_id: uuid.UUID, subject_id: uuid.UUID | None, correction_id: uuid.UUID) -> None:
    unit, county_code, by = arrival.unit, arrival.author.county_code, _author_of(correction_id, arrival)
    row: dict[str, Any] = {
        "record_id": record_id,
        "county_code": county_code,
        "outcome": QuarantineOutcome.CORRECTED,
        "at": unit.now,
        "by": by,
        "reason": "",
        "correction_id": correction_id,
    }
    unit.add(_ADD_RESOLUTION, [row])
    unit.tell(ChangeKind.QUARANTINE, county_code, [(record_id, subject_id)])
    unit.audit("quarantine:corrected", "record", record_id, county_code=county_code, actor_id=by, reason="")


def _author_of(record_id: uuid.UUID, arrival: Arrival) -> uuid.UUID | None:
    """The person who made a correction."""
    stored = arrival.stored.records.get(record_id)
    if stored is not None:
        return stored.author_id
    return arrival.author.id if arrival.author.kind is AuthorKind.USER else None
