"""Intake of records: what phones push is judged one by one and stored together, in one transaction.

Each kind of record is handled by the slice that owns it, as the wiring says. Sending the same record again gives the same
receipt; another content under the same id is a conflict and changes nothing. What can be read and is authentic is never answered
"no": a record that cannot be counted is kept whole in quarantine.
"""

from __future__ import annotations

import copy
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forms.strict_json import has_nul
from server import clock
from server.audit import current_request
from server.authors import Author
from server.db import lock_ids, write
from server.pairings.reach import Scope
from server.passing_faults import passing_fault
from server.prepared import Link, insertion
from server.problems import FieldError, Refusal, problem_body
from server.records.corrections import settle_corrected, state_of
from server.records.kinds import Arrival, Entry, uuid_of
from server.records.models import Record
from server.records.receipts import stored_receipt
from server.records.stored import look_up
from server.unit import Unit
from server.wiring import Wiring, wiring
from sync.receipts import receipt_code
from sync.records import Comparison, EnvelopeInvalid, compare, is_uuid, parse_envelope
from sync.records import Record as Envelope
from sync.revisions import Revision, replaced
from vocabulary import FaultCode, ProblemCode, ReceiptKind, RecordKind, RecordStatus

log = logging.getLogger(__name__)

_INSERT_RECORD = insertion(Record.__table__)

Bodies = list[dict[str, Any]]


@dataclass(frozen=True)
class Unread:
    """What came in the place of a record and is none: the one thing that is refused."""

    id: str | None
    refusal: Refusal


@dataclass(frozen=True)
class Push:
    """Whose records they are, what their author may report on, and from where they come."""

    author: Author
    scope: Scope
    device_id: str
    now: datetime
    request_id: str


def receive_records(
    envelopes: list[Any], *, device_id: str, author: Author, scope: Scope, now: datetime, clock_offset_s: int = 0
) -> tuple[Bodies, Bodies]:
    """Judges and stores a batch. Returns one result per envelope in order, and the completeness of its author's visits in it.

    Units: ``clock_offset_s`` is the server's clock minus the phone's, measured as the batch came.
    """
    wired, push = wiring(), Push(author, scope, device_id, now, current_request())
    read = [read_envelope(envelope, wired, clock_offset_s) for envelope in envelopes]
    entries = [entry for entry in read if isinstance(entry, Entry)]
    received, visits = _receive(entries, push, wired) if entries else ([], [])
    results = iter(received)
    return [_result(next(results) if isinstance(entry, Entry) else entry) for entry in read], visits


def read_envelope(envelope: Any, wired: Wiring, clock_offset_s: int) -> Entry | Unread:
    """An envelope with what its body says, as far as that can be told without the database."""
    if has_nul(envelope):
        return Unread(None, Refusal(ProblemCode.INVALID, errors=[FieldError("#", FaultCode.NUL_CHARACTER)]))
    try:
        entry = Entry(replace(parse_envelope(envelope), clock_offset_s=clock_offset_s))
    except EnvelopeInvalid as error:
        code = ProblemCode.CONTENT_HASH_MISMATCH if error.faults[0].code == FaultCode.HASH_MISMATCH else ProblemCode.INVALID
        errors = [FieldError(f"#{fault.pointer}", fault.code, params=fault.params) for fault in error.faults]
        name = envelope.get("id") if isinstance(envelope, dict) else None
        return Unread(name if isinstance(name, str) else None, Refusal(code, errors=errors))
    try:
        read_body(entry, wired)
    except Refusal as refusal:
        entry.quarantine(refusal)
    except Exception as error:
        if not _is_unforeseen(error):
            raise
        entry.quarantine(_unforeseen(entry))
    return entry


def read_body(entry: Entry, wired: Wiring) -> None:
    """Raises: Refusal for a record that does not say what it must."""
    if entry.subject_id is None:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#/subject_id", FaultCode.MISSING)])
    entry.reading = wired.record_kinds[entry.kind].read(entry.record)


