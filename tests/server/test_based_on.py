"""Two people at one instant: an act of the desk names what it is based on, and who comes second is told what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from server import clock
from tests.conftest import County, Person
from tests.records import batch, found, new_id
from tests.server.evidence.photos import photo_bytes, photo_record, send
from tests.server.interleaving import Interleaving

pytestmark = pytest.mark.both_databases


@pytest.fixture
def hazard(anna: Person, county: County) -> str:
    hazard_id = new_id()
    anna.post("/api/sync/records", json=batch(found(county.mine, None, hazard_id)))
    return f"/api/hazards/{hazard_id}"


@pytest.fixture
def photo(anna: Person, county: County) -> str:
    photo_id, data = new_id(), photo_bytes()
    anna.post("/api/sync/records", json=batch(photo_record(county.mine, photo_id, data)))
    send(anna, data, photo_id)
    return f"/api/evidence/photos/{photo_id}"


def confirm(person: Person, hazard: str, grade: str, seen: str | None) -> Any:
    return person.post(f"{hazard}/events", json={"kind": "confirmed", "grade": grade}, headers=matching(seen))


def review(person: Person, photo: str, decision: str, seen: str | None) -> Any:
    document = {"decision": decision, "reason": "看不清"}
    return person.post(f"{photo}/reviews", json=document, headers=matching(seen))


def matching(seen: str | None) -> dict[str, str]:
    return {} if seen is None else {"If-Match": seen}


@pytest.mark.parametrize("names_it", [True, False])
def test_of_two_confirmations_at_one_instant_one_counts_and_the_other_is_told(
    ben: Person, chen: Person, hazard: str, interleaving: Interleaving, names_it: bool
) -> None:
    seen = ben.get(hazard).headers["ETag"] if names_it else None

    one, other = interleaving.both(lambda: confirm(ben, hazard, "general", seen), lambda: confirm(chen, hazard, "major", seen))

    assert (one.status_code, other.status_code) == (201, 409)
    assert ben.get(hazard).json["grade"] == "general"
    if names_it:
        assert other.json["type"] == "/problems/changed-meanwhile"
        assert [(error["code"], error["params"]["author_name"]) for error in other.json["errors"]] == [("confirmed", "本")]
        assert other.json["detail"] == "这期间 本 已有办理（1 次），请重新打开后再决定。"


def test_who_has_seen_it_all_acts(ben: Person, chen: Person, hazard: str) -> None:
    first = confirm(ben, hazard, "general", ben.get(hazard).headers["ETag"])
    stale = chen.post(f"{hazard}/events", json={"kind": "noted", "text": "x"}, headers={"If-Match": '"1"'})
    fresh = chen.post(f"{hazard}/events", json={"kind": "noted", "text": "x"}, headers={"If-Match": first.headers["ETag"]})

    assert (first.headers["ETag"], stale.status_code, fresh.status_code) == ('"2"', 409, 201)


@pytest.mark.parametrize("seen", ["x", "1", '"-1"', "*", '"99999999999999"'])
def test_a_revision_that_is_none_of_ours_is_refused(ben: Person, hazard: str, seen: str) -> None:
    assert confirm(ben, hazard, "general", seen).status_code == 400


@pytest.mark.parametrize("names_it", [True, False])
def test_of_four_reviews_of_a_photo_one_counts(
    ben: Person, chen: Person, photo: str, interleaving: Interleaving, names_it: bool
) -> None:
    seen = '"0"' if names_it else None

    answers = interleaving.both(lambda: review(ben, photo, "approved", seen), lambda: review(chen, photo, "returned", seen))
    later = [review(person, photo, "second_opinion", seen) for person in (ben, chen)]

    assert [answer.status_code for answer in (*answers, *later)] == [201, 409, 409, 409]
    assert later[0].json["errors"][0]["params"]["author_name"] == "本"
    body = chen.get(photo).json
    assert (body["state"], len(body["reviews"])) == ("approved", 1)


def test_who_has_seen_the_decision_may_decide_anew(ben: Person, chen: Person, photo: str) -> None:
    review(ben, photo, "approved", None)

    assert review(chen, photo, "returned", '"1"').status_code == 201
    assert chen.get(photo).json["state"] == "returned"


def test_reviews_keep_their_order_though_the_servers_clock_is_set_back(ben: Person, chen: Person, photo: str) -> None:
    review(ben, photo, "approved", None)
    yesterday = clock.now() - timedelta(days=1)

    with mock.patch("server.clock.now", return_value=yesterday):
        later = review(chen, photo, "returned", '"1"')
        state = chen.get(photo).json["state"]
        undone = chen.delete(f"{photo}/reviews/last")

    assert (later.status_code, state, undone.status_code) == (201, "returned", 200)
    assert chen.get(photo).json["state"] == "approved"
