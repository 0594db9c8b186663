"""Hazard events that phones push, and the hazards that a complete visit owes to its failed items."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

import forms
from forms.hazards import Proposal, propose_hazard
from forms.reading import answer_at
from server import clock
from server.checklists.service import find_compiled
from server.checklists.standards import registry
from server.db import db
from server.hazards.models import Hazard, HazardEvent
from server.hazards.projection import project
from server.hazards.rules import CLOCK_ERROR
from server.hazards.schemas import EventSchema, FoundSchema
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.records.clocks import counts_at
from server.records.kinds import Quarantine
from server.records.schemas import body_errors
from server.register.models import Department, Subject
from server.register.store import holidays
from server.visits.models import Submission, Visit
from server.visits.submissions import refuse_shape
from server.wiring import CompleteVisit
from sync.duties import unsaid
from sync.hazards import find_event_faults, hazard_id_for_item
from sync.records import Record as Envelope
from sync.times import format_time, parse_time
from vocabulary import (
    Action,
    AnswerResult,
    Capacity,
    FaultCode,
    HazardEventKind,
    HazardSource,
    ImmediateMeasureState,
    ItemKind,
    ProblemCode,
    Text,
)

_found_schema = FoundSchema()
_event_schema = EventSchema()


def check_event(record: Envelope, actor: Actor) -> Quarantine | None:
    """Who may do it is no question here: what is not for its author to do is kept, has no effect and says why.

    Raises: Refusal invalid (shape), conflict (another subject's hazard).
    """
    body = record.body
    refuse_shape(body_errors(_found_schema if body.get("kind") == HazardEventKind.FOUND else _event_schema, body))
    faults = find_event_faults({**body, "id": record.id})
    if faults:
        raise Refusal(ProblemCode.INVALID, errors=[FieldError(f"#/body{fault['pointer']}", fault["code"]) for fault in faults])
    department = body.get("to_department_id")
    if department is not None and db.session.get(Department, uuid.UUID(department)) is None:
        raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/body/to_department_id", FaultCode.UNKNOWN_DEPARTMENT)])
    stated = body.get("subject_id")
    if stated is not None and stated != record.subject_id:
        raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/body/subject_id", FaultCode.DIFFERS_FROM_ENVELOPE)])
    owner = db.session.scalar(select(Hazard.subject_id).where(Hazard.id == uuid.UUID(body["hazard_id"])))
    if owner is not None and str(owner) != record.subject_id:
        raise Refusal(ProblemCode.HAZARD_OF_ANOTHER_SUBJECT)
    return _incomplete(body)


def _incomplete(body: Mapping[str, Any]) -> Quarantine | None:
    """An act that does not say what it must, or that is the service's own, waits for a person."""
    errors = [FieldError(f"#/body/{name}", FaultCode.MISSING) for name in unsaid(body)]
    if body["kind"] == HazardEventKind.ITEM_FAILED:
        errors.append(FieldError("#/body/kind", FaultCode.UNKNOWN_KIND))
    if not errors:
        return None
    return Quarantine(Refusal(ProblemCode.INVALID, errors=errors))


def store_events(records: list[Envelope], actor: Actor, now: datetime) -> None:
    supervised = _supervised({uuid.UUID(record.subject_id) for record in records if record.subject_id}, actor)
    for record in records:
        body = {**record.body}
        if body["kind"] == HazardEventKind.FOUND:
            body["subject_id"] = record.subject_id
        db.session.add(
            HazardEvent(
                id=uuid.UUID(record.id),
                county_code=actor.county_code,
                hazard_id=uuid.UUID(body["hazard_id"]),
                kind=body["kind"],
                at=parse_time(body["at"]),
                counted_at=counts_at(record, parse_time(body["at"]), actor.county_code, now)[0],
                author_id=actor.user_id,
                visit_id=uuid.UUID(record.visit_id) if record.visit_id else None,
                body=body,
                received_at=now,
                capacity=Capacity.SUPERVISOR if record.subject_id in supervised else Capacity.OFFICER,
            )
        )
    db.session.flush()
    project([uuid.UUID(record.body["hazard_id"]) for record in records], now)


def _supervised(subject_ids: set[uuid.UUID], actor: Actor) -> set[str]:
    """Of which of these subjects the actor supervises the hazards."""
    if not actor.may(Action.ACT_ON_HAZARDS):
        return set()
    within = select(Subject.id).where(Subject.id.in_(subject_ids), visible_subjects(actor, Action.ACT_ON_HAZARDS))
    return {str(id_) for id_ in db.session.scalars(within)}


def doubt_times(visit: CompleteVisit, now: datetime) -> None:
    """Folds again what the visit's own times throw doubt on: events that came before their visit were believed."""
    row = db.session.get_one(Visit, visit.id)
    outside = or_(HazardEvent.at < row.started_at - CLOCK_ERROR, HazardEvent.at > row.finished_at + CLOCK_ERROR)
    of_phones = and_(HazardEvent.capacity.is_not(None), HazardEvent.capacity != Capacity.SERVICE)
    ids = db.session.scalars(
        select(HazardEvent.hazard_id).where(HazardEvent.visit_id == visit.id, outside, of_phones).distinct()
    ).all()
    if ids:
        project(ids, now)


def add_missing_hazards(visit: CompleteVisit, now: datetime) -> None:
    """Opens a hazard for each failed item of a complete visit that has none: a failed item is never without one.

    The id is the one a phone would have made, so a finding that arrives later fills in the same hazard.
    """
    submissions = db.session.scalars(
        select(Submission).where(Submission.visit_id == visit.id, Submission.superseded.is_(False))
    ).all()
    opened = []
    for submission in submissions:
        checklist = find_compiled(submission.checklist_hash)
        assert checklist is not None, "a foreign key"
        reading = forms.read_answers(checklist, submission.answers)
        found_on = clock.county_date(submission.finished_at)
        met = forms.determine(checklist, reading, registry().decides_on(found_on))
        failed = [path for path, result in forms.results(checklist, reading).items() if result.result == AnswerResult.FAIL]
        # A revision speaks of the same findings as what it revises.
        told = _with_revised(submission)
        named = set(db.session.scalars(select(Hazard.item_path).where(Hazard.submission_id.in_(told))))
        for path in failed:
            item = checklist.find_item(path)
            if path in named or item is None or "hazard" not in item or _details_another(item):
                continue
            answer, instance = answer_at(submission.answers, path)
            proposal = propose_hazard(reading, path, answer, met, found_on, holidays(visit.county_code))
            opened.append(_item_failed(visit, submission, path, proposal, item["hazard"]["phrases"], instance or "", now))
    db.session.add_all(opened)
    db.session.flush()
    if opened:
        project([event.hazard_id for event in opened], now)


def _with_revised(submission: Submission) -> set[uuid.UUID]:
    """The ids of a submission and of all that it revises, back to the first."""
    ids, before = {submission.id}, submission.revises_id
    while before is not None and before not in ids:
        ids.add(before)
        before = db.session.scalar(select(Submission.revises_id).where(Submission.id == before))
    return ids


def _details_another(item: Mapping[str, Any]) -> bool:
    """Findings without points that open below a failing item say more about that item's hazard; they make none of their own."""
    return item["type"] == ItemKind.FACTS and not item["points"] and "relevant" in item


def _item_failed(
    visit: CompleteVisit,
    submission: Submission,
    path: str,
    proposal: Proposal,
    phrases: list[Text],
    instance: str,
    now: datetime,
) -> HazardEvent:
    hazard_id = hazard_id_for_item(str(submission.id), path)
    # Among several phrases a person would choose; here is none.
    description = proposal.description or phrases[0]
    measure = {"kinds": list(proposal.immediate_measure), "state": ImmediateMeasureState.ADVISED, "at": None, "by": None}
    body = {
        "hazard_id": hazard_id,
        "kind": HazardEventKind.ITEM_FAILED,
        "at": format_time(submission.finished_at),
        "subject_id": str(visit.subject_id),
        "submission_id": str(submission.id),
        "item_path": path,
        "checklist_id": submission.checklist_id,
        "description": description["zh"],
        "spot": instance,
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
    return HazardEvent(
        id=uuid.uuid5(uuid.UUID(hazard_id), HazardEventKind.ITEM_FAILED),
        county_code=visit.county_code,
        hazard_id=uuid.UUID(hazard_id),
        kind=HazardEventKind.ITEM_FAILED,
        at=submission.finished_at,
        counted_at=submission.counted_at,
        author_id=submission.author_id,
        visit_id=visit.id,
        body=body,
        received_at=now,
        capacity=Capacity.SERVICE,
    )
