"""Records that do not fit their checklist: shown to their author and the office until somebody resolves them.

A record leaves quarantine in three ways: it fits by now (its checklist has been published since) and is accepted; its author has
sent another record that revises it and fits; or the office sets it aside with a reason. It is never changed and never lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from forms.checklist import Checklist
from server import clock
from server.accounts.models import User
from server.accounts.names import names_of
from server.accounts.service import actor_of
from server.audit import current_request, write_audit
from server.authors import Author
from server.changes import record_changes
from server.checklists.models import ChecklistVersion
from server.checklists.service import find_compiled
from server.db import db, lock_ids, retried, session_link, transaction
from server.paging import Asked, Order, as_indexed, bounded_count, not_by_index, page_of
from server.pairings.reach import Scope, of_person, of_service
from server.pairings.visibility import list_scope, visible_subjects
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.records import intake
from server.records.kinds import Arrival, Entry, fault_count
from server.records.models import EVER_QUARANTINED, QUARANTINED, QuarantineResolution, Record
from server.register.models import Subject
from server.register.store import SubjectLine, subject_lines
from server.wiring import wiring
from sync.records import Record as Envelope
from sync.records import RecordKind
from vocabulary import (
    Action,
    AuthorKind,
    ChangeKind,
    FaultCode,
    ProblemCode,
    QuarantineOutcome,
    QuarantineState,
    ReceiptKind,
    RecordState,
    ScopeKind,
)

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


@retried
def accept_entry(record_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Judges a record again and, when it fits by now, stores what it says; it counts from then on.

    Raises: Refusal not-found, conflict (resolved already), and what the record is still refused for.
    """
    with transaction():
        record = _open_for(record_id, actor)
        arrival = _judged_again(record, now)
        record.state = RecordState.ACCEPTED
        _resolve(record, QuarantineOutcome.ACCEPTED, actor.user_id, now, reason)
        db.session.flush()
        intake.store(arrival, wiring())


@retried
def set_aside(record_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Ends the matter without counting the record. Raises: Refusal not-found, conflict, invalid (no reason)."""
    if not reason.strip():
        raise Refusal(ProblemCode.EXPLANATION_MISSING, errors=[FieldError("#/reason", FaultCode.MISSING)])
    with transaction():
        record = _open_for(record_id, actor)
        record.state = RecordState.RESOLVED
        _resolve(record, QuarantineOutcome.SET_ASIDE, actor.user_id, now, reason)


def _readable(actor: Actor) -> ColumnElement[bool]:
    """A person sees what they made; the office sees what is within its scope."""
    mine = not_by_index(Record.author_id) == actor.user_id
    here = not_by_index(Record.county_code) == actor.county_code
    if not actor.may(Action.RESOLVE_QUARANTINE):
        return and_(here, mine)
    scope = list_scope(actor, Action.RESOLVE_QUARANTINE, not_by_index(Record.subject_id))
    # Whoever sees the whole county sees what is of none of its subjects, too.
    return and_(here, or_(mine, *scope.conditions)) if scope.conditions else here


def _is_for(actor: Actor) -> ColumnElement[bool]:
    """A condition on Record: who resolves it. One of no subject of the county is for whoever resolves in the whole county."""
    grants = actor.grants_for(Action.RESOLVE_QUARANTINE)
    if not grants:
        return false()
    within = Record.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.RESOLVE_QUARANTINE)))
    if not any(grant.scope_kind is ScopeKind.COUNTY for grant in grants):
        return within
    known = select(Subject.id).where(Subject.county_code == actor.county_code)
    return or_(within, Record.subject_id.is_(None), Record.subject_id.not_in(known))


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
    record = db.session.scalar(
        select(Record)
        .where(Record.id == record_id, Record.county_code == actor.county_code, _in_state("all"), _is_for(actor))
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise Refusal(ProblemCode.NO_SUCH_QUARANTINED)
    if record.state != RecordState.QUARANTINED:
        raise Refusal(ProblemCode.RECORD_RESOLVED)
    return record


def _judge(record: Record) -> Refusal | None:
    """Why a record still does not fit, None when it does."""
    try:
        _judged_again(record, record.received_at)
    except Refusal as refusal:
        return refusal
    return None


def _judged_again(record: Record, now: datetime) -> Arrival:
    """A stored record as if it came now, from its author, in the open transaction.

    Whose the subject was is no question here, as long as it is of the county: whoever resolves the record decides it.
    Raises: Refusal, what the record still does not fit for.
    """
    wired, entry = wiring(), _entry_of(record)
    intake.read_body(entry, wired)
    author, scope = _author(record, now)
    push = intake.Push(author, scope, record.device_id, now, current_request())
    arrival = intake.arrive([entry], push, session_link(), wired)
    if not arrival.reach.knows(entry.subject, author.county_code):
        raise Refusal(ProblemCode.OUTSIDE_SCOPE, errors=[FieldError("#/subject_id", FaultCode.NOT_YOURS)])
    wired.record_kinds[entry.kind].check(entry, arrival)
    intake.tell_replaced(arrival)
    return arrival


def _author(record: Record, now: datetime) -> tuple[Author, Scope]:
    author_id = record.author_link_id if record.author_kind is AuthorKind.SUBJECT_LINK else record.author_id
    author = Author(record.author_kind, record.county_code, author_id)
    user = db.session.get(User, record.author_id) if record.author_id else None
    return author, of_person(actor_of(user, clock.county_date(now))) if user is not None else of_service(record.county_code)


def _entry_of(record: Record) -> Entry:
    return Entry(
        Envelope(
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
    )


def _resolve(
    record: Record, outcome: QuarantineOutcome, by: uuid.UUID, now: datetime, reason: str, correction_id: uuid.UUID | None = None
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
    subjects = subject_lines((record.subject_id for record in records), actor.county_code)
    names = names_of({record.author_id for record in records} | {row.by for row in resolutions.values()})
    titles = _titles(records)
    resolvable = _resolvable(records, actor)

    def body(record: Record) -> dict[str, Any]:
        subject = subjects.get(record.subject_id) if record.subject_id else None
        return _entry_body(record, resolutions.get(record.id), subject, names, titles) | {
            "mine": record.author_id == actor.user_id,
            "may_resolve": record.state == RecordState.QUARANTINED and record.id in resolvable,
        }

    return body


def _resolvable(records: Sequence[Record], actor: Actor) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Record.id).where(Record.id.in_([record.id for record in records]), _is_for(actor))))


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
        "author": _person(record.author_id, names),
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
            "by": _person(resolution.by, names),
            "at": clock.isoformat(resolution.at),
            "reason": resolution.reason,
            "record_id": str(resolution.correction_id) if resolution.correction_id else None,
        },
    }


def _titles(records: Sequence[Record]) -> dict[str, Any]:
    """The titles of the checklists that the records name and the server knows, by hash."""
    references = [record.body.get("checklist") for record in records]
    hashes = [reference.get("hash") for reference in references if isinstance(reference, dict)]
    wanted = {digest for digest in hashes if isinstance(digest, str)}
    rows = db.session.execute(select(ChecklistVersion.hash, ChecklistVersion.title).where(ChecklistVersion.hash.in_(wanted)))
    return {digest: title for digest, title in rows}


def _person(user_id: uuid.UUID | None, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """Who it was; without an account it was the service."""
    if user_id is None:
        return {"id": AuthorKind.SERVICE.value, "name": AuthorKind.SERVICE.zh}
    return {"id": str(user_id), "name": names.get(user_id, "")}


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
