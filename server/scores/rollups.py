"""Roll-ups as bodies: overview, comparison of towns, departments or sectors, trend, and the list of subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, or_, select

import forms
from server import clock
from server.checklists.service import find_compiled
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject, SubjectSector
from server.register.store import area_names, department_names, targets
from server.scores import store
from server.scores.models import SubjectPeriod
from server.scores.periods import Period, week_start
from server.scores.rules import is_rankable, mean, median, rank, share
from server.scores.store import GroupSums
from vocabulary import Action, Sector

RANKED_BY = ("rectification", "on_time", "coverage", "score")


def conditions_for(actor: Actor, action: Action, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions on Subject: what the actor may see, narrowed by the filters that are given."""
    found = [visible_subjects(actor, action)]
    if "town" in filters:
        found.append(Subject.town_code == filters["town"])
    if "department" in filters:
        found.append(Subject.industry_department_id == filters["department"])
    if "sector" in filters:
        found.append(Subject.id.in_(select(SubjectSector.subject_id).where(SubjectSector.sector == filters["sector"])))
    if "target_group" in filters:
        found.append(Subject.target_group == filters["target_group"])
    if filters.get("q"):
        text = filters["q"]
        name, initials = Subject.name, Subject.initials
        found.append(or_(name.contains(text, autoescape=True), initials.contains(text.lower(), autoescape=True)))
    return found


def overview(period: Period, conditions: Sequence[ColumnElement[bool]], county_code: str, now: datetime) -> dict[str, Any]:
    sums = _all_in_one(period, conditions)
    return {
        "period": period.key,
        "as_of": clock.isoformat(now),
        "refreshing": len(store.noted_subjects()),
        "subjects": sums.subjects,
        "visited": rate(sums.visited, sums.subjects),
        "coverage": rate(sums.covered, sums.to_visit),
        "visits_due": sums.sums["visits_due"],
        "visits_done": sums.sums["visits"],
        "submissions": sums.sums["submissions"],
        "hazards_found": sums.sums["found"],
        **_rates(sums),
        "major": {
            "found": sums.sums["major_found"],
            "closed": sums.sums["major_closed"],
            "open": sums.sums["major_open"],
            "overdue": sums.sums["major_overdue"],
            "listed": 0,
        },
        "overdue": sums.sums["overdue"],
        "carried_closed": sums.sums["carried_closed"],
        "score": _score_summary(sums.scores),
        # Needs the register of accidents: until it exists there is no numerator to state.
        "zero_accident": None,
        "reviews_pending": store.count_pending_reviews(conditions),
        "targets": [
            {"target_group": target.target_group, "permille": permille, **rate(permille, 1000)}
            for target in targets(county_code, period.first.year)
            if target.figure == "zero_accident_rate" and target.value and (permille := int(Decimal(target.value) * 10))
        ],
    }


def comparison(
    group: str, period: Period, conditions: Sequence[ColumnElement[bool]], ranked_by: str, now: datetime
) -> dict[str, Any]:
    """One row per group with its place, best first; groups without a sample follow without a place."""
    groups = store.group_sums(group, period, conditions)
    names = group_names(group)
    values = {sums.code: _ranked_value(sums, ranked_by) for sums in groups}
    places = rank(values.items())
    rows = [_group_row(sums, names.get(sums.code or "", ""), places[sums.code], values[sums.code]) for sums in groups]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["code"] or ""))
    total = _group_row(_all_in_one(period, conditions), "合计", None, None)
    return {
        "group": group,
        "period": period.key,
        "as_of": clock.isoformat(now),
        "ranked_by": ranked_by,
        "rows": rows,
        "total": total | {"insufficient_sample": False},
    }


def trend(weeks: int, conditions: Sequence[ColumnElement[bool]], today: date) -> dict[str, Any]:
    """Rates at the end of each week (the current one: today) over the hazards found since 1 January of that year.

    The last point therefore equals the year's overview of today. Deadlines are those in force now.
    """
    starts = [week_start(today) - timedelta(weeks=back) for back in reversed(range(weeks))]
    ends = [min(start + timedelta(days=6), today) for start in starts]
    running = _running_sums(store.daily_sums({end.year for end in ends}, today, conditions))
    points = []
    for start, end in zip(starts, ends, strict=True):
        found, closed, due, on_time = _sums_until(running.get(end.year, []), end)
        points.append(
            {
                "week_start": start.isoformat(),
                "until": end.isoformat(),
                "rectification": rate(closed, found),
                "on_time": rate(on_time, due),
            }
        )
    return {"weeks": weeks, "points": points}


def subjects(
    period: Period, conditions: Sequence[ColumnElement[bool]], *, sort: str, page: int, page_size: int
) -> dict[str, Any]:
    rows = store.subject_rows(period, conditions, sort=sort, limit=page_size, offset=(page - 1) * page_size)
    return {
        "items": subject_items(rows),
        "total": store.count_subjects(period, conditions),
        "page": page,
        "period": period.key,
    }


