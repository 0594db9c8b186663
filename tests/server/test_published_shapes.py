"""The OpenAPI document says of records and changes what intake asks of them and what the feed gives, for every kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

import forms
from server.app import WIRING
from server.openapi import document_text
from tests.conftest import County, Person
from tests.forms.sketches import cases
from tests.records import MADE_AT, SMALL, batch, event, found, new_id, seal, store_small_checklist, submission, visit
from tests.server.evidence.photos import photo_record
from vocabulary import ChangeKind, FaultCode, HazardEventKind, RecordKind, RecordStatus

NOT_TAKEN = {RecordStatus.REFUSED, RecordStatus.QUARANTINED}


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return json.loads(document_text(app))


def union(document: dict[str, Any], name: str, place: str) -> dict[str, str]:
    """Name of the schema by kind."""
    items = document["components"]["schemas"][name]["properties"][place]["items"]
    mapping = items["discriminator"]["mapping"]
    assert set(mapping.values()) == {branch["$ref"] for branch in items["oneOf"]}
    return {kind: ref.rpartition("/")[2] for kind, ref in mapping.items()}


def test_every_kind_of_record_is_published(document: dict[str, Any]) -> None:
    branches = union(document, "Push", "records")

    assert set(branches) == set(RecordKind)
    for kind, name in branches.items():
        branch = document["components"]["schemas"][name]
        assert branch["properties"]["kind"]["enum"] == [kind]
        assert branch["properties"]["body"] != {}
        assert set(branch["required"]) == {"id", "kind", "visit_id", "subject_id", "made_at", "body", "content_hash"}


def test_every_kind_of_change_is_published(document: dict[str, Any]) -> None:
    branches = union(document, "Pull", "changes")

    assert set(branches) == set(ChangeKind) == set(WIRING.feed_kinds)
    for kind, name in branches.items():
        branch = document["components"]["schemas"][name]["properties"]
        assert branch["kind"]["enum"] == [kind]
        [body, null] = branch["body"]["anyOf"]
        assert (list(body), null) == (["$ref"], {"type": "null"})


def test_every_event_that_a_phone_may_send_is_published(document: dict[str, Any]) -> None:
    body = document["components"]["schemas"]["HazardEventRecord"]["properties"]["body"]

    # What the service alone says of a failed item is nobody's to send.
    assert set(body["discriminator"]["mapping"]) == set(HazardEventKind) - {HazardEventKind.ITEM_FAILED}


def good_records(county: County) -> dict[str, dict[str, Any]]:
    """One that is taken, by the name of the published shape of its body, with every part that the tests' phones send."""
    visit_id, hazard_id, photo_id = new_id(), new_id(), new_id()
    mine = county.mine
    return {
        "SubmissionBody": submission(mine, visit_id),
        "VisitBody": visit(mine, visit_id, [], pairing_id=None),
        "HazardFound": found(mine, None, hazard_id),
        "HazardAct": event(mine, hazard_id, "noted", MADE_AT, text="已通知"),
        "PhotoBody": photo_record(mine, photo_id, b"photo"),
    }


def spoilt(schema: dict[str, Any], body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies that the published shape does not allow, each wrong in one place."""
    for name in schema.get("required", []):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    for name, place in schema["properties"].items():
        types = [place["type"]] if isinstance(place.get("type"), str) else place.get("type", [])
        if types and "object" not in types:
            yield f"{name} an object", body | {name: {"a": 1}}
        if "string" in types and "maxLength" in place:
            yield f"{name} too long", body | {name: "x" * (place["maxLength"] + 1)}
        if "string" in types and place.get("enum"):
            yield f"{name} of no set", body | {name: "nonesuch"}
        if "array" in types and "maxItems" in place:
            yield f"{name} with nulls", body | {name: [None]}
        if "$ref" in place or "anyOf" in place:
            yield f"{name} a text", body | {name: "text"}


@pytest.mark.parametrize("name", ["SubmissionBody", "VisitBody", "HazardFound", "HazardAct", "PhotoBody"])
def test_intake_takes_what_is_published_and_nothing_else(
    anna: Person, county: County, document: dict[str, Any], name: str
) -> None:
    store_small_checklist()
    good = good_records(county)[name]
    schema = document["components"]["schemas"][name]
    validator = Draft202012Validator(schema | {"components": document["components"]})
    assert list(validator.iter_errors(good["body"])) == []
    assert push(anna, good) == RecordStatus.ACCEPTED

    cases = list(spoilt(schema, good["body"]))
    taken = []
    for case, body in cases:
        assert list(validator.iter_errors(body)), case
        record_id = new_id()
        body = copy.deepcopy(body)
        if name == "PhotoBody" and "photo_id" in body and body["photo_id"] == good["id"]:
            body["photo_id"] = record_id
        visit_id = record_id if name == "VisitBody" else good["visit_id"]
        status = push(anna, seal(good["kind"], county.mine, body, visit_id=visit_id, record_id=record_id))
        if status not in NOT_TAKEN:
            taken.append(case)

    assert taken == []
    assert len(cases) > 5


def test_published_answers_are_those_that_forms_takes(document: dict[str, Any]) -> None:
    """Every document of the shared vectors that has no fault fits, and no other part of an answer is known to forms."""
    shape = document["components"]["schemas"]["SubmissionBody"]["properties"]
    parts = {name: Draft202012Validator(shape[name]) for name in ("profile", "answers", "repeats", "none_here")}
    answers = shape["answers"]["additionalProperties"]
    checklist = forms.load_checklist(SMALL)

    for name, part in answers["properties"].items():
        faults = forms.find_faults(checklist, {"answers": {"exit": {name: 5 if name != "occurrences" else "x"}}})
        assert FaultCode.UNKNOWN_KEY not in {fault.code for fault in faults}, name
        assert faults, (name, part)
    assert FaultCode.UNKNOWN_KEY in {fault.code for fault in forms.find_faults(checklist, {"answers": {"exit": {"other": 1}}})}
    seen = 0
    for vector in faultless():
        seen += 1
        for name, validator in parts.items():
            assert list(validator.iter_errors(vector.get(name, {}))) == [], (name, vector)
    assert seen > 20


def faultless() -> Iterator[dict[str, Any]]:
    for name in ("scores", "results", "faults"):
        yield from (case["answers"] for case in cases(name) if not forms.find_faults(case["checklist"], case["answers"]))


def push(person: Person, record: dict[str, Any]) -> str:
    answer = person.post("/api/sync/records", json=batch(record))
    assert answer.status_code == 200, answer.data
    return str(answer.json["results"][0]["status"])
