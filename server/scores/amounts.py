"""What subjects amount to in periods, as one query: event rows under the belonging of their day, stock rows under that of the
period's last day. Kept in ``subject_period`` for calendar periods, asked for as it is for weeks and custom ranges.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Float,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
    values,
)  # fmt: skip
from sqlalchemy.sql.selectable import FromClause

from server.scores.figures import hazard_sets, obligation_sets, visit_sets
from server.scores.models import (
    LIVE,
    CountedHazard,
    CountedObligation,
    CountedPaired,
    CountedSpan,
    CountedVisit,
    SubjectPeriod,
)  # fmt: skip
from server.scores.periods import Period

EVENTS = (
    "visits", "hazards_found", "hazards_closed", "hazards_due", "hazards_on_time", "hazards_overdue", "majors_found",
    "majors_closed", "majors_due", "majors_on_time", "majors_overdue", "carried_closed",
)  # fmt: skip
STOCK = ("subjects", "to_visit", "visited", "covered", "visits_due", "visits_due_to_date", "visits_overdue")
SCORE: dict[str, Any] = {
    "score_visit_id": Uuid(), "score_numerator": String(), "score_denominator": String(), "score_sort": Float(),
    "score_is_final": Boolean(), "score_is_core": Boolean(), "score_is_insufficient": Boolean(),
}  # fmt: skip
KEYS = ("subject_id", "period", "belonging_id", "is_stock")
COLUMNS = (*KEYS, *EVENTS, *STOCK, *SCORE)
_HAZARD_EVENTS = tuple(name for name in EVENTS if name not in {"visits", "carried_closed"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose amounts, in which periods, counted up to which day; ``subject_ids`` None is the whole county."""

    edition_id: int
    county_code: str
    periods: Sequence[Period]
    as_of_day: date
    subject_ids: Sequence[uuid.UUID] | None = None

    def of(self, model: Any) -> ColumnElement[bool]:
        here = and_(model.edition_id == self.edition_id, model.county_code == self.county_code)
        return here if self.subject_ids is None else and_(here, model.subject_id.in_(self.subject_ids))


def events(wanted: Wanted, spans: FromClause | None = None) -> Select[Any]:
    """Event rows: COLUMNS, one row per subject, period and belonging."""
    spans = _periods(wanted) if spans is None else spans
    parts = union_all(*(part(spans, wanted.of) for part in (_visits, _hazards, _carried))).subquery("parts")
    subject_id, period, belonging_id, is_stock = (parts.c[name] for name in KEYS)
    sums = {name: func.sum(parts.c[name]) for name in EVENTS}
    return _row(subject_id, period, belonging_id, is_stock, sums).group_by(subject_id, period, belonging_id, is_stock)


def stock(wanted: Wanted, spans: FromClause | None = None) -> Select[Any]:
    """Stock rows: COLUMNS, one row per subject and period."""
    return _stock(_periods(wanted) if spans is None else spans, wanted.of)


def amounts(wanted: Wanted) -> CompoundSelect[Any]:
    spans = _periods(wanted)
    return union_all(events(wanted, spans), stock(wanted, spans))


def source(wanted: Wanted) -> FromClause:
    """The rows of one period as a table to select from: kept ones where there are any."""
    [period] = wanted.periods
    if wanted.edition_id == LIVE and period.is_kept(wanted.as_of_day):
        table = SubjectPeriod.__table__.c
        kept = select(*(table[name] for name in COLUMNS)).where(wanted.of(SubjectPeriod), table.period == period.key)
        return kept.subquery("amounts")
    return amounts(wanted).subquery("amounts")


def _periods(wanted: Wanted) -> FromClause:
    columns = (column("key", String), column("first", Date), column("last", Date), column("cut", Date))
    rows = [(period.key, period.first, period.last, period.cut(wanted.as_of_day)) for period in wanted.periods]
    return values(*columns, name="spans").data(rows).cte("spans")


def _visits(spans: Any, of: Any) -> Select[Any]:
    p, visit = spans.c, CountedVisit
    grouped = visit.subject_id, p.key, visit.belonging_id
    return (
        _row(*grouped, false(), {"visits": func.count()})
        .select_from(visit)
        .join(spans, visit_sets(visit, p.first, p.last)["visits"])
        .where(of(visit))
        .group_by(*grouped)
    )


def _hazards(spans: Any, of: Any) -> Select[Any]:
    p, hazard = spans.c, CountedHazard
    sets = hazard_sets(hazard, p.first, p.last)
    grouped = hazard.subject_id, p.key, hazard.belonging_id
    return (
        _row(*grouped, false(), {name: _count(sets[name]) for name in _HAZARD_EVENTS})
        .select_from(hazard)
        .join(spans, sets["hazards_found"])
        .where(of(hazard))
        .group_by(*grouped)
    )


