"""Rescue files: everything comes in once, damaged parts are told, foreign files change nothing."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from server.db import db
from server.evidence.models import Photo
from server.records.models import Record
from tests.conftest import County, Person
from tests.records import MADE_AT, new_id, store_small_checklist, submission, visit


def jpeg(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def rescue_file(county: County, records: list[dict], photos: dict[str, bytes], *, damage: str | None = None, **manifest) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for record in records:
            if record["id"] == damage:
                continue
            archive.writestr(f"records/{record['id']}.json", json.dumps(record))
        for photo_id, data in photos.items():
            archive.writestr(f"photos/{photo_id}", b"\xff\xd8damaged" if photo_id == damage else data)
        archive.writestr(
            "drafts.json",
            json.dumps(
                {
                    "visits": [{"id": str(county.mine), "subject_id": str(county.mine), "changed_at": MADE_AT}],
                    "submissions": [],
                }
            ),
        )
        archive.writestr(
            "manifest.json",
            json.dumps(
                {
                    "format": "zero-accident-rescue/1",
                    "made_at": MADE_AT,
                    "device_id": "phone-1",
                    "user": {"id": str(county.users["anna"]), "username": "anna", "name": "安娜"},
                    "records": [{"id": record["id"], "file": f"records/{record['id']}.json"} for record in records],
                    "photos": [
                        {
                            "id": photo_id,
                            "sha256": hashlib.sha256(data).hexdigest(),
                            "size_bytes": len(data),
                            "media_type": "image/jpeg",
                            "visit_id": None,
                            "subject_id": str(county.mine),
                            "file": f"photos/{photo_id}",
                        }
                        for photo_id, data in photos.items()
                    ],
                    **manifest,
                }
            ),
        )
    return buffer.getvalue()


def send(person: Person, content: bytes):
    return person.post("/api/rescue/imports", data={"file": (io.BytesIO(content), "rescue.zip")})


@pytest.fixture(autouse=True)
def small_checklist(app: Flask) -> None:
    store_small_checklist()


def test_everything_comes_in_and_a_second_import_changes_nothing(chen: Person, anna: Person, county: County) -> None:
    visit_id, photo_id = new_id(), new_id()
    data = jpeg("red")
    first = submission(county.mine, visit_id)
    trip = visit(
        county.mine,
        visit_id,
        [first],
        [{"id": photo_id, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}],
    )
    content = rescue_file(county, [first, trip], {photo_id: data})

    one, two = send(chen, content), send(chen, content)

    assert one.status_code == 200, one.text
    assert (one.json["records"], one.json["photos"]) == ({"accepted": 2}, {"accepted": 1})
    assert (two.json["records"], two.json["photos"]) == ({"already_accepted": 2}, {"already_accepted": 1})
    assert one.json["drafts"] == {"accepted": 1}
    assert two.json["drafts"] == {"already_accepted": 1}
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Record)) == 2
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 1
    assert anna.get(f"/api/visits/{visit_id}").json["complete"] is True


def test_second_import_says_when_the_file_came_first_and_that_each_part_was_there(chen: Person, county: County) -> None:
    trip = submission(county.mine, new_id())
    content = rescue_file(county, [trip], {})

    one, two = send(chen, content).json, send(chen, content).json

    assert one["imported_before"] is None
    assert two["imported_before"]["by"] == "陈"
    assert [(item["part"], item["kind"], item["id"], item["status"]) for item in two["items"]] == [
        ("record", "submission", trip["id"], "already_accepted"),
        ("draft", None, str(county.mine), "already_accepted"),
    ]
    assert one["items"][0]["receipt"] is not None
    assert two["items"][0]["receipt"] == one["items"][0]["receipt"]


def test_every_part_of_a_file_has_a_result(chen: Person, county: County) -> None:
    good, bad = new_id(), new_id()
    foreign = submission(county.far_village, new_id())
    content = rescue_file(county, [foreign], {good: jpeg("red"), bad: jpeg("blue")}, damage=bad)

    items = send(chen, content).json["items"]

    assert [(item["part"], item["id"], item["status"]) for item in items] == [
        ("record", foreign["id"], "quarantined"),
        ("photo", good, "accepted"),
        ("photo", bad, "refused"),
        ("draft", str(county.mine), "accepted"),
    ]
    assert [bool(item["problem"]) for item in items] == [True, False, True, False]


def test_a_record_that_the_file_lacks_is_told_in_words(chen: Person, county: County) -> None:
    lost = submission(county.mine, new_id())

    items = send(chen, rescue_file(county, [lost], {}, damage=lost["id"])).json["items"]

    assert (items[0]["part"], items[0]["status"]) == ("record", "refused")
    assert items[0]["problem"]["detail"] == "离线数据包里这一份读不出，可能已损坏。"


def test_the_last_imports_are_listed_for_the_office_alone(chen: Person, anna: Person, county: County) -> None:
    send(chen, rescue_file(county, [submission(county.mine, new_id())], {}))

    listed = chen.get("/api/rescue/imports").json["imports"]

    assert [(each["author"], each["records"], each["photos"]) for each in listed] == [("安娜", {"accepted": 1}, {})]
    assert anna.get("/api/rescue/imports").status_code == 403


def test_damaged_photo_is_told_and_the_rest_comes_in(chen: Person, county: County) -> None:
    good, bad = new_id(), new_id()

    answer = send(chen, rescue_file(county, [], {good: jpeg("red"), bad: jpeg("blue")}, damage=bad)).json

    assert answer["photos"] == {"accepted": 1, "refused": 1}
    assert [problem["id"] for problem in answer["problems"]] == [bad]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"plain text"], ids=["empty", "broken zip", "not a zip"])
def test_file_that_is_no_rescue_file_is_a_problem(chen: Person, county: County, content: bytes) -> None:
    answer = send(chen, content)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_file_of_an_unknown_user_is_refused(chen: Person, county: County) -> None:
    content = rescue_file(county, [submission(county.mine, new_id())], {}, user={"id": new_id()})

    assert send(chen, content).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Record)) == 0


def test_only_the_office_imports(anna: Person, ben: Person, county: County) -> None:
    content = rescue_file(county, [], {})

    assert send(anna, content).status_code == 403
    assert send(ben, content).status_code == 403


def test_records_outside_the_authors_scope_are_kept_in_quarantine(chen: Person, county: County) -> None:
    answer = send(chen, rescue_file(county, [submission(county.far_village, new_id())], {})).json

    assert answer["records"] == {"quarantined": 1}
