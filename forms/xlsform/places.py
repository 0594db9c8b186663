"""Where in a workbook each place of a checklist document was written, so that problems of the document name a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forms.problems import Problem
from forms.xlsform.cells import Cell, CellProblem, Row, Sheet
from vocabulary import Text

Place = Cell | Row | Sheet

# What authors of workbooks know under another name.
_COLUMN_NAMES = {
    "statement": "label", "how": "hint", "photo_hint": "guidance_hint", "relevant": "condition", "id": "name",
    "hazard": "phrases_zh, phrases_en, deadline_days, deadline_kind, evidence_zh, evidence_en",
    "phrases": "phrases_zh, phrases_en", "days": "deadline_days", "day_kind": "deadline_kind",
    "evidence": "evidence_zh, evidence_en",
    "reasons": "reasons_zh, reasons_en", "deduction_per_occurrence": "partial_deduction", "max_length": "maximum",
}  # fmt: skip


# How it is done in a workbook, where the words for a document leave it open.
_MENDS: dict[str, Text] = {
    "no-points": {"zh": "在 points 列给至少一项写上分值", "en": "give at least one row a figure in the column points"},
}


class Places:
    """Cells by JSON pointer."""

    def __init__(self, whole: Place) -> None:
        self._places: dict[str, Place] = {"": whole}

    def put(self, pointer: str, place: Place) -> None:
        self._places[pointer] = place

    def put_cells(self, pointer: str, cells: Iterable[tuple[str, Cell]]) -> None:
        """Places of parts of an object that have cells of their own."""
        for key, cell in cells:
            self._places[f"{pointer}/{key}"] = cell

    def of(self, pointer: str) -> Place:
        """The place of the longest known beginning of a pointer."""
        while pointer not in self._places:
            pointer = pointer.rpartition("/")[0]
        return self._places[pointer]

    def located(self, problem: Problem) -> CellProblem:
        """A problem of the document as a problem of a cell, in the words of the workbook."""
        place = self.of(problem.pointer)
        what, mend = problem.what, _MENDS.get(problem.code, problem.mend)
        if problem.code == "range-reversed":
            place = self._places.get(f"{problem.pointer}/minimum", place)
        if problem.code == "schema-required":
            # One missing part is missing in its own column.
            lacking = problem.what["en"].removesuffix(" is missing").split(", ")
            place = self._places.get(f"{problem.pointer}/{lacking[0]}", place) if len(lacking) == 1 else place
            what, mend = _in_columns(what), _in_columns(mend)
        return place.problem(problem.code, what, mend, problem.severity)


def _in_columns(words: Text) -> Text:
    def renamed(text: str) -> str:
        return re.sub(r"\b[a-z_]+\b", lambda found: _COLUMN_NAMES.get(found[0], found[0]), text)

    # "is missing", "add" are no names of columns, and none of them is in the table.
    return {"zh": renamed(words["zh"]), "en": renamed(words["en"])}
