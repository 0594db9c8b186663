"""How visits and submissions are read, judged and stored when they arrive."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, true, update

import forms
from forms.reading import answer_at
from server.accounts.models import User
from server.checklists.service import find_compiled
from server.clock import county_date
from server.prepared import Among, Prepared, insertion
from server.problems import FieldError, Refusal
from server.records.clocks import counts_in
from server.records.kinds import Arrival, Entry, RecordHandler, nothing
from server.records.shapes import check_shape, shape_errors
from server.visits.completion import Announced, complete_visits_of
from server.visits.drafts import forget_drafts
from server.visits.models import Submission, Visit, VisitOfficer
from server.visits.schemas import SUBMISSION_BODY, VISIT_BODY
from sync.hazards import hazard_id_for_item
from sync.records import Record as Envelope
from sync.times import parse_time
from vocabulary import AnswerResult, AuthorKind, ChangeKind, FaultCode, ItemKind, ProblemCode, Topic

_submission, _user = Submission.__table__, User.__table__.c
_ADD_VISIT = insertion(Visit.__table__)
_ADD_OFFICER = insertion(VisitOfficer.__table__)
_COLLEAGUES = Prepared(select(_user.id).where(and_(Among(_user.id, "ids"), _user.county_code == bindparam("county_code"))))
_ADD_SUBMISSION = insertion(_submission)
_SUPERSEDE = Prepared(update(_submission).where(_submission.c.id == bindparam("key")).values(superseded=true()))


@dataclass(frozen=True)
class VisitReading:
    """What the body of a visit says. An end before the beginning is a clock that was set back meanwhile; it took place all the
    same."""

    started_at: datetime
    finished_at: datetime
    pairing_id: uuid.UUID | None
    officers: Sequence[uuid.UUID]
    records: Sequence[uuid.UUID]
    photos: Mapping[uuid.UUID, str]


@dataclass(frozen=True)
class SubmissionReading:
    """The answers of a submission as its checklist reads them."""

    checklist: forms.Checklist
    answers: Mapping[str, Any]
    reading: forms.Reading
    finished_at: datetime
    revises: str | None
    # The hazard of each failed item that has one: the first that its answer names, else the one that a phone would make.
    failed: Mapping[str, uuid.UUID]


def read_visit(record: Envelope) -> VisitReading:
    """Raises: Refusal kept-misshapen when the body has the wrong shape."""
    body = record.body
    check_shape(VISIT_BODY, body)
    return VisitReading(
        started_at=parse_time(body["started_at"]),
        finished_at=parse_time(body["finished_at"]),
        pairing_id=uuid.UUID(body["pairing_id"]) if body["pairing_id"] else None,
        officers=[uuid.UUID(id_) for id_ in body.get("officers") or ()],
        records=[uuid.UUID(id_) for id_ in body["expected"]["records"]],
        photos={uuid.UUID(photo["id"]): photo["sha256"] for photo in body["expected"]["photos"]},
    )


def mentioned_by_visit(reading: VisitReading) -> Sequence[uuid.UUID]:
    return [*reading.records, *reading.photos]


def check_visit(entry: Entry, arrival: Arrival) -> None:
    """Raises: Refusal kept-misshapen when it names a pairing of another subject, or was not made by a person."""
    _check_person(arrival)
    pairing_id = entry.reading.pairing_id
    if pairing_id is not None and not arrival.reach.has_pairing(entry.subject, pairing_id):
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#/body/pairing_id", FaultCode.UNKNOWN_PAIRING)])


def store_visits(entries: Sequence[Entry], arrival: Arrival) -> None:
    unit, county_code = arrival.unit, arrival.author.county_code
    announced = complete_visits_of(entries, arrival)
    rows = [_visit_row(entry, announced[entry.id], arrival) for entry in entries]
    unit.add(_ADD_VISIT, rows)
    unit.add(_ADD_OFFICER, _officers(entries, arrival))
    forget_drafts([row["id"] for row in rows], arrival)
    unit.note(Topic.REFRESH_SUBJECT, county_code, [row["subject_id"] for row in rows])
    unit.tell(ChangeKind.SUBJECT, county_code, [(row["subject_id"], row["subject_id"]) for row in rows])


def _officers(entries: Sequence[Entry], arrival: Arrival) -> list[dict[str, Any]]:
    """Who made each visit; a companion whose account is not of this county is a name only."""
    author_id, county_code = arrival.author.id, arrival.author.county_code
    named = {user_id for entry in entries for user_id in entry.reading.officers} - {author_id}
    known = {row[0] for row in _COLLEAGUES.rows(arrival.unit.link, ids=named, county_code=county_code)} if named else set()
    return [
        {"visit_id": entry.id, "user_id": user_id, "county_code": county_code}
        for entry in entries
        for user_id in sorted({author_id, *(known.intersection(entry.reading.officers))})
    ]


def read_submission(record: Envelope) -> SubmissionReading:
    """Raises: Refusal for answers that cannot be counted as they are, with every fault.

    A phone can mend neither a checklist that the server does not know nor a body that an old release has sealed, so the
    record would be stuck there; in quarantine the office sees it.
    """
    body = record.body
    errors = [] if record.visit_id is not None else [FieldError("#/visit_id", FaultCode.MISSING)]
    errors += shape_errors(SUBMISSION_BODY, body)
    if errors:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=errors)
    reference = body["checklist"]
    checklist = find_compiled(reference["hash"])
    if checklist is None or (checklist.id, checklist.version) != (reference["id"], reference["version"]):
        params = {"id": reference["id"], "version": reference["version"]}
        fault = FieldError("#/body/checklist", FaultCode.UNKNOWN_CHECKLIST, params=params)
        raise Refusal(ProblemCode.UNKNOWN_CHECKLIST, errors=[fault])
    answers = answers_of(body)
    reading = forms.read_answers(checklist, answers)
    faults = forms.find_faults(checklist, reading)
    if faults:
        errors = [FieldError(f"#/body{fault.pointer}", fault.code, params=fault.params) for fault in faults]
        raise Refusal(ProblemCode.ANSWERS_INVALID, errors=errors)
    return SubmissionReading(
        checklist, answers, reading, parse_time(body["finished_at"]), body.get("revises"), _failed(record.id, answers, reading)
    )


def changed_by_submission(reading: SubmissionReading) -> Sequence[uuid.UUID]:
    return list(reading.failed.values())


def check_submission(_entry: Entry, arrival: Arrival) -> None:
    """Raises: Refusal kept-misshapen when it was not made by a person."""
    _check_person(arrival)


def store_submissions(entries: Sequence[Entry], arrival: Arrival) -> None:
    unit, county_code = arrival.unit, arrival.author.county_code
    rows = [_submission_row(entry, arrival) for entry in entries]
    unit.add(_ADD_SUBMISSION, rows)
    # Corrected by the push and stored before it; which of the records there are submissions, the table knows.
    before = [id_ for id_ in arrival.replaced if id_ in arrival.stored.records and not arrival.accepts(id_)]
    unit.add(_SUPERSEDE, [{"key": id_} for id_ in before])
    unit.note(Topic.REFRESH_SUBJECT, county_code, [row["subject_id"] for row in rows])
    unit.tell(ChangeKind.SUBMISSION, county_code, [(row["id"], row["subject_id"]) for row in rows])


def _failed(submission_id: str, answers: Mapping[str, Any], reading: forms.Reading) -> dict[str, uuid.UUID]:
    found = {}
    for part in reading.parts:
        for item, result in zip(part.section.items, part.results, strict=True):
            if result == AnswerResult.FAIL and "hazard" in item.document and not _details_another(item.document):
                path = part.path(item)
                named = answer_at(answers, path)[0].get("hazards") or [hazard_id_for_item(submission_id, path)]
                found[path] = uuid.UUID(named[0])
    return found


def _details_another(item: Mapping[str, Any]) -> bool:
    """Findings without points that open below a failing item say more about that item's hazard; they make none of their own."""
    return item["type"] == ItemKind.FACTS and not item["points"] and "relevant" in item


