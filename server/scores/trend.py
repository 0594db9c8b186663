"""Rates at the end of each of the last weeks, by the days for which things count, as it is known now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, case, cast, extract, func, literal, not_, select, union_all

from server.db import db
from server.scores.models import BelongingRow, CountedHazard
from server.scores.periods import week_start
from server.scores.questions import Question
from server.scores.showing import shown_rate
from vocabulary import Figure

_COUNTS = ("found", "closed", "due", "on_time")


def trend(question: Question, weeks: int) -> dict[str, Any]:
    """Each over the hazards found since 1 January of the week's year; the last one is the year's overview of today."""
    today = question.as_of_day
    starts = [week_start(today) - timedelta(weeks=back) for back in reversed(range(weeks))]
    ends = [min(start + timedelta(days=6), today) for start in starts]
    days = _days(question, date(ends[0].year, 1, 1))
    points = []
    for start, end in zip(starts, ends, strict=True):
        counts = {name: sum(n for day, n in days[name, end.year] if day <= end) for name in _COUNTS}
        points.append(
            {
                "week_start": start.isoformat(),
                "until": end.isoformat(),
                "rectification": _rate(question, Figure.RECTIFICATION_RATE, counts["closed"], counts["found"]),
                "on_time": _rate(question, Figure.ON_TIME_RATE, counts["on_time"], counts["due"]),
            }
        )
    return {"weeks": weeks, "points": points}


def _rate(question: Question, figure: Figure, numerator: int, denominator: int) -> dict[str, Any]:
    shown = shown_rate(numerator, denominator, question.target(figure))
    return {"numerator": numerator, "denominator": denominator, "display": shown}


def _days(question: Question, first: date) -> dict[tuple[str, int], list[tuple[date, int]]]:
    """How many hazards came into each set on which day, by the year in which they were found."""
    rows = union_all(*(_entries(question, first, *entry) for entry in _entry_days())).subquery("entries")
    found: dict[tuple[str, int], list[tuple[date, int]]] = defaultdict(list)
    for name, year, wait, day, n in db.session.execute(select(rows)):
        found[name, year].append((day + timedelta(days=wait), n))
    return found


def _entry_days() -> Iterator[tuple[str, int, Any]]:
    """The day on which a hazard comes into a set, and how many days later it does; NULL for never."""
    hazard = CountedHazard
    on_time, closed_later = hazard.is_on_time, hazard.closed_on > hazard.deadline
    yield "found", 0, hazard.day
    yield "closed", 0, case((hazard.is_closed, hazard.closed_on))
    # A deadline has passed from the day after on.
    yield "due", 1, case((hazard.is_due, hazard.deadline))
    yield "on_time", 1, case((and_(on_time, not_(closed_later)), hazard.deadline))
    yield "on_time", 0, case((and_(on_time, closed_later), hazard.closed_on))


def _entries(question: Question, first: date, name: str, wait: int, day: Any) -> Select[Any]:
    hazard = CountedHazard
    year = extract("year", hazard.day)
    return (
        select(
            literal(name).label("name"), cast(year, Integer).label("year"), literal(wait).label("wait"), day.label("day"),
            func.count().label("n"),
        )
        .join(BelongingRow, BelongingRow.id == hazard.belonging_id)
        .where(
            hazard.edition_id == question.edition_id, hazard.county_code == question.county_code, hazard.counts,
            hazard.day >= first, day.is_not(None), *question.conditions(hazard.subject_id),
        )
        .group_by(year, day)
    )  # fmt: skip
