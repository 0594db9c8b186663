"""A workbook as a checklist: ours exactly, a foreign XLSForm as far as a checklist can say it, everything else refused.

All problems are reported at once, each with sheet, row and cell. What a foreign form lacks and nobody gave is never invented:
texts are marked as to be translated or completed, which keeps the draft from being published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.parsing.expression import is_xml_tag
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from forms.problems import pointer_to
from forms.standards import Standards
from forms.unfinished import TO_COMPLETE, TO_TRANSLATE
from forms.validation import validate_checklist
from forms.xlsform import columns
from forms.xlsform.cells import Book, Cell, CellProblem, Row, Sheet, read_book, text
from forms.xlsform.expressions import ExpressionError, read_condition
from forms.xlsform.items import JUDGEMENT_LIST, Choice, Defaults, Items
from forms.xlsform.places import Places
from forms.xlsform.question_types import Kind, QuestionType, as_xlsform, question_type
from forms.xlsform.questions import profile_question, questions_of
from forms.xlsform.tables import CJK, Table
from forms.xlsform.writing import INSTANCE_KEY, SECTION, YES_NO_LIST
from forms.xlsform.xpath import ITEM, NOT_APPLICABLE, NOTHING_FOUND, PROFILE, Question, UnknownQuestion, read_xpath, write_xpath
from vocabulary import AuthoringSeverity

DEPTH_AT_MOST = 8
SCHEMA = "https://zezhou.example/schemas/checklist-1.json"
REPEATS_AT_MOST = 50

_BANDS = [
    {"grade": "excellent", "label": {"zh": "优秀", "en": "Excellent"}, "at_least": 90},
    {"grade": "good", "label": {"zh": "良好", "en": "Good"}, "at_least": 80},
    {"grade": "qualified", "label": {"zh": "合格", "en": "Qualified"}, "at_least": 60},
    {"grade": "unqualified", "label": {"zh": "不合格", "en": "Unqualified"}, "at_least": 0},
]


@dataclass(frozen=True, slots=True)
class Imported:
    """The checklist, None if there is any error, and everything there is to say about the workbook."""

    document: dict[str, Any] | None
    problems: list[CellProblem]

    @property
    def errors(self) -> list[CellProblem]:
        return [problem for problem in self.problems if problem.severity is AuthoringSeverity.ERROR]


def read_workbook(data: bytes, standards: Standards | None = None, defaults: Defaults | None = None) -> Imported:
    """The checklist of an .xlsx, .xls or XLSForm .csv file.

    Raises: nothing, whatever the bytes.
    Source: docs/xlsform.md
    """
    book = read_book(data)
    if book.problems:
        return Imported(None, book.problems)
    reader = _Reader(book, defaults or Defaults())
    document = reader.document()
    if document is not None:
        # What stands in for grounds that are missing is in no catalogue.
        known = None if any(problem.code == "basis-missing" for problem in reader.problems) else standards
        located = [reader.places.located(problem) for problem in validate_checklist(document, known)]
        reader.problems += _news(reader.problems, located)
    if document is not None and not _has_errors(reader.problems) and not reader.ours:
        reader.problems += _pyxform_problems(book)
    problems = _in_order(reader.problems, book)
    return Imported(None if _has_errors(problems) else document, problems)


def _news(known: list[CellProblem], found: list[CellProblem]) -> list[CellProblem]:
    """What was not caused by the reader's own refusals: a figure that cannot be read is not "missing" as well."""
    refused = {(each.sheet, each.cell) for each in known if each.column and each.severity is AuthoringSeverity.ERROR}
    # The rows that were refused may have been the ones with points.
    rows_refused = any(each.code in _ROW_REFUSED for each in known)
    return [
        each
        for each in found
        if not (each.code == "schema-required" and (each.sheet, each.cell) in refused)
        and not (each.code == "no-points" and rows_refused)
    ]


@dataclass(slots=True)
class _Frame:
    """A group or repeat that is open at a row."""

    row: Row
    name: str
    repeats: bool
    section: _Section | None = None
    is_profile: bool = False


@dataclass(slots=True)
class _Section:
    id: str
    row: Row | None
    frames: list[_Frame]
    items: list[tuple[dict[str, Any], Row, list[_Frame]]] = field(default_factory=list)
    key_row: Row | None = None


