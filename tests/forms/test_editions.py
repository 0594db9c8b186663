"""The rule in force on the day of the visit decides: an old visit keeps its old grounds, a new rule does not reach back."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from forms import load_checklist
from forms.check import CHECKLISTS_FOLDER, read_json
from forms.determinations import determine
from forms.scores import score
from forms.standards import load_standards
from forms.validation import validate_checklist

STANDARDS = load_standards()

# One exit at a coal face: clause 20 (17) of decree 21, in force from 2026-07-01.
ONE_EXIT = {"repeats": {"coal_face": [{"key": "1301", "answers": {"cf_exits": {"value": "1"}}}]}}

DECREE_4 = "mem-4-2020"
DECREE_21 = "mem-21-2026"


def _coal_mine() -> dict[str, Any]:
    return read_json(CHECKLISTS_FOLDER / "coal_mine.json")


def _under_decree_4() -> dict[str, Any]:
    """A version from the time of decree 4: one item, one clause of its own."""
    document = _coal_mine()
    section = next(section for section in document["sections"] if section["id"] == "coal_face")
    exits = copy.deepcopy(next(item for item in section["items"] if item["id"] == "cf_exits"))
    clause = "安全出口"
    exits["basis"] = [{"standard": DECREE_4, "clause": clause}]
    exits["hazard"]["determinations"] = ["m4_exits"]
    entry = copy.deepcopy(next(entry for entry in document["determinations"] if entry["id"] == "m21_20_17"))
    entry |= {"id": "m4_exits", "standard": DECREE_4, "clause": clause}
    return {
        **document,
        "version": "2025.1",
        "valid_from": "2025-01-01",
        "sections": [{**section, "items": [exits]}],
        "determinations": [entry],
    }


def _found(document: dict[str, Any], day: date) -> list[tuple[str, bool]]:
    found = determine(load_checklist(document), ONE_EXIT, STANDARDS.decides_on(day))
    return [(each.id, each.suggested_only) for each in found]


def test_an_old_visit_keeps_its_old_grounds_after_the_new_decree() -> None:
    old = _under_decree_4()

    assert validate_checklist(old, STANDARDS) == []
    # Judged again today, the visit of June is still a visit of June.
    assert _found(old, date(2026, 6, 30)) == [("m4_exits", False)]
    assert score(load_checklist(old), ONE_EXIT).display == "0.0"


def test_the_old_version_only_suggests_from_the_day_of_the_new_decree() -> None:
    assert _found(_under_decree_4(), date(2026, 7, 1)) == [("m4_exits", True)]


@pytest.mark.parametrize(("day", "only_suggests"), [(date(2026, 6, 30), True), (date(2026, 7, 1), False)])
def test_the_new_decree_does_not_reach_back(day: date, only_suggests: bool) -> None:
    assert _found(_coal_mine(), day) == [("m21_20_17", only_suggests)]


def test_a_new_version_may_not_cite_the_old_decree() -> None:
    document = _under_decree_4() | {"valid_from": "2026-07-01"}

    found = {(problem.code, problem.pointer) for problem in validate_checklist(document, STANDARDS)}

    assert found >= {
        ("standard-not-in-force", "/sections/0/items/0/basis/0/standard"),
        ("standard-not-in-force", "/determinations/0/standard"),
    }


@pytest.mark.parametrize(
    ("standard", "day", "edition"),
    [
        (DECREE_4, date(2020, 12, 31), None),
        (DECREE_4, date(2021, 1, 1), DECREE_4),
        (DECREE_4, date(2026, 6, 30), DECREE_4),
        (DECREE_4, date(2026, 7, 1), DECREE_21),
        ("saws-85-2015", date(2018, 1, 1), "saws-85-2015"),
        ("saws-85-2015", date(2026, 11, 26), DECREE_21),
        ("state-council-446", date(2024, 5, 1), "coal-mine-regulation-774"),
        ("coal-safety-rules-2022", date(2026, 1, 31), "coal-safety-rules-2022"),
        ("coal-safety-rules-2022", date(2026, 2, 1), "coal-safety-rules-2025"),
        ("gb-35181-2017", date(2025, 10, 31), "gb-35181-2017"),
        ("gb-35181-2017", date(2025, 11, 1), "gb-35181-2025"),
        ("saws-129-2017", date(2023, 5, 15), "mem-10-2023"),
        ("saws-98-2017", date(2022, 9, 1), "kuang-an-88-2022"),
        ("solid-waste-law-2020", date(2026, 8, 14), "solid-waste-law-2020"),
        ("solid-waste-law-2020", date(2026, 8, 15), "ecological-environment-code-2026"),
        ("work-safety-law-2014", date(2021, 8, 31), "work-safety-law-2014"),
        ("work-safety-law-2014", date(2021, 9, 1), "work-safety-law-2021"),
        ("work-safety-law-2021", date(2021, 8, 31), None),
        ("work-safety-law-2021", date(2021, 9, 1), "work-safety-law-2021"),
    ],
)
def test_the_registry_knows_the_edition_of_the_day(standard: str, day: date, edition: str | None) -> None:
    found = STANDARDS.find_in_force(standard, day)

    assert (found.id if found else None) == edition
