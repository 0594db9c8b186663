"""Subjects with their figures of a period, page by page; their sums are what the overview says."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, func, or_, select

from server.db import db
from server.paging import Asked, Order, page_of
from server.register.models import Subject
from server.register.store import area_names, department_names
from server.scores.amounts import EVENTS, STOCK
from server.scores.levels import score_bodies
from server.scores.models import BelongingRow
from server.scores.questions import Question
from server.scores.rollups import Group, figure_bodies, with_open
from vocabulary import Sector, SubjectOrder

_SUMS = (*EVENTS, *STOCK)
# Of a subject without the value: behind all others.
_LAST = 1e9
_AT_ONCE = 500


@dataclass(frozen=True)
class SubjectFigures:
    """A subject with what it amounts to in the period, as far as the question sees it.

    ``is_on_books`` says that its stock figures are among them; one that has moved away leaves only its events here.
    """

    subject: Subject
    town_code: str
    department_id: uuid.UUID | None
    sector: Sector | None
    is_on_books: bool
    group: Group
    score: dict[str, Any] | None


def subject_list(question: Question, text: str, order: SubjectOrder, asked: Asked) -> dict[str, Any]:
    """A page of subjects with their figures as bodies."""
    listed = _listed(question, text, order).subquery("listed")
    place = (listed.c.value, listed.c.town_code, listed.c.name, listed.c.id)
    named = Order(f"subjects.{order.value}", place, (float, str, str, uuid.UUID))
    page = page_of(select(listed.c.id), named, asked)
    towns, departments = area_names(), department_names()
    return page.body([_body(question, one, towns, departments) for one in subject_figures(question, page.rows)])


def subject_figures(question: Question, subject_ids: Sequence[uuid.UUID]) -> list[SubjectFigures]:
    """The figures of subjects, in the order of their ids."""
    subjects = {subject.id: subject for subject in db.session.scalars(select(Subject).where(Subject.id.in_(subject_ids)))}
    rows = _amounts_of(question, subject_ids)
    scores = score_bodies(question, [row for own in rows.values() for row in own if row.is_stock])
    found = []
    for subject_id in subject_ids:
        own = rows[subject_id]
        if not own:
            continue
        # Where it is counted at the end of the period; without that, where its last event lies.
        main = next((row for row in own if row.is_stock), own[-1])
        sums = {name: sum(getattr(row, name) for row in own) for name in _SUMS}
        found.append(
            SubjectFigures(
                subject=subjects[subject_id],
                town_code=main.town_code,
                department_id=main.department_id,
                sector=main.sector,
                is_on_books=main.is_stock,
                group=Group(None, main.town_code, with_open(sums), []),
                score=scores.get(subject_id),
            )
        )
    return found


def all_subject_figures(question: Question, text: str) -> Iterator[SubjectFigures]:
    """Every subject of the list in its usual order, a few hundred at a time."""
    listed = _listed(question, text, SubjectOrder.NAME).subquery("listed")
    ids = db.session.scalars(select(listed.c.id).order_by(listed.c.town_code, listed.c.name, listed.c.id)).all()
    for start in range(0, len(ids), _AT_ONCE):
        yield from subject_figures(question, ids[start : start + _AT_ONCE])


def count_subjects(question: Question, text: str) -> int:
    """How many subjects the list has."""
    listed = _listed(question, text, SubjectOrder.NAME).subquery("listed")
    return db.session.scalar(select(func.count()).select_from(listed)) or 0


def _body(
    question: Question, one: SubjectFigures, towns: Mapping[str, str], departments: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    return {
        "subject": {
            "id": str(one.subject.id),
            "name": one.subject.name,
            "kind": one.subject.kind,
            "town_code": one.town_code,
            "town_name": towns.get(one.town_code, ""),
            "sectors": one.subject.sectors,
            "department_name": departments.get(one.department_id, "") if one.department_id else "",
        },
        "is_on_books": one.is_on_books,
        "figures": figure_bodies(question, one.group),
        "score": one.score,
    }


def _listed(question: Question, text: str, order: SubjectOrder) -> Select[Any]:
    """Each subject that the question sees anything of, with the value that it is ordered by, smallest first."""
    amounts = question.amounts()
    row = amounts.c
    return (
        select(Subject.id, Subject.town_code, Subject.name, _value(row, order).label("value"))
        .select_from(amounts)
        .join(BelongingRow, BelongingRow.id == row.belonging_id)
        .join(Subject, Subject.id == row.subject_id)
        .where(*question.conditions(row.subject_id), *_named(text))
        .group_by(Subject.id, Subject.town_code, Subject.name)
    )


def _value(row: Any, order: SubjectOrder) -> Any:
    found = func.sum(row.hazards_found)
    value = {
        SubjectOrder.NAME: cast(0, Float),
        SubjectOrder.SCORE: func.coalesce(-func.max(row.score_sort), _LAST),
        SubjectOrder.RECTIFICATION_RATE: case((found > 0, cast(func.sum(row.hazards_closed), Float) / found), else_=_LAST),
        SubjectOrder.HAZARDS_OVERDUE: cast(-func.sum(row.hazards_overdue), Float),
    }[order]
    return cast(value, Float)


def _named(text: str) -> list[ColumnElement[bool]]:
    if not text.strip():
        return []
    name, initials = Subject.name, Subject.initials
    return [or_(name.contains(text, autoescape=True), initials.contains(text.lower(), autoescape=True))]


def _amounts_of(question: Question, subject_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    amounts = question.amounts(list(subject_ids))
    row = amounts.c
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for each in db.session.execute(
        select(*row, BelongingRow.town_code, BelongingRow.department_id, BelongingRow.sector)
        .select_from(amounts)
        .join(BelongingRow, BelongingRow.id == row.belonging_id)
        .where(*question.conditions(row.subject_id))
        .order_by(row.subject_id, row.belonging_id)
    ):
        found[each.subject_id].append(each)
    return found
