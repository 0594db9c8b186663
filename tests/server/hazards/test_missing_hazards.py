"""Hazards that the server opens for failed items of which the phone made none: the same words and terms as on the phone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import forms
from server.checklists.service import add_version
from server.db import db, transaction
from server.hazards.models import Hazard
from tests.conftest import County, Person
from tests.records import SMALL, batch, new_id, submission, text, visit

WITH_CRITERIA = copy.deepcopy(SMALL) | {"version": "3"}
WITH_CRITERIA["sections"][0]["items"][2]["hazard"] = {
    "phrases": [text("回风流甲烷超限")],
    "deadline": {"days": 3, "day_kind": "calendar"},
    "evidence": text("复测照片"),
    "immediate_measure": {"kinds": ["stop_work", "withdraw"]},
}
WITH_CRITERIA["determinations"] = [
    {
        "id": "gas", "title": text("甲烷达到1.5%"), "standard": "mem-21-2026", "clause": "第5条（二）",
        "grade": "major", "halt": "area", "route": "enforcement_track", "regulator": "mine_safety_administration",
        "when": {"item": "gas", "number": {"at_least": 1.5}},
    }
]  # fmt: skip
HASH = forms.content_hash(WITH_CRITERIA)


@pytest.fixture(autouse=True)
def checklist(app: Flask) -> None:
    with transaction():
        add_version(WITH_CRITERIA, HASH, source="repository")


def opened(anna: Person, county: County, gas: str) -> dict[str, Any]:
    visit_id = new_id()
    record = submission(
        county.mine, visit_id, {"exit": {"result": "pass"}, "alarm": {"result": "pass"}, "gas": {"value": gas}},
        checklist={"id": "small", "version": "3", "hash": HASH},
    )  # fmt: skip
    anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record])))
    return db.session.scalars(select(Hazard)).one().projection


def test_a_measured_value_says_phrase_value_and_limit(anna: Person, county: County) -> None:
    hazard = opened(anna, county, "1.20")

    assert hazard["description"] == "回风流甲烷超限：1.20%，限值1.0%"
    assert (hazard["grade"], hazard["grade_suggested"], hazard["deadline"]) == ("general", None, "2026-11-23")
    assert hazard["immediate_measure"] == {"kinds": ["stop_work", "withdraw"], "state": "advised", "at": None, "by": None}


def test_a_major_hazard_has_no_deadline_until_its_plan_or_an_order_sets_one(anna: Person, county: County) -> None:
    hazard = opened(anna, county, "1.60")

    assert (hazard["grade"], hazard["grade_suggested"], hazard["determinations"]) == ("major", "major", ["gas"])
    assert (hazard["deadline"], hazard["deadline_rule"]) == (None, None)
    assert hazard["basis"][0] == {"standard": "mem-21-2026", "clause": "第5条（二）"}
