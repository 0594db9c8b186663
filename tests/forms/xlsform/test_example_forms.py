"""The public example forms of pyxform: each becomes a checklist or is refused row by row, in words for the office."""

from __future__ import annotations

import re

import pytest

from forms.standards import load_standards
from forms.xlsform import read_workbook
from tests.forms.xlsform.books import FILLED
from tests.forms.xlsform.examples import LACKING, example_forms

EXAMPLES = example_forms()
STANDARDS = load_standards()
IMPORTED = {
    "bug_example_xls/ODKValidateWarnings.xlsx", "bug_example_xls/badly_named_choices_sheet.xls", "bug_example_xls/blank_second_row.xls",
    "bug_example_xls/ict_survey_fails.xls", "example_xls/group.csv", "example_xls/group.xls", "example_xls/instance_xmlns_test.xls",
    "example_xls/settings.xls", "example_xls/style_settings.xls", "example_xls/text_and_integer.csv", "example_xls/text_and_integer.xls",
    "example_xls/tutorial.xls", "example_xls/yes_or_no_question.csv", "example_xls/yes_or_no_question.xls",
}  # fmt: skip


def test_the_example_forms_are_there() -> None:
    """Without them the tests below would pass with nothing to read."""
    assert len(EXAMPLES) == 69, LACKING


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_form_is_imported_or_refused_at_its_cells(name: str) -> None:
    imported = read_workbook(EXAMPLES[name], STANDARDS, FILLED)

    assert (imported.document is not None) == (name in IMPORTED), imported.errors
    assert (imported.document is None) == bool(imported.errors)
    for problem in imported.problems:
        assert problem.sheet or problem.code == "file-unreadable"
        assert re.search("[一-鿿]", problem.what["zh"]), problem
        assert re.search("[一-鿿]", problem.mend["zh"]), problem
        assert not re.search("[一-鿿]", problem.mend["en"].replace("中文 (zh)", "")), problem
    places = [(problem.sheet, problem.cell, problem.code) for problem in imported.problems]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("name", EXAMPLES)
def test_most_faults_of_an_example_form_name_a_row(name: str) -> None:
    """Only what is wrong with a whole sheet may do without."""
    errors = read_workbook(EXAMPLES[name], STANDARDS, FILLED).errors

    assert {problem.code for problem in errors if not problem.row} <= {"no-points", "file-unreadable"}
