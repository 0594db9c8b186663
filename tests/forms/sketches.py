"""Vector files of the forms room, and their sketches of checklists completed to full documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from forms import Checklist, load_checklist

FOLDER = Path(__file__).parent.parent / "vectors" / "forms"

BANDS = [("excellent", "优秀", 90), ("good", "良好", 80), ("qualified", "合格", 60), ("unqualified", "不合格", 0)]
JUDGED = ("judgement", "number", "choice", "facts")


def vectors(name: str) -> dict[str, Any]:
    """The content of a vector file."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a vector file, each with the compiled checklist that it names."""
    content = vectors(name)
    sketches = {key: compiled(sketch) for key, sketch in content.get("checklists", {}).items()}
    return [{**case, "checklist": sketches[case["checklist"]]} if "checklist" in case else case for case in content["cases"]]


def names(found: list[dict[str, Any]]) -> list[str]:
    """Ids for pytest."""
    return [case["name"] for case in found]


def compiled(sketch: dict[str, Any]) -> Checklist:
    """The compiled checklist of a sketch."""
    return load_checklist(completed(sketch))


def completed(sketch: dict[str, Any]) -> dict[str, Any]:
    """A full checklist document from a sketch; what the sketch says stays as it is."""
    return {
        "schema": "https://zezhou.example/schemas/checklist-1.json",
        "id": "sketch",
        "version": "2026.1",
        "status": "draft",
        "title": text("草表", "Sketch"),
        "sector": None,
        "applies_to": {"subject_kinds": ["enterprise"]},
        "valid_from": "2026-07-01",
        "profile": [_with_labels({"label": text("情况", "Fact"), **key}) for key in sketch.get("profile", [])],
        "sections": [_section(section) for section in sketch["sections"]],
        "determinations": [_determination(entry) for entry in sketch.get("determinations", [])],
        "scoring": {
            "rounding": "one_decimal",
            "bands": [{"grade": g, "label": text(zh, g), "at_least": n} for g, zh, n in BANDS],
            "not_applicable_limit_percent": 50,
            "confirmed_by_office": False,
            **sketch.get("scoring", {}),
        },
    }


def text(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def _section(section: dict[str, Any]) -> dict[str, Any]:
    full = {"title": text("部位", "Place"), **section, "items": [_item(item) for item in section["items"]]}
    if "repeat" in full:
        full["repeat"] = {"label": text("名称", "Name"), **full["repeat"]}
    return full


def _item(item: dict[str, Any]) -> dict[str, Any]:
    full: dict[str, Any] = {"statement": text("符合要求", "It is right"), **item}
    if item["type"] in JUDGED:
        full.setdefault("how", text("查看现场", "Look at it"))
        full.setdefault("basis", [{"standard": "work-safety-law-2021", "clause": "第41条"}])
        full.setdefault("not_applicable", None)
        full.setdefault("hazard", _hazard())
    if full.get("not_applicable") is True:
        full["not_applicable"] = {"reasons": [text("无此情况", "Not present")]}
    if "number" in full:
        full["number"] = {"unit": "%", **full["number"]}
    for key in ("choice", "facts"):
        if key in full:
            full[key] = _with_labels(full[key])
    return full


def _hazard() -> dict[str, Any]:
    return {
        "phrases": [text("不符合要求", "It is wrong")],
        "deadline": {"days": 3, "day_kind": "calendar"},
        "evidence": text("整改后照片", "A photo afterwards"),
    }


def _determination(entry: dict[str, Any]) -> dict[str, Any]:
    full = {"title": text("判定", "Clause"), "standard": "mem-21-2026", "clause": "第5条（一）", **entry}
    if full.get("unverified") is True:
        full["unverified"] = {"reason": text("条文未核", "Not verified")}
    return full


def _with_labels(holder: dict[str, Any]) -> dict[str, Any]:
    if "options" not in holder:
        return holder
    return {**holder, "options": [{"label": text("选项", "Option"), **option} for option in holder["options"]]}
