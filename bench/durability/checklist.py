"""A short checklist with every type of item, for visits of which only the way to the server matters."""

from __future__ import annotations

from typing import Any

import forms


def _text(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


BASIS = [{"standard": "work-safety-law-2021", "clause": "第41条"}]


def _item(item_id: str, kind: str, points: int, **values: Any) -> dict[str, Any]:
    return {
        "id": item_id, "type": kind, "statement": _text(f"{item_id} 完好"), "how": _text("看"), "points": points,
        "not_applicable": {"reasons": [_text("没有")]}, "basis": BASIS, **values,
    }  # fmt: skip


HAZARD = {
    "phrases": [_text("损坏")], "deadline": {"days": 3, "day_kind": "calendar"}, "evidence": _text("整改照片"),
}  # fmt: skip

DOCUMENT: dict[str, Any] = {
    "schema": "https://zezhou.example/schemas/checklist-1.json",
    "id": "durability",
    "version": "1",
    "status": "published",
    "title": _text("耐久检查表"),
    "sector": None,
    "applies_to": {"subject_kinds": ["village", "enterprise", "unit"]},
    "valid_from": "2026-01-01",
    "profile": [],
    "sections": [
        {
            "id": "site", "title": _text("现场"), "weight": 3,
            "items": [
                _item("exit", "judgement", 6, hazard=HAZARD),
                _item("alarm", "judgement", 2, hazard=HAZARD),
                _item("gas", "number", 2, not_applicable=None,
                      number={"unit": "%", "decimals": 2, "minimum": 0, "maximum": 100, "limits": [{"below": 1.0}]}),
                _item("door", "choice", 1, choice={"options": [
                    {"value": "open", "label": _text("开"), "result": "pass"},
                    {"value": "shut", "label": _text("关"), "result": "fail"}]}),
                _item("signs", "facts", 1, facts={"options": [
                    {"value": "missing", "label": _text("缺")}, {"value": "faded", "label": _text("褪色")}]}),
                _item("remark", "text", 0, text={"max_length": 500, "required": False}),
                _item("view", "photo", 0, photo={"minimum": 1, "maximum": 6}),
            ],
        },
        {
            "id": "vehicles", "title": _text("车辆"), "weight": 1, "repeat": {"label": _text("车牌"), "max": 50},
            "items": [_item("brake", "judgement", 3), _item("lamp", "judgement", 1)],
        },
    ],
    "determinations": [],
    "scoring": {
        "rounding": "one_decimal",
        "bands": [
            {"grade": "excellent", "label": _text("优秀"), "at_least": 90},
            {"grade": "good", "label": _text("良好"), "at_least": 80},
            {"grade": "qualified", "label": _text("合格"), "at_least": 60},
            {"grade": "unqualified", "label": _text("不合格"), "at_least": 0},
        ],
        "not_applicable_limit_percent": 50,
        "confirmed_by_office": False,
    },
}  # fmt: skip
HASH = forms.content_hash(DOCUMENT)
