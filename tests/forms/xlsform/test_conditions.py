"""Conditions as expressions and as XPath, both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.check import CHECKLISTS_FOLDER
from forms.xlsform.expressions import ExpressionError, read_condition, read_limit, write_condition, write_limit
from forms.xlsform.questions import questions_of
from forms.xlsform.xpath import Question, read_range, read_xpath, write_xpath

QUESTIONS = {
    "exit": Question("judgement", {result: result for result in ("pass", "fail", "not_applicable", "unchecked")}),
    "gas": Question("number", limits=({"below": 1},)),
    "kind": Question("choice", {"a": "a", "b": "b", "c": "c"}, {"a": "pass", "b": "fail", "c": "fail"}),
    "wrong": Question("facts", {"rust": "rust", "leak": "leak"}),
    "shot": Question("photo"),
    "belt": Question("judgement", {"pass": "pass", "fail": "fail"}, repeated="cars"),
    "age": Question("number", repeated="cars"),
    "profile.method": Question("choice", {"open": "open", "deep": "deep"}),
    "profile.tank": Question("boolean", {"true": "true", "false": "false"}),
    "profile.staff": Question("number"),
}

PAIRS: list[tuple[dict[str, Any], str, str]] = [
    ({"item": "exit", "result": "fail"}, "RESULT(exit, fail)", "${exit} = 'fail'"),
    ({"item": "gas", "number": {"at_least": 1.0, "below": 5}}, "NUMBER(gas, >=1.0, <5)", "(${gas} >= 1.0 and ${gas} < 5)"),
    ({"item": "gas", "result": "fail"}, "RESULT(gas, fail)", "(${gas} != '' and not(${gas} < 1))"),
    ({"item": "kind", "value": "a"}, "CHOICE(kind, a)", "${kind} = 'a'"),
    ({"item": "kind", "result": "fail"}, "RESULT(kind, fail)", "(${kind} = 'b' or ${kind} = 'c')"),
    ({"item": "wrong", "has": "rust"}, "HAS(wrong, rust)", "selected(${wrong}, 'rust')"),
    ({"item": "wrong", "result": "pass"}, "RESULT(wrong, pass)", "selected(${wrong}, '_none')"),
    ({"profile": "tank", "is": True}, "PROFILE(tank, TRUE)", "${profile.tank} = 'true'"),
    ({"profile": "method", "is": "deep"}, "PROFILE(method, deep)", "${profile.method} = 'deep'"),
    ({"profile": "method", "in": ["open", "deep"]}, "PROFILEIN(method, open, deep)", "(${profile.method} = 'open' or ${profile.method} = 'deep')"),
    ({"profile": "staff", "number": {"above": 300}}, "PROFILENUMBER(staff, >300)", "${profile.staff} > 300"),
    ({"not": {"item": "exit", "result": "pass"}}, "NOT(RESULT(exit, pass))", "not(${exit} = 'pass')"),
    (
        {"at_least": 2, "of": [{"item": "exit", "result": "fail"}, {"item": "wrong", "has": "leak"}]},
        "ATLEAST(2, RESULT(exit, fail), HAS(wrong, leak))",
        "(if(${exit} = 'fail', 1, 0) + if(selected(${wrong}, 'leak'), 1, 0)) >= 2",
    ),
    (
        {"all": [{"any": [{"item": "exit", "result": "fail"}, {"item": "kind", "value": "b"}]}, {"profile": "tank", "is": False}]},
        "AND(OR(RESULT(exit, fail), CHOICE(kind, b)), PROFILE(tank, FALSE))",
        "(${exit} = 'fail' or ${kind} = 'b') and ${profile.tank} = 'false'",
    ),
    ({"item": "belt", "result": "fail"}, "RESULT(belt, fail)", "${belt} = 'fail'"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expression", "xpath"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_a_condition_has_one_expression_and_one_xpath(condition: dict[str, Any], expression: str, xpath: str) -> None:
    assert write_condition(condition) == expression
    assert read_condition(expression) == condition
    assert write_xpath(condition, QUESTIONS, None) == xpath
    assert write_xpath(read_xpath(xpath, QUESTIONS), QUESTIONS, None).strip("()") == xpath.strip("()")


@pytest.mark.parametrize(
    ("condition", "home"),
    [
        ({"item": "gas", "result": "not_applicable"}, None),
        ({"item": "age", "number": {"at_least": 1, "below": 2}}, None),
        ({"all": [{"item": "exit", "result": "fail"}, {"item": "gas", "result": "partial"}]}, None),
        ({"item": "unknown", "result": "fail"}, None),
    ],
)
def test_what_xpath_cannot_say_is_left_to_the_expression(condition: dict[str, Any], home: str | None) -> None:
    assert write_xpath(condition, QUESTIONS, home) == ""
    assert read_condition(write_condition(condition)) == condition


def test_within_its_own_repeat_a_number_may_have_two_bounds() -> None:
    assert (
        write_xpath({"item": "age", "number": {"at_least": 1, "below": 2}}, QUESTIONS, "cars") == "(${age} >= 1 and ${age} < 2)"
    )


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("result（exit，fail）", {"item": "exit", "result": "fail"}),
        (
            "OR(RESULT(a; fail); NUMBER(b; ≥1.5))",
            {"any": [{"item": "a", "result": "fail"}, {"item": "b", "number": {"at_least": 1.5}}]},
        ),
        ('{"item": "a", "has": "b"}', {"item": "a", "has": "b"}),
        ("  NOT ( CHOICE( a , b ) ) ", {"not": {"item": "a", "value": "b"}}),
    ],
)
def test_expressions_may_be_written_loosely(written: str, condition: dict[str, Any]) -> None:
    assert read_condition(written) == condition


@pytest.mark.parametrize(
    ("written", "position"),
    [("", 1), ("AND(", 5), ("AND()", 5), ("RESULT(a)", 9), ("RESULT(a, b) x", 14), ("FOO(a)", 1), ("RESULT(a, b", 12), ("NUMBER(a, 3)", 11),
     ("NUMBER(a, >x)", 12), ("ATLEAST(x, RESULT(a, b))", 9), ("RESULT(a, b)%", 13), ("[1]", 1), ("{1", 1), ("NOT(" * 60 + "RESULT(a, b)" + ")" * 60, 165)],
)  # fmt: skip
def test_a_wrong_expression_says_where(written: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_condition(written)

    assert caught.value.position == position
    assert caught.value.zh != caught.value.en


@pytest.mark.parametrize(
    ("xpath", "condition"),
    [
        ("1 <= ${gas}", {"item": "gas", "number": {"at_least": 1}}),
        ("${exit} != 'pass'", {"not": {"item": "exit", "result": "pass"}}),
        ("${exit} <> 'pass'", {"not": {"item": "exit", "result": "pass"}}),
        (
            "${exit} == 'pass' AND ${gas} ≥ 1",
            {"all": [{"item": "exit", "result": "pass"}, {"item": "gas", "number": {"at_least": 1}}]},
        ),
        ('${exit}="pass"', {"item": "exit", "result": "pass"}),
        ("${gas} = 3", {"item": "gas", "number": {"equals": 3}}),
        ("${shot} != ''", {"item": "shot", "result": "pass"}),
        ("not(${profile.tank} = 'false')", {"not": {"profile": "tank", "is": False}}),
    ],
)
def test_xpath_of_other_makers_is_understood(xpath: str, condition: dict[str, Any]) -> None:
    assert read_xpath(xpath, QUESTIONS) == condition


@pytest.mark.parametrize(
    "xpath",
    ["", "${exit}", "${exit} = ", "${exit} = ${gas}", "count(${exit}) > 1", "${exit} = 'maybe'", "${exit} > 3", "${nobody} = 1", "../exit = 1",
     "${exit} = 'unchecked'", "if(${exit} = 'pass', 1, 0)", "${exit} = 'pass' and", "not ${exit}", "selected(.)", "(" * 100, "${exit} = 'pass' ; 1",
     "${gas} = 'much'", "once(${exit})", "🙂", "${ exit } = 'pass'", "${wrong} = 'rust'", "${wrong} != 'rust'"],
)  # fmt: skip
def test_xpath_that_no_condition_can_say_is_refused(xpath: str) -> None:
    with pytest.raises(ExpressionError):
        read_xpath(xpath, QUESTIONS)


def test_every_condition_of_the_repository_survives_both_ways() -> None:
    said = total = 0
    for path in CHECKLISTS_FOLDER.glob("*.json"):
        document = json.loads(path.read_text("utf-8"))
        questions = questions_of(document)
        for section in document["sections"]:
            for entry in [section, *section["items"]]:
                if "relevant" not in entry:
                    continue
                condition = entry["relevant"]
                home = section["id"] if "repeat" in section and entry is not section else None
                assert read_condition(write_condition(condition)) == condition
                total += 1
                xpath = write_xpath(condition, questions, home)
                if xpath:
                    said += 1
                    read_xpath(xpath, questions)

    assert said >= 0.95 * total


@pytest.mark.parametrize(
    "limit", [{"below": 1.0}, {"at_least": 18, "at_most": 24}, {"above": 0, "when": {"profile": "method", "is": "deep"}}]
)
def test_a_limit_is_one_line(limit: dict[str, Any]) -> None:
    assert read_limit(write_limit(limit)) == limit


@pytest.mark.parametrize(
    ("constraint", "bounds", "length"),
    [(". >= 0 and . <= 100", {"at_least": 0, "at_most": 100}, None), ("(.>0) and (.<2.5)", {"above": 0, "below": 2.5}, None),
     ("0 <= . and . <= 31", {"at_least": 0, "at_most": 31}, None), ("string-length(.) <= 50", {}, 50),
     ("(string-length(.) < 50 and (string-length(.) <= 60))", {}, 49), (". >= 5 and . >= 7 and . < 9 and . < 8", {"at_least": 7, "below": 8}, None),
     ("((. ≥ 0) AND (. <= 9))", {"at_least": 0, "at_most": 9}, None)],
)  # fmt: skip
def test_a_range_of_xlsform_is_read(constraint: str, bounds: dict[str, Any], length: int | None) -> None:
    assert read_range(constraint) == (bounds, length)


@pytest.mark.parametrize(
    "constraint",
    [". = 5", ". != 5", ". >= 0 or . <= 9", "not(. > 5)", ". > 1)", "((. > 1)", ". > 1 and", "and . > 1", "", "()", "(. > 1) (. < 9)",
     ". < ${gas}", ". < today()", "regex(., 'x')", "count-selected(.) < 3", "(" * 3000 + ". > 1" + ")" * 3000],
    ids=lambda constraint: constraint[:20],
)  # fmt: skip
def test_a_constraint_that_is_no_range_is_refused(constraint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_range(constraint)

    assert "“”" not in caught.value.zh
