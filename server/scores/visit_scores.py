"""The score of a visit, the score that stands for a subject in a period, and the level that all conditions allow. Pure.

docs/figures.md, “Scores”. Points are of 100 and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from server.register.policy import Policy
from server.visits.duties import Ordered, visit_order
from vocabulary import LevelReason


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """One submission of a visit. ``points`` is None when nothing in it applies."""

    id: str
    checklist_id: str
    points: Fraction | None
    is_final: bool
    is_core: bool
    is_vetoed: bool
    is_insufficient: bool
    revises: str | None = None


@dataclass(frozen=True, slots=True)
class VisitScore:
    """What a visit's submissions amount to; ``submissions`` are those that no correction has replaced, in their order."""

    points: Fraction | None
    is_final: bool
    is_core: bool
    is_insufficient: bool
    vetoed_by: tuple[str, ...]
    submissions: tuple[SubmissionFacts, ...]


def score_visit(submissions: Iterable[SubmissionFacts], weights: Mapping[str, Fraction]) -> VisitScore:
    """The mean of the submissions' scores, weighted by the policy of the visit's day (1 where it says nothing).

    A submission gives way to its correction; one without a score (nothing applies) is left out of the mean, but what it
    says about finality, scope, veto and sample counts.
    """
    rows = list(submissions)
    revised = {row.revises for row in rows}
    standing = tuple(row for row in rows if row.id not in revised)
    scored = [(row.points, weights.get(row.checklist_id, Fraction(1))) for row in standing if row.points is not None]
    total = sum((weight for _, weight in scored), Fraction(0))
    return VisitScore(
        points=sum((points * weight for points, weight in scored), Fraction(0)) / total if total else None,
        is_final=bool(standing) and all(row.is_final for row in standing),
        is_core=any(row.is_core for row in standing),
        is_insufficient=any(row.is_insufficient for row in standing),
        vetoed_by=tuple(row.id for row in standing if row.is_vetoed),
        submissions=standing,
    )


V = TypeVar("V", bound=Ordered)


def standing_visit(visits: Iterable[tuple[V, VisitScore]]) -> tuple[V, VisitScore] | None:
    """The visit whose score stands: the latest with a final score, else the latest with any (provisional), else none."""
    scored = [(visit, score) for visit, score in visits if score.points is not None]
    return max(scored, key=lambda pair: (pair[1].is_final, visit_order(pair[0])), default=None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level is lower than the band of the score, and the row that says so."""

    code: LevelReason
    row: str


@dataclass(frozen=True, slots=True)
class Level:
    """``band`` follows from the exact score alone; ``level`` is the lowest that all conditions allow."""

    band: str
    level: str
    reasons: tuple[Reason, ...]


def level_of(
    points: Fraction,
    policy: Policy,
    *,
    vetoed_by: Sequence[str] = (),
    overdue_majors: Sequence[str] = (),
    fatal_accidents: Sequence[str] = (),
) -> Level:
    """The level of a final score; the raw score stays. Reasons are those that lower it, each with its row."""
    order = {band.level: rank for rank, band in enumerate(policy.bands)}
    lowest = len(policy.bands) - 1
    band = next((rank for rank, band in enumerate(policy.bands) if points >= band.at_least), lowest)
    conditions = (
        (LevelReason.VETO, lowest, vetoed_by),
        (LevelReason.OVERDUE_MAJOR, _rank(order, policy.cap_overdue_major), overdue_majors),
        (LevelReason.FATAL_ACCIDENT, _rank(order, policy.cap_fatal_accident), fatal_accidents),
    )
    lowering = [(rank, Reason(code, row)) for code, rank, rows in conditions for row in rows if rank > band]
    level = max([band, *(rank for rank, _ in lowering)])
    return Level(policy.bands[band].level, policy.bands[level].level, tuple(reason for _, reason in lowering))


def _rank(order: Mapping[str, int], level: str | None) -> int:
    """Where a cap stands among the bands; no cap, or one that names no level, lowers nothing."""
    return -1 if level is None else order.get(level, -1)
