"""The score that stands for a subject in a period as a body: how it is shown, its band, and the level with what lowers it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from server.db import db
from server.scores.counting import points_of
from server.scores.models import CountedAccident, CountedHazard, CountedVisit
from server.scores.questions import Question
from server.scores.showing import exact_text, shown_points
from server.scores.visit_scores import level_of
from vocabulary import VisitScope


def score_bodies(question: Question, stock: Iterable[Any]) -> dict[uuid.UUID, dict[str, Any] | None]:
    """By subject the body of its score, None without one; ``stock`` are stock rows of the question's period."""
    rows = {row.subject_id: row for row in stock}
    scored = {subject_id: row for subject_id, row in rows.items() if row.score_numerator is not None}
    vetoes = _vetoes(question, [row.score_visit_id for row in scored.values()])
    majors = _overdue_majors(question, list(scored))
    accidents = _fatal_accidents(question, list(scored))
    return {
        subject_id: _body(question, row, vetoes.get(row.score_visit_id, ()), majors[subject_id], accidents[subject_id])
        if subject_id in scored
        else None
        for subject_id, row in rows.items()
    }


def _body(
    question: Question, row: Any, vetoed_by: Sequence[str], majors: Sequence[str], accidents: Sequence[str]
) -> dict[str, Any]:
    points = points_of(row.score_numerator, row.score_denominator)
    assert points is not None, "rows without a score are left out"
    level = level_of(
        points, question.policy, vetoed_by=vetoed_by, overdue_majors=majors, fatal_accidents=accidents
    )  # fmt: skip
    final = bool(row.score_is_final)
    return {
        "visit_id": str(row.score_visit_id),
        "exact": exact_text(points),
        "display": shown_points(points, question.policy.lines),
        "provisional": not final,
        "insufficient_sample": bool(row.score_is_insufficient),
        "scope": VisitScope.CORE if row.score_is_core else VisitScope.FULL,
        # Only a final score has a level; the raw score stays beside it.
        "band": level.band if final else None,
        "level": level.level if final else None,
        "reasons": [{"code": reason.code, "row": reason.row} for reason in level.reasons] if final else [],
    }


def _vetoes(question: Question, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    visit = CountedVisit
    rows = db.session.execute(
        select(visit.visit_id, visit.vetoed_by).where(visit.edition_id == question.edition_id, visit.visit_id.in_(visit_ids))
    )
    return {visit_id: vetoed_by for visit_id, vetoed_by in rows}


def _overdue_majors(question: Question, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Majors that are overdue as of the question, whenever found."""
    hazard = CountedHazard
    return _by_subject(
        select(hazard.subject_id, hazard.hazard_id)
        .where(
            hazard.edition_id == question.edition_id, hazard.subject_id.in_(subject_ids), hazard.counts, hazard.is_major,
            hazard.is_overdue,
        )
        .order_by(hazard.day, hazard.hazard_id)
    )  # fmt: skip


def _fatal_accidents(question: Question, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    accident, period = CountedAccident, question.period
    return _by_subject(
        select(accident.subject_id, accident.accident_id)
        .where(
            accident.edition_id == question.edition_id, accident.subject_id.in_(subject_ids), accident.deaths > 0,
            accident.day.between(period.first, period.last),
        )
        .order_by(accident.day, accident.accident_id)
    )  # fmt: skip


def _by_subject(statement: Any) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for subject_id, id_ in db.session.execute(statement):
        found[subject_id].append(str(id_))
    return found
