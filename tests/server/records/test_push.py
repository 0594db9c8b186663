"""Pushing records: every record gets its own result, nothing is stored twice, nothing foreign is stored at all."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from server import clock
from server.db import db, transaction
from server.hazards.models import Hazard
from server.pairings.changes import end_pairing
from server.records.models import Record
from server.visits.models import Submission, Visit, VisitOfficer
from sync.hazards import hazard_id_for_item
from sync.times import format_time, parse_time
from tests.conftest import County, Person
from tests.records import batch, found, new_id, seal, store_small_checklist, submission, visit


@pytest.fixture(autouse=True)
def small_checklist(app: Flask) -> None:
    store_small_checklist()


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def push(person: Person, *records: object) -> list[dict]:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def test_submission_is_scored_by_the_version_it_used(anna: Person, county: County) -> None:
    record = submission(
        county.mine,
        new_id(),
        {"exit": {"result": "pass"}, "alarm": {"result": "fail"}, "gas": {"value": "1.20"}},
    )

    [result] = push(anna, record)

    assert result["status"] == "accepted"
    stored = db.session.get(Submission, uuid.UUID(record["id"]))
    assert (stored.score_numerator, stored.score_denominator, stored.grade) == ("3", "5", "qualified")


def test_same_record_twice_gives_one_row_and_the_same_receipt(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id())

    [first] = push(anna, record)
    [second] = push(anna, record)

    assert (first["status"], second["status"]) == ("accepted", "already_accepted")
    assert first["receipt"] == second["receipt"]
    assert count(Record) == 1
    assert count(Submission) == 1


def test_same_record_twice_in_one_batch_is_one_row(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id())

    results = push(anna, record, record)

    assert [result["status"] for result in results] == ["accepted", "already_accepted"]
    assert results[0]["receipt"] == results[1]["receipt"]
    assert count(Record) == 1


def test_other_content_under_the_same_id_is_a_conflict_and_changes_nothing(anna: Person, county: County) -> None:
    visit_id, record_id = new_id(), new_id()
    push(anna, seal("hazard_event", county.mine, found(county.mine, visit_id, new_id())["body"], record_id=record_id))
    other = seal(
        "hazard_event",
        county.mine,
        found(county.mine, visit_id, new_id(), description="另一条")["body"],
        record_id=record_id,
    )

    [result] = push(anna, other)

    assert result["status"] == "conflict"
    assert result["problem"]["type"] == "/problems/record-conflict"
    assert [hazard.description for hazard in db.session.scalars(select(Hazard))] == ["安全出口被堵"]


def test_altered_content_is_refused(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id())
    record["body"]["answers"]["exit"]["result"] = "fail"

    [result] = push(anna, record)

    assert result["status"] == "refused"
    assert result["problem"]["type"] == "/problems/content-hash-mismatch"
    assert count(Record) == 0


def test_one_bad_record_does_not_refuse_its_batch(anna: Person, county: County) -> None:
    good = submission(county.mine, new_id())

    results = push(anna, "not an object", {"id": 7}, good)

    assert [result["status"] for result in results] == ["refused", "refused", "accepted"]
    assert count(Record) == 1


@pytest.mark.parametrize("subject", ["somebody else's", "unknown"])
def test_a_record_outside_its_authors_scope_is_kept_and_counts_nowhere(dora: Person, county: County, subject: str) -> None:
    record = submission(county.mine if subject == "somebody else's" else uuid.uuid4(), new_id())

    [result] = push(dora, record)

    assert (result["status"], result["problem"]["type"]) == ("quarantined", "/problems/outside-scope")
    assert result["receipt"]["sha256"] == record["content_hash"]
    assert (count(Record), count(Submission)) == (1, 0)


def test_work_done_before_a_pairing_ended_is_still_accepted(anna: Person, county: County) -> None:
    with transaction():
        end_pairing(county.mine_pairing, date(2026, 11, 21), clock.now())

    [on_time] = push(anna, submission(county.mine, new_id(), made_at="2026-11-20T10:00:00+08:00"))
    [too_late] = push(anna, submission(county.mine, new_id(), made_at="2026-11-22T10:00:00+08:00"))

    assert (on_time["status"], too_late["status"]) == ("accepted", "quarantined")


def test_record_of_a_phone_with_a_wrong_clock_is_accepted_for_what_is_theirs_today(
    anna: Person, dora: Person, county: County
) -> None:
    made_at = "2006-11-20T10:00:00+08:00"

    [own] = push(anna, submission(county.mine, new_id(), made_at=made_at))
    [foreign] = push(dora, submission(county.mine, new_id(), made_at=made_at))

    assert (own["status"], foreign["status"]) == ("accepted", "quarantined")


def test_visit_whose_clock_was_set_back_before_its_end_is_accepted(anna: Person, county: County) -> None:
    visit_id = new_id()
    body = visit(county.mine, visit_id, [])["body"] | {"finished_at": "2026-09-20T09:15:02+08:00"}

    [result] = push(anna, seal("visit", county.mine, body, visit_id=visit_id, record_id=visit_id))

    assert result["status"] == "accepted"
    assert db.session.get(Visit, uuid.UUID(visit_id)).complete_at is not None


def test_visit_of_a_phone_years_behind_counts_at_its_receipt(anna: Person, county: County) -> None:
    visit_id, then = new_id(), "2006-11-25T09:15:02+08:00"
    told = {"device_time": then, "server_offset_ms": 7305 * 86_400_000, "offset_measured_at": then, "monotonic_gap_ms": 0}
    body = visit(county.mine, visit_id, [], made_at=then)["body"] | {"clock": told}

    [result] = push(anna, seal("visit", county.mine, body, visit_id=visit_id, record_id=visit_id, made_at=then))

    assert result["status"] == "accepted"
    stored = db.session.get_one(Visit, uuid.UUID(visit_id))
    assert (stored.counted_at, stored.clock_wrong) == (stored.received_at, True)
    assert stored.day == clock.county_date(stored.received_at)


@pytest.mark.parametrize(("hours", "wrong"), [(24, False), (-24, False), (24.01, True), (-24.01, True)])
def test_clock_that_is_more_than_a_day_off_when_it_sends_is_wrong(
    anna: Person, county: County, monkeypatch: pytest.MonkeyPatch, hours: float, wrong: bool
) -> None:
    now = parse_time("2026-11-24T12:00:00+08:00")
    monkeypatch.setattr("server.clock.now", lambda: now)
    visit_id, at = new_id(), "2026-11-20T23:50:00+08:00"
    message = batch(visit(county.mine, visit_id, [], made_at=at)) | {"device_time": format_time(now - timedelta(hours=hours))}

    anna.post("/api/sync/records", json=message)

    stored = db.session.get_one(Visit, uuid.UUID(visit_id))
    assert (stored.clock_wrong, stored.day.isoformat()) == (wrong, "2026-11-24" if wrong else "2026-11-20")


def test_event_of_a_phone_with_a_wrong_clock_takes_effect_at_its_receipt(
    anna: Person, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = parse_time("2026-11-24T12:00:00+08:00")
    monkeypatch.setattr("server.clock.now", lambda: now)
    hazard_id = new_id()
    message = batch(found(county.mine, None, hazard_id, at="2024-03-01T08:00:00+08:00"))

    anna.post("/api/sync/records", json=message | {"device_time": "2024-03-01T08:10:00+08:00"})

    hazard = db.session.get_one(Hazard, uuid.UUID(hazard_id))
    assert (hazard.found_at, hazard.found_on) == (now, date(2026, 11, 24))


def test_everybody_of_a_visit_with_an_account_is_one_of_its_officers(anna: Person, county: County) -> None:
    visit_id = new_id()
    named = [str(county.users["dora"]), str(county.users["anna"]), new_id()]
    body = visit(county.mine, visit_id, [])["body"] | {"officers": named}

    push(anna, seal("visit", county.mine, body, visit_id=visit_id, record_id=visit_id))

    officers = db.session.scalars(select(VisitOfficer.user_id).where(VisitOfficer.visit_id == uuid.UUID(visit_id))).all()
    assert set(officers) == {county.users["anna"], county.users["dora"]}


def test_full_disk_is_a_problem_that_passes_and_the_records_go_up_afterwards(anna: Person, county: County, database: str) -> None:
    if database != "sqlite":
        pytest.skip("limits the pages of SQLite")
    records = [submission(county.mine, new_id(), remark="满" * 9000) for _ in range(20)]
    db.session.connection().exec_driver_sql("PRAGMA max_page_count=1")
    db.session.commit()

    answer = anna.post("/api/sync/records", json=batch(*records))

    assert (answer.status_code, answer.json["type"], answer.headers["Retry-After"]) == (503, "/problems/storage-full", "60")
    assert count(Record) == 0
    db.session.close()
    db.engine.dispose()  # the limit is a connection's own
    assert {result["status"] for result in push(anna, *records)} == {"accepted"}


def test_a_record_of_an_unknown_checklist_is_kept_in_quarantine(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id(), checklist={"id": "small", "version": "1", "hash": "0" * 64})

    [result] = push(anna, record)

    assert (result["status"], result["problem"]["type"]) == ("quarantined", "/problems/unknown-checklist")
    assert result["receipt"]["sha256"] == record["content_hash"]
    assert (count(Record), count(Submission)) == (1, 0)


def test_answers_that_do_not_fit_are_quarantined_whole_and_counted_nowhere(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id(), {"exit": {"result": "splendid"}, "gas": {"value": "much"}, "nonsense": {}})

    [result] = push(anna, record)

    assert result["status"] == "quarantined"
    assert result["receipt"]["sha256"] == record["content_hash"]
    assert {error["pointer"].split("/")[3] for error in result["problem"]["errors"]} == {"exit", "gas", "nonsense"}
    stored = db.session.get(Record, uuid.UUID(record["id"]))
    assert stored.body == record["body"]
    assert count(Submission) == 0


def test_a_body_of_the_wrong_shape_is_kept_in_quarantine_with_every_fault(anna: Person, county: County) -> None:
    [result] = push(anna, submission(county.mine, new_id(), answers=None, profile="x", finished_at="late", revises=7))

    assert result["status"] == "quarantined"
    assert {error["pointer"] for error in result["problem"]["errors"]} == {
        "#/body/profile", "#/body/finished_at", "#/body/revises",
    }  # fmt: skip
    assert (count(Record), count(Submission)) == (1, 0)


def test_visit_gets_its_receipt_when_everything_it_announced_is_there(anna: Person, county: County) -> None:
    visit_id = new_id()
    first, second = submission(county.mine, visit_id), found(county.mine, visit_id, new_id())
    trip = visit(county.mine, visit_id, [first, second], pairing_id=str(county.mine_pairing))

    incomplete = anna.post("/api/sync/records", json=batch(first, trip)).json
    complete = anna.post("/api/sync/records", json=batch(second)).json

    assert incomplete["visits"][0]["complete"] is False
    assert incomplete["visits"][0]["missing"]["records"] == [second["id"]]
    assert complete["visits"][0]["complete"] is True
    assert complete["visits"][0]["receipt"]["kind"] == "visit"
    assert anna.get(f"/api/visits/{visit_id}").json["receipt"] == complete["visits"][0]["receipt"]


def test_visit_waits_for_its_photos(anna: Person, county: County) -> None:
    visit_id, photo_id = new_id(), new_id()
    trip = visit(county.mine, visit_id, [], [{"id": photo_id, "sha256": "a" * 64, "size_bytes": 5}])

    answer = anna.post("/api/sync/records", json=batch(trip)).json

    assert answer["visits"][0]["complete"] is False
    assert answer["visits"][0]["missing"]["photos"] == [photo_id]


def test_pairing_of_another_subject_is_refused(anna: Person, county: County) -> None:
    visit_id = new_id()

    [result] = push(anna, visit(county.chemical_store, visit_id, [], pairing_id=str(county.mine_pairing)))

    assert result["problem"]["errors"][0]["code"] == "unknown-pairing"
    assert count(Visit) == 0


def test_failed_item_without_a_finding_gets_a_hazard_when_the_visit_is_complete(anna: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.1"}})

    push(anna, record, visit(county.mine, visit_id, [record]))

    [hazard] = db.session.scalars(select(Hazard))
    assert str(hazard.id) == hazard_id_for_item(record["id"], "exit")
    assert hazard.description == "exit 损坏"
    assert hazard.deadline == date(2026, 11, 23)


def test_finding_that_arrives_later_fills_in_the_same_hazard(anna: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.1"}})
    push(anna, record, visit(county.mine, visit_id, [record]))
    hazard_id = hazard_id_for_item(record["id"], "exit")

    push(anna, found(county.mine, visit_id, hazard_id, submission_id=record["id"], item_path="exit"))

    [hazard] = db.session.scalars(select(Hazard))
    assert hazard.description == "安全出口被堵"


def test_revision_supersedes_what_it_revises_in_either_order(anna: Person, county: County) -> None:
    visit_id = new_id()
    first = submission(county.mine, visit_id)
    second = submission(county.mine, visit_id, revises=first["id"])

    push(anna, second)
    push(anna, first)

    db.session.rollback()
    states = {str(row.id): row.superseded for row in db.session.scalars(select(Submission))}
    assert states == {first["id"]: True, second["id"]: False}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"device_id": "x", "device_time": "yesterday", "records": []}', 422)],
    ids=["malformed", "not an object", "wrong values"],
)
def test_unreadable_push_is_a_problem_and_changes_nothing(anna: Person, body: bytes, status: int) -> None:
    answer = anna.post("/api/sync/records", data=body, content_type="application/json")

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert count(Record) == 0


def test_body_that_is_too_large_is_413(anna: Person) -> None:
    answer = anna.post("/api/sync/records", data=b"x" * (9 * 1024 * 1024), content_type="application/json")

    assert answer.status_code == 413
    assert answer.json["type"] == "/problems/too-large"
