"""The mirror of visits in progress: a broken phone costs nothing, two phones cannot overwrite each other."""

from __future__ import annotations

from tests.conftest import County, Person
from tests.records import MADE_AT, batch, new_id, visit


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

    assert anna.request("PUT", path, json=draft(county)).json == {"revision": 1}

    assert anna.get(path).json["content"] == {"visit": {"id": "x"}, "submissions": []}
    assert [entry["subject_name"] for entry in anna.get("/api/visits/drafts").json["drafts"]] == ["巴公示例煤业一号井"]


def test_stale_phone_does_not_overwrite_the_one_that_continued(anna: Person, county: County) -> None:
    path = f"/api/visits/drafts/{new_id()}"
    anna.request("PUT", path, json=draft(county))
    assert anna.request("PUT", path, json=draft(county, 1, device_id="phone-2")).json == {"revision": 2}

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
