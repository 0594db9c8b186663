"""Records that do not fit their checklist: shown to their author and the office until somebody resolves them.

A record leaves quarantine in three ways: it fits by now (its checklist has been published since) and is accepted; its author has
sent another record that revises it and fits; or the office sets it aside with a reason. It is never changed and never lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from forms.checklist import Checklist
from server import clock
from server.accounts.models import User
from server.accounts.names import names_of
from server.accounts.service import actor_of
from server.audit import write_audit
from server.changes import record_changes
from server.checklists.models import ChecklistVersion
from server.checklists.service import find_compiled
from server.db import db, lock_ids, transaction
from server.paging import Asked, Order, as_indexed, bounded_count, not_by_index, page_of
from server.pairings.visibility import list_scope, visible_subjects
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.records.kinds import fault_count
from server.records.models import EVER_QUARANTINED, QUARANTINED, QuarantineResolution, Record
from server.register.models import Subject
from server.register.store import SubjectLine, subject_lines
from server.wiring import wiring
from sync.records import Record as Envelope
from sync.records import RecordKind
from vocabulary import Action, ChangeKind, FaultCode, ProblemCode, QuarantineState, ReceiptKind, RecordState

NEWEST_FIRST = Order("quarantine", (Record.received_at, Record.id), (datetime, uuid.UUID), descending=True)
LAST_DECIDED_FIRST = Order(
    "quarantine.resolved", (QuarantineResolution.at, QuarantineResolution.record_id), (datetime, uuid.UUID), descending=True
)
_OPEN, _EVER = (as_indexed(rule) for rule in (QUARANTINED, EVER_QUARANTINED))


def entries_page(filters: Mapping[str, Any], asked: Asked, actor: Actor) -> dict[str, Any]:
    """One page of what the actor may see, newest or last decided first. ``filters`` as in QuarantineQuerySchema."""
    query, order = select(Record).where(_readable(actor)), NEWEST_FIRST
    match filters["state"]:
        case QuarantineState.OPEN:
            query = query.where(_OPEN, Record.county_code == actor.county_code)
        case RecordState.RESOLVED:
            query = query.join(QuarantineResolution, QuarantineResolution.record_id == Record.id)
            query, order = query.where(QuarantineResolution.county_code == actor.county_code), LAST_DECIDED_FIRST
        case _:
            query = query.where(_EVER, Record.county_code == actor.county_code)
    if "kind" in filters:
        query = query.where(Record.kind == filters["kind"])
    if "subject_id" in filters:
        query = query.where(not_by_index(Record.subject_id) == filters["subject_id"])
    page = page_of(query, order, asked)
    body_of = _builder(page.rows, actor)
    return page.body(page.shown(body_of, lambda record: record.id))


def open_count(actor: Actor) -> tuple[int, bool]:
    """How many wait for somebody, and whether it is more than that."""
    return bounded_count(select(Record.id).where(_OPEN, Record.county_code == actor.county_code, _readable(actor)))


def entry(record_id: uuid.UUID, actor: Actor) -> dict[str, Any]:
    """One record whole, with the faults found when it came and those it still has. Raises: Refusal not-found."""
    record = _get(record_id, actor)
    summary = _builder([record], actor)(record)
    refusal = _judge(record) if record.state == RecordState.QUARANTINED else None
    return summary | {
        "body": record.body,
        "faults": [_fault_body(fault, record.body) for fault in record.faults],
        "faults_now": [_fault_body(error.body(), record.body) for error in refusal.errors] if refusal is not None else [],
    }


def load_entries(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """What phones hear of their own records when somebody has resolved them."""
    ids = [uuid.UUID(text) for text in entity_ids]
    records = db.session.scalars(
        select(Record).where(Record.id.in_(ids), Record.author_id == actor.user_id, _in_state("resolved"))
    ).all()
    body_of = _builder(records, actor)
    return {str(record.id): body_of(record) for record in records}


def accept_entry(record_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Judges a record again and, when it fits by now, stores what it says; it counts from then on.

    Raises: Refusal not-found, conflict (resolved already), and what the record is still refused for.
    """
    with transaction():
        record = _open_for(record_id, actor)
        refusal = _judge(record)
        if refusal is not None:
            raise refusal
        record.state = RecordState.ACCEPTED
        _resolve(record, "accepted", actor.user_id, now, reason)
        envelope = _envelope(record)
        wiring().record_kinds[envelope.kind].store([envelope], _author(record, now), now)
        db.session.flush()
        if record.visit_id is not None:
            wiring().follow_again([record.visit_id], now)


