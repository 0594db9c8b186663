"""The largest records that a phone seals are taken. The numbers are sync/largest.json."""

from __future__ import annotations

import uuid
from typing import Any

from sync import largest
from tests.conftest import County, Person
from tests.records import batch, found, new_id, visit

PUSH = "/api/sync/records"


def photo_refs(count: int) -> list[dict[str, Any]]:
    return [{"id": str(uuid.uuid4()), "role": "before"} for _ in range(count)]


def status_of(anna: Person, *records: dict[str, Any]) -> list[str]:
    return [result["status"] for result in anna.post(PUSH, json=batch(*records)).json["results"]]


def test_a_hazard_with_as_many_photos_as_the_phone_takes_is_accepted(anna: Person, county: County) -> None:
    record = found(county.mine, None, new_id(), photos=photo_refs(largest.PHOTOS_OF_HAZARD), no_photo_reason=None)

    assert status_of(anna, record) == ["accepted"]


def test_a_visit_with_as_many_companions_as_the_phone_takes_is_accepted(anna: Person, county: County) -> None:
    companions = ["王" * largest.COMPANION_LENGTH] * largest.COMPANIONS

    assert status_of(anna, visit(county.mine, new_id(), [], companions=companions)) == ["accepted"]
