"""How visits and submissions look to phones and the desk, and what visits add to the body of a subject."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

import forms
from server import clock
from server.checklists.service import find_compiled
from server.db import db
from server.pairings.rules import due_on
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject
from server.visits.completion import completeness, completeness_body
from server.visits.models import Submission, Visit
from server.visits.store import last_visits, visit_days
from vocabulary import Action


def load_visits(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Completeness of visits by id; a phone reads the visit's receipt here."""
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.scalars(
        select(Visit).where(
            Visit.id.in_(ids), Visit.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.SYNC)))
        )
    )
    return {
        str(visit.id): completeness_body(visit, completeness(visit))
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
    """Adds ``last_visit_on`` and ``due_on`` (of the actor's own pairings when there are any, else of all)."""
    if not bodies:
        return
    today = clock.county_date(clock.now())
    ids = [uuid.UUID(text) for text in bodies]
    last = last_visits(ids)
    days = visit_days(ids, today - timedelta(days=400))
    for text, body in bodies.items():
        subject_id = uuid.UUID(text)
        if subject_id in last:
            body["last_visit_on"] = clock.county_date(last[subject_id]).isoformat()
        own = [pairing for pairing in body["pairings"] if pairing["mine"]] or body["pairings"]
        dates = [due for due in (_due(pairing, days.get(subject_id, []), today) for pairing in own) if due]
        body["due_on"] = min(dates).isoformat() if dates else None


def _due(pairing: dict[str, Any], visits: list[date], today: date) -> date | None:
    rule = pairing["frequency"]
    if rule is None:
        return None
    return due_on(rule["count"], rule["unit"], date.fromisoformat(pairing["valid_from"]), visits, today)
