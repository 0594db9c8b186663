"""Whether a checklist, or a file of the standards registry, may be used: schema first, then what a schema cannot say.

The order in which things are asked matters: references may only point to earlier items, so that no condition can go
in a circle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from forms.checklist import tested_items
from forms.core_visit import ITEMS_MAXIMUM, most_core_items
from forms.problems import Problem, has_errors, pointer_to
from forms.quantities import thousandths
from forms.standards import Standards
from forms.unverified import can_rest_on, is_open, unverified_items
from forms.wording import problem_from
from vocabulary import AnswerResult, AuthoringSeverity, DesignComparison, HazardGrade, ItemKind, ProfileKind, StandardGround, Text

SCHEMA_FOLDER = Path(__file__).parent / "schema"

Document = Mapping[str, Any]

_CJK = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile("[A-Za-z]{2,}")
_OWN_KEY = {
    "number": "number",
    "choice": "choice",
    "facts": "facts",
    "photo": "photo",
    "text": "text",
    "partial": "judgement",
}
_JUDGED = {ItemKind.JUDGEMENT, ItemKind.NUMBER, ItemKind.CHOICE, ItemKind.FACTS}


def validate_checklist(document: Any, standards: Standards | None = None) -> list[Problem]:
    """Everything that is wrong with a checklist document; without an error it may be published.

    Shape:  without ``standards`` citations are not looked up. Rules across places are checked once the schema fits.
    Source: forms/schema/checklist-1.json; docs/checklist-format.md.
    """
    problems = list(_schema_problems("checklist-1.json", document))
    problems += _text_problems(document)
    if any(problem.severity is AuthoringSeverity.ERROR and problem.code.startswith("schema") for problem in problems):
        return problems
    problems += _number_problems(document)
    problems += _Checks(document, standards).problems()
    if not has_errors(problems):
        problems += _reachability_problems(document)
        problems += _core_problems(document)
    return problems


def validate_citations(document: Document, standards: Standards, day: date) -> list[Problem]:
    """Citations of a valid checklist that are unknown, or not in force on ``day``; publishing asks this for its own day."""
    checks = _Checks(document, standards)
    checks.day = day
    return [problem for problem in checks.citations() if problem.severity is AuthoringSeverity.ERROR]


def validate_standards(entries: Any) -> list[Problem]:
    """Everything that is wrong with one file of the standards registry."""
    problems = list(_schema_problems("standards-1.json", entries))
    problems += _text_problems(entries)
    if has_errors(problems):
        return problems
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry["id"] in seen:
            problems.append(_duplicate(pointer_to(index, "id"), entry["id"]))
        seen.add(entry["id"])
        dates: dict[str, date] = {}
        replacement = entry["replaced_by"] or {}
        stated = {key: entry[key] for key in ("valid_from", "valid_to", "last_checked_on")} | {"on": replacement.get("on")}
        for key, value in stated.items():
            if value is None:
                continue
            day = _find_date(value)
            if day is None:
                place = ("replaced_by", key) if key == "on" else (key,)
                problems.append(_no_such_day(pointer_to(index, *place), value))
            else:
                dates[key] = day
        if {"valid_from", "valid_to"} <= dates.keys() and dates["valid_to"] < dates["valid_from"]:
            problems.append(
                _problem(
                    pointer_to(index, "valid_to"),
                    "dates-reversed",
                    _text("失效日早于施行日", "valid_to is before valid_from"),
                    _text("valid_to 写有效的最后一天", "valid_to is the last day on which it applies"),
                )
            )
        if entry["valid_from"] is None and "unverified" not in entry:
            problems.append(
                _problem(
                    pointer_to(index, "valid_from"),
                    "unknown-date",
                    _text("施行日不明，却没有标 unverified", "the date is unknown but the entry is not marked unverified"),
                    _text("补上施行日，或加 unverified 写明原因", "add the date, or mark it unverified with the reason"),
                )
            )
        if {"valid_to", "on"} <= dates.keys() and dates["on"] > dates["valid_to"] + timedelta(days=1):
            problems.append(
                _problem(
                    pointer_to(index, "replaced_by", "on"),
                    "replaced-too-late",
                    _text("失效以后才被取代", "it is replaced after it had ceased to apply"),
                    _text("取代日写新版的施行日", "on is the first day of the new edition"),
                )
            )
        if entry["last_checked_on"] is None and "unverified" not in entry:
            problems.append(
                _problem(
                    pointer_to(index, "last_checked_on"),
                    "never-checked",
                    _text("从没核对过，却没有标 unverified", "nobody ever looked it up, but the entry is not marked unverified"),
                    _text("核对后写上日期，或加 unverified 写明原因", "look it up and write the day, or mark it unverified"),
                )
            )
    return problems


def validate_registry(files: Mapping[str, Any]) -> dict[str, list[Problem]]:
    """What is wrong between the files of the registry: an id used twice, a successor that does not exist."""
    problems: dict[str, list[Problem]] = {name: [] for name in files}
    home: dict[str, str] = {}
    for name, entries in files.items():
        for index, entry in enumerate(entries):
            first = home.setdefault(entry["id"], name)
            if first != name:
                problems[name].append(
                    _problem(
                        pointer_to(index, "id"),
                        "duplicate-id",
                        _text(f"{entry['id']} 已在 {first} 中登记", f"{entry['id']} is already registered in {first}"),
                        _text(
                            "只保留一处；几张表共用的放 common.json",
                            "keep one; what several checklists cite goes to common.json",
                        ),
                    )
                )
    for name, entries in files.items():
        for index, entry in enumerate(entries):
            replacement = entry["replaced_by"]
            if replacement is not None and replacement["standard"] not in home:
                problems[name].append(_unknown_standard(pointer_to(index, "replaced_by", "standard"), replacement["standard"]))
    return problems


@lru_cache
def _validator(schema_name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMA_FOLDER / schema_name).read_text("utf-8")))


def _schema_problems(schema_name: str, document: Any) -> Iterator[Problem]:
    errors = _validator(schema_name).iter_errors(document)
    return iter(_once(problem_from(error) for error in sorted(errors, key=lambda error: [str(s) for s in error.absolute_path])))


def _once(problems: Iterator[Problem]) -> list[Problem]:
    # One missing key can be reported by several branches of the schema.
    return list({(p.pointer, p.code, p.what["en"]): p for p in problems}.values())


def _text_problems(value: Any, *steps: str | int) -> Iterator[Problem]:
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"} and isinstance(value["zh"], str) and isinstance(value["en"], str):
            yield from _language_problems(value["zh"], value["en"], steps)
            return
        for key, child in value.items():
            yield from _text_problems(child, *steps, key)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _text_problems(child, *steps, index)


def _language_problems(zh: str, en: str, steps: tuple[str | int, ...]) -> Iterator[Problem]:
    if _CJK.search(en) and not _LATIN_WORD.search(en):
        yield _problem(
            pointer_to(*steps, "en"),
            "untranslated",
            _text("en 里写的是中文", "the English text is Chinese"),
            _text("写英文译文", "write it in English"),
        )
    if not _CJK.search(zh) and len(_LATIN_WORD.findall(zh)) >= 3:
        yield _problem(
            pointer_to(*steps, "zh"),
            "untranslated",
            _text("zh 里没有中文", "the Chinese text is not Chinese"),
            _text("写中文", "write it in Chinese"),
        )


def _number_problems(value: Any, *steps: str | int) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _number_problems(child, *steps, key)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _number_problems(child, *steps, index)
    elif isinstance(value, float):
        try:
            thousandths(value)
        except (ValueError, ArithmeticError):
            yield _problem(
                pointer_to(*steps),
                "too-many-decimals",
                _text(f"{value} 的小数多于三位", f"{value} has more than three decimals"),
                _text("最多保留三位小数", "use at most three decimals"),
            )


def _reachability_problems(document: Document) -> list[Problem]:
    from forms.reachability import unreachable_items, unreachable_determinations  # noqa: I001  (compiles: only for sound documents)

    problems = []
    for section_index, item_index, item_id in unreachable_items(document):
        problems.append(
            _problem(
                pointer_to("sections", section_index, "items", item_index, "relevant"),
                "unreachable-item",
                _text(f"检查项 {item_id} 在任何情况下都不会显示", f"item {item_id} can never be shown"),
                _text("改正 relevant 条件（含分表的条件）", "mend its condition or that of its section"),
            )
        )
    for index, determination_id in unreachable_determinations(document):
        problems.append(
            _problem(
                pointer_to("determinations", index, "when"),
                "unreachable-determination",
                _text(
                    f"判定 {determination_id} 在任何情况下都不会成立",
                    f"determination {determination_id} can never be met",
                ),
                _text(
                    "改正 when、unless，或所引检查项的条件",
                    "mend when, unless, or the conditions of the items that it tests",
                ),
            )
        )
    return problems


def _core_problems(document: Document) -> Iterator[Problem]:
    asked = most_core_items(document)
    if len(asked) > ITEMS_MAXIMUM:
        yield _problem(
            "/sections",
            "core-too-long",
            _text(
                f"一家单位的必查项会有 {len(asked)} 项，超过 {ITEMS_MAXIMUM} 项",
                f"one subject can be asked {len(asked)} core items, more than {ITEMS_MAXIMUM}",
            ),
            _text("去掉几项的 core，留给全面检查", "take core from some of them and leave them to the full visit"),
        )


class _Checks:
    """The rules that look at several places of one document."""

    def __init__(self, document: Document, standards: Standards | None) -> None:
        self.document = document
        self.standards = standards
        self.profile = {key["id"]: key for key in document.get("profile", [])}
        self.items: dict[str, Any] = {}
        self.order: dict[str, int] = {}
        self.determinations = {entry["id"]: entry for entry in document.get("determinations", [])}
        self.unverified = unverified_items(document)
        self.noted: set[str] = set()
        self.valid_from = _find_date(document["valid_from"])
        self.day = self.valid_from
        for section in document["sections"]:
            for item in section["items"]:
                self.order.setdefault(item["id"], len(self.order))
                self.items.setdefault(item["id"], item)

    def problems(self) -> list[Problem]:
        found = list(self._document_problems())
        asked = 0
        for section_index, section in enumerate(self.document["sections"]):
            place = ("sections", section_index)
            if "relevant" in section:
                found += self._condition(section["relevant"], asked, *place, "relevant")
            for item_index, item in enumerate(section["items"]):
                found += self._item_problems(item, asked, *place, "items", item_index)
                asked += 1
        for index, determination in enumerate(self.document.get("determinations", [])):
            found += self._determination_problems(determination, "determinations", index)
        return found

    def citations(self) -> Iterator[Problem]:
        for section_index, section in enumerate(self.document["sections"]):
            for item_index, item in enumerate(section["items"]):
                for index, citation in enumerate(item.get("basis", [])):
                    yield from self._citation_problems(citation, "sections", section_index, "items", item_index, "basis", index)
        for index, determination in enumerate(self.document.get("determinations", [])):
            yield from self._citation_problems(determination, "determinations", index)

    def _document_problems(self) -> Iterator[Problem]:
        document = self.document
        if self.valid_from is None:
            yield _no_such_day("/valid_from", document["valid_from"])
        yield from _duplicates([section["id"] for section in document["sections"]], "sections", key="id")
        yield from _duplicates([entry["id"] for entry in document.get("profile", [])], "profile", key="id")
        yield from _duplicates([entry["id"] for entry in document.get("determinations", [])], "determinations", key="id")
        seen: set[str] = set()
        for section_index, section in enumerate(document["sections"]):
            for item_index, item in enumerate(section["items"]):
                if item["id"] in seen:
                    yield _duplicate(pointer_to("sections", section_index, "items", item_index, "id"), item["id"])
                seen.add(item["id"])
        for index, key in enumerate(document.get("profile", [])):
            yield from _duplicates([o["value"] for o in key.get("options", [])], "profile", index, "options", key="value")
            yield from self._profile_key_problems(key, index)
        yield from self._band_problems(document["scoring"]["bands"])
        if not any(item["points"] > 0 for item in self.items.values()):
            yield _problem(
                "/sections",
                "no-points",
                _text("没有一项有分值", "no item has points"),
                _text("至少给一项定分值", "give at least one item points"),
            )

    def _profile_key_problems(self, key: Document, index: int) -> Iterator[Problem]:
        if key["type"] != ItemKind.CHOICE and "options" in key:
            yield _misplaced(pointer_to("profile", index, "options"), "options", "choice")
        if key["type"] != ItemKind.NUMBER and "unit" in key:
            yield _misplaced(pointer_to("profile", index, "unit"), "unit", "number")

    def _band_problems(self, bands: list[Any]) -> Iterator[Problem]:
        yield from _duplicates([band["grade"] for band in bands], "scoring", "bands", key="grade")
        starts = [thousandths(band["at_least"]) for band in bands]
        if starts != sorted(set(starts), reverse=True) or starts[-1] != 0:
            yield _problem(
                "/scoring/bands",
                "bands-order",
                _text(
                    "等级线须从高到低、不重复，最后一档从 0 起",
                    "bands must fall from high to low, and the last must start at 0",
                ),
                _text("按 90、80、60、0 的样子排列", "order them like 90, 80, 60, 0"),
            )

    def _item_problems(self, item: Document, asked: int, *place: str | int) -> Iterator[Problem]:
        kind = item["type"]
        for key, owner in _OWN_KEY.items():
            if key in item and kind != owner:
                yield _misplaced(pointer_to(*place, key), key, owner)
        if "relevant" in item:
            yield from self._condition(item["relevant"], asked, *place, "relevant")
        if kind == ItemKind.NUMBER:
            yield from self._number_item_problems(item["number"], asked, *place, "number")
        if kind == ItemKind.CHOICE:
            yield from self._choice_item_problems(item, *place, "choice", "options")
        if kind == ItemKind.FACTS:
            yield from _duplicates([o["value"] for o in item["facts"]["options"]], *place, "facts", "options", key="value")
        if kind == ItemKind.PHOTO and item["photo"]["minimum"] > item["photo"]["maximum"]:
            yield _reversed(pointer_to(*place, "photo"))
        if kind not in _JUDGED:
            yield from self._unjudged_item_problems(item, *place)
        for index, citation in enumerate(item.get("basis", [])):
            yield from self._citation_problems(citation, *place, "basis", index)
        if "unverified" not in item and item.get("basis") and all(is_open(citation) for citation in item["basis"]):
            yield _problem(
                pointer_to(*place, "basis"),
                "open-clause",
                _text(
                    "依据的条款都写着未核、待核，此项却没有标 unverified",
                    "every clause of its basis is open, but the item is not unverified",
                ),
                _text(
                    "核对条款后改写，或加 unverified 写明原因", "look the clause up, or mark the item unverified with the reason"
                ),
            )
        yield from self._hazard_problems(item, *place, "hazard", "determinations")

    def _unjudged_item_problems(self, item: Document, *place: str | int) -> Iterator[Problem]:
        for key in ("gate", "veto"):
            if item.get(key):
                yield _misplaced(pointer_to(*place, key), key, "judgement/number/choice/facts")
        if "hazard" in item:
            yield _misplaced(pointer_to(*place, "hazard"), "hazard", "judgement/number/choice/facts")
        required = item["text"]["required"] if item["type"] == ItemKind.TEXT else item["photo"]["minimum"] > 0
        if item["points"] > 0 and not required:
            yield _problem(
                pointer_to(*place, "points"),
                "points-on-optional-item",
                _text("可以不填的项目不能有分值", "an item that may be left out cannot have points"),
                _text("分值改为 0，或改为必填", "set points to 0, or make it required"),
            )

    def _number_item_problems(self, number: Document, asked: int, *place: str | int) -> Iterator[Problem]:
        if number["minimum"] >= number["maximum"]:
            yield _reversed(pointer_to(*place))
        if "design" in number:
            yield from self._design_problems(number["design"], *place, "design")
        for index, limit in enumerate(number["limits"]):
            bounds = {key: value for key, value in limit.items() if key != "when"}
            if not bounds:
                yield _problem(
                    pointer_to(*place, "limits", index),
                    "empty-limit",
                    _text("限值里没有数", "the limit has no figure"),
                    _text("加 below、at_most、above、at_least 之一", "add below, at_most, above or at_least"),
                )
            if "when" in limit:
                yield from self._condition(limit["when"], asked, *place, "limits", index, "when")
            elif index < len(number["limits"]) - 1:
                yield _problem(
                    pointer_to(*place, "limits", index),
                    "limit-never-reached",
                    _text(
                        "这条限值没有 when，后面的限值永远用不上",
                        "this limit has no when, so those after it never apply",
                    ),
                    _text("把没有 when 的限值放在最后", "put the limit without when last"),
                )
            for key, value in bounds.items():
                if "design" not in number and not number["minimum"] <= value <= number["maximum"]:
                    yield _problem(
                        pointer_to(*place, "limits", index, key),
                        "limit-out-of-range",
                        _text(
                            f"限值 {value} 不在可填范围 {number['minimum']}～{number['maximum']} 内",
                            f"the limit {value} is outside {number['minimum']} to {number['maximum']}",
                        ),
                        _text("改限值，或放宽 minimum、maximum", "mend the limit, or widen minimum and maximum"),
                    )

    def _design_problems(self, design: Document, *place: str | int) -> Iterator[Problem]:
        if design["minimum"] >= design["maximum"]:
            yield _reversed(pointer_to(*place))
        if design["comparison"] != DesignComparison.DIFFERENCE and design["minimum"] <= 0:
            yield _problem(
                pointer_to(*place, "minimum"),
                "design-may-be-zero",
                _text("设计值可能为 0，不能用来除", "the design value could be 0, which nothing can be divided by"),
                _text("minimum 改为大于 0 的数", "give it a minimum above 0"),
            )

    def _choice_item_problems(self, item: Document, *place: str | int) -> Iterator[Problem]:
        options = item["choice"]["options"]
        yield from _duplicates([option["value"] for option in options], *place, key="value")
        if not any(option["result"] == AnswerResult.PASS for option in options):
            yield _problem(
                pointer_to(*place),
                "no-passing-option",
                _text("没有一个选项算符合", "no option passes"),
                _text("至少一个选项的 result 为 pass", "give at least one option the result pass"),
            )
        for index, option in enumerate(options):
            if (option["result"] == AnswerResult.PARTIAL) != ("deduction" in option):
                yield _problem(
                    pointer_to(*place, index),
                    "deduction-and-partial",
                    _text(
                        "deduction 只用于 result 为 partial 的选项，且必须有",
                        "deduction goes with the result partial, and only with it",
                    ),
                    _text("补上或删去 deduction", "add or remove deduction"),
                )

    def _citation_problems(self, citation: Document, *place: str | int) -> Iterator[Problem]:
        if self.standards is None or self.day is None:
            return
        standard = self.standards.find(citation["standard"])
        pointer = pointer_to(*place, "standard")
        if standard is None:
            yield _unknown_standard(pointer, citation["standard"])
            return
        successor = standard.replaced_by.standard if standard.replaced_by else ""
        mend = _text(
            f"改引现行版本{'：' + successor if successor else ''}",
            f"cite the edition in force{': ' + successor if successor else ''}",
        )
        if not standard.is_in_force(self.day):
            until = f"{standard.valid_from}～{standard.valid_to or ''}"
            yield _problem(
                pointer,
                "standard-not-in-force",
                _text(
                    f"{standard.id} 在 {self.day} 不适用（有效期 {until}）",
                    f"{standard.id} does not apply on {self.day} (in force {until})",
                ),
                mend,
            )
        elif standard.ground(self.day) is StandardGround.REPLACED:
            yield _problem(
                pointer,
                "standard-replaced",
                _text(
                    f"{standard.id} 在 {self.day} 已被取代，它的条款只作提示",
                    f"{standard.id} has been replaced by {self.day}: its clauses only suggest",
                ),
                mend,
                AuthoringSeverity.WARNING,
            )

    def _hazard_problems(self, item: Document, *place: str | int) -> Iterator[Problem]:
        for index, determination_id in enumerate(item.get("hazard", {}).get("determinations", [])):
            determination = self.determinations.get(determination_id)
            if determination is None:
                yield _problem(
                    pointer_to(*place, index),
                    "unknown-determination",
                    _text(f"没有判定 {determination_id}", f"there is no determination {determination_id}"),
                    _text("改正编号，或在 determinations 中加上", "mend the id, or add it to determinations"),
                )
            elif item["id"] not in tested_items(determination["when"]):
                yield _problem(
                    pointer_to(*place, index),
                    "determination-does-not-test-item",
                    _text(
                        f"判定 {determination_id} 的条件没有用到 {item['id']}",
                        f"the condition of {determination_id} does not test {item['id']}",
                    ),
                    _text("在 when 中用上此项，或删去这个编号", "test the item in when, or remove the id here"),
                    AuthoringSeverity.WARNING,
                )

    def _determination_problems(self, determination: Document, *place: str | int) -> Iterator[Problem]:
        yield from self._citation_problems(determination, *place)
        everything = len(self.order)
        yield from self._condition(determination["when"], everything, *place, "when")
        if "unless" in determination:
            yield from self._condition(determination["unless"], everything, *place, "unless")
        if "unverified" in determination or "reviewer" in determination:
            return
        if determination["grade"] == HazardGrade.MAJOR:
            yield from self._major_ground_problems(determination, *place)
        standard = self.standards.find(determination["standard"]) if self.standards else None
        if standard is not None and standard.unverified and standard.id not in self.noted:
            self.noted.add(standard.id)
            yield _problem(
                pointer_to(*place),
                "unverified-ground",
                _text(
                    f"依据 {standard.id} 标为待核，判定却没有标 unverified",
                    f"its ground {standard.id} is marked unverified, but the determination is not",
                ),
                _text(
                    "条款文字未核的，给判定加 unverified",
                    "if the text of the clause is not verified, mark the determination unverified",
                ),
                AuthoringSeverity.WARNING,
            )

    def _major_ground_problems(self, determination: Document, *place: str | int) -> Iterator[Problem]:
        if is_open(determination):
            yield _problem(
                pointer_to(*place, "clause"),
                "open-clause",
                _text("条款写着未核、待核，不能定为重大隐患", "the clause is open: it cannot make a major hazard"),
                _text(
                    "核对条款后改写，或加 unverified，只作提示",
                    "look the clause up, or mark it unverified: then it only suggests",
                ),
            )
        doubtful = self.unverified & tested_items(determination["when"])
        if doubtful and can_rest_on(determination["when"], doubtful):
            names = "、".join(sorted(doubtful))
            yield _problem(
                pointer_to(*place, "when"),
                "rests-on-unverified",
                _text(
                    f"只凭待核的检查项（{names}）就能定为重大隐患",
                    f"unverified items alone ({names}) could make this a major hazard",
                ),
                _text(
                    "条件里加上已核的检查项，或给判定加 unverified，只作提示",
                    "add an item that is verified, or mark the determination unverified: then it only suggests",
                ),
            )

    def _condition(self, condition: Document, asked: int, *place: str | int) -> Iterator[Problem]:
        for key in ("all", "any", "of"):
            for index, child in enumerate(condition.get(key, [])):
                yield from self._condition(child, asked, *place, key, index)
        if "not" in condition:
            yield from self._condition(condition["not"], asked, *place, "not")
        if "of" in condition and condition["at_least"] > len(condition["of"]):
            yield _problem(
                pointer_to(*place, "at_least"),
                "at-least-too-many",
                _text(
                    f"要求至少 {condition['at_least']} 项，却只列了 {len(condition['of'])} 项",
                    f"asks for {condition['at_least']} of {len(condition['of'])}",
                ),
                _text("减小 at_least，或补充条件", "lower at_least or add conditions"),
            )
        if "item" in condition:
            yield from self._item_test_problems(condition, asked, *place)
        if "profile" in condition:
            yield from self._profile_test_problems(condition, *place)

    def _item_test_problems(self, test: Document, asked: int, *place: str | int) -> Iterator[Problem]:
        item = self.items.get(test["item"])
        if item is None:
            yield _problem(
                pointer_to(*place, "item"),
                "unknown-item",
                _text(f"没有检查项 {test['item']}", f"there is no item {test['item']}"),
                _text("改正编号", "mend the id"),
            )
            return
        if self.order[test["item"]] >= asked:
            yield _problem(
                pointer_to(*place, "item"),
                "later-item",
                _text(
                    f"{test['item']} 排在后面，条件只能引用前面的检查项",
                    f"{test['item']} comes later: only earlier items may be tested",
                ),
                _text("把被引用的项移到前面", "move the tested item before this one"),
            )
        wanted = {"number": "number", "value": "choice", "has": "facts"}
        for key, kind in wanted.items():
            if key in test and item["type"] != kind:
                yield _wrong_test(pointer_to(*place, key), key, kind, test["item"], item["type"])
        if "value" in test and item["type"] == ItemKind.CHOICE:
            yield from _option_problems(test["value"], item["choice"]["options"], *place, "value")
        if "has" in test and item["type"] == ItemKind.FACTS:
            yield from _option_problems(test["has"], item["facts"]["options"], *place, "has")

    def _profile_test_problems(self, test: Document, *place: str | int) -> Iterator[Problem]:
        key = self.profile.get(test["profile"])
        if key is None:
            yield _problem(
                pointer_to(*place, "profile"),
                "unknown-profile-key",
                _text(f"profile 中没有 {test['profile']}", f"the profile has no {test['profile']}"),
                _text("改正名称，或在 profile 中加上", "mend the name, or add it to profile"),
            )
            return
        kind = key["type"]
        if "number" in test and kind != ItemKind.NUMBER:
            yield _wrong_test(pointer_to(*place, "number"), "number", "number", test["profile"], kind)
        if "in" in test and kind != ItemKind.CHOICE:
            yield _wrong_test(pointer_to(*place, "in"), "in", "choice", test["profile"], kind)
        if "is" in test and kind != (ProfileKind.BOOLEAN if isinstance(test["is"], bool) else ItemKind.CHOICE):
            yield _wrong_test(pointer_to(*place, "is"), "is", "choice/boolean", test["profile"], kind)
        if kind == ItemKind.CHOICE:
            values = test.get("in", [test["is"]] if isinstance(test.get("is"), str) else [])
            for value in values:
                yield from _option_problems(value, key["options"], *place, "in" if "in" in test else "is")


def _option_problems(value: str, options: list[Any], *place: str | int) -> Iterator[Problem]:
    known = [option["value"] for option in options]
    if value not in known:
        yield _problem(
            pointer_to(*place),
            "unknown-option",
            _text(f"没有选项 {value}", f"there is no option {value}"),
            _text(f"改为其中之一：{', '.join(known)}", f"use one of {', '.join(known)}"),
        )


def _duplicates(ids: list[str], *place: str | int, key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, value in enumerate(ids):
        if value in seen:
            yield _duplicate(pointer_to(*place, index, key), value)
        seen.add(value)


def _duplicate(pointer: str, value: str) -> Problem:
    return _problem(
        pointer,
        "duplicate-id",
        _text(f"{value} 出现了两次", f"{value} is used twice"),
        _text("改成不同的编号", "give each its own id"),
    )


def _unknown_standard(pointer: str, standard_id: str) -> Problem:
    return _problem(
        pointer,
        "unknown-standard",
        _text(f"标准登记表里没有 {standard_id}", f"{standard_id} is not in the registry of standards"),
        _text("改正编号，或登记到 forms/standards/", "mend the id, or register it in forms/standards/"),
    )


def _no_such_day(pointer: str, value: str) -> Problem:
    return _problem(
        pointer,
        "no-such-day",
        _text(f"没有 {value} 这一天", f"there is no day {value}"),
        _text("改正日期", "mend the date"),
    )


def _misplaced(pointer: str, key: str, owner: str) -> Problem:
    return _problem(
        pointer,
        "misplaced-key",
        _text(f"{key} 只用于 {owner} 类型", f"{key} belongs to the type {owner}"),
        _text(f"删去 {key}，或改类型", f"remove {key}, or change the type"),
    )


def _reversed(pointer: str) -> Problem:
    return _problem(
        pointer,
        "range-reversed",
        _text("minimum 不小于 maximum", "minimum is not below maximum"),
        _text("改正范围", "mend the range"),
    )


def _wrong_test(pointer: str, key: str, wanted: str, tested: str, kind: str) -> Problem:
    return _problem(
        pointer,
        "wrong-test",
        _text(
            f"{key} 只能用于 {wanted} 类型，而 {tested} 是 {kind}",
            f"{key} tests the type {wanted}, but {tested} is {kind}",
        ),
        _text("换一种条件，或改正所引用的项", "use another test, or test another item"),
    )


def _find_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _problem(pointer: str, code: str, what: Text, mend: Text, severity: AuthoringSeverity = AuthoringSeverity.ERROR) -> Problem:
    return Problem(pointer, code, what, mend, severity)


def _text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}