def arrive(entries: list[Entry], push: Push, link: Link, wired: Wiring) -> Arrival:
    """Entries with all that is known of what they name, in the open transaction, which from now on nobody else changes."""
    mentioned, changed = _named(entries, wired)
    # All locks at once and in order: two pushes with the same ids wait for each other instead of each for the other.
    lock_ids(changed, link)
    stored = look_up(link, mentioned | changed, wired.claims)
    reach = push.scope(link, {entry.subject_id for entry in entries if entry.subject_id}, push.now)
    return Arrival(entries, push.author, push.device_id, stored, reach, Unit(link, push.now, push.request_id))


def store(arrival: Arrival, wired: Wiring) -> Bodies:
    """Writes what the accepted records of an arrival say, and what follows from it; the completeness of its author's visits."""
    settle_corrected(arrival)
    for kind, handler in wired.record_kinds.items():
        handler.store(arrival.of(kind), arrival)
    visits = wired.refresh_visits(arrival)
    arrival.unit.write()
    return visits


def tell_replaced(arrival: Arrival) -> None:
    """Says which records have lost their place to a correction; nearly every push has no part in a chain of them."""
    stored = [record.revision for record in arrival.stored.records.values()]
    arrived = [
        Revision(entry.id, _revised(entry.record), entry.status is RecordStatus.ACCEPTED, (entry.subject_id, entry.visit_id))
        for entry in arrival.entries
        if entry.is_kept
    ]
    if any(link.revises for link in (*stored, *arrived)):
        arrival.replaced.update(replaced([*stored, *arrived]))


def _receive(entries: Sequence[Entry], push: Push, wired: Wiring) -> tuple[list[Entry], Bodies]:
    try:
        return _store_together(entries, push, wired)
    except Exception as error:
        if not _is_unforeseen(error):
            raise
        log.exception("a push failed as a whole; its records are taken one by one")
        return _store_one_by_one(entries, push, wired)


def _store_together(entries: Sequence[Entry], push: Push, wired: Wiring) -> tuple[list[Entry], Bodies]:
    """By a number of statements that does not grow with the batch."""

    def work(link: Link) -> tuple[list[Entry], Bodies]:
        # It may run again: each time it begins with what was read.
        received = [copy.copy(entry) for entry in entries]
        arrival = arrive(received, push, link, wired)
        _tell_repeats(arrival)
        for entry in received:
            if entry.status is RecordStatus.ACCEPTED:
                _judge(entry, arrival, wired)
        tell_replaced(arrival)
        arrival.unit.add(_INSERT_RECORD, [_row(entry, arrival) for entry in received if entry.is_kept])
        return received, store(arrival, wired)

    return write(work)


def _store_one_by_one(entries: Sequence[Entry], push: Push, wired: Wiring) -> tuple[list[Entry], Bodies]:
    """The way of a batch in which something failed that nobody foresaw: that record is quarantined and the others go on."""
    received: list[Entry] = []
    visits: dict[str, dict[str, Any]] = {}
    for entry in entries:
        taken, touched = _store_apart(entry, push, wired)
        received.append(taken)
        visits |= {visit["id"]: visit for visit in touched}
    return received, list(visits.values())


def _store_apart(entry: Entry, push: Push, wired: Wiring) -> tuple[Entry, Bodies]:
    try:
        [taken], visits = _store_together([entry], push, wired)
        return taken, visits
    except Exception as error:
        if not _is_unforeseen(error):
            raise
        unforeseen = copy.copy(entry)
        unforeseen.quarantine(_unforeseen(entry))
    try:
        [taken], visits = _store_together([unforeseen], push, wired)
        return taken, visits
    except Exception as error:
        if not _is_unforeseen(error):
            raise
        log.exception("a record could not even be kept in quarantine", extra={"record_id": str(entry.id)})
        unforeseen.status, unforeseen.refusal = RecordStatus.REFUSED, Refusal(ProblemCode.INTERNAL, request=push.request_id)
        return unforeseen, []


def _is_unforeseen(error: Exception) -> bool:
    return not isinstance(error, Refusal) and passing_fault(error) is None


