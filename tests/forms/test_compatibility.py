"""The report between two versions: what is named, and what is called breaking."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forms
from forms import carry_over, find_faults, load_checklist
from forms.compatibility import compare
from tests.forms.random_forms import random_answers, random_checklist
from tests.forms.sketches import completed, text
from vocabulary import RevisionKind

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


DESIGN = {"label": text("设计值", "Design"), "comparison": "percent", "minimum": 1, "maximum": 9}
MEASURED = copy.deepcopy(OLD)
MEASURED["sections"][0]["items"][1]["number"]["design"] = DESIGN


@pytest.mark.parametrize(
    ("kind", "breaking", "altered"),
    [
        ("relimited", False, {"comparison": "difference"}),
        ("reworded", False, {"label": text("规定值", "Prescribed")}),
        ("retyped", True, {"unit": "mm"}),
        ("narrowed", True, {"maximum": 8}),
        ("widened", False, {"decimals": 2}),
        ("reworded", False, {"result_unit": "倍"}),
    ],
)
def test_each_change_of_a_design_value_is_named(kind: str, breaking: bool, altered: dict[str, Any]) -> None:
    new = copy.deepcopy(MEASURED)
    item(new, 1)["number"]["design"] |= altered

    assert [(found.kind.value, found.breaking) for found in compare(MEASURED, new).changes] == [(kind, breaking)]


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
    "an item becomes a core item": change("scope", "j", False, lambda d: item(d, 0).update(core=True)),
    "a design value is asked for": change("retyped", "n", True, lambda d: item(d, 1)["number"].update(design=DESIGN)),
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
    "the checklist has another title": change("reworded", "checklist", False, lambda d: d.update(title=text("新表", "New"))),
    "the checklist gets a description": change("reworded", "checklist", False, lambda d: d.update(description=text("新", "new"))),
    "another sector": change("scope", "checklist", False, lambda d: d.update(sector="fire_safety")),
    "other subjects": change("scope", "checklist", False, lambda d: d.update(applies_to={"subject_kinds": ["unit", "village"]})),
    "another first day": change("scope", "checklist", False, lambda d: d.update(valid_from="2026-08-01")),
    "the office confirms the weights": change(
        "grounds", "scoring", False, lambda d: d["scoring"].update(confirmed_by_office=True)
    ),
    "a fact is called otherwise": change("reworded", "kind", False, lambda d: d["profile"][0].update(label=text("新", "new"))),
    "an option of a fact is called otherwise": change(
        "reworded", "kind", False, lambda d: d["profile"][0]["options"][0].update(label=text("新", "new"))
    ),
    "a fact gets another unit": change("retyped", "kind", True, lambda d: d["profile"][0].update(unit="人")),
    "a section is called otherwise": change(
        "reworded", "main", False, lambda d: d["sections"][0].update(title=text("新", "new"))
    ),
    "an instance is called otherwise": change(
        "reworded", "cars", False, lambda d: d["sections"][1]["repeat"].update(label=text("车号", "Number"))
    ),
    "sections stand otherwise": change("reordered", "cars", False, lambda d: d["sections"].reverse()),
    "it is checked otherwise": change("reworded", "j", False, lambda d: item(d, 0).update(how=text("问", "ask"))),
    "another photo hint": change("reworded", "j", False, lambda d: item(d, 0).update(photo_hint=text("拍", "take"))),
    "other reasons for not applicable": change(
        "reworded", "j", False, lambda d: item(d, 0)["not_applicable"]["reasons"].append(text("没有", "none"))
    ),
    "an item stands otherwise": change(
        "reordered", "c", False, lambda d: d["sections"][0]["items"].insert(0, d["sections"][0]["items"].pop())
    ),
    "an option is called otherwise": change(
        "reworded", "c", False, lambda d: item(d, 2)["choice"]["options"][0].update(label=text("新", "new"))
    ),
    "options stand otherwise": change("reordered", "c", False, lambda d: item(d, 2)["choice"]["options"].reverse()),
}


@pytest.mark.parametrize(("kind", "subject", "breaking", "alter"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_named(kind: str, subject: str, breaking: bool, alter: Callable[[dict[str, Any]], Any]) -> None:
    new = copy.deepcopy(OLD)
    alter(new)

    found = [(found.kind.value, found.subject, found.breaking) for found in compare(OLD, new).changes]

    assert found == [(kind, subject, breaking)]


def test_an_unchanged_checklist_has_an_empty_report() -> None:
    assert compare(OLD, copy.deepcopy(OLD)).changes == ()


SAYINGS = {
    "title": (
        lambda d: d.update(title=text("新表", "New")),
        "检查表名称由“草表”改为“新表”",
        "the title of the checklist changes from “Sketch” to “New”",
    ),
    "one language": (
        lambda d: d["title"].update(en="New"),
        "检查表名称“草表”只改了英文",
        "the title of the checklist changes from “Sketch” to “New”",
    ),
    "sector": (
        lambda d: d.update(sector="coal_mine"),
        "所属行业由“无”改为“煤矿”",
        "the sector changes from “none” to “Coal mine”",
    ),
    "subjects": (
        lambda d: d.update(applies_to={"subject_kinds": ["unit", "enterprise"]}),
        "适用的主体类别由“企业”改为“企业、机关事业单位”",
        "what it applies to changes from “Enterprise” to “Enterprise, Public institution”",
    ),
    "first day": (
        lambda d: d.update(valid_from="2026-08-01"),
        "起用日由“2026-07-01”改为“2026-08-01”",
        "the first day changes from “2026-07-01” to “2026-08-01”",
    ),
    "a new hint": (
        lambda d: item(d, 0).update(photo_hint=text("拍锁", "the lock")),
        "新增“符合要求”的拍照提示：“拍锁”",
        "the photo hint of “It is right” is new: “the lock”",
    ),
    "order": (lambda d: d["sections"].reverse(), "分表“部位”排到最前", "section “Place” now comes first"),
    "type": (
        lambda d: item(d, 2).update(type="text", text={"max_length": 5, "required": True}),
        "“符合要求”的类型由“选择”改为“文字”",
        "“It is right” changes its type from “Choice” to “Text”",
    ),
}


@pytest.mark.parametrize(("alter", "zh", "en"), SAYINGS.values(), ids=SAYINGS)
def test_a_change_is_said_in_words_that_need_no_format(alter: Callable[[dict[str, Any]], Any], zh: str, en: str) -> None:
    new = copy.deepcopy(OLD)
    alter(new)

    [found] = compare(OLD, new).changes

    assert found.text == {"zh": zh, "en": en}


def test_an_item_is_told_behind_which_one_it_stands_now() -> None:
    old = copy.deepcopy(OLD)
    for number, statement in enumerate([text("甲", "A"), text("乙", "B"), text("丙", "C")]):
        item(old, number)["statement"] = statement
    new = copy.deepcopy(old)
    new["sections"][0]["items"].append(new["sections"][0]["items"].pop(0))

    assert compare(old, new).lines("zh") == ["【措辞和顺序】“甲”排到“丙”之后"]
    assert compare(old, new).lines("en") == ["[wording and order] “A” now follows “C”"]


def test_an_item_of_another_type_is_told_to_read_otherwise_too() -> None:
    new = copy.deepcopy(OLD)
    item(new, 2).update(type="text", text={"max_length": 5, "required": True}, statement=text("新", "new"))

    assert [found.kind.value for found in compare(OLD, new).changes] == ["retyped", "reworded"]


REAL = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((Path(forms.__file__).parent / "checklists").glob("*"))}
# The number is what the report stands between, the state is what publishing changes.
NOT_SAID = {"schema", "id", "version", "status", "changelog"}


@pytest.mark.parametrize("name", [*REAL, "sketch"])
def test_nothing_in_a_checklist_changes_silently(name: str) -> None:
    old = REAL.get(name, OLD)
    # Each place of the first two sections and of everything else, so that it does not take a minute.
    old = old | {"sections": old["sections"][:2], "determinations": old["determinations"][:2]}

    silent = [where for where, new in _altered(old) if where[0] not in NOT_SAID and not compare(old, new).changes]

    assert silent == []


def _altered(document: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The document with one text or figure changed, one optional part taken away, or one list turned around; each in turn."""
    match document:
        case dict():
            for key, part in document.items():
                for place, other in _altered(part, (*where, key)):
                    yield place, {**document, key: other}
                if key in OPTIONAL and part:
                    yield (*where, key), {each: document[each] for each in document if each != key}
        case list():
            if document[::-1] != document and where[-1] not in UNORDERED:
                yield where, document[::-1]
            for index, part in enumerate(document):
                for place, other in _altered(part, (*where, index)):
                    yield place, [*document[:index], other, *document[index + 1 :]]
        case bool():
            yield where, not document
        case int() | float():
            yield where, document + 1
        case str() if where[-1] in CODES:
            yield where, CODES[where[-1]][document == CODES[where[-1]][0]]
        case str():
            yield where, f"{document}x"


OPTIONAL = {
    "description", "relevant", "repeat", "gate_minimum_percent", "how", "photo_hint", "gate", "veto", "not_applicable", "partial",
    "unverified", "hazard", "deduction", "unless", "core", "immediate_measure",
}  # fmt: skip
UNORDERED = {"subject_kinds"}
# Texts of which the report knows the names; one of the two is another one than the text in question.
CODES = {"sector": ("coal_mine", "fire_safety"), "type": ("judgement", "text")}


def test_an_item_that_moves_into_a_repeat_breaks() -> None:
    new = copy.deepcopy(OLD)
    new["sections"][1]["items"].append(new["sections"][0]["items"].pop(0))

    found = compare(OLD, new).breaking

    assert [(change.kind, change.subject) for change in found] == [(RevisionKind.MOVED, "j")]


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
    plain = set(filled.get("answers", {})) | {f"profile.{key}" for key in filled.get("profile", {})}
    kept_facts = {path for path in plain if path.startswith("profile.")}
    repeated = {
        f"{section}[{instance.get('id', index)}].{item_id}"
        for section, instances in filled.get("repeats", {}).items()
        for index, instance in enumerate(instances)
        for item_id in instance["answers"]
    }
    return (plain - kept_facts) | repeated
