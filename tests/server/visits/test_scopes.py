"""Core and full visits as the server stores them: what a submission looked at stands beside its score."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from flask import Flask

import forms
from server.checklists.service import add_version
from server.db import db, transaction
from server.visits.bodies import submission_body
from server.visits.models import Submission
from tests.conftest import County, Person
from tests.records import SMALL, batch, judgement, new_id, submission, text

# The small checklist with one core item, and a yard that repeats.
CORE = copy.deepcopy(SMALL) | {"version": "2"}
CORE["sections"][0]["items"][0]["core"] = True
CORE["sections"].append(
    {
        "id": "trucks", "title": text("车"), "weight": 1, "repeat": {"label": text("车号"), "max": 3},
        "items": [judgement("brakes", 5, core=True)],
    }
)  # fmt: skip
CORE_HASH = forms.content_hash(CORE)
REFERENCE = {"id": "small", "version": "2", "hash": CORE_HASH}
EXIT = {"exit": {"result": "pass"}}
TRUCK = {"id": "t1", "key": "晋E1", "answers": {"brakes": {"result": "pass"}}}


@pytest.fixture(autouse=True)
def checklist(app: Flask) -> None:
    with transaction():
        add_version(CORE, CORE_HASH, source="repository")


def pushed(person: Person, county: County, answers: dict[str, Any], **values: Any) -> tuple[dict[str, Any], Submission | None]:
    record = submission(county.mine, new_id(), answers, checklist=REFERENCE, **values)
    [result] = person.post("/api/sync/records", json=batch(record)).json["results"]
    return result, db.session.get(Submission, uuid.UUID(record["id"]))


def test_a_core_submission_is_final_when_its_core_items_are_answered(anna: Person, county: County) -> None:
    _, stored = pushed(anna, county, EXIT, repeats={"trucks": [TRUCK]}, scope="core", sections=[], none_here={})

    assert stored is not None
    assert (stored.scope, stored.provisional, stored.checked, stored.total, stored.grade) == ("core", False, 2, 2, "excellent")
    score = submission_body(stored)["score"]
    assert (score["scope"], score["added_sections"], score["display"]) == ("core", [], "100.0")


def test_a_section_added_on_the_way_stands_beside_the_score(anna: Person, county: County) -> None:
    _, stored = pushed(anna, county, EXIT, repeats={"trucks": [TRUCK]}, scope="core", sections=["all"])

    assert stored is not None
    assert (stored.scope, stored.provisional, stored.checked, stored.total) == ("core", True, 2, 4)
    assert submission_body(stored)["score"]["added_sections"] == ["all"]


def test_a_submission_of_an_older_phone_is_a_full_one_and_not_perfect_without_a_vehicle(anna: Person, county: County) -> None:
    full = {**EXIT, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}

    _, stored = pushed(anna, county, full)

    assert stored is not None
    assert (stored.scope, stored.provisional, stored.checked, stored.total, stored.grade) == ("full", True, 3, 4, None)


def test_none_here_with_its_reason_makes_the_score_final(anna: Person, county: County) -> None:
    full = {**EXIT, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}

    _, stored = pushed(anna, county, full, none_here={"trucks": {"reason": "车队已解散"}})

    assert stored is not None
    assert (stored.provisional, stored.checked, stored.total, stored.grade) == (False, 4, 4, "excellent")


def test_a_passed_item_that_carries_a_hazard_goes_to_quarantine(anna: Person, county: County) -> None:
    result, stored = pushed(anna, county, {"exit": {"result": "pass", "hazards": [new_id()]}}, scope="core")

    assert (result["status"], stored) == ("quarantined", None)
    assert [(error["pointer"], error["code"]) for error in result["problem"]["errors"]] == [
        ("#/body/answers/exit/hazards", "hazard-on-passed-item")
    ]


def test_an_unknown_scope_goes_to_quarantine(anna: Person, county: County) -> None:
    result, _ = pushed(anna, county, EXIT, scope="half")

    assert [(error["pointer"], error["code"]) for error in result["problem"]["errors"]] == [("#/body/scope", "not-an-option")]
