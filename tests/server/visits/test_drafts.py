"""The mirror of visits in progress: a broken phone costs nothing, two phones cannot overwrite each other."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from server.db import transaction
from tests.conftest import County, Person, add_pairing
from tests.records import MADE_AT, batch, new_id, visit
from tests.server.evidence.photos import photo_bytes, send


def draft(county: County, based_on: int | None = None, **values: object) -> dict:
    return {
        "subject_id": str(county.mine),
        "device_id": "phone-1",
        "based_on": based_on,
        "saved_at": MADE_AT,
        "content": {"visit": {"id": "x"}, "submissions": []},
        **values,
    }


def test_draft_is_handed_back_as_it_came(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"

    assert anna.request("PUT", path, json=draft(county)).json == {"revision": 1, "photos": {}}

    assert anna.get(path).json["content"] == {"visit": {"id": "x"}, "submissions": []}
    assert [entry["subject_name"] for entry in anna.get("/api/visits/drafts").json["drafts"]] == ["巴公示例煤业一号井"]


def test_stale_phone_does_not_overwrite_the_one_that_continued(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))
    assert anna.request("PUT", path, json=draft(county, 1, device_id="phone-2")).json["revision"] == 2

    stale = anna.request("PUT", path, json=draft(county, 1, content={}))

    assert stale.status_code == 412
    assert stale.json["errors"][0]["params"] == {"revision": 2}
    assert anna.get(path).json["device_id"] == "phone-2"


def test_draft_of_a_foreign_subject_is_neither_stored_nor_shown(anna: Person, dora: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    assert dora.request("PUT", path, json=draft(county)).status_code == 404
    anna.request("PUT", path, json=draft(county))

    assert dora.get(path).status_code == 404
    assert dora.get("/api/visits/drafts").json["drafts"] == []


def test_draft_goes_when_its_visit_arrives_and_does_not_come_back(anna: Person, county: County) -> None:
    visit_id = new_id()
    path = f"/api/visits/drafts/{visit_id}"
    anna.request("PUT", path, json=draft(county))

    anna.post("/api/sync/records", json=batch(visit(county.mine, visit_id, [])))

    assert anna.get(path).status_code == 404
    assert anna.request("PUT", path, json=draft(county)).status_code == 410


def test_only_the_author_throws_a_draft_away(anna: Person, ben: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))

    ben.delete(path)
    assert anna.get(path).status_code == 200
    anna.delete(path)
    assert anna.get(path).status_code == 404


@pytest.fixture
def partner(app: Flask, county: County, dora: Person) -> Person:
    """dora, now the other officer of the mine."""
    with transaction():
        add_pairing(county.mine, county.users["dora"], county.bureau)
    return dora


def drafts_in(pulled: dict) -> list[dict]:
    return [change for change in pulled["changes"] if change["kind"] == "visit_draft"]


def test_pairing_partner_takes_over_and_the_first_phone_hears_of_it(anna: Person, partner: Person, county: County) -> None:
    visit_id = new_id()
    path = f"/api/visits/drafts/{visit_id}"
    anna.request("PUT", path, json=draft(county))
    cursor = anna.get("/api/sync/changes?cursor=").json["cursor"]

    taken = partner.get(path).json
    assert (taken["author_name"], taken["mine"], taken["content"]) == ("安娜", False, {"visit": {"id": "x"}, "submissions": []})
    assert partner.request("PUT", path, json=draft(county, 1, device_id="phone-2")).status_code == 200

    [change] = drafts_in(anna.get(f"/api/sync/changes?cursor={cursor}").json)
    assert (change["id"], change["deleted"]) == (visit_id, False)
    body = change["body"]
    assert (body["author_name"], body["mine"], body["device_id"], body["revision"]) == ("多拉", False, "phone-2", 2)
    assert anna.request("PUT", path, json=draft(county, 1)).status_code == 412


def test_saving_again_on_the_same_phone_tells_nobody(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))
    cursor = anna.get("/api/sync/changes?cursor=").json["cursor"]

    anna.request("PUT", path, json=draft(county, 1))

    assert drafts_in(anna.get(f"/api/sync/changes?cursor={cursor}").json) == []


def test_supervisor_of_the_town_sees_no_drafts(anna: Person, ben: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))

    assert ben.get("/api/visits/drafts").json == {"drafts": []}
    assert ben.get(path).status_code == 404
    assert ben.request("PUT", path, json=draft(county, 1)).status_code == 404
    assert [change["deleted"] for change in drafts_in(ben.get("/api/sync/changes?cursor=").json)] == [True]


def test_phone_whose_answer_was_lost_goes_on(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))

    again = anna.request("PUT", path, json=draft(county, content={"visit": {"id": "y"}}))

    assert (again.status_code, again.json["revision"]) == (200, 2)


def test_draft_says_which_of_its_photos_are_here(anna: Person, county: County) -> None:
    content = photo_bytes()
    sent, missing = new_id(), new_id()
    send(anna, content, photo_id=sent, subject_id=str(county.mine))
    path = f"/api/visits/drafts/{new_id()}"
    named = {"photos": [{"id": sent}, {"id": missing}, {"id": "no id"}, 7]}

    saved = anna.request("PUT", path, json=draft(county, content=named))

    here = {sent: hashlib.sha256(content).hexdigest()}
    assert saved.json == {"revision": 1, "photos": here}
    assert anna.get(path).json["photos"] == here


def test_draft_of_another_phone_outlives_the_visit_until_it_was_looked_at(anna: Person, county: County) -> None:
    visit_id = new_id()
    path = f"/api/visits/drafts/{visit_id}"
    anna.request("PUT", path, json=draft(county, device_id="phone-2"))

    anna.post("/api/sync/records", json=batch(visit(county.mine, visit_id, [])))

    kept = anna.get(path).json
    assert (kept["finished"], kept["content"]) == (True, {"visit": {"id": "x"}, "submissions": []})
    anna.delete(path)
    assert anna.get(path).status_code == 404


def test_throwing_away_spares_what_another_device_wrote(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))
    anna.request("PUT", path, json=draft(county, 1, device_id="phone-2"))

    anna.delete(f"{path}?based_on=1")
    assert anna.get(path).status_code == 200
    anna.delete(f"{path}?based_on=2")
    assert anna.get(path).status_code == 404
