"""Records as a phone would seal them, for tests; and one small checklist whose scores can be done in the head."""

from __future__ import annotations

import uuid
from typing import Any

import forms
from server import clock
from server.checklists.service import add_version
from server.db import transaction
from sync.records import content_hash
from sync.times import format_time

MADE_AT = "2026-11-20T09:15:02+08:00"


def text(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


def judgement(item_id: str, points: int, **values: Any) -> dict[str, Any]:
    return {
        "id": item_id,
        "type": "judgement",
        "statement": text(f"{item_id} 完好"),
        "how": text("看"),
        "points": points,
        "not_applicable": {"reasons": [text("没有")]},
        "basis": [{"standard": "work-safety-law-2021", "clause": "第41条"}],
        "hazard": {
            "phrases": [text(f"{item_id} 损坏")],
            "deadline": {"days": 3, "day_kind": "calendar"},
            "evidence": text("整改照片"),
        },
        **values,
    }


SMALL: dict[str, Any] = {
    "schema": "https://zezhou.example/schemas/checklist-1.json",
    "id": "small",
    "version": "1",
    "status": "published",
    "title": text("小检查表"),
    "sector": "coal_mine",
    "applies_to": {"subject_kinds": ["enterprise"]},
    "valid_from": "2026-01-01",
    "profile": [],
    "sections": [
        {
            "id": "all",
            "title": text("全部"),
            "weight": 1,
            "items": [
                judgement("exit", 6),
                judgement("alarm", 2),
                {
                    "id": "gas",
                    "type": "number",
                    "statement": text("甲烷低于 1.0%"),
                    "how": text("测"),
                    "points": 2,
                    "not_applicable": None,
                    "number": {"unit": "%", "decimals": 2, "minimum": 0, "maximum": 100, "limits": [{"below": 1.0}]},
                    "basis": [{"standard": "work-safety-law-2021", "clause": "第41条"}],
                },
            ],
        }
    ],
    "determinations": [],
    "scoring": {
        "rounding": "one_decimal",
        "bands": [
            {"grade": "excellent", "label": text("优秀"), "at_least": 90},
            {"grade": "good", "label": text("良好"), "at_least": 80},
            {"grade": "qualified", "label": text("合格"), "at_least": 60},
            {"grade": "unqualified", "label": text("不合格"), "at_least": 0},
        ],
        "not_applicable_limit_percent": 50,
        "confirmed_by_office": False,
    },
}
SMALL_HASH = forms.content_hash(SMALL)


def store_small_checklist() -> None:
    with transaction():
        add_version(SMALL, SMALL_HASH, source="repository")


def new_id() -> str:
    return str(uuid.uuid4())


def seal(
    kind: str,
    subject_id: object,
    body: dict[str, Any],
    *,
    visit_id: str | None = None,
    record_id: str | None = None,
    made_at: str = MADE_AT,
) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "id": record_id or new_id(),
        "kind": kind,
        "visit_id": visit_id,
        "subject_id": str(subject_id),
        "made_at": made_at,
        "body": body,
    }
    return {**envelope, "content_hash": content_hash(envelope)}


def submission(
    subject_id: object,
    visit_id: str,
    answers: dict[str, Any] | None = None,
    *,
    made_at: str = MADE_AT,
    checklist: dict[str, Any] | None = None,
    **values: Any,
) -> dict[str, Any]:
    """A submission of the small checklist; without answers everything passes."""
    body = {
        "checklist": checklist or {"id": "small", "version": "1", "hash": SMALL_HASH},
        "profile": {},
        "answers": {"exit": {"result": "pass"}, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}
        if answers is None
        else answers,
        "repeats": {},
        "revises": None,
        "finished_at": made_at,
        **values,
    }
    return seal("submission", subject_id, body, visit_id=visit_id, made_at=made_at)


def visit(
    subject_id: object,
    visit_id: str,
    records: list[dict[str, Any]],
    photos: list[dict[str, Any]] | None = None,
    *,
    made_at: str = MADE_AT,
    pairing_id: str | None = None,
    **values: Any,
) -> dict[str, Any]:
    body = {
        "pairing_id": pairing_id,
        "started_at": made_at,
        "finished_at": made_at,
        "position": {"lng": 112.8991, "lat": 35.6172, "accuracy_m": 12, "datum": "WGS-84", "provider": "gps"},
        "companions": [],
        "representative": {"name": "赵矿长", "title": "矿长"},
        "signature": {"kind": "refused", "reason": "不在场"},
        "expected": {"records": [record["id"] for record in records], "photos": photos or []},
        **values,
    }
    return seal("visit", subject_id, body, visit_id=visit_id, record_id=visit_id, made_at=made_at)


def found(subject_id: object, visit_id: str | None, hazard_id: str, *, at: str = MADE_AT, **values: Any) -> dict[str, Any]:
    body = {
        "hazard_id": hazard_id,
        "kind": "found",
        "at": at,
        "subject_id": str(subject_id),
        "submission_id": None,
        "item_path": None,
        "checklist_id": None,
        "description": "安全出口被堵",
        "spot": "东侧",
        "kind_of_hazard": "unsafe_state",
        "grade": "general",
        "grade_suggested": None,
        "determinations": [],
        "basis": [],
        "deadline": "2026-11-23",
        "deadline_rule": {"days": 3, "day_kind": "calendar"},
        "owner": {"name": "赵矿长", "title": "矿长"},
        "photos": [],
        "no_photo_reason": "井下防爆",
        "fixed_on_spot": False,
        "source": "pairing_visit",
        **values,
    }
    return seal("hazard_event", subject_id, body, visit_id=visit_id, made_at=at)


def event(subject_id: object, hazard_id: str, kind: str, at: str, **values: Any) -> dict[str, Any]:
    if kind == "submitted":
        values = {"note": "已整改"} | values
    return seal("hazard_event", subject_id, {"hazard_id": hazard_id, "kind": kind, "at": at, **values}, made_at=at)


def batch(*records: Any) -> dict[str, Any]:
    """A push of a phone whose clock is right."""
    return {"device_id": "phone-1", "device_time": format_time(clock.now()), "records": list(records)}
