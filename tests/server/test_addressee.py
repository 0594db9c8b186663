"""Whose request is it? People share a browser and its cookie; and an account may have been closed while its phone was away."""

from __future__ import annotations

from flask import Flask

from server.accounts.models import User
from server.db import db, transaction
from tests.conftest import PASSWORD, County, Person
from tests.records import MADE_AT, batch, new_id, visit


def close_account(county: County, username: str) -> None:
    with transaction() as session:
        user = session.get(User, county.users[username])
        assert user is not None
        user.active = False
    db.session.remove()


def test_request_made_for_another_person_changes_nothing(anna: Person, county: County) -> None:
    for_ben = {"For-User": str(county.users["ben"])}
    visit_id = new_id()
    draft = {"subject_id": str(county.mine), "device_id": "phone-1", "based_on": None, "saved_at": MADE_AT, "content": {}}

    refused = [
        anna.post("/api/sync/records", json=batch(visit(county.mine, visit_id, [])), headers=for_ben),
        anna.post("/api/evidence/uploads", headers=for_ben | {"Tus-Resumable": "1.0.0", "Upload-Length": "4"}),
        anna.request("PUT", f"/api/visits/drafts/{visit_id}", json=draft, headers=for_ben),
        anna.post(f"/api/hazards/{new_id()}/events", json={"kind": "noted", "text": "x"}, headers=for_ben),
        anna.get("/api/sync/changes", headers=for_ben),
        anna.get("/api/accounts/session", headers=for_ben),
    ]

    assert {(answer.status_code, answer.json["type"]) for answer in refused} == {(401, "/problems/signed-in-as-other")}
    assert anna.get(f"/api/visits/{visit_id}").status_code == 404
    assert anna.get("/api/visits/drafts").json["drafts"] == []


def test_request_made_for_its_own_person_is_taken(anna: Person, county: County) -> None:
    answer = anna.get("/api/accounts/session", headers={"For-User": str(county.users["anna"]).upper()})

    assert answer.status_code == 200


def test_closed_account_is_told_so_whether_it_was_signed_in_or_not(app: Flask, anna: Person, county: County) -> None:
    close_account(county, "anna")

    open_before = anna.post("/api/sync/records", json=batch(visit(county.mine, new_id(), [])))
    again = app.test_client().post("/api/accounts/session", json={"username": "anna", "password": PASSWORD})

    assert (open_before.status_code, open_before.json["type"]) == (403, "/problems/account-closed")
    assert (again.status_code, again.json["type"]) == (403, "/problems/account-closed")
    assert "离线数据包" in again.json["detail"]


def test_whoever_does_not_know_the_password_learns_nothing_of_a_closed_account(app: Flask, county: County) -> None:
    close_account(county, "anna")

    answer = app.test_client().post("/api/accounts/session", json={"username": "anna", "password": "guessed"})

    assert (answer.status_code, answer.json["type"]) == (401, "/problems/sign-in-failed")
