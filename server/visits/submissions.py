"""How visits and submissions are judged and stored when they arrive."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

import forms
from server.accounts.models import User
from server.changes import record_changes
from server.checklists.service import find_compiled
from server.clock import county_date
from server.db import db, lock_ids
from server.pairings.models import Pairing
from server.permissions import Actor
from server.problems import FieldError, Refusal, field_errors
from server.records.clocks import counts_at
from server.records.kinds import Quarantine
from server.records.schemas import body_errors
from server.visits.drafts import forget_drafts
from server.visits.models import Submission, Visit, VisitOfficer
from server.visits.schemas import SubmissionBodySchema, VisitBodySchema
from server.work.outbox import note
from sync.records import Record as Envelope
from sync.times import parse_time
from vocabulary import ChangeKind, FaultCode, ProblemCode, Topic

_visit_schema = VisitBodySchema()
_submission_schema = SubmissionBodySchema()


def check_visit(record: Envelope, actor: Actor) -> Quarantine | None:
    """Raises: Refusal invalid when the body has the wrong shape or names a pairing of another subject.

    An end before the beginning is a clock that was set back meanwhile; the visit took place all the same.
    """
    refuse_shape(body_errors(_visit_schema, record.body))
    pairing_id = record.body["pairing_id"]
    if pairing_id is not None:
        pairing = db.session.get(Pairing, uuid.UUID(pairing_id))
        if pairing is None or str(pairing.subject_id) != record.subject_id:
            raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/body/pairing_id", FaultCode.UNKNOWN_PAIRING)])
    return None


def store_visits(records: list[Envelope], actor: Actor, now: datetime) -> None:
    officers = _officers(records, actor)
    for record in records:
        body = record.body
        position = body.get("position") or {}
        finished_at = parse_time(body["finished_at"])
        counted_at, clock_wrong = counts_at(record, finished_at, actor.county_code, now)
        db.session.add(
            Visit(
                id=uuid.UUID(record.id),
                county_code=actor.county_code,
                subject_id=uuid.UUID(record.subject_id),
                pairing_id=uuid.UUID(body["pairing_id"]) if body["pairing_id"] else None,
                officer_id=actor.user_id,
                started_at=parse_time(body["started_at"]),
                finished_at=finished_at,
                counted_at=counted_at,
                day=county_date(counted_at),
                clock_wrong=clock_wrong,
                lng=position.get("lng"),
                lat=position.get("lat"),
                accuracy_m=position.get("accuracy_m"),
                representative=body.get("representative") or {},
                signature=body["signature"],
                expected=body["expected"],
                received_at=now,
            )
        )
    db.session.flush()
    db.session.execute(insert(VisitOfficer.__table__), officers)
    forget_drafts((uuid.UUID(record.id) for record in records), actor.county_code)
    subjects = {uuid.UUID(record.subject_id) for record in records if record.subject_id}
    note(Topic.REFRESH_SUBJECT, actor.county_code, subjects)
    record_changes(ChangeKind.SUBJECT, actor.county_code, [(subject, subject) for subject in subjects])


def _officers(records: list[Envelope], actor: Actor) -> list[dict[str, Any]]:
    """Who made each visit; a companion whose account is not of this county is a name only."""
    named = {uuid.UUID(text) for record in records for text in record.body.get("officers") or ()}
    known = {actor.user_id}
    if named - known:
        known |= set(db.session.scalars(select(User.id).where(User.id.in_(named), User.county_code == actor.county_code)))
    return [
        {"visit_id": uuid.UUID(record.id), "user_id": user_id, "county_code": actor.county_code}
        for record in records
        for user_id in sorted({actor.user_id, *map(uuid.UUID, record.body.get("officers") or ())} & known)
    ]


def check_submission(record: Envelope, actor: Actor) -> Quarantine | None:
    """A Quarantine when the answers cannot be counted as they are, with every fault; never a refusal.

    A phone can mend neither a checklist that the server does not know nor a body that an old release has sealed, so the
    record would be stuck there; here the office sees it.
    """
    errors = [] if record.visit_id is not None else [FieldError("#/visit_id", FaultCode.MISSING)]
    errors += shape_errors(body_errors(_submission_schema, record.body))
    if errors:
        return _quarantine(ProblemCode.KEPT_MISSHAPEN, errors)
    reference = record.body["checklist"]
    checklist = find_compiled(reference["hash"])
    if checklist is None or (checklist.id, checklist.version) != (reference["id"], reference["version"]):
        params = {"id": reference["id"], "version": reference["version"]}
        return _quarantine(
            ProblemCode.UNKNOWN_CHECKLIST, [FieldError("#/body/checklist", FaultCode.UNKNOWN_CHECKLIST, params=params)]
        )
    faults = forms.find_faults(checklist, answers_of(record.body))
    errors = [FieldError(f"#/body{fault.pointer}", fault.code, params=fault.params) for fault in faults]
    return _quarantine(ProblemCode.ANSWERS_INVALID, errors) if errors else None


def _quarantine(code: ProblemCode, errors: list[FieldError]) -> Quarantine:
    return Quarantine(Refusal(code, errors=errors))


def store_submissions(records: list[Envelope], actor: Actor, now: datetime) -> None:
    revised = [uuid.UUID(record.body["revises"]) for record in records if record.body.get("revises")]
    # A revision and what it revises may arrive at once; without the lock both would count.
    lock_ids([*(uuid.UUID(record.id) for record in records), *revised])
    for record in records:
        if record.body.get("revises"):
            _supersede(uuid.UUID(record.body["revises"]), uuid.UUID(record.subject_id))
    # A revision may overtake what it revises on the way here.
    ids = [uuid.UUID(record.id) for record in records]
    stored = set(db.session.scalars(select(Submission.revises_id).where(Submission.revises_id.in_(ids))))
    overtaken = stored | set(revised)
    rows = [_row(record, actor, now) for record in records]
    db.session.execute(insert(Submission.__table__), [row | {"superseded": row["id"] in overtaken} for row in rows])
    subjects = {uuid.UUID(record.subject_id) for record in records if record.subject_id}
    note(Topic.REFRESH_SUBJECT, actor.county_code, subjects)
    record_changes(
        ChangeKind.SUBMISSION, actor.county_code, [(uuid.UUID(record.id), uuid.UUID(record.subject_id)) for record in records]
    )


def _supersede(revised: uuid.UUID, subject_id: uuid.UUID) -> None:
    db.session.execute(
        update(Submission).where(Submission.id == revised, Submission.subject_id == subject_id).values(superseded=True)
    )


def _row(record: Envelope, actor: Actor, now: datetime) -> dict[str, Any]:
    """A submission with its score by the version it used, as a row of its table."""
    body = record.body
    checklist = find_compiled(body["checklist"]["hash"])
    assert checklist is not None, "checked before"
    answers = answers_of(body)
    score = forms.score(checklist, answers)
    return {
        "id": uuid.UUID(record.id),
        "county_code": actor.county_code,
        "visit_id": uuid.UUID(record.visit_id),
        "subject_id": uuid.UUID(record.subject_id),
        "author_id": actor.user_id,
        "checklist_id": body["checklist"]["id"],
        "checklist_hash": body["checklist"]["hash"],
        "revises_id": uuid.UUID(body["revises"]) if body.get("revises") else None,
        "finished_at": parse_time(body["finished_at"]),
        "counted_at": counts_at(record, parse_time(body["finished_at"]), actor.county_code, now)[0],
        "answers": answers,
        "scope": score.scope,
        "score_numerator": None if score.numerator is None else str(score.numerator),
        "score_denominator": None if score.denominator is None else str(score.denominator),
        "score_sort": None if score.numerator is None or not score.denominator else 100 * score.numerator / score.denominator,
        "provisional": score.provisional,
        "checked": score.checked,
        "total": score.total,
        "grade": score.grade,
        "veto_paths": list(score.veto_paths),
        "insufficient_sample": score.insufficient_sample,
        "received_at": now,
    }


def answers_of(body: Any) -> dict[str, Any]:
    """The answers document that the rules of ``forms`` take, from a submission's body."""
    scope = {key: body[key] for key in ("scope", "sections", "none_here") if key in body}
    return {"profile": body["profile"], "answers": body["answers"], "repeats": body.get("repeats") or {}, **scope}


def refuse_shape(messages: dict[str, Any]) -> None:
    """Raises: Refusal invalid with every message as a pointer into the record's body."""
    if messages:
        raise Refusal(ProblemCode.INVALID, errors=shape_errors(messages))


def shape_errors(messages: dict[str, Any]) -> list[FieldError]:
    return list(field_errors(messages, "#/body"))
