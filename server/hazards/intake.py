"""Hazard events that phones push, and the hazards that submissions owe to their failed items."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

import forms
from forms.hazards import Proposal, propose_hazard
from forms.reading import answer_at
from server import clock
from server.checklists.standards import registry
from server.hazards.models import Hazard, HazardEvent
from server.hazards.projection import Event, Ledger, VisitSpan, clock_offset
from server.hazards.rules import CLOCK_ERROR
from server.hazards.schemas import EVENT_BODY
from server.prepared import Among, Prepared
from server.problems import FieldError, Refusal
from server.records.clocks import counts_in
from server.records.kinds import Arrival, Entry, RecordHandler, uuid_of
from server.records.shapes import check_shape
from server.records.stored import claims_of
from server.register.models import Department
from server.register.store import holidays_known
from server.unit import Unit
from server.visits.models import Visit
from server.visits.submissions import SubmissionReading
from server.wiring import CompleteVisit
from sync.duties import unsaid
from sync.hazards import find_event_faults
from sync.records import Record as Envelope
from sync.times import format_time, parse_time
from vocabulary import (
    AuthorKind,
    Capacity,
    ClaimKind,
    FaultCode,
    HazardEventKind,
    HazardSource,
    ImmediateMeasureState,
    ProblemCode,
    RecordKind,
    Text,
)

_hazard, _event, _visit, _department = (table.__table__.c for table in (Hazard, HazardEvent, Visit, Department))
# Whose subject's hazard it is.
HAZARD_CLAIMS = claims_of(ClaimKind.HAZARD, _hazard.id, subject_id=_hazard.subject_id)
_DEPARTMENT = Prepared(
    select(_department.id).where(_department.id == bindparam("id"), _department.county_code == bindparam("county_code"))
)
_TOLD = Prepared(select(_hazard.submission_id, _hazard.item_path).where(Among(_hazard.submission_id, "ids")))
_OF_VISITS = Prepared(
    select(_event.hazard_id, _event.at, _visit.started_at, _visit.finished_at)
    .select_from(HazardEvent.__table__)
    .join(Visit.__table__, _visit.id == _event.visit_id)
    .where(and_(Among(_event.visit_id, "ids"), _event.capacity.is_not(None), _event.capacity != Capacity.SERVICE))
)


@dataclass(frozen=True)
class EventReading:
    """What the body of a hazard event says."""

    hazard_id: uuid.UUID
    kind: HazardEventKind
    at: datetime


def read_event(record: Envelope) -> EventReading:
    """Who may do it is no question here: what is not for its author to do is kept, has no effect and says why.

    Raises: Refusal kept-misshapen for one that has the wrong shape, does not say what it must, or is the service's own.
    """
    body = record.body
    check_shape(EVENT_BODY.of(body), body)
    errors = [FieldError(f"#/body{fault['pointer']}", fault["code"]) for fault in find_event_faults({**body, "id": record.id})]
    errors = errors or [FieldError(f"#/body/{name}", FaultCode.MISSING) for name in unsaid(body)]
    if body["kind"] == HazardEventKind.ITEM_FAILED:
        errors.append(FieldError("#/body/kind", FaultCode.UNKNOWN_KIND))
    if body.get("subject_id") not in (None, record.subject_id):
        errors.append(FieldError("#/body/subject_id", FaultCode.DIFFERS_FROM_ENVELOPE))
    if errors:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=errors)
    return EventReading(uuid.UUID(body["hazard_id"]), HazardEventKind(body["kind"]), parse_time(body["at"]))


def changed_by_event(reading: EventReading) -> Sequence[uuid.UUID]:
    return (reading.hazard_id,)


def check_event(entry: Entry, arrival: Arrival) -> None:
    """Raises: Refusal for another subject's hazard and for a department that this county does not have."""
    owner = arrival.stored.subject_of_hazard(entry.reading.hazard_id)
    if owner not in (None, entry.subject):
        raise Refusal(ProblemCode.HAZARD_OF_ANOTHER_SUBJECT)
    department_id = uuid_of(entry.record.body.get("to_department_id"))
    if department_id is not None and not _DEPARTMENT.rows(
        arrival.unit.link, id=department_id, county_code=arrival.author.county_code
    ):
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#/body/to_department_id", FaultCode.UNKNOWN_DEPARTMENT)])