def subject_items(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Bodies of store.subject_rows."""
    towns, departments = area_names(), department_names()
    return [
        {
            "subject": {
                "id": str(subject.id),
                "name": subject.name,
                "kind": subject.kind,
                "town_code": subject.town_code,
                "town_name": towns.get(subject.town_code, ""),
                "sectors": subject.sectors,
                "department_name": departments.get(subject.industry_department_id, ""),
            },
            **_subject_figures(row, checklist_hash),
        }
        for subject, row, checklist_hash in rows
    ]


def rate(numerator: int, denominator: int) -> dict[str, Any]:
    """Every rate of the API: the counts, and the text to show ("/" for an empty denominator)."""
    shown = forms.display_percentage(numerator, denominator)
    return {"numerator": numerator, "denominator": denominator, "display": shown}


def score_body(row: SubjectPeriod | None, checklist_hash: str | None) -> dict[str, Any] | None:
    """The score that stands for the period, shown by the bands of the checklist version that gave it."""
    if row is None or row.score_submission_id is None:
        return None
    return {
        "submission_id": str(row.score_submission_id),
        "numerator": row.score_numerator,
        "denominator": row.score_denominator,
        "display": shown_score(row.score_numerator, row.score_denominator, checklist_hash),
        "grade": row.score_grade,
        "provisional": row.score_provisional,
        "insufficient_sample": row.score_insufficient,
    }


def shown_score(numerator: str | None, denominator: str | None, checklist_hash: str | None) -> str:
    if numerator is None or denominator is None:
        return "/"
    checklist = find_compiled(checklist_hash) if checklist_hash else None
    scoring = checklist.document["scoring"] if checklist else {}
    lines = [100, *(band["at_least"] for band in scoring.get("bands", []))]
    decimals = 0 if scoring.get("rounding") == "whole" else 1
    return forms.display_percentage(int(numerator), int(denominator), lines, decimals)


def group_names(group: str) -> dict[str, str]:
    if group == "town":
        return area_names()
    if group == "sector":
        return {sector.value: sector.zh for sector in Sector}
    return {str(id_): name for id_, name in department_names().items()}


def _all_in_one(period: Period, conditions: Sequence[ColumnElement[bool]]) -> GroupSums:
    nothing = GroupSums(None, 0, 0, 0, 0, dict.fromkeys(store.SUMS, 0), [])
    return next(iter(store.group_sums("all", period, conditions)), nothing)


def _group_row(sums: GroupSums, name: str, place: int | None, value: Fraction | None) -> dict[str, Any]:
    return {
        "code": sums.code,
        "name": name or "未归类",
        "rank": place,
        "insufficient_sample": value is None,
        "subjects": sums.subjects,
        "visited": rate(sums.visited, sums.subjects),
        "visits_due": sums.sums["visits_due"],
        "visits_done": sums.sums["visits"],
        "hazards_found": sums.sums["found"],
        "hazards_closed": sums.sums["closed"],
        **_rates(sums),
        "coverage": rate(sums.covered, sums.to_visit),
        "major_found": sums.sums["major_found"],
        "major_closed": sums.sums["major_closed"],
        "major_open": sums.sums["major_open"],
        "overdue": sums.sums["overdue"],
        "carried_closed": sums.sums["carried_closed"],
        "score": _score_summary(sums.scores),
    }


def _rates(sums: GroupSums) -> dict[str, Any]:
    counts = sums.sums
    return {
        "rectification": rate(counts["closed"], counts["found"]),
        "on_time": rate(counts["on_time"], counts["due"]),
        "major_rectification": rate(counts["major_closed"], counts["major_found"]),
    }


def _subject_figures(row: SubjectPeriod | None, checklist_hash: str | None) -> dict[str, Any]:
    def count(name: str) -> int:
        return getattr(row, name) if row else 0

    return {
        "visits_due": count("visits_due"),
        "visits_done": count("visits"),
        "submissions": count("submissions"),
        "hazards_found": count("found"),
        "rectification": rate(count("closed"), count("found")),
        "on_time": rate(count("on_time"), count("due")),
        "major_found": count("major_found"),
        "major_open": count("major_open"),
        "overdue": count("overdue"),
        "score": score_body(row, checklist_hash),
    }


def _ranked_value(sums: GroupSums, ranked_by: str) -> Fraction | None:
    """What a group is ranked by, or None when it has no sample."""
    counts = sums.sums
    value = {
        "rectification": share(counts["closed"], counts["found"]),
        "on_time": share(counts["on_time"], counts["due"]),
        "coverage": share(sums.covered, sums.to_visit),
        "score": mean(sums.scores),
    }[ranked_by]
    return value if is_rankable(sums.covered, sums.to_visit) else None


def _score_summary(scores: Sequence[Fraction]) -> dict[str, Any]:
    return {"count": len(scores), "median": _percentage(median(scores)), "mean": _percentage(mean(scores))}


def _percentage(value: Fraction | None) -> str:
    return "/" if value is None else forms.display_percentage(value.numerator, value.denominator)


def _running_sums(rows: Sequence[Any]) -> dict[int, list[tuple[date, tuple[int, ...]]]]:
    """Sums since the first day, by year of finding."""
    by_year: dict[int, list[tuple[date, tuple[int, ...]]]] = {}
    for found_year, day, *counts in rows:
        by_year.setdefault(found_year, []).append((day, tuple(int(count) for count in counts)))
    return {
        year: list(accumulate(days, lambda so_far, new: (new[0], tuple(map(sum, zip(so_far[1], new[1], strict=True))))))
        for year, days in by_year.items()
    }


def _sums_until(running: Sequence[tuple[date, tuple[int, ...]]], end: date) -> tuple[int, ...]:
    return next((sums for day, sums in reversed(running) if day <= end), (0, 0, 0, 0))
