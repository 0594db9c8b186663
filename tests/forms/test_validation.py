"""What the checker finds in broken checklists and standards, and how it says it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms.check import main
from forms.standards import Standards, standard_from
from forms.validation import validate_checklist, validate_registry, validate_standards
from tests.forms.sketches import completed, text
from vocabulary import AuthoringSeverity

LAW = {
    "id": "work-safety-law-2021",
    "name": text("安全生产法", "Work Safety Law"),
    "number": "主席令第88号",
    "edition": "2021",
    "valid_from": "2021-09-01",
    "valid_to": None,
    "replaced_by": None,
    "kind": "law",
    "source": text("原文", "The text"),
    "last_checked_on": "2026-11-30",
}
DECREE = {**LAW, "id": "mem-21-2026", "kind": "rule", "valid_from": "2026-07-01"}
REPLACED = {"standard": "mem-21-2026", "on": "2026-07-01"}
OLD_DECREE = {**LAW, "id": "mem-4-2020", "kind": "rule", "valid_to": "2026-06-30", "replaced_by": REPLACED}
STANDARDS = Standards([standard_from(entry) for entry in (LAW, DECREE, OLD_DECREE)])

GOOD = completed(
    {
        "profile": [
            {"id": "kind", "type": "choice", "options": [{"value": "a"}, {"value": "b"}]},
            {"id": "has_tank", "type": "boolean"},
            {"id": "staff", "type": "number"},
        ],
        "sections": [
            {
                "id": "main",
                "weight": 1,
                "items": [
                    {"id": "j", "type": "judgement", "points": 5},
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
                    {"id": "f", "type": "facts", "points": 5, "facts": {"options": [{"value": "p"}, {"value": "q"}]}},
                    {"id": "t", "type": "text", "points": 0, "text": {"max_length": 9, "required": False}},
                    {"id": "last", "type": "judgement", "points": 5, "relevant": {"item": "j", "result": "fail"}},
                ],
            }
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

Alter = Callable[[dict[str, Any]], Any]


def items(document: dict[str, Any]) -> list[dict[str, Any]]:
    return document["sections"][0]["items"]


def last(**changes: Any) -> Alter:
    return lambda document: items(document)[-1].update(changes)


def item(number: int, **changes: Any) -> Alter:
    return lambda document: items(document)[number].update(changes)


def determination(**changes: Any) -> Alter:
    return lambda document: document["determinations"][0].update(changes)


def add_item_behind_a_hidden_one(document: dict[str, Any]) -> None:
    items(document).insert(5, {**copy.deepcopy(items(document)[5]), "id": "between"})
    items(document)[6]["relevant"] = {"all": [{"item": "between", "result": "pass"}, {"item": "j", "result": "pass"}]}


LAST = "/sections/0/items/5"

BROKEN: dict[str, tuple[str, str, Alter]] = {
    "a key that the format lacks": ("schema-additionalproperties", "", lambda d: d.update(colour="red")),
    "a missing key": ("schema-required", "", lambda d: d.pop("valid_from")),
    "a value that is not one of the allowed": ("schema-enum", "/sector", lambda d: d.update(sector="farming")),
    "an id in capitals": ("schema-pattern", f"{LAST}/id", last(id="Last")),
    "a text in one language": ("schema-required", f"{LAST}/statement", last(statement={"zh": "只有中文"})),
    "an empty text": ("schema-pattern", f"{LAST}/statement/en", last(statement=text("好", " "))),
    "a Chinese text in the English place": ("untranslated", f"{LAST}/statement/en", last(statement=text("好", "好"))),
    "an English text in the Chinese place": (
        "untranslated",
        f"{LAST}/statement/zh",
        last(statement=text("the valve is shut", "the valve is shut")),
    ),
    "a figure with four decimals": ("too-many-decimals", f"{LAST}/points", last(points=0.1234)),
    "negative points": ("schema-minimum", f"{LAST}/points", last(points=-1)),
    "a day that does not exist": ("no-such-day", "/valid_from", lambda d: d.update(valid_from="2026-02-30")),
    "the same id twice": ("duplicate-id", f"{LAST}/id", last(id="j", relevant={"item": "n", "result": "fail"})),
    "bands out of order": ("bands-order", "/scoring/bands", lambda d: d["scoring"]["bands"].reverse()),
    "a number item without its number": ("schema-required", "/sections/0/items/1", lambda d: items(d)[1].pop("number")),
    "a part of another type": (
        "misplaced-key",
        f"{LAST}/facts",
        last(facts={"options": [{"value": "p", "label": text("甲", "a")}]}),
    ),
    "a condition about an unknown item": (
        "unknown-item",
        f"{LAST}/relevant/item",
        last(relevant={"item": "zz", "result": "fail"}),
    ),
    "a condition about itself": ("later-item", f"{LAST}/relevant/item", last(relevant={"item": "last", "result": "fail"})),
    "a condition about a later item": (
        "later-item",
        "/sections/0/items/0/relevant/item",
        item(0, relevant={"item": "n", "result": "fail"}),
    ),
    "a condition of no known form": ("schema-anyof", f"{LAST}/relevant", last(relevant={"result": "fail"})),
    "a condition of two forms": (
        "schema-maxproperties",
        f"{LAST}/relevant",
        last(relevant={"item": "j", "result": "fail", "value": "x"}),
    ),
    "unchecked cannot be tested": ("schema-enum", f"{LAST}/relevant/result", last(relevant={"item": "j", "result": "unchecked"})),
    "a number test on a judgement": (
        "wrong-test",
        f"{LAST}/relevant/number",
        last(relevant={"item": "j", "number": {"above": 1}}),
    ),
    "a value test on facts": ("wrong-test", f"{LAST}/relevant/value", last(relevant={"item": "f", "value": "p"})),
    "an option that is not there": ("unknown-option", f"{LAST}/relevant/value", last(relevant={"item": "c", "value": "zz"})),
    "a fact that is not there": ("unknown-option", f"{LAST}/relevant/has", last(relevant={"item": "f", "has": "zz"})),
    "an unknown profile key": ("unknown-profile-key", f"{LAST}/relevant/profile", last(relevant={"profile": "zz", "is": True})),
    "a profile value that is not there": (
        "unknown-option",
        f"{LAST}/relevant/is",
        last(relevant={"profile": "kind", "is": "zz"}),
    ),
    "a profile test of the wrong type": (
        "wrong-test",
        f"{LAST}/relevant/is",
        last(relevant={"profile": "has_tank", "is": "yes"}),
    ),
    "more wanted than listed": (
        "at-least-too-many",
        f"{LAST}/relevant/at_least",
        last(relevant={"at_least": 2, "of": [{"item": "j", "result": "fail"}]}),
    ),
    "a limit outside what can be entered": (
        "limit-out-of-range",
        "/sections/0/items/1/number/limits/0/at_most",
        lambda d: items(d)[1]["number"].update(limits=[{"at_most": 99}]),
    ),
    "a limit that is never reached": (
        "limit-never-reached",
        "/sections/0/items/1/number/limits/0",
        lambda d: items(d)[1]["number"].update(limits=[{"at_most": 5}, {"at_most": 6}]),
    ),
    "a limit without a figure": (
        "empty-limit",
        "/sections/0/items/1/number/limits/0",
        lambda d: items(d)[1]["number"].update(limits=[{"when": {"item": "j", "result": "fail"}}]),
    ),
    "a range the wrong way round": (
        "range-reversed",
        "/sections/0/items/1/number",
        lambda d: items(d)[1]["number"].update(minimum=10, limits=[]),
    ),
    "a deduction on an option that is not partial": (
        "deduction-and-partial",
        "/sections/0/items/2/choice/options/1",
        lambda d: items(d)[2]["choice"]["options"][1].update(deduction=1),
    ),
    "no option that passes": (
        "no-passing-option",
        "/sections/0/items/2/choice/options",
        lambda d: items(d)[2]["choice"]["options"][0].update(result="fail"),
    ),
    "points on a text that may be left out": ("points-on-optional-item", "/sections/0/items/4/points", item(4, points=1)),
    "a text as a gate": ("misplaced-key", "/sections/0/items/4/gate", item(4, gate=True)),
    "a standard that is not registered": (
        "unknown-standard",
        f"{LAST}/basis/0/standard",
        last(basis=[{"standard": "zz", "clause": "1"}]),
    ),
    "a standard that no longer applies": (
        "standard-not-in-force",
        f"{LAST}/basis/0/standard",
        last(basis=[{"standard": "mem-4-2020", "clause": "1"}]),
    ),
    "a determination on a standard that no longer applies": (
        "standard-not-in-force",
        "/determinations/0/standard",
        determination(standard="mem-4-2020"),
    ),
    "a determination about an unknown item": (
        "unknown-item",
        "/determinations/0/when/item",
        determination(when={"item": "zz", "result": "fail"}),
    ),
    "a hazard that names no determination": (
        "unknown-determination",
        f"{LAST}/hazard/determinations/0",
        lambda d: items(d)[-1]["hazard"].update(determinations=["zz"]),
    ),
    "a basis whose clauses are all open": (
        "open-clause",
        f"{LAST}/basis",
        last(basis=[{"standard": "work-safety-law-2021", "clause": "特种作业（条号未核）"}]),
    ),
    "a major hazard on an open clause": (
        "open-clause",
        "/determinations/0/clause",
        determination(clause="第6章（条号待录入）"),
    ),
    "a major hazard that an unverified item makes by itself": (
        "rests-on-unverified",
        "/determinations/0/when",
        item(0, unverified={"reason": text("凭记忆", "From memory")}),
    ),
    "an item that can never be shown": (
        "unreachable-item",
        f"{LAST}/relevant",
        last(relevant={"all": [{"item": "j", "result": "fail"}, {"item": "j", "result": "pass"}]}),
    ),
    "an item behind an item that is hidden with it": (
        "unreachable-item",
        "/sections/0/items/6/relevant",
        add_item_behind_a_hidden_one,
    ),
    "a determination that can never be met": (
        "unreachable-determination",
        "/determinations/0/when",
        determination(unless={"item": "j", "result": "fail"}),
    ),
}


@pytest.mark.parametrize(("code", "pointer", "alter"), BROKEN.values(), ids=BROKEN)
def test_each_kind_of_mistake_is_found_where_it_is(code: str, pointer: str, alter: Alter) -> None:
    document = copy.deepcopy(GOOD)
    alter(document)

    found = {(problem.code, problem.pointer) for problem in validate_checklist(document, STANDARDS)}

    assert (code, pointer) in found


def test_a_good_checklist_has_no_problems() -> None:
    assert validate_checklist(GOOD, STANDARDS) == []


def test_each_problem_says_what_is_wrong_and_how_to_mend_it_in_both_languages() -> None:
    for _, _, alter in BROKEN.values():
        document = copy.deepcopy(GOOD)
        alter(document)
        for problem in validate_checklist(document, STANDARDS):
            assert all([problem.what["zh"], problem.what["en"], problem.mend["zh"], problem.mend["en"]])


@pytest.mark.parametrize("document", [None, [], 7, "x", {}, {"sections": 1}, {"sections": [1], "scoring": None}])
def test_anything_that_is_no_checklist_is_refused_without_a_traceback(document: Any) -> None:
    assert validate_checklist(document, STANDARDS)


def test_an_unverified_standard_is_noted_once_however_many_determinations_rest_on_it() -> None:
    unverified = {**DECREE, "unverified": {"reason": text("未核", "Not verified")}}
    document = {**GOOD, "determinations": [GOOD["determinations"][0], {**GOOD["determinations"][0], "id": "d2"}]}

    found = validate_checklist(document, Standards([standard_from(LAW), standard_from(unverified)]))

    assert [(p.code, p.severity) for p in found] == [("unverified-ground", AuthoringSeverity.WARNING)]


@pytest.mark.parametrize(
    ("when", "allowed"),
    [
        ({"item": "j", "result": "fail"}, False),
        ({"item": "last", "result": "fail"}, True),
        ({"all": [{"item": "j", "result": "fail"}, {"item": "last", "result": "fail"}]}, True),
        ({"any": [{"item": "j", "result": "fail"}, {"item": "last", "result": "fail"}]}, False),
        ({"all": [{"item": "j", "result": "fail"}, {"profile": "has_tank", "is": True}]}, False),
        ({"all": [{"item": "j", "result": "fail"}, {"not": {"item": "f", "has": "p"}}]}, False),
        ({"at_least": 1, "of": [{"item": "j", "result": "fail"}, {"item": "f", "has": "p"}]}, False),
        ({"at_least": 2, "of": [{"item": "j", "result": "fail"}, {"item": "f", "has": "p"}]}, True),
    ],
)
def test_a_major_hazard_needs_evidence_from_a_verified_item(when: dict[str, Any], allowed: bool) -> None:
    document = copy.deepcopy(GOOD)
    items(document)[0]["unverified"] = {"reason": text("凭记忆", "From memory")}
    document["determinations"][0]["when"] = when

    codes = [problem.code for problem in validate_checklist(document, STANDARDS)]

    assert codes == ([] if allowed else ["rests-on-unverified"])


@pytest.mark.parametrize("changes", [{"grade": "general"}, {"unverified": {"reason": text("凭记忆", "From memory")}}])
def test_a_general_or_suggested_hazard_may_rest_on_an_unverified_item(changes: dict[str, Any]) -> None:
    document = copy.deepcopy(GOOD)
    items(document)[0]["unverified"] = {"reason": text("凭记忆", "From memory")}
    document["determinations"][0].update(changes)

    assert validate_checklist(document, STANDARDS) == []


def test_one_known_clause_is_enough_for_an_item() -> None:
    document = copy.deepcopy(GOOD)
    law = "work-safety-law-2021"
    items(document)[-1]["basis"] = [{"standard": law, "clause": "第41条"}, {"standard": law, "clause": "频次（条号未核）"}]

    assert validate_checklist(document, STANDARDS) == []


def test_a_standard_must_end_after_it_begins() -> None:
    found = validate_standards([{**LAW, "valid_to": "2020-01-01"}])

    assert [(p.pointer, p.code) for p in found] == [("/0/valid_to", "dates-reversed")]


def test_a_standard_of_unknown_date_must_be_marked() -> None:
    found = validate_standards([{**LAW, "valid_from": None}])

    assert [(p.pointer, p.code) for p in found] == [("/0/valid_from", "unknown-date")]


def test_a_standard_that_nobody_ever_looked_up_must_be_marked() -> None:
    found = validate_standards([{**LAW, "last_checked_on": None}])

    assert [(p.pointer, p.code) for p in found] == [("/0/last_checked_on", "never-checked")]


def test_a_standard_is_not_replaced_after_it_has_ceased_to_apply() -> None:
    found = validate_standards([{**OLD_DECREE, "replaced_by": {**REPLACED, "on": "2026-07-02"}}])

    assert [(p.pointer, p.code) for p in found] == [("/0/replaced_by/on", "replaced-too-late")]


def test_a_citation_of_an_edition_that_was_replaced_but_not_repealed_is_pointed_out() -> None:
    standards = Standards([standard_from(entry) for entry in (LAW, DECREE, {**OLD_DECREE, "valid_to": None})])
    document = copy.deepcopy(GOOD)
    items(document)[0]["basis"] = [{"standard": "mem-4-2020", "clause": "第4条"}]

    found = validate_checklist(document, standards)

    assert [(p.code, p.severity, p.pointer) for p in found] == [
        ("standard-replaced", AuthoringSeverity.WARNING, "/sections/0/items/0/basis/0/standard")
    ]


def test_a_core_visit_has_at_most_thirty_items_for_one_subject() -> None:
    document = copy.deepcopy(GOOD)
    template = items(document)[0]
    shown = {"is": [{"profile": "kind", "is": kind} for kind in "ab"]}["is"]

    def with_core(count: int) -> dict[str, Any]:
        extra = [
            {**template, "id": f"core_{kind}_{n}", "core": True, "relevant": shown[kind]} for kind in (0, 1) for n in range(count)
        ]
        return {**document, "sections": [*document["sections"], {**document["sections"][0], "id": "core", "items": extra}]}

    assert validate_checklist(with_core(30), STANDARDS) == []
    assert [p.code for p in validate_checklist(with_core(31), STANDARDS)] == ["core-too-long"]


def test_a_design_value_that_divides_is_not_zero() -> None:
    document = copy.deepcopy(GOOD)
    number = next(item for item in items(document) if item["type"] == "number")["number"]
    number["design"] = {"label": text("设计值", "Design"), "comparison": "percent", "minimum": 0, "maximum": 10}

    found = validate_checklist(document, STANDARDS)

    assert [p.code for p in found if p.pointer.endswith("/design/minimum")] == ["design-may-be-zero"]


def test_a_standard_is_registered_once_and_its_successor_exists() -> None:
    found = validate_registry({"a.json": [LAW], "b.json": [LAW, {**DECREE, "replaced_by": {**REPLACED, "standard": "zz"}}]})

    assert found["a.json"] == []
    assert [(p.pointer, p.code) for p in found["b.json"]] == [
        ("/0/id", "duplicate-id"),
        ("/1/replaced_by/standard", "unknown-standard"),
    ]


def test_the_edition_in_force_follows_the_successor() -> None:
    before = STANDARDS.find_in_force("mem-4-2020", date(2026, 6, 30))
    after = STANDARDS.find_in_force("mem-4-2020", date(2026, 7, 1))

    assert (before.id if before else None, after.id if after else None) == ("mem-4-2020", "mem-21-2026")


def test_the_command_names_file_place_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**GOOD, "sector": "farming"}), "utf-8")

    assert main(["--lang", "en", str(path)]) == 1
    printed = capsys.readouterr().out
    assert f"{path}: /sector" in printed
    assert '"farming" is not one of the allowed values' in printed
    assert "mend: use one of coal_mine" in printed


def test_the_command_says_where_a_file_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"id": "a",\n "id": }', "utf-8")

    assert main(["--lang", "en", str(path)]) == 1
    assert "line 2" in capsys.readouterr().out


def test_the_command_finds_a_key_that_stands_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"id": "a", "id": "b"}', "utf-8")

    assert main(["--lang", "en", str(path)]) == 1
    assert "'id' stands twice" in capsys.readouterr().out
