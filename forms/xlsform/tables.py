"""A sheet read by what its columns mean: texts in two languages, numbers, yes and no, lists; what does not fit is a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from forms.unfinished import TO_TRANSLATE
from forms.xlsform.cells import Cell, CellProblem, Row, Sheet, text
from forms.xlsform.columns import LEFT_OUT, Column, column_of, language_of
from vocabulary import AuthoringSeverity, Text

_YES = {"yes", "true", "1", "是", "y", "true()"}
_NO = {"no", "false", "0", "否", "n", "false()"}
CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SPACES = re.compile(r"[ \t]+")


@dataclass(slots=True)
class Table:
    """A sheet with its columns understood. ``ours``: the author uses our columns, so nothing is filled in for them."""

    sheet: Sheet
    columns: dict[str, Column]
    ours: bool
    problems: list[CellProblem]
    untranslated: list[Row] = field(default_factory=list)
    _headers: dict[Column, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, sheet: Sheet, kind: str, known: Iterable[str], *, ours: bool, default_language: str, problems: list[CellProblem]
    ) -> Table:
        """The table of a sheet. Columns that are not known are left out and named."""
        problems += sheet.problems
        fields = {column_of(header, kind).field for header in known}
        table = cls(sheet, {}, ours, problems)
        for header, letter in sheet.headers.items():
            column = column_of(header, kind)
            if not column.language and column.field in ("label", "hint", "guidance_hint") and default_language:
                column = Column(column.field, language_of(default_language))
            table.columns[header] = column
            if column.field not in fields:
                table._leave_out(header, letter, column)
            elif column in table._headers:
                problems.append(
                    CellProblem(
                        sheet.name, sheet.header_row, letter, header, "duplicate-column",
                        text(f"{header} 与 {table._headers[column]} 同义", f"{header} means what {table._headers[column]} does"),
                        text("删去一列", "remove one of them"),
                    )
                )  # fmt: skip
            else:
                table._headers[column] = header
        table._tell_other_languages()
        return table

    def _tell_other_languages(self) -> None:
        """Names the columns in languages that a checklist does not have, where it gets its own from others."""
        ours = {column.field for column in self._headers if column.language in ("", "zh", "en")}
        for column, header in self._headers.items():
            if column.language not in ("", "zh", "en") and column.field in ours:
                place = Cell(None, self.sheet.name, self.sheet.header_row, self.sheet.headers[header], header)
                what = text(
                    f"{header} 列没有用上：检查表只有中文和英文",
                    f"the column {header} is left out: checklists are in Chinese and English",
                )
                mend = text("不需要处理", "nothing to do")
                self.problems.append(place.problem("column-left-out", what, mend, AuthoringSeverity.WARNING))

    def _leave_out(self, header: str, letter: str, column: Column) -> None:
        expected = column.field in LEFT_OUT or re.match(r"(control|body|bind)\b", header, re.IGNORECASE) is not None
        self.problems.append(
            CellProblem(
                self.sheet.name, self.sheet.header_row, letter, header, "column-left-out",
                text(f"{header} 列没有用上", f"the column {header} is left out"),
                text("检查项没有预填、只读和触发，不需要就不用管", "items have no default, read-only or trigger; nothing to do")
                if column.field in ("default", "read_only", "trigger")
                else text("手机按自己的版式显示，不用这一列", "phones draw in their own way")
                if expected
                else text("若是写错了列名，请改正", "if the name is misspelt, mend it"),
                AuthoringSeverity.WARNING,
            )
        )  # fmt: skip

    def has(self, name: str) -> bool:
        return any(column.field == name for column in self._headers)

    def cell(self, row: Row, name: str, language: str = "") -> Cell:
        """The cell of a field; an empty one where the row has none."""
        header = self._headers.get(Column(name, language))
        if header is not None and header in row.cells:
            return row.cells[header]
        letter = self.sheet.headers.get(header, "") if header else ""
        return Cell(None, row.sheet, row.number, letter, header or name)

    def text_cell(self, row: Row, name: str) -> Cell:
        """The cell of a translated text in the first language that has a column."""
        language = next((column.language for column in self._headers if column.field == name), "")
        return self.cell(row, name, language)

    def value(self, row: Row, name: str) -> str:
        return self.cell(row, name).text

    def flag(self, row: Row, name: str) -> bool | None:
        """yes, no, or None for an empty cell."""
        cell = self.cell(row, name)
        if not cell.text:
            return None
        lower = cell.text.lower()
        if lower in _YES or lower in _NO:
            return lower in _YES
        self.problems.append(
            cell.problem(
                "not-yes-no",
                text(f"“{cell.text}”不是 yes 或 no", f"“{cell.text}” is neither yes nor no"),
                text("写 yes 或 no", "write yes or no"),
            )
        )
        return None

    def number(self, row: Row, name: str) -> int | float | None:
        """The number of a cell, None when it is empty or no number."""
        cell = self.cell(row, name)
        if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
            return int(cell.value) if float(cell.value).is_integer() else cell.value
        if not cell.text:
            return None
        if re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", cell.text):
            return float(cell.text) if "." in cell.text else int(cell.text)
        self.problems.append(
            cell.problem(
                "not-a-number", text(f"“{cell.text}”不是数", f"“{cell.text}” is not a number"), text("写一个数", "write a number")
            )
        )
        return None

    def lines(self, row: Row, name: str) -> list[str]:
        """The lines of a cell, without empty ones."""
        found = (line.strip() for line in self.cell(row, name).text.split("\n"))
        return [re.sub(r"\\([\\n])", lambda mark: "\n" if mark[1] == "n" else "\\", line) for line in found if line]

    def texts(self, row: Row, name: str) -> dict[str, str] | None:
        """A translated text; None if the row has it in no language.

        A foreign form that lacks a language gets it marked as to be translated; ours is told what is missing.
        """
        found = {language: self.cell(row, name, language).text for language in ("zh", "en")}
        plain = self.cell(row, name).text
        if plain:
            language = "zh" if CJK.search(plain) else "en"
            found[language] = found[language] or plain
        if not found["zh"] and not found["en"]:
            languages = [column.language for column in self._headers if column.field == name]
            other = next((written for language in languages if (written := self.cell(row, name, language).text)), "")
            if not other:
                return None
            self.untranslated.append(row)
            return {"zh": TO_TRANSLATE["zh"] + other, "en": TO_TRANSLATE["en"] + other}
        if self.ours:
            return {language: value for language, value in found.items() if value}
        for language, other in (("zh", "en"), ("en", "zh")):
            if not found[language] or (language == "zh" and not CJK.search(found["zh"]) and found["zh"] == found["en"]):
                found[language] = TO_TRANSLATE[language] + found[other]  # type: ignore[literal-required]
                self.untranslated.append(row)
        return found

    def pair(self, row: Row, name: str) -> dict[str, str] | None:
        """A text of ours in ``name_zh`` and ``name_en``; what is missing is left to the validator."""
        found = {language: self.value(row, f"{name}_{language}") for language in ("zh", "en")}
        return {language: value for language, value in found.items() if value} or None

    def pairs(self, row: Row, name: str) -> list[dict[str, str]]:
        """Texts of ours, one per line, the same number of lines in both languages."""
        zh, en = self.lines(row, f"{name}_zh"), self.lines(row, f"{name}_en")
        if len(zh) != len(en):
            what = text(
                f"{name}_zh 有 {len(zh)} 行，{name}_en 有 {len(en)} 行",
                f"{name}_zh has {len(zh)} lines, {name}_en {len(en)}",
            )
            mend = text("两种语言逐行对应", "one line per text, in both languages")
            # Either may be the wrong one.
            self.problems += [self.cell(row, f"{name}_{each}").problem("lines-differ", what, mend) for each in ("zh", "en")]
        return [{"zh": first, "en": second} for first, second in zip(zh, en, strict=False)]


def one_of(cell: Cell, values: Iterable[str]) -> CellProblem:
    known = ", ".join(values)
    what = text(f"“{cell.text}”不在可选值内", f"“{cell.text}” is not one of the allowed values")
    return cell.problem("unknown-value", what, text(f"写其中之一：{known}", f"write one of {known}"))


def missing(place: Cell, zh: str, en: str, mend: Text) -> CellProblem:
    return place.problem("missing", text(zh, en), mend)
