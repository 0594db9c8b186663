"""How visits and submissions look to phones and the desk, and what visits add to the body of a subject."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

import forms
from server import clock
from server.checklists.service import find_compiled
from server.db import db
from server.pairings.duties import PairedDuty, load_duties, load_members
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject
from server.register.store import policy_book
from server.visits.completion import completeness_bodies
from server.visits.duties import load_visits as load_visit_facts
from server.visits.duties import satisfying_visits
from server.visits.models import Submission, Visit
from sync.obligations import SpanShares, next_obligation
from vocabulary import Action


def load_visits(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Completeness of visits by id; a phone reads the visit's receipt here."""
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.scalars(
        select(Visit).where(
            Visit.id.in_(ids), Visit.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.SYNC)))
        )
    ).all()
    states = completeness_bodies([visit.id for visit in rows])
    return {
        str(visit.id): states[visit.id]
        | {
            "subject_id": str(visit.subject_id),
            "started_at": clock.isoformat(visit.started_at),
            "finished_at": clock.isoformat(visit.finished_at),
        }
        for visit in rows
    }


def load_submissions(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.scalars(
        select(Submission).where(
            Submission.id.in_(ids),
            Submission.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.SYNC))),
        )
    )
    return {str(row.id): submission_body(row) for row in rows}


def submission_body(row: Submission) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "visit_id": str(row.visit_id),
        "subject_id": str(row.subject_id),
        "checklist": {"id": row.checklist_id, "hash": row.checklist_hash},
        "finished_at": clock.isoformat(row.finished_at),
        "superseded": row.superseded,
        "score": score_body(row),
    }


def score_body(row: Submission) -> dict[str, Any]:
    """The score as an exact fraction of 100 with what it displays as under the rules of its checklist version."""
    checklist = find_compiled(row.checklist_hash)
    assert checklist is not None, "a foreign key"
    return {
        "numerator": row.score_numerator,
        "denominator": row.score_denominator,
        "display": forms.score(checklist, row.answers).display,
        "scope": row.scope,
        "added_sections": row.added_sections,
        "provisional": row.provisional,
        "checked": row.checked,
        "total": row.total,
        "grade": row.grade,
        "veto_paths": row.veto_paths,
        "insufficient_sample": row.insufficient_sample,
    }


def add_visits_to_subjects(bodies: dict[str, Any]) -> None:
    """Adds ``last_visit_on`` and ``duties``: what each pairing asks for and how many of its obligations are satisfied.

    From the duties a phone says by which day the next visit is due, also after a visit that has not reached the server;
    ``visits_until`` tells it which visits are in the count already.
    """
    if not bodies:
        return
    ids = [uuid.UUID(text) for text in bodies]
    visits, duties = load_visit_facts(ids), load_duties(ids)
    members = load_members(duty.group_id for rows in duties.values() for duty in rows)
    counties = dict(db.session.execute(select(Subject.id, Subject.county_code).where(Subject.id.in_(ids))).all())
    shares = {code: policy_book(code).span_shares() for code in set(counties.values())}
    for text, body in bodies.items():
        subject_id = uuid.UUID(text)
        made, asked = visits.get(subject_id, []), shares[counties[subject_id]]
        body["last_visit_on"] = made[-1].day.isoformat() if made else None
        body["visits_until"] = clock.isoformat(made[-1].counted_at) if made else None
        body["duties"] = [
            _duty_body(duty, len(satisfying_visits(duty, made, members, asked)), asked) for duty in duties.get(subject_id, [])
        ]


def _duty_body(duty: PairedDuty, satisfied: int, shares: SpanShares) -> dict[str, Any]:
    following = next_obligation(duty.duty, satisfied, shares)
    return {
        "pairing_id": str(duty.pairing_id),
        "first": duty.duty.first.isoformat(),
        "last": duty.duty.last.isoformat() if duty.duty.last else None,
        "count": duty.duty.count,
        "unit": duty.duty.unit,
        "span_shares": [
            {"from": first.isoformat(), "numerator": share.numerator, "denominator": share.denominator} for first, share in shares
        ],
        "satisfied": satisfied,
        "next_due": following.due.isoformat() if following else None,
    }