def store_events(entries: Sequence[Entry], arrival: Arrival) -> None:
    """Adds the events of the push, and opens a hazard for each failed item in force that has none.

    A failed item is never without its hazard, whatever came first. The id is the one that its phone has given it, so a finding
    that arrives later fills in the same hazard.
    """
    owed = [owed for entry in arrival.of(RecordKind.SUBMISSION) for owed in _failed_items(entry, arrival)]
    touched = {entry.reading.hazard_id for entry in entries} | {item.hazard_id for item in owed}
    if not touched:
        return
    ledger = Ledger(arrival.unit, touched, _visits_in(arrival), _sectors_in(arrival))
    for entry in entries:
        ledger.add(_pushed(entry, arrival))
    told = _told(owed, arrival)
    for item in owed:
        if not ledger.knows(item.hazard_id) and not told.intersection((id_, item.path) for id_ in item.chain):
            ledger.add(_item_failed(item, arrival))
    ledger.fold()


def doubt_times(visits: Sequence[CompleteVisit], unit: Unit) -> None:
    """Folds again what the visits' own times throw doubt on: events that came before their visit were believed."""
    ids = [visit.id for visit in visits if not visit.arrived_together]
    if not ids:
        return
    # What this unit has gathered so far may be of the same hazards.
    unit.write()
    doubtful = {
        hazard_id
        for hazard_id, at, started_at, finished_at in _OF_VISITS.rows(unit.link, ids=ids)
        if not started_at - CLOCK_ERROR <= at <= finished_at + CLOCK_ERROR
    }
    if doubtful:
        Ledger(unit, doubtful).fold()


@dataclass(frozen=True)
class _Owed:
    """A failed item of a submission in force; ``chain`` are the submission and those that it corrects: they speak of the same
    findings."""

    hazard_id: uuid.UUID
    path: str
    record: Envelope
    reading: SubmissionReading
    chain: tuple[uuid.UUID, ...]


def _failed_items(entry: Entry, arrival: Arrival) -> Iterator[_Owed]:
    reading = entry.reading
    if entry.id in arrival.replaced or not reading.failed:
        return
    chain = _chain(entry, arrival)
    for path, hazard_id in reading.failed.items():
        yield _Owed(hazard_id, path, entry.record, reading, chain)


def _chain(submission: Entry, arrival: Arrival) -> tuple[uuid.UUID, ...]:
    """The ids of a submission and of all that it corrects, back to the first."""
    ids, before = [submission.id], _corrected_by(submission)
    while before is not None and before not in ids:
        ids.append(before)
        stored, entry = arrival.stored.records.get(before), arrival.entry(before)
        before = stored.revises_id if stored is not None else _corrected_by(entry) if entry is not None else None
    return tuple(ids)


def _corrected_by(submission: Entry) -> uuid.UUID | None:
    return uuid_of(submission.reading.revises) if submission.reading is not None else None


def _told(owed: Sequence[_Owed], arrival: Arrival) -> set[tuple[uuid.UUID, str]]:
    """What hazards tell of already, as (submission, item), also under another id than the phone's."""
    found = {
        (uuid.UUID(body["submission_id"]), body.get("item_path") or "")
        for entry in arrival.of(RecordKind.HAZARD_EVENT)
        if entry.reading.kind is HazardEventKind.FOUND and (body := entry.record.body).get("submission_id")
    }
    chains = {id_ for item in owed for id_ in item.chain}
    return found | {(id_, path or "") for id_, path in (_TOLD.rows(arrival.unit.link, ids=chains) if chains else ())}


def _visits_in(arrival: Arrival) -> Mapping[uuid.UUID, VisitSpan]:
    return {
        entry.id: VisitSpan(entry.reading.started_at, entry.reading.finished_at, clock_offset(entry.record.body))
        for entry in arrival.of(RecordKind.VISIT)
    }


