"""One bad input breaks nothing but itself: each is told, the record beside it comes in, and no page suffers. On both databases.

docs/hostile-input.md says where every other kind is tested.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import County, Person
from tests.records import MADE_AT, batch, event, found, new_id, seal, store_small_checklist, submission, visit
from tests.server.evidence.photos import photo_bytes, photo_record

ROOT = Path(__file__).resolve().parents[2]
PUSH = "/api/sync/records"
PAGES = (
    "/api/visits",
    "/api/hazards",
    "/api/sync/changes",
    "/api/quarantine?state=all",
    "/api/scores/overview",
    "/api/evidence/reviews",
)


def resealed(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return seal(
        record["kind"], record["subject_id"], record["body"] | changes, visit_id=record["visit_id"], record_id=record["id"]
    )


def under_a_new_id(record: dict[str, Any]) -> dict[str, Any]:
    """The same record as another; what was kept under the first id is no question of it."""
    again = new_id()
    body = record["body"] | ({"photo_id": again} if record["kind"] == "photo" else {})
    visit_id = again if record["kind"] == "visit" else record["visit_id"]
    return seal(record["kind"], record["subject_id"], body, visit_id=visit_id, record_id=again)


def bad_records(county: County) -> dict[str, dict[str, Any]]:
    """By name: records whose hash is right and of which one part is not what anything can use."""
    mine, visit_id, hazard_id = county.mine, new_id(), new_id()
    trip = visit(mine, visit_id, [])
    finding = found(mine, None, hazard_id)
    photo = photo_record(mine, new_id(), photo_bytes())
    at_place = {"lng": 112.9, "lat": 35.6, "datum": "GCJ-02", "provider": "gps"}

    def act(kind: str, **values: Any) -> dict[str, Any]:
        return event(mine, hazard_id, kind, "2026-11-21T09:00:00+08:00", **values)

    return {
        "a clock 9e15 ms off": resealed(photo, clock={"device_time": MADE_AT, "server_offset_ms": 9_000_000_000_000_000}),
        "a visit's clock 9e15 ms off": resealed(trip, clock={"server_offset_ms": 9_000_000_000_000_000}),
        "a photo's position as texts": resealed(photo, position=at_place | {"lng": "112.9", "lat": "35.6"}),
        "a visit's position as texts": resealed(trip, position=at_place | {"lng": "112.9", "lat": "35.6"}),
        "a kind of hazard that is a list": resealed(finding, kind_of_hazard=["x"]),
        "an owner whose name is an object": resealed(finding, owner={"name": {"a": 1}}),
        "a representative of 2 MB": resealed(trip, representative={"name": "长" * 700_000}),
        "a signature that is a list": resealed(trip, signature=[]),
        "121 characters for a unit": act("assigned", responsible_unit="长" * 121),
        "an object for a text": act("noted", text={"a": 1}),
        "junk for an id": act("merged", into="junk"),
        "a day that is none": act("extended", deadline="2026-13-45", reason="停电", approver="本"),
        "a grade nobody knows": act("confirmed", grade="mortal"),
        "a photo list that is a number": resealed(finding, photos=5),
        "a size beyond every column": resealed(photo, size_bytes=2**40),
        "a width beyond every column": resealed(photo, width=2**40),
    }


@pytest.mark.both_databases
def test_each_bad_record_is_told_and_the_one_beside_it_comes_in(
    anna: Person, ben: Person, chen: Person, county: County, subtests: pytest.Subtests
) -> None:
    store_small_checklist()
    for name, bad in bad_records(county).items():
        with subtests.test(name):
            for who in (anna, ben):
                answer = who.post(PUSH, json=batch(under_a_new_id(bad), submission(county.mine, new_id())))

                assert answer.status_code == 200, answer.text
                first, second = answer.json["results"]
                assert first["status"] in {"refused", "quarantined"}, first
                assert first["problem"]["type"] != "/problems/internal"
                assert second["status"] == "accepted"
    for page in PAGES:
        with subtests.test(page):
            shown = chen.get(page)
            assert shown.status_code == 200, shown.text
            assert len(shown.data) < 300_000


@pytest.mark.both_databases
def test_cursors_of_nobodys_making_are_refused_or_pulled_anew(anna: Person, county: County, subtests: pytest.Subtests) -> None:
    genuine = anna.get("/api/sync/changes").json["cursor"]
    plain = base64.urlsafe_b64decode(genuine + "=" * (-len(genuine) % 4)).decode()
    numbers = re.findall(r"\d+", plain)
    beyond = ["9" * 30, str(2**64), str(2**64 - 1), str(2**63), str(2**63 - 1), "-1", "1e9", "NaN", "１"]
    made_up = [plain.replace(numbers[-1], number, 1) for number in beyond] + [
        ".".join([*plain.split(".")[:-1], number]) for number in beyond
    ]
    for text in [*made_up, "", "1", "1.2", "x" * 5000]:
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        with subtests.test(text[:60]):
            assert anna.get("/api/sync/changes", query_string={"cursor": cursor}).status_code in {200, 410, 422}


def test_the_page_about_hostile_input_names_tests_that_exist() -> None:
    page = (ROOT / "docs/hostile-input.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py|client/tests/[\w/.-]+\.ts)(?:::(test_\w+))?`", page)

    assert len(named) >= 25
    for path, name in named:
        text = (ROOT / path).read_text("utf-8")
        assert not name or f"def {name}(" in text, f"{path}::{name}"


@pytest.mark.both_databases
def test_json_of_a_request_is_read_strictly_also_within_a_record(anna: Person, county: County) -> None:
    store_small_checklist()
    records = [submission(county.mine, new_id()) for _ in range(4)]
    for record, value in zip(records, (2**53, 2**63, 2**70, "a\0b"), strict=True):
        record["body"]["remark"] = value
    text = json.dumps(batch(*records, submission(county.mine, new_id())))

    results = anna.post(PUSH, data=text, headers={"Content-Type": "application/json"}).json["results"]

    assert [result["status"] for result in results] == ["refused"] * 4 + ["accepted"]
