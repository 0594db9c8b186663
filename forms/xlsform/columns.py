"""Names of sheets and columns of a checklist workbook: XLSForm's own, and ours for what XLSForm lacks.

docs/xlsform.md explains each; a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pyxform import aliases

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
CHECKLIST, SCORING, DETERMINATIONS = "checklist", "scoring", "determinations"
FORMAT = "zero-accident-checklist/1"

ZH, EN = "::中文 (zh)", "::English (en)"
DEFAULT_LANGUAGE = "中文 (zh)"


def in_both(name: str) -> list[str]:
    """The two columns of a text that XLSForm translates."""
    return [name + ZH, name + EN]


SURVEY_COLUMNS = [
    "type", "name", *in_both("label"), *in_both("hint"), *in_both("guidance_hint"), "required", "relevant", "constraint",
    *in_both("constraint_message"),
    "condition", "points", "core", "weight", "gate", "veto", "gate_minimum_percent", "partial_deduction",
    "minimum", "maximum", "decimals", "unit", "limits",
    "design_zh", "design_en", "design_comparison", "design_unit", "design_result_unit", "design_decimals",
    "design_minimum", "design_maximum",
    "not_applicable", "reasons_zh", "reasons_en", "basis", "phrases_zh", "phrases_en", "deadline_days", "deadline_kind",
    "evidence_zh", "evidence_en", "immediate_measure", "immediate_zh", "immediate_en", "determinations",
    "unverified_zh", "unverified_en",
]  # fmt: skip
CHOICES_COLUMNS = ["list_name", "name", *in_both("label"), "result", "deduction"]
SETTINGS_COLUMNS = ["form_title", "form_id", "version", "default_language"]
CHECKLIST_COLUMNS = ["key", "value", "zh", "en"]
SCORING_COLUMNS = ["grade", "label_zh", "label_en", "at_least"]
DETERMINATION_COLUMNS = [
    "id", "title_zh", "title_en", "standard", "clause", "when", "unless", "grade", "halt", "route", "regulator",
    "unverified_zh", "unverified_en", "reviewer_zh", "reviewer_en",
]  # fmt: skip
CHECKLIST_KEYS = {
    "format": "tells our workbooks from other XLSForms",
    "title": "the title in both languages",
    "description": "what the checklist is for",
    "status": "draft or published",
    "sector": "one of the ten sectors; empty for the nine standards",
    "subject_kinds": "village, enterprise, unit",
    "valid_from": "the first day on which it is used",
    "rounding": "one_decimal or whole",
    "not_applicable_limit_percent": "more than this not applicable: the sample is too small",
    "confirmed_by_office": "whether the office has confirmed the weights",
    "changelog": "what a version changes, one row for each change: the version and the change in both languages",
    "profile": "only where the checklist has an empty list of profile keys",
}

# Columns of XLSForm that say how a phone of another make draws a question; we draw our own.
LEFT_OUT = {
    "appearance", "default", "read_only", "readonly", "image", "big-image", "audio", "video", "media", "autoplay", "rows",
    "note", "comment", "comments", "required_message", "jr:requiredmsg", "sms_field", "parameters", "intent", "$given_name",
    "accuracythreshold", "noapperrorstring", "jr:noapperrorstring", "guidance_hint", "body",
    "attribute", "instance", "instance_xmlns", "sms_option", "sms_separator",
    "instance_name", "style", "public_key", "submission_url", "auto_send", "auto_delete", "allow_choice_duplicates",
    "clean_text_values", "namespaces", "prefix", "odk:tag", "form_title_en", "sms_keyword", "omit_instanceid",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """What a header means: the field, and the language (``zh``, ``en``, another one, or empty) of a translated one."""

    field: str
    language: str = ""


_LANGUAGES = (
    ("zh", re.compile(r"中文|汉语|漢語|简体|普通话|chinese|mandarin|^zh\b|\(zh", re.IGNORECASE)),
    ("en", re.compile(r"英文|英语|english|^en\b|\(en", re.IGNORECASE)),
)
_TRANSLATED = {"label", "hint", "guidance_hint", "constraint_message", "required_message"}


def column_of(header: str, sheet: str) -> Column:
    """The meaning of a header, with the spellings that XLSForm allows (``caption``, ``relevance``, ``label:English`` …)."""
    # Chinese keyboards write colons and brackets in full width.
    plain = unicodedata.normalize("NFKC", header)
    parts = [part.strip() for part in re.split(r"::?", plain.strip()) if part.strip()]
    if not parts:
        return Column("")
    name = parts[0].lower().replace(" ", "_")
    if name in ("media", "image", "big-image", "audio", "video", "instance", "attribute"):
        return Column(name)
    if name in ("bind", "control", "body") and len(parts) > 1:
        return Column(_canonical(":".join(parts[1:]).lower(), sheet))
    field = _canonical(name if name != "jr" else ":".join(parts[:2]).lower(), sheet)
    if field in _TRANSLATED and len(parts) > 1:
        return Column(field, language_of(parts[-1]))
    return Column(field)


def language_of(name: str) -> str:
    """``zh`` or ``en`` for the name of a language as authors write it, else the name itself."""
    return next((code for code, pattern in _LANGUAGES if pattern.search(name.strip())), name.strip().lower())


def _canonical(name: str, sheet: str) -> str:
    known = {SURVEY: aliases.survey_header, CHOICES: aliases.list_header, SETTINGS: aliases.settings_header}.get(sheet, {})
    found = known.get(name, name)
    field = found[-1] if isinstance(found, tuple) else found
    renamed = {
        "jr:constraintmsg": "constraint_message", "jr:constraintMsg": "constraint_message", "jr:requiredMsg": "required_message",
        "list name": "list_name", "id_string": "form_id", "title": "form_title", "readonly": "read_only",
        "calculate": "calculation", "jr:count": "repeat_count",
    }  # fmt: skip
    return renamed.get(str(field), str(field))
