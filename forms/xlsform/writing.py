"""A checklist as a workbook: an XLSForm that other tools accept, with our columns for what XLSForm lacks.

``reading.read_workbook`` gives an equal document back.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from forms.xlsform import columns
from forms.xlsform.cells import cleaned
from forms.xlsform.expressions import write_condition, write_limit
from forms.xlsform.questions import questions_of
from forms.xlsform.xpath import NOT_APPLICABLE, NOTHING_FOUND, PROFILE, Question, form_name, write_xpath

Document = Mapping[str, Any]

SECTION, INSTANCE_KEY, YES_NO_LIST = "section.", "key.", "yes-no"
CELL_AT_MOST = 32_767
# The file must not change when the checklist has not.
_MADE_AT = datetime(2026, 1, 1)
_UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_WIDTHS = {
    "label": 44,
    "hint": 40,
    "guidance_hint": 30,
    "condition": 40,
    "relevant": 30,
    "phrases": 36,
    "reasons": 30,
    "unverified": 30,
}

JUDGEMENT_LABELS = {
    "pass": ("符合", "Pass"),
    "fail": ("不符合", "Fail"),
    "partial": ("部分不符合", "Partly fails"),
    "not_applicable": ("不适用", "Not applicable"),
    "unchecked": ("未检查", "Unchecked"),
}
_EXTRA_LABELS = {NOT_APPLICABLE: ("不适用", "Not applicable"), NOTHING_FOUND: ("没有发现", "None found")}


class Unwritable(ValueError):
    """A text that no cell can hold: control characters, spaces at an end, or too long."""


def write_workbook(document: Document) -> bytes:
    """The .xlsx of a valid checklist.

    Raises: Unwritable
    Source: docs/xlsform.md
    """
    book = Workbook()
    questions = questions_of(document)
    survey = book.active
    assert survey is not None
    survey.title = columns.SURVEY
    _fill(survey, columns.SURVEY_COLUMNS, _survey_rows(document, questions))
    _fill(book.create_sheet(columns.CHOICES), columns.CHOICES_COLUMNS, _choice_rows(document))
    _fill(book.create_sheet(columns.SETTINGS), columns.SETTINGS_COLUMNS, [_settings(document)])
    _fill(book.create_sheet(columns.CHECKLIST), columns.CHECKLIST_COLUMNS, _checklist_rows(document))
    _fill(book.create_sheet(columns.SCORING), columns.SCORING_COLUMNS, _band_rows(document))
    if "determinations" in document:
        rows = (_determination_row(entry) for entry in document["determinations"])
        _fill(book.create_sheet(columns.DETERMINATIONS), columns.DETERMINATION_COLUMNS, rows)
    book.properties.created = book.properties.modified = _MADE_AT
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def judgement_list(item: Document) -> str:
    """The name of the choices of a judgement: which results it may have. The hyphens keep it apart from ids of items."""
    return ("pass-partial-fail" if "partial" in item else "pass-fail") + ("-na" if item.get("not_applicable") else "")


def range_constraint(minimum: Any, maximum: Any) -> str:
    """XLSForm's constraint for the figures that can be true."""
    return f". >= {json.dumps(minimum)} and . <= {json.dumps(maximum)}"


def _survey_rows(document: Document, questions: Mapping[str, Question]) -> Iterator[dict[str, Any]]:
    if document.get("profile"):
        yield {"type": "begin_group", "name": "profile", **_texts("label", {"zh": "主体情况", "en": "Facts about the subject"})}
        for key in document["profile"]:
            kind = {"choice": f"select_one {PROFILE}{key['id']}", "boolean": f"select_one {YES_NO_LIST}", "number": "decimal"}[
                key["type"]
            ]
            yield {"type": kind, "name": PROFILE + key["id"], **_texts("label", key["label"]), "unit": key.get("unit")}
        yield {"type": "end_group", "name": "profile"}
    for section in document["sections"]:
        repeated = "repeat" in section
        home = section["id"] if repeated else None
        yield {
            "type": "begin_repeat" if repeated else "begin_group",
            "name": SECTION + section["id"],
            **_texts("label", section["title"]),
            **_condition(section, questions, None),
            "weight": section["weight"],
            "gate_minimum_percent": section.get("gate_minimum_percent"),
            "maximum": section["repeat"]["max"] if repeated else None,
        }
        if repeated:
            yield {
                "type": "text", "name": INSTANCE_KEY + section["id"], **_texts("label", section["repeat"]["label"]),
                "required": "yes",
            }  # fmt: skip
        for item in section["items"]:
            yield _item_row(item, questions, home)
        yield {"type": "end_repeat" if repeated else "end_group", "name": SECTION + section["id"]}


