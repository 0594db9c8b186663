"""Random checklists with what the scoring tests have no use for: texts that spreadsheets spoil, names like our own, every optional part."""

from __future__ import annotations

from random import Random
from typing import Any

from forms.validation import validate_checklist
from tests.forms.random_forms import random_checklist
from vocabulary import AuthoringSeverity

ZH = [
    "出口畅通", "=1+1", "'引号", "第一行\n第二行", "空  格", "“引号”、；", "𠮷野家", "灭火器🧯", "反斜线 \\n 和 \\\\", "<b>&amp;</b>", "0012", "TRUE", "2026-01-01",
    "-3", "+1", "@名称", "A WHEN B", "逗,号", "井#号", "百分之 5%", "温度≤75℃", "a|b", "{大括号}", "$单价", "长" * 300, "（待译）", "none", "/", "null", "~",
]  # fmt: skip
NAMES = [
    "pass", "fail", "yes", "no", "true", "none", "profile", "section", "key", "yes_no", "pass_fail", "pass_fail_na", "name", "type", "and", "or", "not", "selected",
    "data", "meta", "instanceid", "x" * 64, "a1", "a__b", "staff", "when", "e5", "nan", "inf", "null",
]  # fmt: skip
VALUES = [
    "1",
    "0",
    "true",
    "false",
    "pass",
    "fail",
    "none",
    "na",
    "yes",
    "no",
    "1e5",
    "007",
    "a_b",
    "y" * 64,
    "partial",
    "not_applicable",
]
SECTORS = [None, "coal_mine", "fire_safety", "special_equipment"]


def valid_document(random: Random) -> dict[str, Any] | None:
    """A random document without the conditions that nothing can meet; None for the few that stay wrong."""
    document = _random_document(random)
    for _ in range(6):
        pointers = [problem.pointer for problem in validate_checklist(document) if problem.severity is AuthoringSeverity.ERROR]
        if not pointers:
            return document
        for pointer in pointers:
            _loosen(document, pointer.split("/")[1:])
    return None


def _loosen(document: dict[str, Any], place: list[str]) -> None:
    match place:
        case ["determinations", index, *_]:
            entry = document["determinations"][int(index)]
            entry["when"] = {"profile": document["profile"][1]["id"], "is": True}
            entry.pop("unless", None)
        case ["sections", index, "items", number, *rest]:
            item = document["sections"][int(index)]["items"][int(number)]
            item.pop("relevant", None)
            if "limits" in rest:
                item["number"]["limits"] = []
            if "hazard" in rest or "unverified" in rest:
                item["hazard"].pop("determinations", None)
        case ["sections", index, *_]:
            document["sections"][int(index)].pop("relevant", None)


def _random_document(random: Random) -> dict[str, Any]:
    document = random_checklist(random)
    document = _renamed(document, _new_names(random, document))
    document |= {
        "title": _text(random), "status": random.choice(["draft", "published"]), "sector": random.choice(SECTORS),
        "applies_to": {"subject_kinds": random.sample(["village", "enterprise", "unit"], random.randint(1, 3))},
        "version": f"{random.randint(2000, 2099)}.{random.choice([1, 10, 100])}", "valid_from": random.choice(["2026-07-01", "2024-02-29"]),
    }  # fmt: skip
    document["scoring"]["confirmed_by_office"] = random.random() < 0.5
    if random.random() < 0.5:
        document["description"] = _text(random)
    if random.random() < 0.5:
        versions = [document["version"], "2001.1"]
        document["changelog"] = [
            {"version": version, "changes": [_text(random) for _ in range(random.randint(1, 2))]} for version in versions
        ]
    for key in document["profile"]:
        key["label"] = _text(random)
        if key["type"] == "number" and random.random() < 0.5:
            key["unit"] = random.choice(["人", "%", "m³", "1"])
    for section in document["sections"]:
        section["title"] = _text(random)
        if "repeat" in section:
            section["repeat"]["label"] = _text(random)
        for item in section["items"]:
            _adorn(random, item, [entry["id"] for entry in document["determinations"]])
    for entry in document["determinations"]:
        entry["title"] = _text(random)
        entry["clause"] = random.choice(["第5条（一）", "2026.10", "1", "=1", "A.1 b)"])
    return document


def _adorn(random: Random, item: dict[str, Any], determinations: list[str]) -> None:
    item["statement"] = _text(random)
    for key in ("how", "photo_hint"):
        if key in item or random.random() < 0.3:
            item[key] = _text(random)
    if item["type"] == "number":
        item["number"]["unit"] = random.choice(["", "%", "°", "m³/h", "1", "yes"])
        if "design" in item["number"]:
            item["number"]["design"]["label"] = _text(random)
            if random.random() < 0.5:
                item["number"]["design"] |= {
                    "unit": random.choice(["%", "1"]), "decimals": random.randint(0, 3), "result_unit": random.choice(["倍", "h"]),
                }  # fmt: skip
    for option in item.get(item["type"], {}).get("options", []) if item["type"] in ("choice", "facts") else []:
        option["label"] = _text(random)
    if item.get("not_applicable"):
        item["not_applicable"] = {"reasons": [_text(random) for _ in range(random.randint(1, 3))]}
    if "hazard" in item:
        item["hazard"] |= {
            "phrases": [_text(random) for _ in range(random.randint(1, 3))],
            "evidence": _text(random),
            "deadline": {"days": random.choice([0, 1, 30, 365]), "day_kind": random.choice(["calendar", "working"])},
        }
        if random.random() < 0.5:
            item["hazard"]["immediate_measure"] = {"kinds": random.sample(["stop_use", "withdraw", "cordon_off"], 2)}
            if random.random() < 0.5:
                item["hazard"]["immediate_measure"]["text"] = _text(random)
        if random.random() < 0.5:
            item["hazard"]["determinations"] = random.sample(determinations, random.randint(0, len(determinations)))
    if "basis" in item:
        clauses = random.sample(["第41条", "2026.10", "1", "第 41 条 第 2 款", "附录A.1"], random.randint(1, 3))
        item["basis"] = [{"standard": "work-safety-law-2021", "clause": clause} for clause in clauses]
        if random.random() < 0.3:
            item["unverified"] = {"reason": _text(random)}


def _text(random: Random) -> dict[str, str]:
    # Each with a word of its language, or the document would be told that it is not translated.
    zh = "".join(random.sample(ZH, random.randint(1, 2))).strip()
    return (
        {"zh": f"{zh}检查", "en": f"{random.choice(ZH).strip()} checked"}
        if random.random() < 0.7
        else {"zh": "检查", "en": "Check it"}
    )


def _new_names(random: Random, document: dict[str, Any]) -> dict[str, str]:
    """New ids for some of the old ones, a section and an item now and then by the same one."""
    things = [item["id"] for section in document["sections"] for item in section["items"]]
    renamed: dict[str, str] = {}
    for old in (things, [section["id"] for section in document["sections"]], [key["id"] for key in document["profile"]]):
        renamed |= dict(zip(old, random.sample(NAMES, min(len(old), len(NAMES))), strict=False))
    return renamed | dict(zip(["x", "y", "z"], random.sample(VALUES, 3), strict=True))


def _renamed(part: Any, names: dict[str, str]) -> Any:
    """The same document with other ids and values of options, wherever they stand."""
    if isinstance(part, list):
        return [_renamed(each, names) for each in part]
    if not isinstance(part, dict):
        return part
    ids = ("id", "item", "profile", "value", "has")
    return {
        key: names.get(value, value) if key in ids and isinstance(value, str) else _renamed(value, names)
        for key, value in part.items()
    }
