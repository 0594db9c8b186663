"""A checklist becomes a workbook that pyxform accepts, and the workbook the same checklist again."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from forms.check import CHECKLISTS_FOLDER
from forms.problems import has_errors
from forms.standards import load_standards
from forms.validation import validate_checklist
from forms.xlsform import Unwritable, read_workbook, write_workbook
from tests.forms.sketches import completed, text
from tests.forms.xlsform.books import edited, errors, find_cell
from tests.forms.xlsform.random_documents import valid_document

FILES = sorted(CHECKLISTS_FOLDER.glob("*.json"))
STANDARDS = load_standards()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_checklist_of_the_repository_survives_the_workbook(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))

    imported = read_workbook(write_workbook(document), STANDARDS)

    assert errors(imported) == []
    assert imported.document == document


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pyxform_accepts_the_workbook_of_every_checklist(path: Path) -> None:
    warnings: list[str] = []

    xform = convert(write_workbook(json.loads(path.read_text("utf-8"))), file_type=".xlsx", warnings=warnings).xform

    assert warnings == []
    assert "<h:title>" in xform


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_random_checklist_survives_the_workbook(seed: int) -> None:
    document = valid_document(Random(seed))
    assume(document is not None)
    assert document is not None

    imported = read_workbook(write_workbook(document))

    assert errors(imported) == []
    assert imported.document == document
    convert(write_workbook(document), file_type=".xlsx")


def test_the_same_checklist_gives_the_same_cells() -> None:
    document = json.loads(FILES[0].read_text("utf-8"))

    again = read_workbook(write_workbook(document), STANDARDS).document

    assert again is not None
    assert read_workbook(write_workbook(again), STANDARDS).document == document


def _awkward() -> dict[str, Any]:
    """Whatever a spreadsheet likes to spoil: signs of formulas, figures as text, line breaks, ids like our own names."""
    return completed(
        {
            "profile": [{"id": "pass", "type": "boolean"}, {"id": "staff", "type": "number", "unit": "人"}],
            "sections": [
                {
                    "id": "pass_fail", "weight": 0.5,
                    "items": [
                        {"id": "yes_no", "type": "choice", "points": 0.125, "gate": False, "veto": True, "statement": text("=1+1 是公式", "=SUM(A1) is a formula"),
                         "how": text("第一行\n第二行", "first line\nsecond line"),
                         "choice": {"options": [{"value": "1", "result": "pass"}, {"value": "true", "result": "partial", "deduction": 0.1}, {"value": "0", "result": "fail"}]}},
                        {"id": "judgement", "type": "judgement", "points": 3, "partial": {"deduction_per_occurrence": 1.5},
                         "not_applicable": {"reasons": [text("没有 \\n 这样的", "none \\n such"), text("两行\n一条", "two lines\none text")]},
                         "basis": [{"standard": "work-safety-law-2021", "clause": "2026.10"}, {"standard": "work-safety-law-2021", "clause": "第 41 条 第 2 款"}],
                         "relevant": {"all": [{"profile": "pass", "is": False}, {"at_least": 1, "of": [{"item": "yes_no", "value": "true"}]}]}},
                        {"id": "n", "type": "number", "points": 1,
                         "number": {"unit": "", "decimals": 3, "minimum": -0.5, "maximum": 1, "limits": [{"when": {"not": {"profile": "staff", "number": {"above": 3, "at_most": 9}}}, "at_least": 0, "below": 0.333}, {"equals": 1} if False else {"at_most": 1}]}},
                    ],
                },
                {"id": "yes_no", "weight": 1, "items": [
                    {"id": "note", "type": "text", "points": 0, "text": {"max_length": 12, "required": False}},
                    {"id": "shots", "type": "photo", "points": 0, "not_applicable": None, "photo": {"minimum": 0, "maximum": 3}},
                ]},
            ],
        }
    )  # fmt: skip


def test_awkward_texts_and_names_survive_the_workbook() -> None:
    document = _awkward()
    assert not has_errors(validate_checklist(document))

    imported = read_workbook(write_workbook(document))

    assert errors(imported) == []
    assert imported.document == document


@pytest.mark.parametrize("name", ["meta", "data", "profile"])
def test_an_item_may_have_a_name_that_xlsform_keeps_for_itself(name: str) -> None:
    document = _awkward()
    [item, other, *_] = document["sections"][0]["items"]
    item["id"] = name
    other["relevant"] = {"item": name, "value": "true"}

    workbook = write_workbook(document)

    assert read_workbook(workbook).document == document
    assert f"/section.pass_fail/item.{name}" in convert(workbook, file_type=".xlsx").xform


@pytest.mark.parametrize("missing", ["profile", "determinations", "description"])
def test_parts_that_may_be_missing_stay_missing(missing: str) -> None:
    document = {key: value for key, value in _awkward().items() if key != missing}
    document["sections"] = [
        {"id": "a", "title": text("部位", "Place"), "weight": 1, "items": [document["sections"][0]["items"][0]]}
    ]

    assert read_workbook(write_workbook(document)).document == document


@pytest.mark.parametrize("spoilt", ["\x07", "x" * 40_000, "\u00a0", "_x000D_", "a\rb"])
def test_a_text_that_no_cell_can_hold_is_named(spoilt: str) -> None:
    document = _awkward()
    document["sections"][0]["title"]["zh"] = "部位" + spoilt + "末"

    with pytest.raises(Unwritable):
        write_workbook(document)


def test_an_edit_in_excel_becomes_an_edit_of_the_checklist() -> None:
    document = _awkward()

    def edit(workbook: Any) -> None:
        find_cell(workbook, "survey", "judgement", "points").value = 5
        find_cell(workbook, "survey", "judgement", "label::中文 (zh)").value = "改过的说法"
        find_cell(workbook, "survey", "judgement", "phrases_zh").value = "一条\n\n两条 "
        find_cell(workbook, "survey", "judgement", "phrases_en").value = "one\ntwo"
        find_cell(workbook, "checklist", "valid_from", "value").value = "2027-01-01"

    found = read_workbook(edited(write_workbook(document), edit)).document

    assert found is not None
    item = found["sections"][0]["items"][1]
    assert (item["points"], item["statement"]["zh"], found["valid_from"]) == (5, "改过的说法", "2027-01-01")
    assert item["hazard"]["phrases"] == [text("一条", "one"), text("两条", "two")]


def test_a_condition_may_be_given_up_for_the_formula_of_xlsform() -> None:
    document = _awkward()

    def edit(workbook: Any) -> None:
        find_cell(workbook, "survey", "judgement", "condition").value = None
        find_cell(workbook, "survey", "judgement", "relevant").value = "${yes_no} = '0' and not(${profile.pass} = 'true')"

    found = read_workbook(edited(write_workbook(document), edit)).document

    assert found is not None
    assert found["sections"][0]["items"][1]["relevant"] == {
        "all": [{"item": "yes_no", "value": "0"}, {"not": {"profile": "pass", "is": True}}]
    }