def _sectors_in(arrival: Arrival) -> dict[str, str | None]:
    """Sectors of the checklists that the push used and of the subjects that it names."""
    checklists = {
        entry.reading.checklist.id: entry.reading.checklist.document.get("sector") for entry in arrival.of(RecordKind.SUBMISSION)
    }
    subjects = {entry.subject_id for entry in arrival.entries if entry.subject_id is not None}
    return checklists | {str(subject_id): arrival.reach.main_sector(subject_id) for subject_id in subjects}


def _pushed(entry: Entry, arrival: Arrival) -> Event:
    reading, body = entry.reading, {**entry.record.body}
    if reading.kind is HazardEventKind.FOUND:
        body["subject_id"] = entry.record.subject_id
    return Event(
        id=entry.id,
        hazard_id=reading.hazard_id,
        kind=reading.kind,
        at=reading.at,
        counted_at=counts_in(arrival, entry.record, reading.at)[0],
        visit_id=entry.visit_id,
        body=body,
        received_at=arrival.unit.now,
        capacity=_capacity(entry.subject, arrival),
        **arrival.author.columns,
    )


def _capacity(subject_id: uuid.UUID, arrival: Arrival) -> Capacity:
    """As whom the author acts on the hazards of a subject."""
    match arrival.author.kind:
        case AuthorKind.SERVICE:
            return Capacity.SERVICE
        case AuthorKind.SUBJECT_LINK:
            return Capacity.SUBJECT
        case AuthorKind.USER:
            return Capacity.SUPERVISOR if arrival.reach.supervises(subject_id) else Capacity.OFFICER


def _item_failed(owed: _Owed, arrival: Arrival) -> Event:
    """What the service says of a failed item of which its phone has said nothing yet."""
    record, reading = owed.record, owed.reading
    found_on = clock.county_date(reading.finished_at)
    law = registry(arrival.author.county_code, arrival.unit.link)
    met = forms.determine(reading.checklist, reading.reading, law.decides_on(found_on))
    answer, instance = answer_at(reading.answers, owed.path)
    days = holidays_known(arrival.unit.link, arrival.author.county_code)
    proposal = propose_hazard(reading.reading, owed.path, answer, met, found_on, days)
    item = reading.checklist.find_item(owed.path)
    assert item is not None, "an item of this checklist failed"
    return Event(
        id=uuid.uuid5(owed.hazard_id, HazardEventKind.ITEM_FAILED),
        county_code=arrival.author.county_code,
        hazard_id=owed.hazard_id,
        kind=HazardEventKind.ITEM_FAILED,
        at=reading.finished_at,
        counted_at=counts_in(arrival, record, reading.finished_at)[0],
        author_kind=AuthorKind.SERVICE,
        author_id=None,
        author_link_id=None,
        visit_id=uuid.UUID(record.visit_id) if record.visit_id else None,
        body=_stand_in(owed, proposal, item["hazard"]["phrases"], instance or ""),
        received_at=arrival.unit.now,
        capacity=Capacity.SERVICE,
    )


def _stand_in(owed: _Owed, proposal: Proposal, phrases: list[Text], spot: str) -> dict[str, Any]:
    # Among several phrases a person would choose; here is none.
    description = proposal.description or phrases[0]
    measure = {"kinds": list(proposal.immediate_measure), "state": ImmediateMeasureState.ADVISED, "at": None, "by": None}
    return {
        "hazard_id": str(owed.hazard_id),
        "kind": HazardEventKind.ITEM_FAILED,
        "at": format_time(owed.reading.finished_at),
        "subject_id": owed.record.subject_id,
        "submission_id": owed.record.id,
        "item_path": owed.path,
        "checklist_id": owed.reading.checklist.id,
        "description": description["zh"],
        "spot": spot,
        "grade": proposal.grade,
        "grade_suggested": proposal.grade_suggested,
        "determinations": list(proposal.determinations),
        "basis": list(proposal.basis),
        "deadline": proposal.deadline and proposal.deadline.isoformat(),
        "deadline_rule": proposal.deadline_rule,
        "immediate_measure": measure if proposal.immediate_measure else None,
        "owner": None,
        "photos": [],
        "fixed_on_spot": False,
        "source": HazardSource.PAIRING_VISIT,
    }


HAZARD_EVENTS = RecordHandler(EVENT_BODY, read_event, changed_by_event, changed_by_event, check_event, store_events)