def set_aside(record_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Ends the matter without counting the record. Raises: Refusal not-found, conflict, invalid (no reason)."""
    if not reason.strip():
        raise Refusal(ProblemCode.EXPLANATION_MISSING, errors=[FieldError("#/reason", FaultCode.MISSING)])
    with transaction():
        record = _open_for(record_id, actor)
        record.state = RecordState.RESOLVED
        _resolve(record, QuarantineState.SET_ASIDE, actor.user_id, now, reason)


def settle_corrected(record_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Resolves those quarantined records that an accepted record has revised, in the open transaction."""
    correction = aliased(Record)
    rows = db.session.execute(
        select(Record, correction.id, correction.author_id)
        .join(correction, and_(correction.revises_id == Record.id, correction.subject_id == Record.subject_id))
        .where(Record.id.in_(list(record_ids)), Record.state == RecordState.QUARANTINED, correction.state == RecordState.ACCEPTED)
        .order_by(Record.id, correction.received_at, correction.id)
    ).all()
    for record, correction_id, author_id in rows:
        if record.state == RecordState.QUARANTINED:
            record.state = RecordState.RESOLVED
            _resolve(record, "corrected", author_id, now, "", correction_id)


def _readable(actor: Actor) -> ColumnElement[bool]:
    """A person sees what they made; the office sees what is within its scope."""
    mine = not_by_index(Record.author_id) == actor.user_id
    here = not_by_index(Record.county_code) == actor.county_code
    if not actor.may(Action.RESOLVE_QUARANTINE):
        return and_(here, mine)
    scope = list_scope(actor, Action.RESOLVE_QUARANTINE, not_by_index(Record.subject_id))
    return and_(here, or_(mine, and_(Record.subject_id.is_not(None), *scope.conditions)))


def _in_state(state: str) -> ColumnElement[bool]:
    resolved = Record.id.in_(select(QuarantineResolution.record_id))
    match state:
        case QuarantineState.OPEN:
            return Record.state == RecordState.QUARANTINED
        case RecordState.RESOLVED:
            return resolved
        case _:
            return or_(Record.state == RecordState.QUARANTINED, resolved)


def _get(record_id: uuid.UUID, actor: Actor) -> Record:
    record = db.session.scalar(select(Record).where(Record.id == record_id, _readable(actor), _in_state("all")))
    if record is None:
        raise Refusal(ProblemCode.NO_SUCH_QUARANTINED)
    return record


def _open_for(record_id: uuid.UUID, actor: Actor) -> Record:
    """A record that the actor may resolve now. Raises: Refusal not-found, also for one that is not theirs; conflict."""
    lock_ids([record_id])
    within = select(Subject.id).where(visible_subjects(actor, Action.RESOLVE_QUARANTINE))
    record = db.session.scalar(
        select(Record)
        .where(Record.id == record_id, _in_state("all"), Record.subject_id.in_(within))
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise Refusal(ProblemCode.NO_SUCH_QUARANTINED)
    if record.state != RecordState.QUARANTINED:
        raise Refusal(ProblemCode.RECORD_RESOLVED)
    return record


def _judge(record: Record) -> Refusal | None:
    """Why a record still does not fit, None when it does."""
    envelope = _envelope(record)
    try:
        quarantine = wiring().record_kinds[envelope.kind].check(envelope, _author(record, record.received_at))
    except Refusal as refusal:
        return refusal
    return quarantine.refusal if quarantine is not None else None


def _author(record: Record, now: datetime) -> Actor:
    user = db.session.get(User, record.author_id)
    assert user is not None, "a foreign key"
    return actor_of(user, clock.county_date(now))


def _envelope(record: Record) -> Envelope:
    return Envelope(
        id=str(record.id),
        kind=RecordKind(record.kind),
        visit_id=str(record.visit_id) if record.visit_id else None,
        subject_id=str(record.subject_id) if record.subject_id else None,
        made_at=record.made_at,
        made_at_text=clock.isoformat(record.made_at) or "",
        body=record.body,
        content_hash=record.content_hash,
        clock_offset_s=record.clock_offset_s,
    )


def _resolve(
    record: Record, outcome: str, by: uuid.UUID, now: datetime, reason: str, correction_id: uuid.UUID | None = None
) -> None:
    db.session.add(
        QuarantineResolution(
            record_id=record.id,
            county_code=record.county_code,
            outcome=outcome,
            at=now,
            by=by,
            reason=reason.strip(),
            correction_id=correction_id,
        )
    )
    record_changes(ChangeKind.QUARANTINE, record.county_code, [(record.id, record.subject_id)])
    write_audit(f"quarantine:{outcome}", "record", record.id, county_code=record.county_code, actor_id=by, reason=reason.strip())


def _builder(records: Sequence[Record], actor: Actor) -> Callable[[Record], dict[str, Any]]:
    """What makes the line of any of the records; what they refer to is loaded in one query each."""
    resolutions = {
        row.record_id: row
        for row in db.session.scalars(
            select(QuarantineResolution).where(QuarantineResolution.record_id.in_([record.id for record in records]))
        )
    }
    subjects = subject_lines(record.subject_id for record in records)
    names = names_of({record.author_id for record in records} | {row.by for row in resolutions.values()})
    titles = _titles(records)
    resolvable = _resolvable(records, actor)

    def body(record: Record) -> dict[str, Any]:
        subject = subjects.get(record.subject_id) if record.subject_id else None
        return _entry_body(record, resolutions.get(record.id), subject, names, titles) | {
            "mine": record.author_id == actor.user_id,
            "may_resolve": record.state == RecordState.QUARANTINED and record.subject_id in resolvable,
        }

    return body


def _resolvable(records: Sequence[Record], actor: Actor) -> set[uuid.UUID]:
    ids = {record.subject_id for record in records if record.subject_id}
    return set(
        db.session.scalars(select(Subject.id).where(Subject.id.in_(ids), visible_subjects(actor, Action.RESOLVE_QUARANTINE)))
    )


def _entry_body(
    record: Record,
    resolution: QuarantineResolution | None,
    subject: SubjectLine | None,
    names: Mapping[uuid.UUID, str],
    titles: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "kind": record.kind,
        "visit_id": str(record.visit_id) if record.visit_id else None,
        "subject_id": str(record.subject_id) if record.subject_id else None,
        "subject_name": subject.name if subject is not None else None,
        "town_code": subject.town_code if subject is not None else None,
        "author": {"id": str(record.author_id), "name": names.get(record.author_id, "")},
        "made_at": clock.isoformat(record.made_at),
        "received_at": clock.isoformat(record.received_at),
        "receipt": {
            "code": record.receipt_code,
            "kind": ReceiptKind.RECORD.value,
            "id": str(record.id),
            "sha256": record.content_hash,
            "received_at": clock.isoformat(record.received_at),
        },
        "checklist": _checklist_body(record.body.get("checklist"), titles),
        "fault_count": fault_count(record.faults),
        "state": resolution.outcome if resolution is not None else QuarantineState.OPEN,
        "resolution": None
        if resolution is None
        else {
            "outcome": resolution.outcome,
            "by": {"id": str(resolution.by), "name": names.get(resolution.by, "")},
            "at": clock.isoformat(resolution.at),
            "reason": resolution.reason,
            "record_id": str(resolution.correction_id) if resolution.correction_id else None,
        },
    }


def _titles(records: Sequence[Record]) -> dict[str, Any]:
    """The titles of the checklists that the records name and the server knows, by hash."""
    references = [record.body.get("checklist") for record in records]
    hashes = {reference.get("hash") for reference in references if isinstance(reference, dict)}
    wanted = [digest for digest in hashes if isinstance(digest, str)]
    rows = db.session.execute(select(ChecklistVersion.hash, ChecklistVersion.title).where(ChecklistVersion.hash.in_(wanted)))
    return {digest: title for digest, title in rows}


def _checklist_body(reference: Any, titles: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the record says that it was made with, as far as that can be read."""
    if not isinstance(reference, dict):
        return None
    said = {key: reference.get(key) if isinstance(reference.get(key), str) else None for key in ("id", "version", "hash")}
    title = titles.get(said["hash"] or "")
    return {**said, "title": title, "known": title is not None}


def _fault_body(fault: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A fault with its text, and the item and answer that it is about where it is about one."""
    item, answer = _answer_at(str(fault["pointer"]), body)
    return {
        "pointer": fault["pointer"],
        "code": fault["code"],
        "params": fault["params"],
        "text": FieldError(fault["pointer"], fault["code"], params=fault["params"]).words(),
        "item": item,
        "answer": answer,
    }


def _answer_at(pointer: str, body: Mapping[str, Any]) -> tuple[Any, Any]:
    """The statement of the item that a pointer leads to, None for an unknown one, and the answer as it was sent."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#/body/").split("/")]
    match steps:
        case ["answers", item_id, *_]:
            path, keys = item_id, ["answers", item_id]
        case ["repeats", section, index, "answers", item_id, *_]:
            path, keys = f"{section}[{index}].{item_id}", ["repeats", section, index, "answers", item_id]
        case _:
            return None, None
    answer: Any = body
    for key in keys:
        if isinstance(answer, Mapping):
            answer = answer.get(key)
        elif isinstance(answer, list) and key.isdigit() and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            answer = None
    checklist = _checklist_of(body)
    definition = checklist.find_item(path) if checklist is not None else None
    return (definition["statement"] if definition is not None else None), answer


def _checklist_of(body: Mapping[str, Any]) -> Checklist | None:
    reference = body.get("checklist")
    digest = reference.get("hash") if isinstance(reference, Mapping) else None
    return find_compiled(digest) if isinstance(digest, str) else None
