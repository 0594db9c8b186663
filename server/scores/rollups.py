"""Figures of groups of subjects: all in one, and towns, villages, departments or sectors beside each other.

Every figure is a sum of the amounts per subject and period; the rows behind it are listed by server.scores.rows with the same
conditions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import case, func, null, select

from server.db import db
from server.scores.amounts import EVENTS, STOCK
from server.scores.belongings import GROUPED_BY, wholly_visible
from server.scores.figures import DEFINITIONS, RANKED, subject_sets
from server.scores.models import BelongingRow
from server.scores.questions import Question
from server.scores.showing import Ranked, exact_text, mean, median, places, shown_points, shown_rate
from vocabulary import Figure, Grouping, NoPlace

_SUMS = (*EVENTS, *STOCK)


@dataclass(frozen=True)
class Group:
    """Sums of the amounts of a group of subjects, and the exact scores of those scored. ``code`` None: in no group."""

    code: str | None
    town_code: str
    sums: Mapping[str, int]
    scores: Sequence[Fraction]

    def count(self, name: str) -> int:
        return len(self.scores) if name == Figure.SCORED else self.sums[name]

    def value(self, figure: Figure) -> Fraction | None:
        """The exact value; rates in points of 100, None for an empty denominator."""
        definition = DEFINITIONS[figure]
        if definition.statistic:
            return mean(self.scores) if figure is Figure.MEAN_SCORE else median(self.scores)
        if definition.denominator is None:
            return Fraction(self.count(definition.numerator))
        denominator = self.count(definition.denominator)
        return Fraction(self.count(definition.numerator) * 100, denominator) if denominator else None

    def sample(self, figure: Figure) -> int:
        definition = DEFINITIONS[figure]
        return self.count(definition.denominator or definition.numerator)


def total(question: Question) -> Group:
    """All rows that the question asks for in one."""
    return next(iter(_groups(question, None)), Group(None, "", with_open(dict.fromkeys(_SUMS, 0)), []))


def groups(question: Question, grouping: Grouping) -> list[Group]:
    return _groups(question, grouping)


def ranking(question: Question, grouping: Grouping, found: Sequence[Group]) -> dict[Figure, dict[str | None, int | NoPlace]]:
    """The place of each group in each figure that groups are ranked by, or why it has none."""
    policy = question.policy
    whole = wholly_visible(question.actor, question.action, grouping) if question.actor else lambda _code, _town: True
    ranked: dict[Figure, dict[str | None, int | NoPlace]] = {}
    for figure in RANKED:
        candidates = {
            group.code: Ranked(
                value=group.value(figure),
                sample=group.sample(figure),
                covered=group.sums["covered"],
                to_visit=group.sums["to_visit"],
                is_none=group.code is None,
                is_part=not whole(group.code, group.town_code),
            )
            for group in found
        }
        ranked[figure] = places(
            candidates,
            lowest_first=DEFINITIONS[figure].lowest_first,
            least_coverage=policy.rank_coverage,
            least_sample=policy.rank_sample,
        )
    return ranked


def figure_bodies(question: Question, group: Group) -> dict[str, dict[str, Any]]:
    return {figure.value: figure_body(question, group, figure) for figure in DEFINITIONS}


def figure_body(question: Question, group: Group, figure: Figure) -> dict[str, Any]:
    """Exact and as it is shown; a rate with its numerator and denominator."""
    definition = DEFINITIONS[figure]
    sample = group.sample(figure)
    if definition.statistic:
        value = group.value(figure)
        return _body(None, sample, exact_text(value), shown_points(value, question.policy.lines))
    counted = group.count(definition.numerator)
    if definition.denominator is None:
        return _body(counted, None, str(counted), str(counted))
    target = question.target(figure)
    body = _body(counted, sample, exact_text(group.value(figure)), shown_rate(counted, sample, target))
    return body if target is None else body | {"target": decimal_text(target)}


def _body(numerator: int | None, denominator: int | None, exact: str, display: str) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "exact": exact, "display": display, "target": None}


def _groups(question: Question, grouping: Grouping | None) -> list[Group]:
    """One statement for sums and scores: what stands beside each other was counted at one moment."""
    amounts = question.amounts()
    row = amounts.c
    scored = subject_sets(row, question.policy.rank_scopes)[Figure.SCORED]
    score = case((scored, row.score_numerator + "/" + row.score_denominator), else_=null())
    key = GROUPED_BY[grouping] if grouping is not None else null()
    statement = (
        select(
            key.label("code"),
            func.min(BelongingRow.town_code),
            func.aggregate_strings(score, " "),
            *(func.sum(row[name]) for name in _SUMS),
        )
        .select_from(amounts)
        .join(BelongingRow, BelongingRow.id == row.belonging_id)
        .where(*question.conditions(row.subject_id))
    )
    if grouping is not None:
        statement = statement.group_by(key).order_by(key)
    return [
        Group(
            code=None if code is None else str(code),
            town_code=town_code,
            sums=with_open({name: int(value) for name, value in zip(_SUMS, sums, strict=True)}),
            scores=[Fraction(one) for one in (scores or "").split()],
        )
        for code, town_code, scores, *sums in db.session.execute(statement)
        if town_code is not None
    ]


def with_open(sums: dict[str, int]) -> dict[str, int]:
    """Sums with what follows from them and is not kept."""
    return sums | {"majors_open": sums["majors_found"] - sums["majors_closed"]}


def decimal_text(value: Fraction) -> str:
    """A target as the office wrote it: a decimal number."""
    return f"{float(value):g}"
