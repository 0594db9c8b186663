"""Whose an id is: it belongs to whoever first used it, by a record, bytes or a draft; nobody else takes it or learns of it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.db import db, transaction
from server.evidence.models import Photo
from server.hazards.models import Hazard
from server.visits.models import Submission, Visit
from tests.conftest import County, Person, add_pairing
from tests.records import MADE_AT, batch, found, new_id, store_small_checklist, submission, visit
from tests.server.evidence.photos import photo_bytes, photo_record, send, sha256

BYTES = photo_bytes(1)


@pytest.fixture(autouse=True)
def shared_mine(app: Flask, county: County) -> None:
    """dora is paired with anna's mine as well: the subject is hers, anna's ids are not."""
    store_small_checklist()
    with transaction():
        add_pairing(county.mine, county.users["dora"], county.bureau)


def push(person: Person, *records: object) -> dict[str, Any]:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    return answer.json


def told(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Status of each record and the kind of its problem."""
    return [(result["status"], (result["problem"] or {}).get("type", "")) for result in answer["results"]]


TAKEN = [("conflict", "/problems/record-conflict")]
OUTSIDE = [("quarantined", "/problems/outside-scope")]


@pytest.mark.parametrize("first", ["record", "bytes", "draft"])
def test_nobody_takes_over_a_photo_that_another_used_first(anna: Person, dora: Person, county: County, first: str) -> None:
    photo_id, visit_id = new_id(), new_id()
    match first:
        case "record":
            push(anna, photo_record(county.mine, photo_id, BYTES, visit_id=visit_id))
        case "bytes":
            send(anna, BYTES, photo_id)
        case "draft":
            save_draft(anna, county, visit_id, [photo_id])

    assert told(push(dora, photo_record(county.mine, photo_id, photo_bytes(2)))) == TAKEN

    assert push(anna, photo_record(county.mine, photo_id, BYTES, visit_id=visit_id))["results"][0]["receipt"]
    db.session.rollback()
    photo = db.session.get_one(Photo, uuid.UUID(photo_id))
    assert (photo.author_id, photo.declared_sha256) == (county.users["anna"], sha256(BYTES))


def test_a_push_that_names_anothers_visit_learns_nothing_of_it(anna: Person, dora: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id)
    assert push(anna, visit(county.mine, visit_id, [record]))["visits"][0]["complete"] is False

    answer = push(dora, submission(county.mine, visit_id))

    assert (told(answer), answer["visits"]) == (OUTSIDE, [])
    assert push(anna, record)["visits"][0]["complete"] is True


def test_saving_a_draft_tells_nothing_of_anothers_photos(anna: Person, dora: Person, county: County) -> None:
    photo_id = new_id()
    send(anna, BYTES, photo_id)

    assert save_draft(dora, county, new_id(), [photo_id]).json["photos"] == {}
    assert save_draft(anna, county, new_id(), [photo_id]).json["photos"] == {photo_id: sha256(BYTES)}


def test_anothers_draft_of_a_foreign_subject_is_as_if_it_were_not_there(anna: Person, dora: Person, county: County) -> None:
    visit_id = new_id()
    path = f"/api/visits/drafts/{visit_id}"
    body = {"device_id": "phone-1", "based_on": None, "saved_at": MADE_AT, "content": {}}
    assert anna.request("PUT", path, json={**body, "subject_id": str(county.chemical_store)}).status_code == 200

    taken = dora.request("PUT", path, json={**body, "subject_id": str(county.mine)})
    unknown = dora.request("PUT", path, json={**body, "subject_id": str(county.chemical_store)})

    assert (taken.status_code, unknown.status_code) == (404, 404)


@pytest.mark.parametrize("by", ["another's", "of another visit"])
def test_a_submission_corrects_only_what_is_of_its_subject_and_visit(anna: Person, dora: Person, county: County, by: str) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id)
    push(anna, record, visit(county.mine, visit_id, [record]))

    if by == "another's":
        push(dora, submission(county.mine, visit_id, revises=record["id"]))
    else:
        push(anna, submission(county.mine, new_id(), revises=record["id"]))

    assert db.session.get(Submission, uuid.UUID(record["id"]), populate_existing=True).superseded is False


def test_anothers_visit_id_is_not_taken_for_a_visit(anna: Person, dora: Person, county: County) -> None:
    visit_id = new_id()
    save_draft(anna, county, visit_id, [], subject=county.chemical_store)

    assert told(push(dora, visit(county.mine, visit_id, []))) == TAKEN

    assert told(push(anna, visit(county.chemical_store, visit_id, []))) == [("accepted", "")]
    assert db.session.scalars(select(Visit.officer_id)).all() == [county.users["anna"]]


def test_a_hazard_stays_with_its_subject(anna: Person, dora: Person, county: County) -> None:
    hazard_id = new_id()
    push(anna, found(county.chemical_store, None, hazard_id))

    answer = push(dora, found(county.mine, None, hazard_id))

    assert told(answer) == [("quarantined", "/problems/conflict")]
    assert db.session.scalars(select(Hazard.subject_id)).all() == [county.chemical_store]


def save_draft(person: Person, county: County, visit_id: str, photos: list[str], subject: uuid.UUID | None = None) -> Any:
    body = {
        "subject_id": str(subject or county.mine), "device_id": "phone-1", "based_on": None, "saved_at": MADE_AT,
        "content": {"photos": [{"id": photo_id} for photo_id in photos]},
    }  # fmt: skip
    return person.request("PUT", f"/api/visits/drafts/{visit_id}", json=body)