def _item_row(item: Document, questions: Mapping[str, Question], home: str | None) -> dict[str, Any]:
    not_applicable = item.get("not_applicable")
    row: dict[str, Any] = {
        "name": form_name(item["id"]),
        **_texts("label", item["statement"]),
        **_texts("hint", item.get("how")),
        **_texts("guidance_hint", item.get("photo_hint")),
        **_condition(item, questions, home),
        "points": item["points"],
        "core": _yes_no(item.get("core")),
        "gate": _yes_no(item.get("gate")),
        "veto": _yes_no(item.get("veto")),
        "not_applicable": "yes" if not_applicable else "no" if "not_applicable" in item else None,
        "basis": _lines(f"{citation['standard']} {citation['clause']}" for citation in item.get("basis", [])),
        **_unverified(item),
    }
    if not_applicable:
        row |= _text_lines("reasons", not_applicable["reasons"])
    return row | _kind_cells(item) | _hazard_cells(item.get("hazard"))


def _kind_cells(item: Document) -> dict[str, Any]:
    match item["type"]:
        case "judgement":
            deduction = item["partial"]["deduction_per_occurrence"] if "partial" in item else None
            return {"type": f"select_one {judgement_list(item)}", "required": "yes", "partial_deduction": deduction}
        case "number":
            number = item["number"]
            return {
                "type": "decimal" if number["decimals"] else "integer",
                "required": None if item.get("not_applicable") else "yes",
                "constraint": range_constraint(number["minimum"], number["maximum"]),
                "minimum": number["minimum"],
                "maximum": number["maximum"],
                "decimals": number["decimals"],
                "unit": number["unit"],
                "limits": _lines(map(write_limit, number["limits"])),
                **_design_cells(number.get("design")),
            }
        case "choice":
            return {"type": f"select_one {item['id']}", "required": "yes"}
        case "facts":
            alone = " or ".join(
                f"selected(., '{name}')" for name in [NOTHING_FOUND, *([NOT_APPLICABLE] if item.get("not_applicable") else [])]
            )
            return {
                "type": f"select_multiple {item['id']}",
                "required": "yes",
                "constraint": f"not(({alone}) and count-selected(.) > 1)",
            }
        case "text":
            length = item["text"]["max_length"]
            return {
                "type": "text",
                "required": _yes_no(item["text"]["required"]),
                "constraint": f"string-length(.) <= {length}",
                "maximum": length,
            }
    return {
        "type": "image",
        "required": _yes_no(item["photo"]["minimum"] > 0),
        "minimum": item["photo"]["minimum"],
        "maximum": item["photo"]["maximum"],
    }


def _design_cells(design: Document | None) -> dict[str, Any]:
    if design is None:
        return {}
    own = {f"design_{key}": design.get(key) for key in ("comparison", "unit", "result_unit", "decimals", "minimum", "maximum")}
    return {"design_zh": design["label"]["zh"], "design_en": design["label"]["en"], **own}


def _hazard_cells(hazard: Document | None) -> dict[str, Any]:
    if hazard is None:
        return {}
    named, measure = hazard.get("determinations"), hazard.get("immediate_measure", {})
    said = measure.get("text", {})
    return {
        **_text_lines("phrases", hazard["phrases"]),
        "deadline_days": hazard["deadline"]["days"],
        "deadline_kind": hazard["deadline"]["day_kind"],
        "evidence_zh": hazard["evidence"]["zh"],
        "evidence_en": hazard["evidence"]["en"],
        "immediate_measure": " ".join(measure.get("kinds", [])) or None,
        "immediate_zh": said.get("zh"),
        "immediate_en": said.get("en"),
        "determinations": None if named is None else " ".join(named) or "none",
    }


def _choice_rows(document: Document) -> Iterator[dict[str, Any]]:
    items = [item for section in document["sections"] for item in section["items"]]
    if any(key["type"] == "boolean" for key in document.get("profile", [])):
        yield {"list_name": YES_NO_LIST, "name": "true", **_texts("label", {"zh": "是", "en": "Yes"})}
        yield {"list_name": YES_NO_LIST, "name": "false", **_texts("label", {"zh": "否", "en": "No"})}
    for key in document.get("profile", []):
        for option in key.get("options", []):
            yield {"list_name": PROFILE + key["id"], "name": option["value"], **_texts("label", option["label"])}
    for name in sorted({judgement_list(item) for item in items if item["type"] == "judgement"}):
        for result, (zh, en) in JUDGEMENT_LABELS.items():
            if (result != "partial" or "-partial" in name) and (result != "not_applicable" or name.endswith("-na")):
                yield {"list_name": name, "name": result, **_texts("label", {"zh": zh, "en": en})}
    for item in items:
        if item["type"] not in ("choice", "facts"):
            continue
        for option in item[item["type"]]["options"]:
            yield {
                "list_name": item["id"], "name": option["value"], **_texts("label", option["label"]),
                "result": option.get("result"), "deduction": option.get("deduction"),
            }  # fmt: skip
        extra = [NOTHING_FOUND] if item["type"] == "facts" else []
        for name in [*extra, *([NOT_APPLICABLE] if item.get("not_applicable") else [])]:
            zh, en = _EXTRA_LABELS[name]
            yield {"list_name": item["id"], "name": name, **_texts("label", {"zh": zh, "en": en})}


