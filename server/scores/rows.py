"""The rows behind a figure: one statement gives the figure, its numerator rows and its denominator rows, a page at a time.

Rows are found by the conditions that count them (server.scores.figures), under the same belongings, for whoever asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, join, null, select, true
from sqlalchemy.sql.selectable import FromClause

from server import clock
from server.hazards.models import Hazard
from server.paging import Asked, Order, page_beside
from server.pairings.models import PairingGroup
from server.register.memberships import FOREVER
from server.register.models import Subject
from server.register.store import area_names
from server.scores.belongings import GROUPED_BY, belongs_to
from server.scores.counting import points_of
from server.scores.figures import (
    DEFINITIONS,
    Conditions,
    Definition,
    hazard_sets,
    obligation_sets,
    subject_sets,
    visit_sets,
)  # fmt: skip
from server.scores.models import (
    BelongingRow,
    CountedDuty,
    CountedHazard,
    CountedObligation,
    CountedPaired,
    CountedVisit,
)  # fmt: skip
from server.scores.questions import Question
from server.scores.rollups import Group, figure_body
from server.scores.showing import shown_points
from vocabulary import Figure, FigurePart, FigureRows, Grouping, HazardGrade, ObligationState, VisitScope


@dataclass(frozen=True)
class Place:
    """Whose rows are asked for: those of a group (``code`` "none": of no group), or of all."""

    grouping: Grouping | None = None
    code: str | uuid.UUID | None = None


class _Behind(NamedTuple):
    """Rows of one kind before they are narrowed: from where, which columns, the sets they may be in, and their order."""

    tables: FromClause
    here: ColumnElement[bool]
    columns: dict[str, Any]
    sets: Conditions
    order: tuple[tuple[str, type], ...]


def figure_rows(question: Question, figure: Figure, place: Place, part: FigurePart, asked: Asked) -> dict[str, Any]:
    """The figure with a page of its rows; each says whether the numerator holds it, and the facts that put it there."""
    definition = DEFINITIONS[figure]
    behind = _BEHIND[definition.rows](question)
    rows = _counted_rows(question, definition, behind, place)
    order = Order(
        f"{figure.value}.{part.value}",
        tuple(rows.c[name] for name, _ in behind.order),
        tuple(kind for _, kind in behind.order),
    )
    page, totals = page_beside(_with_words(question, definition.rows, rows, part), _totals(rows), order, asked)
    counted, all_rows, scores = int(totals[0] or 0), int(totals[1] or 0), totals[2]
    if asked.count:
        size = {FigurePart.NUMERATOR: counted, FigurePart.DENOMINATOR: all_rows, FigurePart.REST: all_rows - counted}[part]
        page.count = {"n": size, "more": False}
    towns = area_names()
    make = _BODIES[definition.rows]

    def build(row: Any) -> dict[str, Any]:
        subject = {
            "id": str(row.subject_id),
            "name": row.subject_name,
            "town_code": row.town_code,
            "town_name": towns.get(row.town_code, ""),
        }
        return {"id": str(row.id), "counted": bool(row.counted), "subject": subject} | _NO_FACTS | make(row, question)

    return {
        "figure": figure.value,
        "rows": definition.rows.value,
        "part": part.value,
        "value": figure_body(question, _as_group(definition, counted, all_rows, scores), figure),
    } | page.body(page.shown(build, lambda row: row.id))


def _counted_rows(question: Question, definition: Definition, behind: _Behind, place: Place) -> CTE:
    """All rows of the figure, each with whether it is in the numerator."""
    numerator = behind.sets[definition.numerator]
    members = behind.sets[definition.denominator] if definition.denominator else numerator
    conditions = [behind.here, members, *question.conditions(behind.columns["subject_id"])]
    if place.grouping is not None:
        conditions.append(belongs_to(GROUPED_BY[place.grouping], place.code))
    columns = (column.label(name) for name, column in behind.columns.items())
    counted = case((numerator, 1), else_=0).label("counted")
    return (
        select(*columns, counted, BelongingRow.town_code.label("town_code"))
        .select_from(behind.tables)
        .where(*conditions)
        .cte("counted_rows")
    )


def _totals(rows: CTE) -> Select[Any]:
    scores: Any = null()
    if "score_numerator" in rows.c:
        text = rows.c.score_numerator + "/" + rows.c.score_denominator
        scores = func.aggregate_strings(case((rows.c.counted == 1, text), else_=null()), " ")
    return select(func.sum(rows.c.counted).label("n"), func.count().label("of"), scores.label("scores")).select_from(rows)


def _as_group(definition: Definition, counted: int, all_rows: int, scores: str | None) -> Group:
    sums = {definition.numerator: counted} | ({definition.denominator: all_rows} if definition.denominator else {})
    return Group(None, "", sums, [Fraction(one) for one in (scores or "").split()])


def _with_words(question: Question, kind: FigureRows, rows: CTE, part: FigurePart) -> Select[Any]:
    """The rows of a part with what people call them, and of subjects the facts that lie in other tables."""
    query = select(*rows.c, Subject.name.label("subject_name")).join(Subject, Subject.id == rows.c.subject_id)
    match kind:
        case FigureRows.HAZARD:
            words = (Hazard.number, Hazard.description, Hazard.spot, Hazard.state)
            query = query.add_columns(*words).join(Hazard, Hazard.id == rows.c.id)
        case FigureRows.OBLIGATION:
            group = PairingGroup
            query = query.add_columns(group.name.label("group_name")).join(group, group.id == rows.c.group_id)
        case FigureRows.SUBJECT:
            query = query.add_columns(*_facts_of_subjects(question, rows.c.subject_id))
        case FigureRows.VISIT:
            pass
    match part:
        case FigurePart.NUMERATOR:
            return query.where(rows.c.counted == 1)
        case FigurePart.REST:
            return query.where(rows.c.counted == 0)
        case FigurePart.DENOMINATOR:
            return query


def _facts_of_subjects(question: Question, subject_id: ColumnElement[Any]) -> list[Any]:
    """The days of the period on which a pairing is in force, and the latest visit of the period."""
    period, visit, paired = question.period, CountedVisit, CountedPaired
    made = and_(
        visit.edition_id == question.edition_id, visit.subject_id == subject_id, visit.day.between(period.first, period.last)
    )
    in_force = and_(
        paired.edition_id == question.edition_id, paired.subject_id == subject_id, paired.first <= period.last,
        paired.last >= period.first,
    )  # fmt: skip
    latest = (visit.finished_at.desc(), visit.received_at.desc(), visit.visit_id.desc())
    return [
        select(func.min(paired.first)).where(in_force).scalar_subquery().label("paired_first"),
        select(func.max(paired.last)).where(in_force).scalar_subquery().label("paired_last"),
        select(visit.visit_id).where(made).order_by(*latest).limit(1).scalar_subquery().label("visit_id"),
        select(visit.day).where(made).order_by(*latest).limit(1).scalar_subquery().label("visit_day"),
    ]


def _hazards(question: Question) -> _Behind:
    hazard, period = CountedHazard, question.period
    return _Behind(
        _belonging(hazard),
        _in_edition(hazard, question),
        {"id": hazard.hazard_id} | _columns(
            hazard, "subject_id", "day", "is_major", "deadline", "original_deadline", "submitted_on", "deadline_then",
            "closed_on", "is_closed", "is_due", "is_on_time", "is_overdue",
        ),
        hazard_sets(hazard, period.first, period.last),
        (("day", date), ("id", uuid.UUID)),
    )  # fmt: skip


def _visits(question: Question) -> _Behind:
    visit, period = CountedVisit, question.period
    return _Behind(
        _belonging(visit),
        _in_edition(visit, question),
        {"id": visit.visit_id} | _columns(
            visit, "subject_id", "day", "finished_at", "clock_wrong", "score_numerator", "score_denominator", "is_final",
            "is_core", "is_insufficient",
        ),
        visit_sets(visit, period.first, period.last),
        (("day", date), ("id", uuid.UUID)),
    )  # fmt: skip


def _obligations(question: Question) -> _Behind:
    """They belong where their subject does: to its stock row of the period."""
    one, duty, period = CountedObligation, CountedDuty, question.period
    stock = question.amounts()
    tables = (
        join(one, duty, and_(duty.edition_id == one.edition_id, duty.rule_id == one.rule_id, duty.first == one.first))
        .join(stock, and_(stock.c.subject_id == one.subject_id, stock.c.is_stock))
        .join(BelongingRow, BelongingRow.id == stock.c.belonging_id)
    )
    return _Behind(
        tables,
        _in_edition(one, question),
        {"id": one.rule_id, "group_id": duty.group_id, "times": duty.times, "unit": duty.unit} | _columns(
            one, "subject_id", "number", "begins", "due", "visit_id", "visit_day", "is_overdue",
        ),
        obligation_sets(one, period.first, period.last, question.cut),
        (("due", date), ("id", uuid.UUID), ("number", int)),
    )  # fmt: skip


def _subjects(question: Question) -> _Behind:
    stock = question.amounts()
    row = stock.c
    return _Behind(
        stock.join(BelongingRow, and_(BelongingRow.id == row.belonging_id, row.is_stock)),
        true(),
        {"id": row.subject_id, "subject_id": row.subject_id} | {
            name: row[name]
            for name in ("score_visit_id", "score_numerator", "score_denominator", "score_is_core")
        },
        subject_sets(row, question.policy.rank_scopes),
        (("id", uuid.UUID),),
    )  # fmt: skip


_BEHIND: Mapping[FigureRows, Callable[[Question], _Behind]] = {
    FigureRows.HAZARD: _hazards,
    FigureRows.VISIT: _visits,
    FigureRows.OBLIGATION: _obligations,
    FigureRows.SUBJECT: _subjects,
}


def _belonging(model: Any) -> FromClause:
    return join(model, BelongingRow, BelongingRow.id == model.belonging_id)


def _in_edition(model: Any, question: Question) -> ColumnElement[bool]:
    return and_(model.edition_id == question.edition_id, model.county_code == question.county_code)


def _columns(model: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(model, name) for name in names}


# Facts of each kind of row; those of other kinds are null.
_NO_FACTS: dict[str, Any] = {"hazard": None, "visit": None, "obligation": None, "subject_facts": None}


def _hazard_body(row: Any, question: Question) -> dict[str, Any]:
    return {
        "hazard": {
            "number": row.number,
            "description": row.description,
            "spot": row.spot,
            "state": row.state,
            "grade": HazardGrade.MAJOR if row.is_major else HazardGrade.GENERAL,
            "found_on": row.day.isoformat(),
            "deadline": _text(row.deadline),
            "original_deadline": _text(row.original_deadline),
            "submitted_on": _text(row.submitted_on),
            "deadline_then": _text(row.deadline_then),
            "closed_on": _text(row.closed_on),
            "is_due": row.is_due,
            "is_on_time": row.is_on_time,
            "is_overdue": row.is_overdue,
        }
    }


def _visit_body(row: Any, question: Question) -> dict[str, Any]:
    return {
        "visit": {
            "finished_at": clock.isoformat(row.finished_at),
            "day": row.day.isoformat(),
            "clock_wrong": row.clock_wrong,
            "score": shown_points(points_of(row.score_numerator, row.score_denominator), question.policy.lines),
            "is_final": row.is_final,
            "scope": _scope(row.is_core),
            "is_insufficient": row.is_insufficient,
        }
    }


def _obligation_body(row: Any, question: Question) -> dict[str, Any]:
    return {
        "obligation": {
            "number": row.number,
            "group_name": row.group_name,
            "times": row.times,
            "unit": row.unit,
            "begins": row.begins.isoformat(),
            "due": row.due.isoformat(),
            "visit_id": None if row.visit_id is None else str(row.visit_id),
            "visit_day": _text(row.visit_day),
            "state": obligation_state(row.due, row.visit_day, row.is_overdue),
        }
    }


def _subject_body(row: Any, question: Question) -> dict[str, Any]:
    return {
        "subject_facts": {
            "paired_from": _text(row.paired_first),
            "paired_to": None if row.paired_last == FOREVER else _text(row.paired_last),
            "visit_id": None if row.visit_id is None else str(row.visit_id),
            "visit_day": _text(row.visit_day),
            "score": shown_points(points_of(row.score_numerator, row.score_denominator), question.policy.lines),
            "score_visit_id": None if row.score_visit_id is None else str(row.score_visit_id),
        }
    }


def obligation_state(due: date, visit_day: date | None, is_overdue: bool) -> ObligationState:
    if visit_day is not None:
        return ObligationState.MET if visit_day <= due else ObligationState.LATE
    return ObligationState.OVERDUE if is_overdue else ObligationState.OPEN


_BODIES: Mapping[FigureRows, Callable[[Any, Question], dict[str, Any]]] = {
    FigureRows.HAZARD: _hazard_body,
    FigureRows.VISIT: _visit_body,
    FigureRows.OBLIGATION: _obligation_body,
    FigureRows.SUBJECT: _subject_body,
}


def _scope(is_core: bool) -> VisitScope:
    return VisitScope.CORE if is_core else VisitScope.FULL


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
