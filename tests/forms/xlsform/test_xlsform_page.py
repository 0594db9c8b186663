"""The page of the workbook names every sheet, column and key that is ours, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forms.xlsform import columns

PAGE = (Path(__file__).parents[3] / "docs" / "xlsform.md").read_text("utf-8")
OF_XLSFORM = {"type", "name", "label", "hint", "guidance_hint", "required", "relevant", "constraint", "constraint_message"}


def section(number: int) -> str:
    return PAGE.split(f"\n## {number} ")[1].split("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """Names in the first column of the section's table."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)} - {"key"}


def bare(names: list[str]) -> set[str]:
    return {name.split("::")[0] for name in names}


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (2, bare(columns.SURVEY_COLUMNS) - OF_XLSFORM),
        (3, bare(columns.CHOICES_COLUMNS) - {"list_name", "name", "label"}),
        (4, set(columns.CHECKLIST_KEYS)),
        (5, set(columns.DETERMINATION_COLUMNS)),
    ],
    ids=["survey", "choices", "checklist", "determinations"],
)
def test_each_name_of_ours_has_its_line(number: int, names: set[str]) -> None:
    assert first_cells(section(number)) == names


def test_the_columns_of_xlsform_are_named_too() -> None:
    named = set(re.findall(r"`([^`]+)`", section(2).split("我们加的")[0]))

    assert named >= OF_XLSFORM
    assert set(columns.SETTINGS_COLUMNS) <= set(re.findall(r"`([^`]+)`", section(1)))


def test_every_sheet_has_its_line() -> None:
    sheets = {columns.SURVEY, columns.CHOICES, columns.SETTINGS, columns.CHECKLIST, columns.SCORING, columns.DETERMINATIONS}

    assert first_cells(section(1)) == sheets
