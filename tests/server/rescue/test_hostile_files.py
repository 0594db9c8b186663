"""Rescue files with one bad part: that part is told, everything beside it comes in. On both databases."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from server.db import db
from server.records.models import Record
from server.visits.models import VisitDraft
from tests.conftest import County, Person
from tests.records import MADE_AT, new_id, store_small_checklist, submission
from tests.server.rescue.test_import import jpeg

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def small_checklist(app: Flask) -> None:
    store_small_checklist()


class RescueFile:
    """A whole file of anna's phone with one record, one photo and one draft, of which a test spoils a part."""

    def __init__(self, county: County) -> None:
        self.record, self.photo_id, self.draft_id = submission(county.mine, new_id()), new_id(), new_id()
        data = jpeg("red")
        self.manifest: dict[str, Any] = {
            "format": "zero-accident-rescue/1",
            "device_id": "phone-1",
            "user": {"id": str(county.users["anna"])},
            "records": [{"id": self.record["id"], "file": "records/good.json"}],
            "photos": [
                {
                    "id": self.photo_id, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data),
                    "media_type": "image/jpeg", "visit_id": None, "subject_id": str(county.mine), "file": "photos/good",
                }
            ],
        }  # fmt: skip
        self.drafts: dict[str, Any] = {
            "visits": [{"id": self.draft_id, "subject_id": str(county.mine), "changed_at": MADE_AT}],
            "submissions": [],
        }
        self.members: dict[str, bytes] = {"records/good.json": json.dumps(self.record).encode(), "photos/good": data}

    def name(self, member: str, content: bytes) -> None:
        """Adds a record's member that the manifest names."""
        self.members[member] = content
        self.manifest["records"].insert(0, {"file": member})

    def content(self) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in self.members.items():
                archive.writestr(member, content)
            archive.writestr("drafts.json", self.drafts if isinstance(self.drafts, bytes) else json.dumps(self.drafts))
            archive.writestr("manifest.json", json.dumps(self.manifest))
        return buffer.getvalue()


def imported(chen: Person, file: RescueFile) -> list[dict[str, Any]]:
    answer = chen.post("/api/rescue/imports", data={"file": (io.BytesIO(file.content()), "rescue.zip")})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def statuses(items: list[dict[str, Any]], file: RescueFile) -> dict[str, list[str]]:
    """What became of the good parts, and of the others."""
    good = {file.record["id"]: "record", file.photo_id: "photo", file.draft_id: "draft"}
    return {
        "good": [f"{item['part']} {item['status']}" for item in items if item["id"] in good],
        "bad": [f"{item['part']} {item['status']}" for item in items if item["id"] not in good],
    }


ALL_GOOD = ["record accepted", "photo accepted", "draft accepted"]


def in_body(value: bytes) -> bytes:
    """An envelope whose body holds a value; its hash is wrong as well, which nobody gets as far as."""
    return b'{"id":"%s","kind":"submission","body":{"x":%s}}' % (new_id().encode(), value)


UNREADABLE_RECORDS = {
    "empty": b"",
    "cut": b"[1",
    "a number": b"5",
    "null": b"null",
    "infinity": in_body(b"Infinity"),
    "nan": in_body(b"NaN"),
    "400 digits": in_body(b"9" * 400),
    "beyond 64 bits": in_body(b"18446744073709551616"),
    "beyond 53 bits": in_body(b"9007199254740993"),
    "lone surrogate": in_body(b'"\\ud800"'),
    "nul": in_body(b'"\\u0000"'),
    "300 deep": in_body(b"[" * 300 + b"]" * 300),
    "100,000 deep": in_body(b"[" * 100_000),
    "key twice": in_body(b'{"a":1,"a":2}'),
    "no utf-8": b"\xff\xfe",
}
UNREADABLE_DRAFTS: list[Any] = [
    5, None, "x", [], {}, {"id": 5}, {"id": "x"}, {"id": "\0"}, {"id": new_id()}, {"id": new_id(), "subject_id": 5},
]  # fmt: skip
NO_TABLES: list[Any] = [5, None, "x", {"a": 1}, [5], [None]]
UNREADABLE_PHOTOS: list[Any] = [
    {"id": 5}, {"sha256": 5}, {"sha256": "x"}, {"size_bytes": "1"}, {"size_bytes": -1}, {"size_bytes": 1e300},
    {"size_bytes": 2**53 - 1}, {"file": 5}, {"file": "photos/none"}, {"subject_id": "x"}, {"visit_id": "\0"},
]  # fmt: skip


