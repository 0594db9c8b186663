"""The report between two versions: what is named, and what is called breaking."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import carry_over, find_faults, load_checklist
from forms.compatibility import ChangeKind, compare
from tests.forms.random_forms import random_answers, random_checklist
from tests.forms.sketches import completed, text

OLD = completed(
    {
        "profile": [{"id": "kind", "type": "choice", "options": [{"value": "a"}, {"value": "b"}]}],
        "sections": [
            {
                "id": "main",
                "weight": 2,
                "items": [
                    {"id": "j", "type": "judgement", "points": 5, "not_applicable": True},
                    {
                        "id": "n",
                        "type": "number",
                        "points": 5,
                        "number": {"decimals": 1, "minimum": 0, "maximum": 10, "limits": [{"at_most": 5}]},
                    },
                    {
                        "id": "c",
                        "type": "choice",
                        "points": 5,
                        "choice": {"options": [{"value": "x", "result": "pass"}, {"value": "y", "result": "fail"}]},
                    },
                ],
            },
            {"id": "cars", "weight": 1, "repeat": {"max": 5}, "items": [{"id": "k", "type": "judgement", "points": 1}]},
        ],
        "determinations": [
            {
                "id": "d",
                "grade": "major",
                "halt": "site",
                "route": "handover",
                "regulator": "transport",
                "when": {"item": "j", "result": "fail"},
            }
        ],
    }
)


def item(document: dict[str, Any], number: int) -> dict[str, Any]:
    return document["sections"][0]["items"][number]


def change(
    kind: str, subject: str, breaking: bool, alter: Callable[[dict[str, Any]], Any]
) -> tuple[str, str, bool, Callable[[dict[str, Any]], Any]]:
    return kind, subject, breaking, alter


CHANGES = {
    "an item is removed": change("removed", "j", True, lambda d: d["sections"][0]["items"].pop(0)),
    "an item is reworded": change("reworded", "j", False, lambda d: item(d, 0).update(statement=text("新", "new"))),
    "an item has other points": change("rescored", "j", False, lambda d: item(d, 0).update(points=3)),
    "an item becomes a gate": change("rescored", "j", False, lambda d: item(d, 0).update(gate=True)),
    "an item becomes a veto": change("rescored", "j", False, lambda d: item(d, 0).update(veto=True)),
    "an item gets a condition": change(
        "condition", "j", True, lambda d: item(d, 0).update(relevant={"profile": "kind", "is": "a"})
    ),
    "not applicable is no longer possible": change("narrowed", "j", True, lambda d: item(d, 0).update(not_applicable=None)),
    "a limit changes": change("relimited", "n", False, lambda d: item(d, 1)["number"].update(limits=[{"at_most": 4}])),
    "the range is narrower": change("narrowed", "n", True, lambda d: item(d, 1)["number"].update(maximum=9)),
    "the range is wider": change("widened", "n", False, lambda d: item(d, 1)["number"].update(maximum=11)),
    "the unit changes": change("retyped", "n", True, lambda d: item(d, 1)["number"].update(unit="ppm")),
    "an option is removed": change("narrowed", "c", True, lambda d: item(d, 2)["choice"]["options"].pop()),
    "an option is judged otherwise": change(
        "rescored", "c", False, lambda d: item(d, 2)["choice"]["options"][1].update(result="pass")
    ),
    "an item is retyped": change(
        "retyped", "c", True, lambda d: item(d, 2).update(type="text", text={"max_length": 5, "required": True})
    ),
    "a weight changes": change("rescored", "main", False, lambda d: d["sections"][0].update(weight=3)),
    "fewer instances": change("narrowed", "cars", True, lambda d: d["sections"][1]["repeat"].update(max=4)),
    "a section no longer repeats": change("retyped", "cars", True, lambda d: d["sections"][1].pop("repeat")),
    "a determination is removed": change("removed", "d", False, lambda d: d["determinations"].pop()),
    "a band changes": change("rescored", "scoring", False, lambda d: d["scoring"]["bands"][0].update(at_least=95)),
    "a fact about the subject is removed": change("removed", "kind", True, lambda d: d["profile"].pop()),
}


@pytest.mark.parametrize(("kind", "subject", "breaking", "alter"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_named(kind: str, subject: str, breaking: bool, alter: Callable[[dict[str, Any]], Any]) -> None:
    new = copy.deepcopy(OLD)
    alter(new)

    found = [(found.kind.value, found.subject, found.breaking) for found in compare(OLD, new).changes]

    assert found == [(kind, subject, breaking)]


def test_an_unchanged_checklist_has_an_empty_report() -> None:
    assert compare(OLD, copy.deepcopy(OLD)).changes == ()


def test_an_item_that_moves_into_a_repeat_breaks() -> None:
    new = copy.deepcopy(OLD)
    new["sections"][1]["items"].append(new["sections"][0]["items"].pop(0))

    found = compare(OLD, new).breaking

    assert [(change.kind, change.subject) for change in found] == [(ChangeKind.MOVED, "j")]


def test_the_report_reads_in_both_languages() -> None:
    new = copy.deepcopy(OLD)
    item(new, 0).update(points=3)
    new["sections"][0]["items"].pop(1)

    report = compare(OLD, new)

    assert report.lines("zh") == ["“符合要求”的分值由 5 改为 3", "【会丢失答案】删去“符合要求”"]
    assert report.lines("en") == ["“It is right” changes from 5 to 3 points", "[drops answers] removed “It is right”"]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_carry_over_loses_nothing_silently_and_the_report_foresees_what_it_loses(seed: int) -> None:
    random = Random(seed)
    old, new = random_checklist(random), random_checklist(random)
    filled = random_answers(random, old)
    compiled = load_checklist(old)
    if find_faults(compiled, filled):
        return

    found = carry_over(compiled, load_checklist(new), filled)

    assert find_faults(load_checklist(new), found.answers) == []
    accounted = {kept.path for kept in found.kept} | {lost.path for lost in found.lost}
    assert _paths(filled) <= accounted
    assert not found.lost or compare(old, new).breaking


def _paths(filled: dict[str, Any]) -> set[str]:
    plain = set(filled["answers"]) | {f"profile.{key}" for key in filled["profile"]}
    kept_facts = {path for path in plain if path.startswith("profile.")}
    repeated = {
        f"{section}[{index}].{item_id}"
        for section, instances in filled["repeats"].items()
        for index, instance in enumerate(instances)
        for item_id in instance["answers"]
    }
    return (plain - kept_facts) | repeated