def _named(entries: Sequence[Entry], wired: Wiring) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """The ids that the records mention, and those of what they change."""
    mentioned: set[uuid.UUID] = set()
    changed: set[uuid.UUID] = set()
    for entry in entries:
        changed.add(entry.id)
        if entry.visit_id is not None:
            changed.add(entry.visit_id)
        if (revised := _revised(entry.record)) is not None:
            changed.add(revised)
        if entry.reading is not None:
            handler = wired.record_kinds[entry.kind]
            mentioned.update(handler.mentions(entry.reading))
            changed.update(handler.changes(entry.reading))
    return mentioned, changed


def _tell_repeats(arrival: Arrival) -> None:
    """Marks what is stored already. The same id twice within a batch counts like once before and once now."""
    seen: dict[uuid.UUID, str] = {}
    for entry in arrival.entries:
        stored, digest = arrival.stored.records.get(entry.id), entry.record.content_hash
        if stored is None and entry.id not in seen:
            seen[entry.id] = digest
            continue
        entry.received_at = stored.received_at if stored is not None else arrival.unit.now
        match compare(stored.content_hash if stored is not None else seen[entry.id], digest):
            case Comparison.SAME:
                entry.status, entry.refusal = RecordStatus.ALREADY_ACCEPTED, None
            case Comparison.CONFLICT:
                entry.status, entry.refusal = RecordStatus.CONFLICT, Refusal(ProblemCode.RECORD_CONFLICT)


def _judge(entry: Entry, arrival: Arrival, wired: Wiring) -> None:
    """A record that was not its author's to make is kept like one that does not fit; under another's id it is not."""
    try:
        if not arrival.reach.may_report(entry.subject, clock.county_date(entry.record.made_at)):
            raise Refusal(ProblemCode.OUTSIDE_SCOPE, errors=[FieldError("#/subject_id", FaultCode.NOT_YOURS)])
        if entry.visit_id is not None and arrival.stored.is_anothers_visit(entry.visit_id, entry.subject, arrival.author):
            if entry.id == entry.visit_id:
                raise Refusal(ProblemCode.RECORD_CONFLICT)
            raise Refusal(ProblemCode.OUTSIDE_SCOPE, errors=[FieldError("#/visit_id", FaultCode.NOT_YOURS)])
        wired.record_kinds[entry.kind].check(entry, arrival)
    except Refusal as refusal:
        if refusal.code is ProblemCode.RECORD_CONFLICT:
            entry.status, entry.refusal = RecordStatus.CONFLICT, refusal
        else:
            entry.quarantine(refusal)


def _row(entry: Entry, arrival: Arrival) -> dict[str, Any]:
    record, now = entry.record, arrival.unit.now
    entry.received_at = now
    return {
        **arrival.author.columns,
        "id": entry.id,
        "kind": entry.kind,
        "visit_id": entry.visit_id,
        "subject_id": entry.subject_id,
        "revises_id": _revised(record),
        "device_id": arrival.device_id,
        "made_at": record.made_at,
        "received_at": now,
        "clock_offset_s": record.clock_offset_s,
        "content_hash": record.content_hash,
        "receipt_code": receipt_code(ReceiptKind.RECORD, record.id, record.content_hash),
        "body": record.body,
        "state": state_of(entry, arrival),
        "faults": entry.faults,
    }


def _revised(record: Envelope) -> uuid.UUID | None:
    """What a record corrects; the body of one in quarantine may say anything."""
    revised = record.body.get("revises") if record.kind is RecordKind.SUBMISSION else None
    return uuid_of(revised) if is_uuid(revised) else None


def _unforeseen(entry: Entry) -> Refusal:
    log.exception("a record failed in a way nobody foresaw; it is kept in quarantine", extra={"record_id": str(entry.id)})
    return Refusal(ProblemCode.UNFORESEEN, errors=[FieldError("#", FaultCode.UNFORESEEN)])


def _result(entry: Entry | Unread) -> dict[str, Any]:
    if isinstance(entry, Unread):
        return {"id": entry.id, "status": RecordStatus.REFUSED, "receipt": None, "problem": problem_body(entry.refusal)}
    record, receipt = entry.record, None
    if entry.received_at is not None and entry.status is not RecordStatus.CONFLICT:
        receipt = stored_receipt(record.id, record.content_hash, entry.received_at)
    return {
        "id": record.id,
        "status": entry.status,
        "receipt": receipt,
        "problem": problem_body(entry.refusal) if entry.refusal else None,
    }