def test_records_that_nobody_can_read_block_nothing(chen: Person, county: County) -> None:
    file = RescueFile(county)
    for name, content in UNREADABLE_RECORDS.items():
        file.name(f"records/{name}.json", content)

    found = statuses(imported(chen, file), file)

    assert found == {"good": ALL_GOOD, "bad": ["record refused"] * len(UNREADABLE_RECORDS)}


def test_drafts_that_nobody_can_read_block_nothing(chen: Person, county: County) -> None:
    file = RescueFile(county)
    file.drafts["visits"] = [*UNREADABLE_DRAFTS, *file.drafts["visits"]]

    found = statuses(imported(chen, file), file)

    assert found == {"good": ALL_GOOD, "bad": ["draft refused"] * len(UNREADABLE_DRAFTS)}


@pytest.mark.parametrize("table", ["submissions", "hazards", "rechecks", "photos"])
def test_a_table_of_drafts_that_is_none_blocks_nothing(chen: Person, county: County, table: str) -> None:
    for rows in NO_TABLES:
        file = RescueFile(county)
        file.drafts[table] = rows

        assert statuses(imported(chen, file), file) == {"good": ALL_GOOD, "bad": []}, rows


@pytest.mark.parametrize("drafts", [b"{", b"5", b'{"visits":Infinity}'], ids=str)
def test_drafts_that_nobody_can_read_are_told(chen: Person, county: County, drafts: bytes) -> None:
    file = RescueFile(county)
    file.drafts = drafts  # type: ignore[assignment]

    found = statuses(imported(chen, file), file)

    assert found == {"good": ["record accepted", "photo accepted"], "bad": ["draft refused"]}


def test_visits_that_are_a_number_block_nothing(chen: Person, county: County) -> None:
    file = RescueFile(county)
    file.drafts["visits"] = 5

    assert statuses(imported(chen, file), file) == {"good": ["record accepted", "photo accepted"], "bad": []}


def test_records_come_in_though_the_manifest_does_not_say_which(chen: Person, county: County) -> None:
    file = RescueFile(county)
    file.manifest["records"] = 5

    assert statuses(imported(chen, file), file) == {"good": ALL_GOOD, "bad": ["record refused"]}


def test_photos_that_nobody_can_read_block_nothing(chen: Person, county: County) -> None:
    file = RescueFile(county)
    [good] = file.manifest["photos"]
    other = jpeg("blue")
    for number, change in enumerate(UNREADABLE_PHOTOS):
        member = f"photos/{number}"
        file.members[member] = other
        heard_of = {"id": new_id(), "file": member, "sha256": hashlib.sha256(other).hexdigest(), "size_bytes": len(other)}
        file.manifest["photos"].insert(0, good | heard_of | change)
    file.manifest["photos"] = [5, {}, *file.manifest["photos"]]

    found = statuses(imported(chen, file), file)

    assert found == {"good": ALL_GOOD, "bad": ["photo refused"] * (2 + len(UNREADABLE_PHOTOS))}


def test_a_member_named_twelve_times_is_read_once(chen: Person, county: County) -> None:
    file = RescueFile(county)
    file.manifest["records"] *= 12

    found = statuses(imported(chen, file), file)

    assert found == {"good": ALL_GOOD, "bad": ["record refused"] * 11}


def test_a_failure_that_nobody_foresaw_refuses_its_part_alone(
    chen: Person, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = RescueFile(county)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("server.rescue.service._import_photo", broken)

    items = imported(chen, file)

    assert [(item["part"], item["status"]) for item in items] == [
        ("record", "accepted"), ("photo", "refused"), ("draft", "accepted"),
    ]  # fmt: skip
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Record)) == 1
    assert db.session.scalar(select(func.count()).select_from(VisitDraft)) == 1


@pytest.mark.parametrize(
    "change",
    [{"user": 5}, {"user": None}, {"user": {"id": 5}}, {"user": {"id": "\0"}}, {"device_id": None, "user": {}}, {"format": 5}],
    ids=str,
)
def test_a_manifest_that_names_nobody_is_a_problem(chen: Person, county: County, change: dict[str, Any]) -> None:
    file = RescueFile(county)
    file.manifest |= change

    answer = chen.post("/api/rescue/imports", data={"file": (io.BytesIO(file.content()), "rescue.zip")})

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")


def test_a_device_of_another_shape_keeps_nothing_out(chen: Person, county: County) -> None:
    file = RescueFile(county)
    file.manifest["device_id"] = "\0" * 5

    assert statuses(imported(chen, file), file) == {"good": ALL_GOOD, "bad": []}