def _carried(spans: Any, of: Any) -> Select[Any]:
    p, hazard = spans.c, CountedHazard
    grouped = hazard.subject_id, p.key, hazard.belonging_id
    return (
        _row(*grouped, false(), {"carried_closed": func.count()})
        .select_from(hazard)
        .join(spans, hazard_sets(hazard, p.first, p.last)["carried_closed"])
        .where(of(hazard))
        .group_by(*grouped)
    )


def _stock(spans: Any, of: Any) -> Select[Any]:
    """One row per subject that was on the books on a day of the period up to the as-of day, under its last such belonging."""
    p, span, paired, visit = spans.c, CountedSpan, CountedPaired, CountedVisit
    due, overdue, score = _due(spans, of), _overdue(spans, of), _scores(spans, of)
    to_visit = exists().where(
        paired.edition_id == span.edition_id, paired.subject_id == span.subject_id, paired.first <= p.last,
        paired.last >= p.first,
    )  # fmt: skip
    visited = exists().where(
        visit.edition_id == span.edition_id, visit.subject_id == span.subject_id, visit.day.between(p.first, p.last)
    )
    counts: dict[str, Any] = {
        "subjects": literal(1),
        "to_visit": _one(to_visit),
        "visited": _one(visited),
        "covered": _one(and_(to_visit, visited)),
        "visits_due": func.coalesce(due.c.visits_due, 0),
        "visits_due_to_date": func.coalesce(due.c.visits_due_to_date, 0),
        "visits_overdue": func.coalesce(overdue.c.visits_overdue, 0),
    }
    scores = {name: score.c[name] for name in SCORE}
    same = [and_(part.c.subject_id == span.subject_id, part.c.key == p.key) for part in (due, overdue, score)]
    return (
        _row(span.subject_id, p.key, span.belonging_id, true(), counts | scores)
        .select_from(span)
        .join(spans, and_(span.first <= p.cut, span.last >= p.first, span.next_first > p.cut))
        .outerjoin(due, same[0])
        .outerjoin(overdue, same[1])
        .outerjoin(score, same[2])
        .where(of(span))
    )


def _due(spans: Any, of: Any) -> FromClause:
    p, one = spans.c, CountedObligation
    sets = obligation_sets(one, p.first, p.last, p.cut)
    return (
        select(
            one.subject_id, p.key, func.count().label("visits_due"),
            _count(sets["visits_due_to_date"]).label("visits_due_to_date"),
        )
        .join(spans, sets["visits_due"])
        .where(of(one))
        .group_by(one.subject_id, p.key)
        .subquery("obligations_due")
    )  # fmt: skip


def _overdue(spans: Any, of: Any) -> FromClause:
    p, one = spans.c, CountedObligation
    return (
        select(one.subject_id, p.key, func.count().label("visits_overdue"))
        .join(spans, obligation_sets(one, p.first, p.last, p.cut)["visits_overdue"])
        .where(of(one), one.is_overdue)
        .group_by(one.subject_id, p.key)
        .subquery("obligations_overdue")
    )


def _scores(spans: Any, of: Any) -> FromClause:
    """The visit whose score stands: the latest with a final score, else the latest with any."""
    p, visit = spans.c, CountedVisit
    place = func.row_number().over(
        partition_by=(visit.subject_id, p.key),
        order_by=(visit.is_final.desc(), visit.finished_at.desc(), visit.received_at.desc(), visit.visit_id.desc()),
    )
    ordered = (
        select(
            visit.subject_id, p.key, visit.visit_id.label("score_visit_id"), visit.score_numerator, visit.score_denominator,
            visit.score_sort, visit.is_final.label("score_is_final"), visit.is_core.label("score_is_core"),
            visit.is_insufficient.label("score_is_insufficient"), place.label("place"),
        )
        .join(spans, visit_sets(visit, p.first, p.last)["visits"])
        .where(of(visit), visit.score_numerator.is_not(None))
        .subquery("ordered")
    )  # fmt: skip
    return select(ordered).where(ordered.c.place == 1).subquery("standing")


def _row(subject_id: Any, key: Any, belonging_id: Any, is_stock: Any, given: dict[str, Any]) -> Select[Any]:
    """A row of COLUMNS with what is given; other counts are 0, other values of a score NULL."""
    counts = [given.get(name, literal(0, Integer)).label(name) for name in (*EVENTS, *STOCK)]
    scores = [given.get(name, cast(null(), type_)).label(name) for name, type_ in SCORE.items()]
    keys = zip(KEYS, (subject_id, key, belonging_id, is_stock), strict=True)
    return select(*(value.label(name) for name, value in keys), *counts, *scores)


def _count(condition: ColumnElement[bool]) -> Any:
    return func.sum(_one(condition))


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)
