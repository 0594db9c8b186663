"""Duties apart, against the shared matrix: act × who × state × grade."""

from __future__ import annotations

from typing import Any

import pytest

from sync.duties import unsaid
from sync.hazards import fold_hazard
from tests.sync.vectors import load, named
from vocabulary import HazardEventKind

VECTORS = load("duties")
HEAD, *LINES = [[cell.strip() for cell in line.split("|")] for line in VECTORS["matrix"]]
STATES = HEAD[3:]
OTHER_GRADE = {"general": "major", "major": "general"}
LAST = "00000000-0000-4000-8000-000000000099"


def history(state: str, grade: str, reporter: str) -> list[dict[str, Any]]:
    """The events that brought a hazard into a state, its rectification reported by one person and closed by another."""
    events = []
    for number, kind in enumerate(VECTORS["histories"][state], 1):
        event = {**VECTORS["events"][kind], "id": f"00000000-0000-4000-8000-{number:012d}"}
        if kind in {"found", "confirmed"}:
            event["grade"] = grade
        who = reporter if kind == "submitted" else "ben" if kind == "closed" and reporter == "chen" else event["by"]
        events.append(event | {"by": VECTORS["people"][who]})
    return events


def done(act: str, who: str, grade: str) -> dict[str, Any]:
    event = {**VECTORS["acts"][act], "id": LAST, "at": "2026-11-03T09:00:00+08:00", "by": VECTORS["people"][who]}
    if event.get("grade", "") is None:
        event["grade"] = grade
    if event.get("grade") == "other":
        event["grade"] = OTHER_GRADE[grade]
    return event


def outcome(state: str, act: str, who: str, grade: str) -> str:
    """The state that follows, `done` where it stays, or the reason why the act changes nothing."""
    before = history(state, grade, "chen" if who == "chen" else "anna")
    was, hazard = fold_hazard(before), fold_hazard([*before, done(act, who, grade)])
    assert was is not None
    assert hazard is not None
    assert was.state == state
    for entry in hazard.ineffective:
        if entry["event_id"] == LAST:
            return entry["reason"]
    return "done" if hazard.state == was.state else hazard.state.value


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line[:3]))
def test_act_is_for_these_people(line: list[str]) -> None:
    act, grade, people, *expected = line

    for who in people.split(", "):
        assert [outcome(state, act, who, grade) for state in STATES] == expected, who


def test_the_matrix_has_every_act_grade_and_person() -> None:
    told = {(act, grade, who) for act, grade, people, *_ in LINES for who in people.split(", ")}

    kinds = {act.split(".")[0] for act in VECTORS["acts"]}
    assert kinds == set(HazardEventKind) - {"found", "item_failed"}
    assert told == {(act, grade, who) for act in VECTORS["acts"] for grade in OTHER_GRADE for who in VECTORS["people"]}


@pytest.mark.parametrize("case", VECTORS["unsaid"], ids=named)
def test_act_says_what_it_must(case: dict[str, Any]) -> None:
    assert unsaid(case["event"]) == case["expected"]
