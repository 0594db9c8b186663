"""A small request is not answered with a large one, nor kept as one: faults are capped, cut short and counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from server.db import db
from server.records.models import Record
from tests.conftest import County, Person
from tests.records import batch, new_id, seal, store_small_checklist, submission

pytestmark = pytest.mark.both_databases

PUSH = "/api/sync/records"
MANY = 80_000


def post(person: Person, document: Any) -> Any:
    return person.post(PUSH, data=json.dumps(document), headers={"Content-Type": "application/json"})


def test_80000_unknown_keys_of_a_record_are_counted_and_a_hundred_named(anna: Person, county: County) -> None:
    envelope = submission(county.mine, new_id()) | {f"key{number}": 1 for number in range(MANY)}

    answer = post(anna, batch(envelope))

    [result] = answer.json["results"]
    assert (result["problem"]["error_count"], len(result["problem"]["errors"])) == (MANY, 100)
    assert len(answer.data) < 20_000


def test_80000_unknown_keys_of_a_request_are_counted_and_a_hundred_named(anna: Person, county: County) -> None:
    answer = post(anna, batch() | {f"key{number}": 1 for number in range(MANY)} | {"records": [{}]})

    assert answer.status_code == 422
    assert (answer.json["error_count"], len(answer.json["errors"])) == (MANY, 100)
    assert len(answer.data) < 20_000


def test_80000_answers_that_nobody_asked_for_are_kept_with_the_count_of_their_faults(
    anna: Person, chen: Person, county: County
) -> None:
    store_small_checklist()
    answers = {f"item{number}": {"result": "pass"} for number in range(MANY)}
    record = submission(county.mine, new_id(), answers)

    answer = post(anna, batch(record))

    assert answer.json["results"][0]["status"] == "quarantined"
    assert len(answer.data) < 30_000
    stored = db.session.scalars(select(Record)).one()
    assert len(json.dumps(stored.faults)) < 30_000
    [listed] = chen.get("/api/quarantine").json["items"]
    shown = chen.get(f"/api/quarantine/{record['id']}").json
    # The three items of the checklist are unanswered as well.
    assert listed["fault_count"] in {MANY, MANY + 3}
    assert len(shown["faults"]) == 101
    assert shown["faults"][-1]["text"]["zh"] == f"还有 {listed['fault_count'] - 100} 处"


@pytest.mark.parametrize("place", ["key", "value", "kind"])
def test_a_fault_repeats_no_long_text_of_the_request(anna: Person, county: County, place: str) -> None:
    long = "长" * 500_000
    envelope = seal("submission", county.mine, {})
    envelope |= {long: 1} if place == "key" else {"visit_id": long} if place == "value" else {"kind": long}

    answer = post(anna, batch(envelope))

    assert answer.json["results"][0]["status"] == "refused"
    assert len(answer.data) < 5_000


def test_a_push_has_a_largest_number_of_records(anna: Person, county: County) -> None:
    answer = post(anna, batch(*[1] * 100_000))

    assert answer.status_code == 422
    assert len(answer.data) < 5_000
