"""How the score of one subject came about: every visit of the period, its checklists beside each other, and the answers.

The rows behind its other figures are those of server.scores.rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

import forms
from server import clock
from server.checklists.service import find_compiled
from server.db import db
from server.register.models import Subject
from server.register.policy import Policy
from server.register.store import policy_book
from server.scores.counting import SubjectFacts, score_of
from server.scores.facts import load_facts
from server.scores.questions import Question
from server.scores.rollups import figure_bodies, total
from server.scores.showing import exact_text, shown_points
from server.scores.subjects import subject_figures
from server.scores.visit_scores import SubmissionFacts
from server.visits.bodies import score_body
from server.visits.duties import VisitFacts
from server.visits.models import Submission
from vocabulary import VisitScope

# The latest ones only; the page of a mine that is visited daily would be megabytes long.
VISITS_SHOWN = 20


def subject_page(subject: Subject, question: Question) -> dict[str, Any]:
    asked = replace(question, subject_id=subject.id)
    [facts] = load_facts(question.county_code, [subject.id]).subjects
    visits = [visit for visit in reversed(facts.visits) if question.period.holds(visit.day)]
    shown = visits[:VISITS_SHOWN]
    figures = next(iter(subject_figures(asked, [subject.id])), None)
    return {
        "subject": {"id": str(subject.id), "name": subject.name, "town_code": subject.town_code},
        "period": question.period.key,
        "as_of": clock.isoformat(question.as_of),
        "is_on_books": figures is not None and figures.is_on_books,
        "figures": figure_bodies(asked, figures.group if figures else total(asked)),
        "score": figures.score if figures else None,
        "visits_total": len(visits),
        "visits": _visit_bodies(asked, facts, shown),
        "submissions": [_submission_body(one) for one in _submissions([visit.id for visit in shown])],
    }


def _visit_bodies(question: Question, facts: SubjectFacts, visits: Sequence[VisitFacts]) -> list[dict[str, Any]]:
    """Each visit with its score by the policy of its day, and the submissions that made it."""
    book = policy_book(question.county_code)
    bodies = []
    for visit in visits:
        score, policy = score_of(visit, facts, book), book.on(visit.day)
        bodies.append(
            {
                "id": str(visit.id),
                "day": visit.day.isoformat(),
                "clock_wrong": visit.clock_wrong,
                "exact": exact_text(score.points),
                "display": shown_points(score.points, policy.lines),
                "provisional": not score.is_final,
                "insufficient_sample": score.is_insufficient,
                "scope": VisitScope.CORE if score.is_core else VisitScope.FULL,
                "parts": [_part(one, policy) for one in score.submissions],
            }
        )
    return bodies


def _part(one: SubmissionFacts, policy: Policy) -> dict[str, Any]:
    """A submission as it stands beside the others of its visit."""
    return {
        "submission_id": one.id,
        "weight": str(policy.checklist_weights.get(one.checklist_id, 1)),
        "exact": exact_text(one.points),
        "display": shown_points(one.points, policy.lines),
        "provisional": not one.is_final,
        "vetoed": one.is_vetoed,
    }


def _submissions(visit_ids: Sequence[uuid.UUID]) -> Sequence[Submission]:
    return db.session.scalars(
        select(Submission)
        .where(Submission.visit_id.in_(visit_ids), Submission.superseded.is_(False))
        .order_by(Submission.counted_at.desc(), Submission.id)
    ).all()


def _submission_body(submission: Submission) -> dict[str, Any]:
    """A submission with the result and points of each item, by the checklist version it used."""
    checklist = find_compiled(submission.checklist_hash)
    assert checklist is not None, "a foreign key"
    return {
        "id": str(submission.id),
        "visit_id": str(submission.visit_id),
        "finished_at": clock.isoformat(submission.finished_at),
        "checklist": {
            "id": checklist.id,
            "version": checklist.version,
            "hash": submission.checklist_hash,
            "title": checklist.document["title"],
        },
        "score": score_body(submission),
        "items": [
            {
                "path": path,
                "statement": (checklist.find_item(path) or {}).get("statement"),
                "result": result.result,
                "earned": result.earned,
                "applicable": result.applicable,
            }
            for path, result in forms.results(checklist, submission.answers).items()
        ],
    }