class _Reader:
    """Reads one workbook. Conditions come last, when all names are known."""

    def __init__(self, book: Book, defaults: Defaults) -> None:
        self.book = book
        self.defaults = defaults
        self.problems: list[CellProblem] = []
        self.questions: dict[str, Question] = {}
        self.ids: dict[str, Row] = {}
        self.rows: dict[str, Row] = {}
        self.broken_lists: set[str] = set()
        self.names: dict[tuple[int, str], Row] = {}
        self.sections: list[_Section] = []
        self.profile: list[tuple[dict[str, Any], Row]] = []
        self.stack: list[_Frame] = []
        self.places = Places(next(iter(book.sheets.values()), Sheet("", {}, [])))
        checklist = book.find(columns.CHECKLIST)
        self.ours = checklist is not None and any(
            cell.text == columns.FORMAT for row in checklist.rows for cell in row.cells.values()
        )

    def document(self) -> dict[str, Any] | None:
        sheet = self.book.find(columns.SURVEY)
        if sheet is None and len(self.book.sheets) == 1:
            sheet = next(iter(self.book.sheets.values()))
        if sheet is None or not sheet.rows:
            self._no_survey(sheet)
            return None
        self.places.put("", sheet)
        settings = self._settings()
        language = next(
            (cell.text for row in settings for name, cell in row.cells.items() if name.lower() == "default_language"), ""
        )
        choices_table, choices = self._choices(language)
        known = [*columns.SURVEY_COLUMNS, "repeat_count", "calculation", "choice_filter", "parameters", "disabled"]
        survey = Table.read(sheet, columns.SURVEY, known, ours=self.ours, default_language=language, problems=self.problems)
        if not survey.has("type"):
            self.problems.append(
                sheet.problem(
                    "type-column-missing",
                    text("没有 type 列", "there is no column type"),
                    text(
                        "第一行写列名 type、name、label；上面的标题行、说明行删去",
                        "the first row names the columns: type, name, label; remove titles and remarks above it",
                    ),
                )
            )
            return None
        self.survey = survey
        self.items = Items(survey, choices_table, choices, self.broken_lists, self.defaults, self.problems)
        for row in sheet.rows:
            self._row(row)
        for frame in self.stack:
            self.problems.append(
                survey.cell(frame.row, "type").problem(
                    "group-not-closed",
                    text(f"{frame.name} 没有结束", f"{frame.name} is never ended"),
                    text("补上 end_group 或 end_repeat", "add end_group or end_repeat"),
                )
            )
        self._tell_untranslated(survey)
        document = self._assembled(settings)
        if not document["sections"]:
            if not _has_errors(self.problems):
                self.problems.append(
                    sheet.problem(
                        "no-items",
                        text("没有一行能成为检查项", "no row can become an item"),
                        text(
                            "加 select_one、integer、decimal、select_multiple 题",
                            "add select_one, integer, decimal or select_multiple rows",
                        ),
                    )
                )
            return None
        return document

    def _no_survey(self, sheet: Sheet | None) -> None:
        names = "、".join(each.name for each in self.book.sheets.values())
        mend = text(
            "第一张工作表叫 survey，第一行写列名 type、name、label",
            "name the first sheet survey; its first row names the columns type, name, label",
        )
        if sheet is None:
            what = text(f"没有 survey 工作表（有：{names or '无'}）", f"there is no sheet survey (there is: {names or 'none'})")
        else:
            what = text(f"{sheet.name} 工作表是空的", f"the sheet {sheet.name} is empty")
        self.problems.append(CellProblem(sheet.name if sheet else "", 0, "", "", "survey-missing", what, mend))

    # Rows of the survey

    def _row(self, row: Row) -> None:
        cell = self.survey.cell(row, "type")
        name = self.survey.value(row, "name")
        if self._is_left_out(row, cell, name):
            return
        self.rows.setdefault(name, row)
        if not cell.text:
            self.problems.append(
                cell.problem(
                    "type-missing",
                    text("这一行没有题型", "the row has no type"),
                    text(
                        "填 type；合并的单元格须先拆开；空行请删去",
                        "fill in type; unmerge merged cells; remove rows that are not wanted",
                    ),
                )
            )
            return
        kind = question_type(cell.text)
        match kind.kind:
            case Kind.BEGIN_GROUP | Kind.BEGIN_REPEAT:
                if kind.why is not None and kind.mend is not None:
                    self.problems.append(cell.problem("type-refused", kind.why, kind.mend))
                self._begin(row, name, repeats=kind.kind is Kind.BEGIN_REPEAT)
            case Kind.END_GROUP | Kind.END_REPEAT:
                self._end(cell, repeats=kind.kind is Kind.END_REPEAT)
            case Kind.LEFT_OUT | Kind.REFUSED:
                assert kind.why is not None
                assert kind.mend is not None
                refused = kind.kind is Kind.REFUSED
                self.problems.append(
                    cell.problem(
                        "type-refused" if refused else "row-left-out",
                        kind.why,
                        kind.mend,
                        AuthoringSeverity.ERROR if refused else AuthoringSeverity.WARNING,
                    )
                )
            case _:
                self._question(row, name, kind)

    def _is_left_out(self, row: Row, cell: Cell, name: str) -> bool:
        """Rows that XLSForm passes over: switched off by their author, or remarks without a type, a name and a label."""
        disabled = self.survey.cell(row, "disabled")
        if self.survey.flag(row, "disabled"):
            place, what = disabled, text("这一行标了 disabled，不导入", "the row is disabled and is not taken in")
        elif not self.ours and not cell.text and not name and self.survey.texts(row, "label") is None:
            place, what = (
                cell,
                text("这一行没有题型、名称和题目，当作备注，不导入", "without type, name and label the row is a remark"),
            )
        else:
            return False
        mend = text("要的话，填全或清空 disabled", "if it is wanted, fill it in or clear disabled")
        self.problems.append(place.problem("row-left-out", what, mend, AuthoringSeverity.WARNING))
        return True

    def _end(self, cell: Cell, *, repeats: bool) -> None:
        if not self.stack:
            what = text("没有开始就结束", "it ends what never began")
            mend = text("删去这一行，或补上 begin", "remove the row, or add the begin")
            self.problems.append(cell.problem("end-without-begin", what, mend))
            return
        frame = self.stack.pop()
        if frame.repeats is not repeats:
            wanted = "end_repeat" if frame.repeats else "end_group"
            where = f"{frame.name}（第 {frame.row.number} 行）"
            what = text(f"{where}应由 {wanted} 结束", f"{frame.name} (row {frame.row.number}) is ended by {wanted}")
            self.problems.append(cell.problem("wrong-end", what, text(f"改为 {wanted}", f"write {wanted}")))

    def _begin(self, row: Row, name: str, *, repeats: bool) -> None:
        if not self.ours:
            self._is_usable(row, name)
        if len(self.stack) >= DEPTH_AT_MOST:
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "nested-too-deeply",
                    text("分组套得太深", "groups are nested too deeply"),
                    text("最多两层就够", "two levels are enough"),
                )
            )
        elif repeats and any(frame.repeats for frame in self.stack):
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "repeat-in-repeat",
                    text("重复组里不能再有重复组", "a repeat cannot stand in a repeat"),
                    text("拆成两个并列的重复组", "put the two side by side"),
                )
            )
        frame = _Frame(row, name or f"#{row.number}", repeats)
        frame.is_profile = name == "profile" and not self.stack and self.ours
        self.stack.append(frame)

    def _question(self, row: Row, name: str, kind: QuestionType) -> None:
        if name.startswith(PROFILE) or (self.stack and self.stack[-1].is_profile):
            self._profile_key(row, name, kind)
            return
        repeat = next((frame for frame in self.stack if frame.repeats), None)
        if name.startswith(INSTANCE_KEY) and repeat is not None:
            self._section(row).key_row = row
            return
        item_id = self._id(row, name.removeprefix(ITEM) if self.ours else name)
        if item_id is None:
            return
        section = self._section(row)
        self._refuse_logic(row, kind)
        built = self.items.build(row, item_id, kind, section.id if repeat is not None else None)
        if built is None:
            return
        item, question = built
        inner = self.stack[self.stack.index(repeat) + 1 :] if repeat is not None else []
        section.items.append((item, row, inner))
        self.questions[name] = question

    def _refuse_logic(self, row: Row, kind: QuestionType) -> None:
        refused = [
            ("calculation", text("检查项没有计算", "items have no calculation")),
            ("choice_filter", text("选项不能按条件筛选", "choices cannot be filtered")),
        ]
        if not self.ours and kind.kind not in (Kind.NUMBER, Kind.TEXT):
            refused.append(("constraint", text("选择题和照片不能带 constraint", "choices and photos have no constraint")))
        for column, what in refused:
            cell = self.survey.cell(row, column)
            if cell.text:
                self.problems.append(cell.problem("not-supported", what, text("清空这一格", "clear the cell")))
        required = self.survey.cell(row, "required")
        if required.text and required.text.lower() not in _YES_OR_NO:
            self.problems.append(
                required.problem(
                    "not-supported",
                    text("必填不能带条件", "required cannot depend on a condition"),
                    text("写 yes 或 no", "write yes or no"),
                )
            )
        for language in ("zh", "en", ""):
            label = self.survey.cell(row, "label", language)
            if "${" in label.text:
                self.problems.append(
                    label.problem(
                        "not-supported",
                        text("题目里不能引用别的答案", "a statement cannot quote other answers"),
                        text("删去 ${…}", "remove ${…}"),
                    )
                )

    def _id(self, row: Row, name: str) -> str | None:
        cell = self.survey.cell(row, "name")
        if not self._is_usable(row, name):
            return None
        identifier = identifier_of(name)
        if identifier is None:
            self.problems.append(cell.problem("name", text(f"名称“{name}”用不了", f"the name “{name}” cannot be used"), _NAMES))
            return None
        if identifier in self.ids:
            self.problems.append(_same_name(cell, name, self.ids[identifier]))
            return None
        self.ids[identifier] = row
        if identifier != name:
            self._renamed(cell, name, identifier)
        return identifier

    def _is_usable(self, row: Row, name: str) -> bool:
        """Whether an item or group has a name as XLSForm asks for it, which no neighbour in its group has; else tells why."""
        cell = self.survey.cell(row, "name")
        parent = self.stack[-1].row.number if self.stack else 0
        first = self.names.setdefault((parent, name), row)
        if not name:
            self.problems.append(cell.problem("name", text("缺少名称", "the name is missing"), _NAMES))
        elif not self.ours and not is_xml_tag(name):
            what = text(f"名称“{name}”里有 XLSForm 不允许的字符", f"XLSForm does not allow some character in the name “{name}”")
            better = identifier_of(name)
            mend = text(f"改为 {better}，引用它的地方也改", f"write {better}, also where it is referred to") if better else _NAMES
            self.problems.append(cell.problem("name", what, mend))
        elif not self.ours and name.lower() == "meta":
            what = text("XLSForm 留着 meta 这个名称自用", "XLSForm keeps the name meta for itself")
            self.problems.append(cell.problem("name", what, text("改成别的名称", "give it another name")))
        elif not self.ours and first is not row and name not in self.ids:
            self.problems.append(_same_name(cell, name, first))
        else:
            return True
        return False

    def _renamed(self, cell: Cell, name: str, identifier: str) -> None:
        self.problems.append(
            cell.problem(
                "renamed",
                text(f"{name} 记为 {identifier}", f"{name} is taken in as {identifier}"),
                text("编号只用小写字母、数字、下划线", "ids have lower-case letters, digits and _ only"),
                AuthoringSeverity.WARNING,
            )
        )

    def _section(self, row: Row) -> _Section:
        """The section of the innermost repeat or group that is open at a row."""
        repeat = next((frame for frame in self.stack if frame.repeats), None)
        frame = repeat or (self.stack[-1] if self.stack else None)
        if frame is None:
            section = next((known for known in self.sections if known.row is None), None)
            if section is None:
                section = _Section(self._section_id("general", row), None, [])
                self.sections.append(section)
            return section
        if frame.section is None:
            frames = self.stack[: self.stack.index(frame) + 1]
            frame.section = _Section(self._section_id(frame.name.removeprefix(SECTION), frame.row), frame.row, frames)
            self.sections.append(frame.section)
        return frame.section

    def _section_id(self, name: str, row: Row) -> str:
        identifier = identifier_of(name)
        if identifier is None:
            identifier = f"section_{row.number}"
            if self.ours:
                self.problems.append(
                    self.survey.cell(row, "name").problem(
                        "name",
                        text(f"名称“{name}”用不了", f"the name “{name}” cannot be used"),
                        _NAMES,
                    )
                )
        taken = {section.id for section in self.sections}
        if identifier in taken and not self.ours:
            identifier = next(f"{identifier}_{n}" for n in range(2, len(taken) + 3) if f"{identifier}_{n}" not in taken)
        return identifier

    def _profile_key(self, row: Row, name: str, kind: QuestionType) -> None:
        key: dict[str, Any] = {"id": name.removeprefix(PROFILE)}
        label = self.survey.texts(row, "label")
        if label:
            key["label"] = label
        if kind.kind is Kind.NUMBER:
            key["type"] = "number"
            if unit := self.survey.value(row, "unit"):
                key["unit"] = unit
        elif kind.kind is Kind.SELECT_ONE and kind.list_name == YES_NO_LIST:
            key["type"] = "boolean"
        elif kind.kind is Kind.SELECT_ONE and kind.list_name in self.items.choices:
            key["type"] = "choice"
            options = ({"value": choice.value, "label": choice.label} for choice in self.items.choices[kind.list_name])
            key["options"] = [{each: value for each, value in option.items() if value is not None} for option in options]
        else:
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "profile-type",
                    text(
                        "主体情况只用 select_one、select_one yes-no、decimal",
                        "profile keys are select_one, select_one yes-no or decimal",
                    ),
                    text("改题型；选项表须在 choices 里", "mend the type; its list must be on the sheet choices"),
                )
            )
            return
        self.profile.append((key, row))
        self.questions[name] = profile_question(key)

    # Other sheets

    def _settings(self) -> list[Row]:
        sheet = self.book.find(columns.SETTINGS)
        if sheet is None:
            return []
        known = [*columns.SETTINGS_COLUMNS]
        self.settings_table = Table.read(
            sheet, columns.SETTINGS, known, ours=self.ours, default_language="", problems=self.problems
        )
        for row in sheet.rows[1:]:
            what = text("settings 只用第一行，这一行没有用上", "only the first row of settings is used; this one is left out")
            self.problems.append(
                row.problem("row-left-out", what, text("删去这一行", "remove the row"), AuthoringSeverity.WARNING)
            )
        return sheet.rows[:1]

    def _choices(self, language: str) -> tuple[Table | None, dict[str, list[Choice]]]:
        sheet = self.book.find(columns.CHOICES) or self.book.find("choices and columns")
        if sheet is None:
            return None, {}
        table = Table.read(
            sheet, columns.CHOICES, columns.CHOICES_COLUMNS, ours=self.ours, default_language=language, problems=self.problems
        )
        lists: dict[str, list[Choice]] = {}
        for column in ("list_name", "name"):
            if sheet.rows and not table.has(column):
                what = text(f"{sheet.name} 没有 {column} 列", f"{sheet.name} has no column {column}")
                mend = text("列名写 list_name、name、label", "the columns are list_name, name, label")
                self.problems.append(sheet.problem("column-missing", what, mend))
                self.broken_lists.add("*")
        if self.broken_lists:
            return table, {}
        for row in sheet.rows:
            name, list_name = table.value(row, "name"), table.value(row, "list_name")
            if not name or not list_name:
                empty = table.cell(row, "list_name" if not list_name else "name")
                self.problems.append(
                    empty.problem(
                        "choice-incomplete",
                        text("选项缺少 list_name 或 name", "the choice lacks list_name or name"),
                        text("补上；不要的行删去", "fill it in, or remove the row"),
                    )
                )
                self.broken_lists.add(list_name)
                continue
            value = name if name.startswith("_") else option_value_of(name)
            if value is None and not self.ours and re.search(r"\w", name):
                # A name in Chinese: the place in the list serves as well, since nobody sees it.
                value = f"option_{len(lists.get(list_name, [])) + 1}"
            same = next((choice for choice in lists.get(list_name, []) if choice.value == value), None)
            if value is None or same is not None:
                self.broken_lists.add(list_name)
                what = (
                    text(f"选项名“{name}”用不了", f"the name “{name}” cannot be used")
                    if value is None
                    else text(
                        f"{name} 与第 {same.row.number if same else 0} 行重复",
                        f"{name} is also in row {same.row.number if same else 0}",
                    )
                )
                self.problems.append(
                    table.cell(row, "name").problem(
                        "choice-name",
                        what,
                        text(
                            "选项名只用小写字母、数字、下划线，同一表内不重复",
                            "lower-case letters, digits and _; each once per list",
                        ),
                    )
                )
                continue
            if self.ours and JUDGEMENT_LIST.fullmatch(list_name):
                continue
            lists.setdefault(list_name, []).append(Choice(name, value, table.texts(row, "label"), row))
        self._tell_untranslated(table)
        return table, lists

    def _tell_untranslated(self, table: Table) -> None:
        if table.untranslated:
            rows = sorted({row.number for row in table.untranslated})
            self.problems.append(
                table.sheet.problem(
                    "untranslated",
                    text(
                        f"{len(rows)} 行只有一种语言，另一种标“（待译）”，译好才能发布",
                        f"{len(rows)} rows have one language only; the other is marked “to be translated” until publication",
                    ),
                    text(
                        "加 label::中文 (zh) 和 label::English (en) 两列",
                        "add the columns label::中文 (zh) and label::English (en)",
                    ),
                    AuthoringSeverity.WARNING,
                )
            )

    # The document

    def _assembled(self, settings: list[Row]) -> dict[str, Any]:
        document: dict[str, Any] = {"schema": SCHEMA}
        document |= self._head(settings)
        self.profile_document = [key for key, _ in self.profile]
        if self.profile or not self.ours or self._checklist_value("profile") == "none":
            document["profile"] = self.profile_document
        for index, (_, row) in enumerate(self.profile):
            self.places.put(pointer_to("profile", index), row)
            self._put(
                pointer_to("profile", index),
                row,
                {"id": "name", "label/zh": "label:zh", "label/en": "label:en", "type": "type", "unit": "unit"},
            )
        document["sections"] = [
            self._section_document(index, section) for index, section in enumerate(s for s in self.sections if s.items)
        ]
        self._finish_conditions(document)
        determinations = self._determinations()
        if determinations is not None:
            document["determinations"] = determinations
        document["scoring"] = self._scoring()
        return document

    def _head(self, settings: list[Row]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if settings:
            row, table = settings[0], self.settings_table
            found = {
                "id": table.value(row, "form_id"),
                "version": table.value(row, "version"),
                "form_title": table.value(row, "form_title"),
            }
            self.places.put_cells(
                "",
                [
                    ("id", table.cell(row, "form_id")),
                    ("version", table.cell(row, "version")),
                    ("title", table.cell(row, "form_title")),
                ],
            )
        if self.ours:
            return self._own_head(found)
        form_id = self.defaults.checklist_id or identifier_of(str(found.get("id") or "")) or ""
        title = self.defaults.title or str(found.get("form_title") or "") or form_id
        chinese = CJK.search(title)
        head = {
            "id": form_id,
            "version": self.defaults.version or found.get("version", ""),
            "status": "draft",
            "title": {
                "zh": title if chinese else TO_TRANSLATE["zh"] + title,
                "en": TO_TRANSLATE["en"] + title if chinese else title,
            },
            "sector": self.defaults.sector,
            "applies_to": {"subject_kinds": ["village", "enterprise", "unit"]},
            "valid_from": self.defaults.valid_from,
        }
        for key, (zh, en, column) in _HEAD.items():
            if not (head[key] if key != "title" else title):
                self._tell_missing_head(key, zh, en, column)
                head[key] = _STAND_INS[key]
        return head

    def _tell_missing_head(self, key: str, zh: str, en: str, column: str) -> None:
        mend = text(f"导入时填写{zh}", f"give the {en} at import")
        if column:
            mend = text(
                f"导入时填写，或在 settings 的 {column} 列写", f"give it at import, or in the column {column} of settings"
            )
        place = self.book.find(columns.SETTINGS) if column else None
        self.problems.append(
            (place or self.survey.sheet).problem(f"{key.replace('_', '-')}-missing", text(f"没有{zh}", f"there is no {en}"), mend)
        )

    def _own_head(self, found: dict[str, Any]) -> dict[str, Any]:
        head: dict[str, Any] = {key: found[key] for key in ("id", "version") if found.get(key)}
        sector = self._checklist_value("sector")
        head |= {
            "status": self._checklist_value("status"),
            "sector": sector or None,
            "applies_to": {
                "subject_kinds": re.split(r"[\s,，、]+", self._checklist_value("subject_kinds"))
                if self._checklist_value("subject_kinds")
                else []
            },
            "valid_from": self._checklist_value("valid_from"),
        }
        for key in ("title", "description"):
            if found_text := self._checklist_text(key):
                head[key] = found_text
        if changelog := self._changelog():
            head["changelog"] = changelog
        return {key: value for key, value in head.items() if value != ""}

    def _changelog(self) -> list[dict[str, Any]]:
        """The changes by version, in the order in which the versions stand."""
        found: dict[str, list[dict[str, str]]] = {}
        for row in self._checklist_rows("changelog"):
            texts: dict[str, str] = {key: row.cells[key].text for key in ("zh", "en") if key in row.cells}
            found.setdefault(row.cells["value"].text if "value" in row.cells else "", []).append(texts)
            self.places.put("/changelog", row)
        return [{"version": version, "changes": changes} for version, changes in found.items()]

    def _checklist_rows(self, key: str) -> list[Row]:
        sheet = self.book.find(columns.CHECKLIST)
        rows = sheet.rows if sheet else []
        return [row for row in rows if (cell := row.cells.get("key")) and cell.text.lower() == key]

    def _checklist_row(self, key: str) -> Row | None:
        return next(iter(self._checklist_rows(key)), None)

    def _checklist_value(self, key: str) -> str:
        row = self._checklist_row(key)
        if row is None:
            return ""
        self.places.put(f"/{key}" if key != "subject_kinds" else "/applies_to", row.cells.get("value", row))
        cell = row.cells.get("value")
        return cell.text if cell else ""

    def _checklist_text(self, key: str) -> dict[str, str]:
        row = self._checklist_row(key)
        if row is None:
            return {}
        self.places.put(f"/{key}", row)
        cells = {language: row.cells[language] for language in ("zh", "en") if language in row.cells}
        self.places.put_cells(f"/{key}", cells.items())
        return {language: cell.text for language, cell in cells.items()}

    def _section_document(self, index: int, section: _Section) -> dict[str, Any]:
        pointer = pointer_to("sections", index)
        row = section.row
        document: dict[str, Any] = {"id": section.id}
        if row is not None:
            self.places.put(pointer, row)
            self._put(
                pointer,
                row,
                {
                    "id": "name",
                    "title": "label",
                    "title/zh": "label:zh",
                    "title/en": "label:en",
                    "weight": "weight",
                    "gate_minimum_percent": "gate_minimum_percent",
                    "relevant": "condition",
                    "repeat/max": "maximum",
                },
            )
        title = self.survey.texts(row, "label") if row is not None else {"zh": "基本情况", "en": "General"}
        if title is None and not self.ours:
            title = {language: TO_COMPLETE[language] + section.id for language in ("zh", "en")}  # type: ignore[literal-required]
        weight = self.survey.number(row, "weight") if row is not None else None
        if weight is None and not self.ours:
            weight = max(1, sum(item["points"] for item, _, _ in section.items if isinstance(item.get("points"), (int, float))))
        document |= {key: value for key, value in (("title", title), ("weight", weight)) if value is not None}
        if row is not None:
            minimum = self.survey.number(row, "gate_minimum_percent")
            if minimum is not None:
                document["gate_minimum_percent"] = minimum
        if section.frames and section.frames[-1].repeats and row is not None:
            document["repeat"] = self._repeat(section, row, pointer)
        document["items"] = [item for item, _, _ in section.items]
        for position, (_, item_row, _) in enumerate(section.items):
            self._put_item(f"{pointer}/items/{position}", item_row)
        return document

    def _repeat(self, section: _Section, row: Row, pointer: str) -> dict[str, Any]:
        label = self.survey.texts(section.key_row, "label") if section.key_row is not None else None
        if section.key_row is not None:
            self.places.put(f"{pointer}/repeat/label", section.key_row)
        elif self.ours:
            self.problems.append(
                row.problem(
                    "instance-key-missing",
                    text(f"重复组里没有 {INSTANCE_KEY}{section.id} 这一行", f"the repeat has no row {INSTANCE_KEY}{section.id}"),
                    text(
                        f"加一行 text，名称 {INSTANCE_KEY}{section.id}，题目写怎样称呼每一个（如“车牌号”）",
                        "add a text row of that name; its label says what each one is called",
                    ),
                )
            )
        maximum = self.survey.number(row, "maximum")
        if maximum is None and not self.ours:
            count = self.survey.cell(row, "repeat_count")
            if count.column:
                self.places.put(f"{pointer}/repeat/max", count)
            if count.text and not re.fullmatch(r"\d{1,3}", count.text):
                what = text(
                    f"个数不能由别的答案决定，按最多 {REPEATS_AT_MOST} 个导入",
                    f"the count cannot depend on other answers: up to {REPEATS_AT_MOST} are allowed",
                )
                mend = text("要别的上限，写一个数", "for another limit write a figure")
                self.problems.append(count.problem("repeat-count", what, mend, AuthoringSeverity.WARNING))
            maximum = int(count.text) if re.fullmatch(r"\d{1,3}", count.text) else REPEATS_AT_MOST
        if label is None and not self.ours:
            label = {"zh": TO_COMPLETE["zh"] + "编号", "en": TO_COMPLETE["en"] + "number"}
        return {key: value for key, value in (("label", label), ("max", maximum)) if value is not None}

    def _put_item(self, pointer: str, row: Row) -> None:
        self.places.put(pointer, row)
        self._put(
            pointer, row,
            {
                "id": "name", "type": "type", "statement": "label", "statement/zh": "label:zh", "statement/en": "label:en",
                "how": "hint", "how/zh": "hint:zh", "how/en": "hint:en", "photo_hint": "guidance_hint",
                "photo_hint/zh": "guidance_hint:zh", "photo_hint/en": "guidance_hint:en",
                "points": "points", "gate": "gate", "veto": "veto", "relevant": "condition", "not_applicable": "not_applicable",
                "not_applicable/reasons": "reasons_zh", "partial": "partial_deduction", "number/unit": "unit",
                "number/decimals": "decimals", "number/minimum": "minimum", "number/maximum": "maximum",
                "number/limits": "limits", "core": "core", "number/design": "design_comparison",
                "number/design/label/zh": "design_zh", "number/design/label/en": "design_en",
                **{f"number/design/{key}": f"design_{key}" for key in ("comparison", "unit", "decimals", "minimum", "maximum")},
                "hazard/immediate_measure": "immediate_measure", "hazard/immediate_measure/text/zh": "immediate_zh",
                "hazard/immediate_measure/text/en": "immediate_en",
                "photo/minimum": "minimum", "photo/maximum": "maximum", "text/max_length": "maximum", "text/required": "required",
                "basis": "basis", "hazard/phrases": "phrases_zh", "hazard/deadline/days": "deadline_days",
                "hazard/deadline/day_kind": "deadline_kind", "hazard/evidence/zh": "evidence_zh",
                "hazard/evidence/en": "evidence_en",
                "hazard/determinations": "determinations", "unverified/reason/zh": "unverified_zh",
                "unverified/reason/en": "unverified_en",
            },
        )  # fmt: skip
        kind = question_type(self.survey.value(row, "type"))
        choices = [
            each for each in self.items.choices.get(kind.list_name, []) if each.name not in (NOT_APPLICABLE, NOTHING_FOUND)
        ]
        for index, choice in enumerate(choices):
            for key in ("choice", "facts"):
                self.places.put(f"{pointer}/{key}/options/{index}", choice.row)
                if self.items.choices_table is not None:
                    label = self.items.choices_table.text_cell(choice.row, "label")
                    self.places.put(f"{pointer}/{key}/options/{index}/label", label)

    def _put(self, pointer: str, row: Row, cells: Mapping[str, str]) -> None:
        for key, name in cells.items():
            field_name, _, language = name.partition(":")
            cell = self.survey.cell(row, field_name, language)
            if not cell.column and name in ("minimum", "maximum"):
                cell = self.survey.cell(row, "constraint")
            if cell.column:
                self.places.put(f"{pointer}/{key}", cell)

    def _scoring(self) -> dict[str, Any]:
        sheet = self.book.find(columns.SCORING)
        if sheet is None or not self.ours:
            if self.ours:
                self.problems.append(
                    CellProblem(
                        columns.SCORING,
                        0,
                        "",
                        "",
                        "sheet-missing",
                        text("没有 scoring 工作表", "there is no sheet scoring"),
                        text("列 grade、label_zh、label_en、at_least", "with the columns grade, label_zh, label_en, at_least"),
                    )
                )
            return {"rounding": "one_decimal", "bands": _BANDS, "not_applicable_limit_percent": 50, "confirmed_by_office": False}
        table = Table.read(
            sheet, columns.SCORING, columns.SCORING_COLUMNS, ours=True, default_language="", problems=self.problems
        )
        bands = []
        self.places.put("/scoring", sheet)
        for index, row in enumerate(sheet.rows):
            self.places.put(pointer_to("scoring", "bands", index), row)
            band = {
                "grade": table.value(row, "grade"),
                "label": table.pair(row, "label"),
                "at_least": table.number(row, "at_least"),
            }
            bands.append({key: value for key, value in band.items() if value not in (None, "")})
        scoring: dict[str, Any] = {"bands": bands}
        for key in ("rounding", "not_applicable_limit_percent", "confirmed_by_office"):
            own_row = self._checklist_row(key)
            cell = own_row.cells.get("value") if own_row else None
            if own_row is None or cell is None:
                continue
            self.places.put(f"/scoring/{key}", cell)
            own = Table(self.book.sheets[columns.CHECKLIST], {}, True, self.problems, _headers={columns.Column("value"): "value"})
            value: Any = cell.text
            if key == "not_applicable_limit_percent":
                value = own.number(own_row, "value")
            elif key == "confirmed_by_office":
                value = own.flag(own_row, "value")
            if value is not None:
                scoring[key] = value
        return scoring

    def _determinations(self) -> list[dict[str, Any]] | None:
        sheet = self.book.find(columns.DETERMINATIONS)
        if sheet is None or not self.ours:
            return [] if not self.ours else None
        table = Table.read(
            sheet, columns.DETERMINATIONS, columns.DETERMINATION_COLUMNS, ours=True, default_language="", problems=self.problems
        )
        found = []
        for index, row in enumerate(sheet.rows):
            pointer = pointer_to("determinations", index)
            self.places.put(pointer, row)
            entry: dict[str, Any] = {
                key: value
                for key in ("id", "standard", "clause", "grade", "halt", "route", "regulator")
                if (value := table.value(row, key))
            }
            if title := table.pair(row, "title"):
                entry["title"] = title
            if reason := table.pair(row, "unverified"):
                entry["unverified"] = {"reason": reason}
            if question := table.pair(row, "reviewer"):
                entry["reviewer"] = {"question": question}
            for key in ("when", "unless"):
                cell = table.cell(row, key)
                self.places.put(f"{pointer}/{key}", cell)
                if cell.text and (condition := self._own_condition(cell)) is not None:
                    entry[key] = condition
            for key in entry:
                if key not in ("title", "unverified", "reviewer", "when", "unless"):
                    self.places.put(f"{pointer}/{key}", table.cell(row, key))
            found.append(entry)
        return found

    # Conditions

    def _finish_conditions(self, document: dict[str, Any]) -> None:
        by_id = questions_of({"profile": self.profile_document, "sections": document["sections"]}) if self.ours else {}
        for index, (entry, section) in enumerate(zip(document["sections"], (s for s in self.sections if s.items), strict=True)):
            self._set_relevant(entry, section.frames, None, by_id, pointer_to("sections", index))
            home = section.id if section.frames and section.frames[-1].repeats else None
            for position, (item, row, inner) in enumerate(section.items):
                own = _Frame(row, item["id"], False)
                self._set_relevant(item, [*inner, own], home, by_id, pointer_to("sections", index, "items", position))

    def _set_relevant(
        self, entry: dict[str, Any], frames: list[_Frame], home: str | None, by_id: Mapping[str, Question], pointer: str
    ) -> None:
        found = [condition for frame in frames if (condition := self._relevant(frame.row, home, by_id)) is not None]
        if found:
            entry["relevant"] = found[0] if len(found) == 1 else {"all": found}
            own, shown = self.survey.cell(frames[-1].row, "condition"), self.survey.cell(frames[-1].row, "relevant")
            self.places.put(f"{pointer}/relevant", own if own.text else shown)

    def _relevant(self, row: Row, home: str | None, by_id: Mapping[str, Question]) -> dict[str, Any] | None:
        own, shown = self.survey.cell(row, "condition"), self.survey.cell(row, "relevant")
        if own.text:
            condition = self._own_condition(own)
            if condition is not None and shown.text and not self._agrees(condition, shown.text, home, by_id):
                self.problems.append(
                    shown.problem(
                        "relevant-differs",
                        text("relevant 与 condition 说的不一样", "relevant and condition say different things"),
                        text(
                            "改 condition，并清空 relevant；或清空 condition，只留 relevant",
                            "mend condition and clear relevant, or clear condition and keep relevant",
                        ),
                    )
                )
            return condition
        if not shown.text:
            return None
        try:
            return read_xpath(shown.text, self.questions)
        except UnknownQuestion as unknown:
            self.problems.append(self._untestable(shown, unknown))
        except ExpressionError as error:
            mend = text("改写成能读懂的条件，或在 condition 列写", "rewrite it, or use the column condition")
            self.problems.append(shown.problem("expression", text(error.zh, error.en), mend))
        return None

    def _untestable(self, cell: Cell, unknown: UnknownQuestion) -> CellProblem:
        name, row = unknown.name, self.rows.get(unknown.name)
        if row is None:
            what = text(f"没有叫 {name} 的题目", f"there is no question {name}")
            return cell.problem("expression", what, text("改成已有题目的名称", "write the name of a question that is there"))
        what = text(
            f"第 {row.number} 行的 {name} 没有成为检查项，不能作条件",
            f"{name} (row {row.number}) is no item, so nothing can depend on it",
        )
        mend = text(f"先改好第 {row.number} 行，或改写条件", f"mend row {row.number} first, or rewrite the condition")
        return cell.problem("expression", what, mend)

    def _agrees(self, condition: dict[str, Any], shown: str, home: str | None, by_id: Mapping[str, Question]) -> bool:
        try:
            written = write_xpath(condition, by_id or self.questions, home)
        except (KeyError, TypeError, ValueError):
            return True
        return "".join(written.split()) == "".join(shown.split())

    def _own_condition(self, cell: Cell) -> dict[str, Any] | None:
        try:
            return read_condition(cell.text)
        except ExpressionError as error:
            self.problems.append(
                cell.problem(
                    "expression",
                    text(error.zh, error.en),
                    text("写法见 docs/xlsform.md，如 RESULT(exit, fail)", "see docs/xlsform.md, for instance RESULT(exit, fail)"),
                )
            )
            return None


_YES_OR_NO = {"yes", "no", "true", "false", "true()", "false()", "1", "0", "是", "否", "y", "n"}


def identifier_of(name: str) -> str | None:
    """The name as our ids are written; None when nothing of it can be kept."""
    plain = re.sub(r"[^a-z0-9_]+", "_", unicodedata.normalize("NFKC", name).lower())
    if not re.search("[a-z0-9]", plain):
        return None
    plain = plain.strip("_") if not re.match("[a-z]", plain) else plain.rstrip("_") or plain
    plain = plain if re.match("[a-z]", plain) else f"q_{plain}"
    return name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else plain[:64]


def option_value_of(name: str) -> str | None:
    """The name of a choice as our option values are written."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
        return name
    plain = re.sub(r"[^a-z0-9_]+", "_", unicodedata.normalize("NFKC", name).lower()).strip("_")
    return plain[:64] or None


# What a foreign form says of itself in settings, or the office at import.
_HEAD = {
    "id": ("编号", "id", "form_id"),
    "title": ("名称", "title", "form_title"),
    "version": ("版本", "version", "version"),
    "valid_from": ("起用日", "first day of use", ""),
}
# So that one look finds the other faults, too; a form that lacks any of these is refused.
_STAND_INS: dict[str, Any] = {"id": "unnamed", "title": dict(TO_COMPLETE), "version": "2000.1", "valid_from": "2000-01-01"}
_ROW_REFUSED = {"type-refused", "unknown-list", "too-few-choices", "name", "duplicate-id"}
_NAMES = text(
    "小写字母开头，只用小写字母、数字、下划线，如 exit_1",
    "a lower-case letter, then lower-case letters, digits and _, like exit_1",
)


def _same_name(cell: Cell, name: str, first: Row) -> CellProblem:
    what = text(f"{name} 与第 {first.number} 行同名", f"{name} is also the name in row {first.number}")
    return cell.problem("duplicate-id", what, text("改成不同的名称", "give each its own name"))


def _has_errors(problems: list[CellProblem]) -> bool:
    return any(problem.severity is AuthoringSeverity.ERROR for problem in problems)


def _pyxform_problems(book: Book) -> list[CellProblem]:
    """What pyxform, the reference reader of XLSForm, refuses in the same cells.

    It gets the cells that were read here and not the file: its own way of opening a workbook has no limits.
    """
    try:
        workbook_to_json(_definition(book), fallback_form_name="data", warnings=[])
    except PyXFormError as error:
        message = " ".join(str(error).split())
        found = re.search(r"\[row : (\d+)\]", message)
        name = next((name for name in (columns.CHOICES, columns.SETTINGS) if f"'{name}'" in message), columns.SURVEY)
        sheet = book.find(name)
        # pyxform takes the first row of a sheet for its header.
        number = int(found[1]) + (sheet.header_row - 1 if sheet else 0) if found else 0
        message = re.sub(r"\[row : \d+\]\s*", "", message)
        what = text(f"XLSForm 的规则不允许：{message}", f"XLSForm does not allow it: {message}")
        mend = text("照 xlsform.org 的说明改正", "mend it as xlsform.org says")
        return [CellProblem(sheet.name if sheet else name, number, "", "", "xlsform", what, mend)]
    # A crash of the second reader says nothing about a form that the first has understood.
    except Exception:
        return []
    return []


def _definition(book: Book) -> DefinitionData:
    parts: dict[str, Any] = {"sheet_names": [sheet.name for sheet in book.sheets.values()]}
    for name in (columns.SURVEY, columns.CHOICES, columns.SETTINGS):
        sheet = book.find(name)
        if sheet is None:
            continue
        rows: list[dict[str, str]] = [{} for _ in range((sheet.rows[-1].number if sheet.rows else 0) - sheet.header_row)]
        for row in sheet.rows:
            cells = {_plain(header): cell for header, cell in row.cells.items()}
            rows[row.number - sheet.header_row - 1] = {
                header: as_xlsform(cell.text) if header.lower() == "type" else cell.text for header, cell in cells.items()
            }
        parts[name] = rows
        parts[f"{name}_header"] = [dict.fromkeys(map(_plain, sheet.headers))]
    return DefinitionData(**parts)


def _plain(words: str) -> str:
    """Without the full-width signs and spaces that were read as their plain ones."""
    return " ".join(unicodedata.normalize("NFKC", words).split())


def _in_order(problems: list[CellProblem], book: Book) -> list[CellProblem]:
    order = {sheet.name: index for index, sheet in enumerate(book.sheets.values())}
    # A text in one column serves both languages; that it is too long is said once.
    unique = {
        (each.sheet, each.row, each.column, each.code, "" if each.code == "schema-maxlength" else each.what["en"]): each
        for each in problems
    }
    return sorted(unique.values(), key=lambda each: (order.get(each.sheet, 99), each.row, len(each.column), each.column))


__all__ = ["Imported", "identifier_of", "read_workbook"]