def _check_person(arrival: Arrival) -> None:
    if arrival.author.kind is not AuthorKind.USER:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#", FaultCode.NEEDS_A_PERSON)])


def _visit_row(entry: Entry, announced: Announced, arrival: Arrival) -> dict[str, Any]:
    body, reading = entry.record.body, entry.reading
    counted_at, clock_wrong = counts_in(arrival, entry.record, reading.finished_at)
    position = body.get("position") or {}
    return {
        "id": entry.id,
        "county_code": arrival.author.county_code,
        "subject_id": entry.subject,
        "pairing_id": reading.pairing_id,
        "officer_id": arrival.author.id,
        "started_at": reading.started_at,
        "finished_at": reading.finished_at,
        "counted_at": counted_at,
        "day": county_date(counted_at),
        "clock_wrong": clock_wrong,
        "lng": position.get("lng"),
        "lat": position.get("lat"),
        "accuracy_m": position.get("accuracy_m"),
        "representative": body.get("representative") or {},
        "signature": body["signature"],
        "expected": body["expected"],
        "received_at": arrival.unit.now,
        "complete_at": announced.complete_at,
        "receipt_code": announced.receipt_code,
    }


def _submission_row(entry: Entry, arrival: Arrival) -> dict[str, Any]:
    """A submission with its score by the version it used, as a row of its table."""
    body, reading = entry.record.body, entry.reading
    score = forms.score(reading.checklist, reading.reading)
    return {
        "id": entry.id,
        "county_code": arrival.author.county_code,
        "visit_id": entry.visit_id,
        "subject_id": entry.subject,
        "author_id": arrival.author.id,
        "checklist_id": body["checklist"]["id"],
        "checklist_hash": body["checklist"]["hash"],
        "revises_id": uuid.UUID(reading.revises) if reading.revises else None,
        "superseded": entry.id in arrival.replaced,
        "finished_at": reading.finished_at,
        "counted_at": counts_in(arrival, entry.record, reading.finished_at)[0],
        "answers": reading.answers,
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
        "received_at": arrival.unit.now,
    }


def answers_of(body: Any) -> dict[str, Any]:
    """The answers document that the rules of ``forms`` take, from a submission's body."""
    scope = {key: body[key] for key in ("scope", "sections", "none_here") if key in body}
    return {"profile": body["profile"], "answers": body["answers"], "repeats": body.get("repeats") or {}, **scope}


SUBMISSIONS = RecordHandler(SUBMISSION_BODY, read_submission, nothing, changed_by_submission, check_submission, store_submissions)
VISITS = RecordHandler(VISIT_BODY, read_visit, mentioned_by_visit, nothing, check_visit, store_visits)