def _settings(document: Document) -> dict[str, Any]:
    return {
        "form_title": document["title"]["zh"],
        "form_id": document["id"],
        "version": document["version"],
        "default_language": columns.DEFAULT_LANGUAGE,
    }


def _checklist_rows(document: Document) -> Iterator[dict[str, Any]]:
    yield {"key": "format", "value": columns.FORMAT}
    yield {"key": "title", **document["title"]}
    if "description" in document:
        yield {"key": "description", **document["description"]}
    yield {"key": "status", "value": document["status"]}
    yield {"key": "sector", "value": document["sector"]}
    yield {"key": "subject_kinds", "value": " ".join(document["applies_to"]["subject_kinds"])}
    yield {"key": "valid_from", "value": document["valid_from"]}
    scoring = document["scoring"]
    yield {"key": "rounding", "value": scoring["rounding"]}
    yield {"key": "not_applicable_limit_percent", "value": scoring["not_applicable_limit_percent"]}
    yield {"key": "confirmed_by_office", "value": _yes_no(scoring["confirmed_by_office"])}
    for entry in document.get("changelog", []):
        for change in entry["changes"]:
            yield {"key": "changelog", "value": entry["version"], **change}
    if document.get("profile") == []:
        yield {"key": "profile", "value": "none"}


def _band_rows(document: Document) -> Iterator[dict[str, Any]]:
    for band in document["scoring"]["bands"]:
        yield {
            "grade": band["grade"], "label_zh": band["label"]["zh"], "label_en": band["label"]["en"],
            "at_least": band["at_least"],
        }  # fmt: skip


def _determination_row(entry: Document) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "title_zh": entry["title"]["zh"],
        "title_en": entry["title"]["en"],
        **{key: entry[key] for key in ("standard", "clause", "grade", "halt", "route", "regulator")},
        "when": write_condition(entry["when"]),
        "unless": write_condition(entry["unless"]) if "unless" in entry else None,
        **_unverified(entry),
        **{f"reviewer_{language}": text for language, text in entry.get("reviewer", {}).get("question", {}).items()},
    }


def _condition(entry: Document, questions: Mapping[str, Question], home: str | None) -> dict[str, Any]:
    if "relevant" not in entry:
        return {}
    condition = entry["relevant"]
    return {"condition": write_condition(condition), "relevant": write_xpath(condition, questions, home) or None}


def _texts(name: str, value: Document | None) -> dict[str, Any]:
    return {} if value is None else {name + columns.ZH: value["zh"], name + columns.EN: value["en"]}


def _text_lines(name: str, values: Sequence[Document]) -> dict[str, Any]:
    return {f"{name}_{language}": _lines(value[language] for value in values) for language in ("zh", "en")}


def _lines(values: Any) -> str | None:
    """One value per line of the cell; a line break within a value is written as ``\\n``."""
    lines = [str(value) for value in values]
    if any(line != line.strip() for line in lines):
        raise Unwritable(f"a text begins or ends with a space: {lines}")
    return "\n".join(line.replace("\\", "\\\\").replace("\n", "\\n") for line in lines) or None


def _unverified(entry: Document) -> dict[str, Any]:
    if "unverified" not in entry:
        return {}
    reason = entry["unverified"]["reason"]
    return {"unverified_zh": reason["zh"], "unverified_en": reason["en"]}


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _fill(sheet: Worksheet, names: list[str], rows: Any) -> None:
    ours = names.index("condition") if "condition" in names else len(names)
    for index, name in enumerate(names, 1):
        cell = sheet.cell(1, index, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE6F0FA" if index <= ours else "FFFFF3D6")
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(re.split(r"::|_zh|_en", name)[0], 15)
    sheet.freeze_panes = "C2" if "name" in names else "A2"
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, 2):
        for index, name in enumerate(names, 1):
            value = row.get(name)
            if value is None or value == "":
                continue
            cell = sheet.cell(number, index)
            cell.value = _writable(value) if isinstance(value, str) else value
            cell.alignment = wrapped
            if isinstance(value, str):
                # A text that begins with "=" stays a text, and "2026.10" does not become a number when it is edited.
                cell.data_type = "s"
                cell.number_format = "@"


def _writable(value: str) -> str:
    if len(value) > CELL_AT_MOST or _UNWRITABLE.search(value) or value != cleaned(value):
        raise Unwritable(value[:80])
    return value
