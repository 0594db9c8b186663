"""The catalogue of figures: which rows stand behind each, and the condition that puts a row into its numerator or denominator.

One condition serves counting and listing, so a figure and the rows behind it cannot differ (docs/figures.md defines each).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, not_

from vocabulary import Figure, FigureRows


@dataclass(frozen=True, slots=True)
class Definition:
    """``numerator`` and ``denominator`` name sets of rows; without a denominator the figure is a count, or a statistic of the
    numerator's scores."""

    rows: FigureRows
    numerator: str
    denominator: str | None = None
    statistic: bool = False
    lowest_first: bool = False

    @property
    def is_rate(self) -> bool:
        return self.denominator is not None


_HAZARD, _SUBJECT, _OBLIGATION = FigureRows.HAZARD, FigureRows.SUBJECT, FigureRows.OBLIGATION

DEFINITIONS: Mapping[Figure, Definition] = {
    Figure.SUBJECTS: Definition(_SUBJECT, Figure.SUBJECTS),
    Figure.TO_VISIT: Definition(_SUBJECT, Figure.TO_VISIT),
    Figure.VISITED: Definition(_SUBJECT, Figure.VISITED),
    Figure.COVERAGE_RATE: Definition(_SUBJECT, "covered", Figure.TO_VISIT),
    Figure.VISITS: Definition(FigureRows.VISIT, Figure.VISITS),
    Figure.VISITS_DUE: Definition(_OBLIGATION, Figure.VISITS_DUE),
    Figure.VISITS_DUE_TO_DATE: Definition(_OBLIGATION, Figure.VISITS_DUE_TO_DATE),
    Figure.VISITS_OVERDUE: Definition(_OBLIGATION, Figure.VISITS_OVERDUE),
    Figure.HAZARDS_FOUND: Definition(_HAZARD, Figure.HAZARDS_FOUND),
    Figure.HAZARDS_CLOSED: Definition(_HAZARD, Figure.HAZARDS_CLOSED),
    Figure.RECTIFICATION_RATE: Definition(_HAZARD, Figure.HAZARDS_CLOSED, Figure.HAZARDS_FOUND),
    Figure.HAZARDS_DUE: Definition(_HAZARD, Figure.HAZARDS_DUE),
    Figure.ON_TIME_RATE: Definition(_HAZARD, "hazards_on_time", Figure.HAZARDS_DUE),
    Figure.HAZARDS_OVERDUE: Definition(_HAZARD, Figure.HAZARDS_OVERDUE),
    Figure.OVERDUE_RATE: Definition(_HAZARD, Figure.HAZARDS_OVERDUE, Figure.HAZARDS_DUE, lowest_first=True),
    Figure.MAJORS_FOUND: Definition(_HAZARD, Figure.MAJORS_FOUND),
    Figure.MAJORS_CLOSED: Definition(_HAZARD, Figure.MAJORS_CLOSED),
    Figure.MAJORS_OPEN: Definition(_HAZARD, Figure.MAJORS_OPEN),
    Figure.MAJOR_RECTIFICATION_RATE: Definition(_HAZARD, Figure.MAJORS_CLOSED, Figure.MAJORS_FOUND),
    Figure.MAJOR_ON_TIME_RATE: Definition(_HAZARD, "majors_on_time", "majors_due"),
    Figure.MAJORS_OVERDUE: Definition(_HAZARD, Figure.MAJORS_OVERDUE),
    Figure.MAJOR_OVERDUE_RATE: Definition(_HAZARD, Figure.MAJORS_OVERDUE, "majors_due", lowest_first=True),
    Figure.CARRIED_CLOSED: Definition(_HAZARD, Figure.CARRIED_CLOSED),
    Figure.SCORED: Definition(_SUBJECT, Figure.SCORED),
    Figure.MEAN_SCORE: Definition(_SUBJECT, Figure.SCORED, statistic=True),
    Figure.MEDIAN_SCORE: Definition(_SUBJECT, Figure.SCORED, statistic=True),
}
# What groups are ranked by.
RANKED = (
    Figure.COVERAGE_RATE, Figure.RECTIFICATION_RATE, Figure.ON_TIME_RATE, Figure.OVERDUE_RATE, Figure.MEAN_SCORE,
)  # fmt: skip

Conditions = dict[str, ColumnElement[bool]]


def hazard_sets(hazard: Any, first: Any, last: Any) -> Conditions:
    """F, C, D, T and their likes; ``hazard`` has the columns of CountedHazard, the days are values or columns."""
    found = and_(hazard.counts, hazard.day.between(first, last))
    major = and_(found, hazard.is_major)
    return {
        Figure.HAZARDS_FOUND: found,
        Figure.HAZARDS_CLOSED: and_(found, hazard.is_closed),
        Figure.HAZARDS_DUE: and_(found, hazard.is_due),
        "hazards_on_time": and_(found, hazard.is_on_time),
        Figure.HAZARDS_OVERDUE: and_(found, hazard.is_overdue),
        Figure.MAJORS_FOUND: major,
        Figure.MAJORS_CLOSED: and_(major, hazard.is_closed),
        Figure.MAJORS_OPEN: and_(major, not_(hazard.is_closed)),
        "majors_due": and_(major, hazard.is_due),
        "majors_on_time": and_(major, hazard.is_on_time),
        Figure.MAJORS_OVERDUE: and_(major, hazard.is_overdue),
        Figure.CARRIED_CLOSED: and_(hazard.counts, hazard.is_closed, hazard.day < first, hazard.closed_on.between(first, last)),
    }


def visit_sets(visit: Any, first: Any, last: Any) -> Conditions:
    return {Figure.VISITS: visit.day.between(first, last)}


def obligation_sets(obligation: Any, first: Any, last: Any, cut: Any) -> Conditions:
    """``cut`` is the as-of day or the period's last, whichever comes first."""
    return {
        Figure.VISITS_DUE: obligation.due.between(first, last),
        Figure.VISITS_DUE_TO_DATE: obligation.due.between(first, cut),
        Figure.VISITS_OVERDUE: and_(obligation.is_overdue, obligation.due <= last),
    }


def subject_sets(stock: Any, scopes: tuple[str, ...]) -> Conditions:
    """``stock`` has the columns of a SubjectPeriod's stock row; ``scopes`` are those whose scores policy lets count."""
    conditions = [stock.score_numerator.is_not(None), stock.score_is_final, not_(stock.score_is_insufficient)]
    for is_core in (True, False):
        if ("core" if is_core else "full") not in scopes:
            conditions.append(stock.score_is_core.is_not(is_core))
    return {
        Figure.SUBJECTS: stock.subjects == 1,
        Figure.TO_VISIT: stock.to_visit == 1,
        Figure.VISITED: stock.visited == 1,
        "covered": stock.covered == 1,
        Figure.SCORED: and_(*conditions),
    }
