"""One row of the survey sheet as a checklist item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from forms.unfinished import TO_COMPLETE
from forms.xlsform.cells import Cell, CellProblem, Row, text
from forms.xlsform.expressions import ExpressionError, read_limit
from forms.xlsform.judgements import judgement_of
from forms.xlsform.question_types import Kind, QuestionType
from forms.xlsform.tables import Table
from forms.xlsform.xpath import NOT_APPLICABLE, NOTHING_FOUND, Question, read_range
from vocabulary import AuthoringSeverity, Text

Document = Mapping[str, Any]

JUDGEMENT_LIST = re.compile(r"pass(-partial)?-fail(-na)?")
_RANGE_UNKNOWN = 999_999_999
_DEFAULT_REASON = {"zh": "现场没有这一项", "en": "There is none on site"}
_DEFAULT_EVIDENCE = text("整改后照片", "Photo after rectification")
_DEFAULT_GROUND = text(
    "依据是导入时统一填写的，未逐项核对", "The ground was given for the whole form at import, not item by item"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of the choices sheet. ``value`` is the name as our option values are written."""

    name: str
    value: str
    label: dict[str, str] | None
    row: Row


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the office gives at import for a form that lacks it; empty means: do not fill in."""

    checklist_id: str = ""
    title: str = ""
    version: str = ""
    valid_from: str = ""
    sector: str | None = None
    basis: tuple[str, str] | None = None
    deadline_days: int | None = None


class Items:
    """Builds items from rows. ``choices`` are the lists of the choices sheet."""

    def __init__(
        self,
        survey: Table,
        choices_table: Table | None,
        choices: Mapping[str, list[Choice]],
        broken_lists: Set[str],
        defaults: Defaults,
        problems: list[CellProblem],
    ) -> None:
        self.survey = survey
        self.choices_table = choices_table
        self.choices = choices
        self.broken_lists = broken_lists
        self.defaults = defaults
        self.problems = problems

    def build(self, row: Row, item_id: str, kind: QuestionType, repeated: str | None) -> tuple[dict[str, Any], Question] | None:
        """The item of a row and what conditions may ask of it; None when the row cannot become one (the problems say why)."""
        builder: Callable[[Row, dict[str, Any], QuestionType], Question | None] = {
            Kind.SELECT_ONE: self._select_one,
            Kind.SELECT_MULTIPLE: self._facts,
            Kind.NUMBER: self._number,
            Kind.TEXT: self._text,
            Kind.PHOTO: self._photo,
        }[kind.kind]
        item: dict[str, Any] = {"id": item_id}
        question = builder(row, item, kind)
        if question is None:
            return None
        self._common(row, item)
        if item["type"] in ("judgement", "number", "choice", "facts"):
            self._judged(row, item)
        return item, Question(
            item["type"], question.options, question.results, question.limits, repeated=repeated, target=item_id,
            compared=question.compared,
        )  # fmt: skip

    def _common(self, row: Row, item: dict[str, Any]) -> None:
        survey = self.survey
        item |= {
            key: value
            for key, value in {
                "statement": survey.texts(row, "label"),
                "how": survey.texts(row, "hint"),
                "photo_hint": survey.texts(row, "guidance_hint"),
                "points": self._points(row, item),
                "gate": survey.flag(row, "gate"),
                "veto": survey.flag(row, "veto"),
                "core": survey.flag(row, "core"),
            }.items()
            if value is not None
        }
        reason = survey.pair(row, "unverified")
        if reason:
            item["unverified"] = {"reason": reason}
        citations = survey.lines(row, "basis")
        if citations:
            item["basis"] = [self._citation(row, line) for line in citations]
        named = survey.value(row, "determinations")
        phrases = survey.pairs(row, "phrases")
        days, day_kind, evidence = (
            survey.number(row, "deadline_days"),
            survey.value(row, "deadline_kind"),
            survey.pair(row, "evidence"),
        )
        measure = self._immediate_measure(row)
        if phrases or days is not None or day_kind or evidence or named or measure:
            deadline = {key: value for key, value in (("days", days), ("day_kind", day_kind)) if value not in (None, "")}
            hazard = {"phrases": phrases, "deadline": deadline, "evidence": evidence, "immediate_measure": measure}
            item["hazard"] = {key: value for key, value in hazard.items() if value}
            if named:
                item["hazard"]["determinations"] = [] if named == "none" else re.split(r"[\s,，;；]+", named)
        self._not_applicable(row, item)

    def _immediate_measure(self, row: Row) -> dict[str, Any]:
        kinds, said = self.survey.value(row, "immediate_measure"), self.survey.pair(row, "immediate")
        return {**({"kinds": re.split(r"[\s,，;；]+", kinds)} if kinds else {}), **({"text": said} if said else {})}

    def _points(self, row: Row, item: dict[str, Any]) -> int | float | None:
        if self.survey.has("points") or self.survey.ours:
            return self.survey.number(row, "points")
        return 1 if item["type"] in ("judgement", "number", "facts") else 0

    def _not_applicable(self, row: Row, item: dict[str, Any]) -> None:
        judged = item["type"] in ("judgement", "number", "choice", "facts")
        allowed = self.survey.flag(row, "not_applicable")
        reasons = self.survey.pairs(row, "reasons")
        if allowed is None and (item.pop("_allows_not_applicable", False) or reasons):
            allowed = True
            reasons = reasons or [{**_DEFAULT_REASON}]
        item.pop("_allows_not_applicable", None)
        if allowed:
            item["not_applicable"] = {"reasons": reasons}
        elif allowed is False or judged:
            item["not_applicable"] = None

    def _citation(self, row: Row, line: str) -> dict[str, str]:
        standard, _, clause = line.partition(" ")
        if not clause.strip():
            self.problems.append(
                self.survey.cell(row, "basis").problem(
                    "citation",
                    text(f"“{line}”缺少条款", f"“{line}” names no clause"),
                    text(
                        "每行写：标准编号 空格 条款，如 work-safety-law-2021 第41条",
                        "per line: standard, space, clause, like work-safety-law-2021 第41条",
                    ),
                )
            )
        return {"standard": standard, "clause": clause.strip() or "?"}

    def _judged(self, row: Row, item: dict[str, Any]) -> None:
        """Fills in, for a foreign form only, what XLSForm has no column for and the office gave at import."""
        if self.survey.ours:
            return
        statement = item.get("statement") or dict(TO_COMPLETE)
        item.setdefault("how", {"zh": TO_COMPLETE["zh"] + "怎样查", "en": TO_COMPLETE["en"] + "how to check"})
        if "basis" not in item:
            self._default_basis(row, item)
        if "hazard" not in item and self.defaults.deadline_days is not None:
            item["hazard"] = {
                "phrases": [{"zh": f"不符合：{statement['zh']}"[:1000], "en": f"Not met: {statement['en']}"[:2000]}],
                "deadline": {"days": self.defaults.deadline_days, "day_kind": "calendar"},
                "evidence": dict(_DEFAULT_EVIDENCE),
            }
        elif "hazard" not in item:
            self._lacks(
                row, "hazard-missing",
                text("缺少隐患用语和整改期限", "wording of the hazard and time limit are missing"),
                text("加 phrases_zh、phrases_en、deadline_days 等列，或在导入时给统一的整改天数",
                     "add the columns phrases_zh, phrases_en, deadline_days …, or give the days for all at import"),
            )  # fmt: skip
            item["hazard"] = {
                "phrases": [dict(TO_COMPLETE)],
                "deadline": {"days": 0, "day_kind": "calendar"},
                "evidence": dict(TO_COMPLETE),
            }

    def _default_basis(self, row: Row, item: dict[str, Any]) -> None:
        if self.defaults.basis is None:
            self._lacks(
                row, "basis-missing",
                text("缺少依据", "the legal ground is missing"),
                text("加 basis 列（如 work-safety-law-2021 第41条），或在导入时给统一的依据",
                     "add the column basis (work-safety-law-2021 第41条), or give a ground for all at import"),
            )  # fmt: skip
            item["basis"] = [{"standard": "unknown", "clause": "?"}]
            return
        standard, clause = self.defaults.basis
        item["basis"] = [{"standard": standard, "clause": clause}]
        item.setdefault("unverified", {"reason": dict(_DEFAULT_GROUND)})

    def _lacks(self, row: Row, code: str, what: Text, mend: Text) -> None:
        self.problems.append(row.problem(code, what, mend))

    def _select_one(self, row: Row, item: dict[str, Any], kind: QuestionType) -> Question | None:
        if JUDGEMENT_LIST.fullmatch(kind.list_name) and (self.survey.ours or kind.list_name not in self.choices):
            return self._judgement(
                row, item, {result: result for result in ("pass", "fail", "partial", "not_applicable", "unchecked")}
            )
        choices = self._choices(row, kind)
        if choices is None:
            return None
        graded = self.choices_table is not None and any(self.choices_table.value(choice.row, "result") for choice in choices)
        judged = (
            None
            if graded or self.survey.ours
            else judgement_of([(each.name, list((each.label or {}).values())) for each in choices])
        )
        if judged is None:
            return self._choice(row, item, choices, graded)
        results, yes_no = judged
        if yes_no:
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "yes-means-pass",
                    text("“是”按“符合”、“否”按“不符合”导入", "yes is taken as pass and no as fail"),
                    text("反过来问的，请改写题目", "where yes is what is wrong, turn the statement round"),
                    AuthoringSeverity.WARNING,
                )
            )
        item["_allows_not_applicable"] = "not_applicable" in results.values()
        if "partial" in results.values() and self.survey.number(row, "partial_deduction") is None:
            self.problems.append(
                self.survey.cell(row, "partial_deduction").problem(
                    "partial-deduction-missing",
                    text("有“部分符合”，却没有每处扣几分", "there is “partial” but no deduction per occurrence"),
                    text("在 partial_deduction 列写每处扣的分", "add the column partial_deduction"),
                )
            )
        return self._judgement(row, item, results)

    def _judgement(self, row: Row, item: dict[str, Any], results: dict[str, str]) -> Question:
        item["type"] = "judgement"
        deduction = self.survey.number(row, "partial_deduction")
        if deduction is not None:
            item["partial"] = {"deduction_per_occurrence": deduction}
        return Question("judgement", results)

    def _choice(self, row: Row, item: dict[str, Any], choices: list[Choice], graded: bool) -> Question:
        item["type"] = "choice"
        options: list[dict[str, Any]] = []
        for choice in choices:
            if choice.name == NOT_APPLICABLE:
                item["_allows_not_applicable"] = not self.survey.ours
                continue
            option: dict[str, Any] = {"value": choice.value, "label": choice.label}
            if self.choices_table is not None:
                option["result"] = self.choices_table.value(choice.row, "result")
                option["deduction"] = self.choices_table.number(choice.row, "deduction")
            if not graded and not self.survey.ours:
                option["result"] = "pass"
            options.append({key: value for key, value in option.items() if value not in (None, "")})
        if not graded and not self.survey.ours:
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "choice-not-judged",
                    text("选项没有结论，全部按“符合”导入", "the options have no results: all count as pass"),
                    text(
                        "在 choices 工作表加 result 列：pass、fail、partial、not_applicable",
                        "add the column result to choices: pass, fail, partial or not_applicable",
                    ),
                    AuthoringSeverity.WARNING,
                )
            )
        item["choice"] = {"options": options}
        return _options_question("choice", choices)

    def _facts(self, row: Row, item: dict[str, Any], kind: QuestionType) -> Question | None:
        choices = self._choices(row, kind)
        if choices is None:
            return None
        item["type"] = "facts"
        found = [choice for choice in choices if choice.name not in (NOTHING_FOUND, NOT_APPLICABLE)]
        self._refuse_spaces(found)
        options = ({"value": choice.value, "label": choice.label} for choice in found)
        item["facts"] = {"options": [{key: value for key, value in option.items() if value is not None} for option in options]}
        if not self.survey.ours:
            self.problems.append(
                self.survey.cell(row, "type").problem(
                    "every-option-is-wrong",
                    text(
                        "多选按“发现的问题”导入：一个都不选才是符合",
                        "a multiple choice lists what is found wrong: none chosen is a pass",
                    ),
                    text("选项若不是问题，请改为 select_one", "if the options are not faults, use select_one"),
                    AuthoringSeverity.WARNING,
                )
            )
        return _options_question("facts", found)

    def _refuse_spaces(self, choices: list[Choice]) -> None:
        """XLSForm divides the answers of a multiple choice by spaces, so it allows none in their names."""
        for choice in choices:
            if self.choices_table is not None and re.search(r"\s", choice.name):
                what = text(f"多选的选项名“{choice.name}”里有空格", f"the name “{choice.name}” in a multiple choice has a space")
                mend = text(f"改为 {choice.value}", f"write {choice.value}")
                self.problems.append(self.choices_table.cell(choice.row, "name").problem("choice-name", what, mend))

    def _choices(self, row: Row, kind: QuestionType) -> list[Choice] | None:
        choices = self.choices.get(kind.list_name)
        # What is wrong with such a list has been said where it stands.
        is_broken = bool(self.broken_lists & {kind.list_name, "*"})
        if choices and (len(choices) > 1 or kind.kind is Kind.SELECT_MULTIPLE or self.survey.ours):
            return choices
        if is_broken:
            return None
        if self.choices_table is None:
            what = text("没有 choices 工作表", "there is no sheet choices")
            mend = text(
                "加一张 choices 工作表，列名 list_name、name、label",
                "add the sheet choices with the columns list_name, name, label",
            )
            self.problems.append(self.survey.cell(row, "type").problem("unknown-list", what, mend))
            return None
        if choices:
            what = text(
                f"选项表 {kind.list_name} 只有一个能用的选项", f"the list {kind.list_name} has only one choice that can be used"
            )
            mend = text("在 choices 里至少写两个选项", "write at least two choices on the sheet choices")
            self.problems.append(self.survey.cell(row, "type").problem("too-few-choices", what, mend))
            return None
        self.problems.append(
            self.survey.cell(row, "type").problem(
                "unknown-list",
                text(f"choices 工作表里没有选项表 {kind.list_name}", f"the sheet choices has no list {kind.list_name}"),
                text("在 choices 的 list_name 列加上，或改名称", "add it in the column list_name of choices, or mend the name"),
            )
        )
        return None

    def _number(self, row: Row, item: dict[str, Any], kind: QuestionType) -> Question:
        survey = self.survey
        item["type"] = "number"
        decimals = survey.number(row, "decimals")
        if decimals is None:
            steps = re.findall(r"(?:start|end|step)\s*=\s*-?\d+\.(\d+)", survey.value(row, "parameters"))
            decimals = max([kind.decimals, *(len(step) for step in steps)])
        minimum, maximum = survey.number(row, "minimum"), survey.number(row, "maximum")
        if minimum is None or maximum is None:
            minimum, maximum = self._range(row, kind, decimals, minimum, maximum)
        limits = []
        for line in survey.lines(row, "limits"):
            try:
                limits.append(read_limit(line))
            except ExpressionError as error:
                self.problems.append(_unreadable(survey.cell(row, "limits"), error))
        design = self._design(row)
        item["number"] = {
            key: value
            for key, value in {
                "unit": survey.value(row, "unit"), "decimals": decimals, "minimum": minimum, "maximum": maximum,
                "design": design, "limits": limits,
            }.items()
            if value is not None
        }  # fmt: skip
        return Question("number", limits=tuple(limits), compared=design is not None)

    def _design(self, row: Row) -> dict[str, Any] | None:
        survey = self.survey
        design = {
            "label": survey.pair(row, "design"),
            "comparison": survey.value(row, "design_comparison"),
            "unit": survey.value(row, "design_unit"),
            "result_unit": survey.value(row, "design_result_unit"),
            **{key: survey.number(row, f"design_{key}") for key in ("decimals", "minimum", "maximum")},
        }
        return {key: value for key, value in design.items() if value not in (None, "", {})} or None

    def _range(self, row: Row, kind: QuestionType, decimals: Any, minimum: Any, maximum: Any) -> tuple[Any, Any]:
        if self.survey.ours:
            return minimum, maximum
        cell = self.survey.cell(row, "constraint")
        bounds: dict[str, Any] = {}
        is_understood = True
        if cell.text or kind.constraint:
            try:
                bounds, length = read_range(cell.text or kind.constraint)
                if length is not None:
                    raise ExpressionError("数值题没有文字长度", "a number has no length", 1)
            except ExpressionError as error:
                is_understood = False
                self.problems.append(
                    _unreadable(
                        cell,
                        error,
                        text("只认 . >= 0 and . <= 100 这样的范围", "only ranges like . >= 0 and . <= 100 can be used"),
                    )
                )
        step = 10 ** -int(decimals) if isinstance(decimals, int) and 0 <= decimals <= 3 else 1
        parameters = dict(re.findall(r"(start|end)\s*=\s*(-?\d+(?:\.\d+)?)", self.survey.value(row, "parameters")))
        lows = [bounds["at_least"]] if "at_least" in bounds else []
        lows += [bounds["above"] + step] if "above" in bounds else []
        highs = [bounds["at_most"]] if "at_most" in bounds else []
        highs += [bounds["below"] - step] if "below" in bounds else []
        low = max(lows, default=_figure(parameters.get("start")))
        high = min(highs, default=_figure(parameters.get("end")))
        low, high = (minimum if minimum is not None else low), (maximum if maximum is not None else high)
        if is_understood and (low is None or high is None):
            self.problems.append(
                cell.problem(
                    "range-unknown",
                    text("没有可填的范围，任何数都能填", "there is no plausible range: any figure can be entered"),
                    text(
                        "在 constraint 写 . >= 0 and . <= 100，或填 minimum、maximum 列",
                        "write . >= 0 and . <= 100 into constraint, or use the columns minimum, maximum",
                    ),
                    AuthoringSeverity.WARNING,
                )
            )
        return (-_RANGE_UNKNOWN if low is None else round(low, 3)), (_RANGE_UNKNOWN if high is None else round(high, 3))

    def _text(self, row: Row, item: dict[str, Any], _kind: QuestionType) -> Question:
        item["type"] = "text"
        length = self.survey.number(row, "maximum")
        required = self._required(row)
        if length is None and not self.survey.ours:
            cell = self.survey.cell(row, "constraint")
            length = 500
            if cell.text:
                try:
                    bounds, found = read_range(cell.text)
                    if bounds or found is None:
                        raise ExpressionError("文字题只能限制长度", "a text can only be limited in length", 1)
                    length = found
                except ExpressionError as error:
                    self.problems.append(
                        _unreadable(
                            cell, error, text("改为 string-length(.) <= 500，或删去", "use string-length(.) <= 500, or remove it")
                        )
                    )
        item["text"] = {key: value for key, value in (("max_length", length), ("required", required)) if value is not None}
        return Question("text")

    def _photo(self, row: Row, item: dict[str, Any], _kind: QuestionType) -> Question:
        item["type"] = "photo"
        minimum, maximum = self.survey.number(row, "minimum"), self.survey.number(row, "maximum")
        if not self.survey.ours:
            minimum = (1 if self._required(row) else 0) if minimum is None else minimum
            maximum = max(1, int(minimum)) if maximum is None else maximum
        item["photo"] = {key: value for key, value in (("minimum", minimum), ("maximum", maximum)) if value is not None}
        return Question("photo")

    def _required(self, row: Row) -> bool:
        cell = self.survey.cell(row, "required")
        return bool(cell.text) and cell.text.lower() not in ("no", "false", "false()", "0", "否")


def _options_question(kind: str, choices: list[Choice]) -> Question:
    return Question(kind, {choice.name: choice.value for choice in choices if choice.name not in (NOT_APPLICABLE, NOTHING_FOUND)})


def _unreadable(cell: Cell, error: ExpressionError, mend: Text | None = None) -> CellProblem:
    return cell.problem(
        "expression",
        text(error.zh, error.en),
        mend or text("改正这一格的写法，见 docs/xlsform.md", "mend what the cell says, see docs/xlsform.md"),
    )


def _figure(written: str | None) -> int | float | None:
    return None if written is None else float(written) if "." in written else int(written)
