"""What is wrong in a workbook of ours is said with sheet, row and cell, all at once, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.check import CHECKLISTS_FOLDER
from forms.standards import load_standards
from forms.xlsform import read_workbook, write_workbook
from tests.forms.xlsform.books import edited, find_cell, place

STANDARDS = load_standards()
MINE = json.loads((CHECKLISTS_FOLDER / "coal_mine.json").read_text("utf-8"))
WORKBOOK = write_workbook(MINE)
FIRST = MINE["sections"][0]["items"][0]["id"]
NUMBER = next(
    item["id"]
    for section in MINE["sections"]
    for item in section["items"]
    if item["type"] == "number" and "design" not in item["number"]
)
HIDDEN = next(item["id"] for section in MINE["sections"] for item in section["items"] if "relevant" in item)

MISTAKES = [
    ("survey", FIRST, "points", "five", "not-a-number"),
    ("survey", FIRST, "points", -1, "schema-minimum"),
    ("survey", FIRST, "points", None, "schema-required"),
    ("survey", FIRST, "label::English (en)", None, "schema-required"),
    ("survey", FIRST, "label::English (en)", "中文", "untranslated"),
    ("survey", FIRST, "gate", "maybe", "not-yes-no"),
    ("survey", FIRST, "basis", "work-safety-law-2021", "citation"),
    ("survey", FIRST, "basis", "no-such-law 第1条", "unknown-standard"),
    ("survey", FIRST, "name", "Not An Id!", "renamed"),
    ("survey", FIRST, "name", None, "name"),
    ("survey", FIRST, "type", "select_one", "type-refused"),
    ("survey", FIRST, "type", None, "type-missing"),
    ("survey", FIRST, "deadline_kind", "lunar", "schema-enum"),
    ("survey", FIRST, "phrases_en", "one\ntwo\nthree\nfour\nfive\nsix\nseven", "lines-differ"),
    ("survey", NUMBER, "limits", "about 3", "expression"),
    ("survey", NUMBER, "limits", "<99999999", "limit-out-of-range"),
    ("survey", NUMBER, "minimum", 10**9 - 1, "range-reversed"),
    ("survey", HIDDEN, "condition", "RESULT(nothing, fail)", "unknown-item"),
    ("survey", HIDDEN, "condition", "RESULT(", "expression"),
    ("survey", HIDDEN, "condition", "WENN(a, b)", "expression"),
    ("survey", HIDDEN, "relevant", "${nothing} = 'x'", "relevant-differs"),
    ("checklist", "valid_from", "value", "2026-02-30", "no-such-day"),
    ("checklist", "sector", "value", "space_travel", "schema-enum"),
    ("checklist", "confirmed_by_office", "value", "perhaps", "not-yes-no"),
    ("determinations", MINE["determinations"][0]["id"], "grade", "huge", "schema-enum"),
    ("determinations", MINE["determinations"][0]["id"], "when", "AND()", "expression"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "name", "column", "value", "code"), MISTAKES, ids=[f"{m[2]}-{m[4]}" for m in MISTAKES])
def test_a_mistake_names_its_cell(sheet: str, name: str, column: str, value: Any, code: str) -> None:
    at = ""

    def edit(workbook: Any) -> None:
        nonlocal at
        cell = find_cell(workbook, sheet, name, column)
        cell.value = value
        at = f"{sheet}!{cell.coordinate}"

    problems = read_workbook(edited(WORKBOOK, edit), STANDARDS).problems

    found = [problem for problem in problems if problem.code == code]
    assert at in [place(problem) for problem in found], [(place(p), p.code, p.what["zh"]) for p in problems]
    assert all(problem.what["zh"] and problem.what["en"] and problem.mend["zh"] and problem.mend["en"] for problem in found)


def test_a_figure_that_cannot_be_read_is_told_once() -> None:
    def edit(workbook: Any) -> None:
        find_cell(workbook, "survey", FIRST, "points").value = "六分"

    assert [problem.code for problem in read_workbook(edited(WORKBOOK, edit), STANDARDS).errors] == ["not-a-number"]


def test_all_mistakes_are_said_at_once() -> None:
    def edit(workbook: Any) -> None:
        find_cell(workbook, "survey", FIRST, "points").value = "x"
        find_cell(workbook, "survey", NUMBER, "limits").value = "?"
        find_cell(workbook, "checklist", "sector", "value").value = "x"
        find_cell(workbook, "determinations", MINE["determinations"][1]["id"], "halt").value = "x"

    codes = {problem.code for problem in read_workbook(edited(WORKBOOK, edit), STANDARDS).errors}

    assert {"not-a-number", "expression", "schema-enum"} <= codes


def test_a_removed_item_that_others_test_is_named_where_it_is_tested() -> None:
    tested = next(
        item["relevant"]["item"]
        for section in MINE["sections"]
        for item in section["items"]
        if "item" in item.get("relevant", {})
    )

    def edit(workbook: Any) -> None:
        workbook["survey"].delete_rows(find_cell(workbook, "survey", tested, "name").row)

    imported = read_workbook(edited(WORKBOOK, edit), STANDARDS)

    unknown = [problem for problem in imported.errors if problem.code == "unknown-item"]
    assert unknown
    assert all(problem.header in ("condition", "relevant", "when", "unless", "limits") for problem in unknown)


@pytest.mark.parametrize("sheet", ["survey", "scoring", "checklist", "settings", "choices"])
def test_a_sheet_that_is_gone_is_refused(sheet: str) -> None:
    imported = read_workbook(edited(WORKBOOK, lambda workbook: workbook.remove(workbook[sheet])), STANDARDS)

    assert imported.document is None
    assert imported.errors


def test_swapped_rows_of_begin_and_end_are_refused() -> None:
    def edit(workbook: Any) -> None:
        survey = workbook["survey"]
        survey.delete_rows(next(row for row in range(2, 300) if survey.cell(row, 1).value == "end_group"))

    assert "group-not-closed" in {problem.code for problem in read_workbook(edited(WORKBOOK, edit)).errors}
