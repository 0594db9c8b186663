"""A visit's score, the score that stands, and the level: one, two and three checklists, provisional and vetoed ones."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from server.register.first_policy import FIRST_VALUES
from server.register.policy import Policy, PolicyBook, PolicyRow
from server.scores.visit_scores import SubmissionFacts, VisitScore, level_of, score_visit, standing_visit
from vocabulary import LevelReason


def submission(points: Any, name: str = "q1", **facts: Any) -> SubmissionFacts:
    known = {"is_final": True, "is_core": False, "is_vetoed": False, "is_insufficient": False, "checklist_id": "coal_mine"}
    return SubmissionFacts(id=name, points=None if points is None else Fraction(points), **(known | facts))


EQUAL: dict[str, Fraction] = {}


@pytest.mark.parametrize(
    ("submissions", "points", "flags"),
    [
        # flags: final, core, insufficient, vetoed by
        ([submission(80)], 80, (True, False, False, ())),
        ([submission(81, is_core=True), submission(84, "q2")], Fraction("82.5"), (True, True, False, ())),
        ([submission(75, is_final=False), submission(95, "q2")], 85, (False, False, False, ())),
        ([submission(97), submission(98, "q2", is_vetoed=True)], Fraction("97.5"), (True, False, False, ("q2",))),
        ([submission(70), submission(80, "q2"), submission(95, "q3")], Fraction(245, 3), (True, False, False, ())),
        (
            [submission(70), submission(80, "q2", is_final=False), submission(90, "q3", is_vetoed=True)],
            80, (False, False, False, ("q3",)),
        ),
        ([submission(70), submission(None, "q2", is_insufficient=True)], 70, (True, False, True, ())),
        ([submission(None)], None, (True, False, False, ())),
        ([], None, (False, False, False, ())),
        # The correction stands in for what it corrects, in finality and veto too.
        ([submission(60, is_final=False, is_vetoed=True), submission(94, "q2", revises="q1")], 94, (True, False, False, ())),
        # A correction of a correction leaves the last.
        ([submission(60), submission(70, "q2", revises="q1"), submission(80, "q3", revises="q2")], 80, (True, False, False, ())),
    ],
)  # fmt: skip
def test_visit_is_the_mean_of_its_submissions(submissions: list[SubmissionFacts], points: Any, flags: tuple[Any, ...]) -> None:
    score = score_visit(submissions, EQUAL)

    assert score.points == points
    assert (score.is_final, score.is_core, score.is_insufficient, score.vetoed_by) == flags


def test_weights_of_policy_count_by_checklist() -> None:
    rows = [submission(60), submission(90, "q2", checklist_id="fire_safety"), submission(30, "q3", checklist_id="other")]

    score = score_visit(rows, {"coal_mine": Fraction(2), "other": Fraction(0)})

    assert score.points == Fraction(60 * 2 + 90, 3)


@dataclass(frozen=True)
class Made:
    counted_at: datetime
    received_at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


def visit(finished: str, received: str | None = None, number: int = 0, **score: Any) -> tuple[Made, VisitScore]:
    made = Made(moment(finished), moment(received or finished), uuid.UUID(int=number))
    return made, score_visit([submission(score.pop("points", 80), **score)], EQUAL)


@pytest.mark.parametrize(
    ("visits", "chosen"),
    [
        ([], None),
        ([visit("01T08:00"), visit("02T08:00")], 1),
        ([visit("01T08:00"), visit("02T08:00", is_final=False)], 0),  # the latest final one
        ([visit("01T08:00", is_final=False), visit("02T08:00", is_final=False)], 1),  # else the latest with any
        ([visit("01T08:00", is_final=False), visit("02T08:00", points=None)], 0),
        ([visit("02T08:00", "02T09:00"), visit("01T08:00", "05T09:00")], 0),  # time finished goes first
        ([visit("02T08:00", "02T09:00"), visit("02T08:00", "02T09:01")], 1),  # then time received
        ([visit("02T08:00", number=2), visit("02T08:00", number=1)], 0),  # then the id
        ([visit("02T08:00", points=None)], None),
    ],
)
def test_latest_final_score_stands(visits: list[tuple[Made, VisitScore]], chosen: int | None) -> None:
    assert standing_visit(visits) == (None if chosen is None else visits[chosen])


def policy(**changes: Any) -> Policy:
    rows = [PolicyRow(key, value, datetime(2000, 1, 1).date(), None) for key, value in (FIRST_VALUES | changes).items()]
    return PolicyBook(rows).on(datetime(2026, 1, 1).date())


@pytest.mark.parametrize(
    ("points", "conditions", "band", "level", "reasons"),
    [
        ("92", {}, "excellent", "excellent", ()),
        ("90", {}, "excellent", "excellent", ()),
        ("89.999", {}, "good", "good", ()),
        ("0", {}, "unqualified", "unqualified", ()),
        ("97.5", {"vetoed_by": ["q2"]}, "excellent", "unqualified", ((LevelReason.VETO, "q2"),)),
        ("94", {"overdue_majors": ["h22"]}, "excellent", "qualified", ((LevelReason.OVERDUE_MAJOR, "h22"),)),
        ("92", {"fatal_accidents": ["x10"]}, "excellent", "unqualified", ((LevelReason.FATAL_ACCIDENT, "x10"),)),
        # Already as low: nothing lowers it, and no reason is given.
        ("55", {"overdue_majors": ["h23"]}, "unqualified", "unqualified", ()),
        ("65", {"overdue_majors": ["h23"]}, "qualified", "qualified", ()),
        (
            "85", {"vetoed_by": ["q1"], "overdue_majors": ["h1", "h2"]}, "good", "unqualified",
            ((LevelReason.VETO, "q1"), (LevelReason.OVERDUE_MAJOR, "h1"), (LevelReason.OVERDUE_MAJOR, "h2")),
        ),
    ],
)  # fmt: skip
def test_level_is_the_lowest_that_all_conditions_allow(
    points: str, conditions: dict[str, list[str]], band: str, level: str, reasons: tuple[tuple[LevelReason, str], ...]
) -> None:
    found = level_of(Fraction(points), policy(), **conditions)

    assert (found.band, found.level) == (band, level)
    assert tuple((reason.code, reason.row) for reason in found.reasons) == reasons


def test_caps_are_policy() -> None:
    without = policy(cap_overdue_major=None)

    assert level_of(Fraction(95), without, overdue_majors=["h1"]).level == "excellent"
    assert level_of(Fraction(95), policy(cap_overdue_major="good"), overdue_majors=["h1"]).level == "good"
