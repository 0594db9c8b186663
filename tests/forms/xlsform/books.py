"""Workbooks for tests, written down as text: a sheet is a name and rows of cells divided by bars."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

from forms.xlsform import CellProblem, Defaults, Imported

FILLED = Defaults(
    checklist_id="tried", title="试用表", version="2026.7", valid_from="2026-12-01",
    basis=("work-safety-law-2021", "第41条"), deadline_days=7,
)  # fmt: skip


def book(**sheets: str) -> bytes:
    """The .xlsx of sheets given as tables: one row per line, cells divided by ``|`` (one in front means an empty first cell); a
    backslash-n is a line break.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, table in sheets.items():
        sheet = workbook.create_sheet(name)
        for line in table.strip().splitlines():
            cells = [cell.strip().replace("\\n", "\n") for cell in line.strip().removesuffix("|").split("|")]
            sheet.append([cell or None for cell in cells])
    return saved(workbook)


def edited(data: bytes, edit: Callable[[Workbook], Any]) -> bytes:
    """The same workbook after somebody worked on it."""
    workbook = load_workbook(io.BytesIO(data))
    edit(workbook)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def find_cell(workbook: Workbook, sheet: str, name: str, column: str) -> Any:
    """The cell of a column in the first row whose ``name``, ``id`` or ``key`` is ``name``."""
    table = workbook[sheet]
    headers = {cell.value: cell.column for cell in table[1]}
    key = next(header for header in ("name", "id", "key") if header in headers)
    row = next(row for row in range(2, table.max_row + 1) if table.cell(row, headers[key]).value == name)
    return table.cell(row, headers[column])


def errors(imported: Imported) -> list[tuple[str, str]]:
    """Place and code of every error."""
    return [(place(problem), problem.code) for problem in imported.errors]


def notes(imported: Imported) -> list[tuple[str, str]]:
    """Place and code of everything that is no error."""
    return [(place(problem), problem.code) for problem in imported.problems if problem not in imported.errors]


def place(problem: CellProblem) -> str:
    return f"{problem.sheet}!{problem.cell}"
