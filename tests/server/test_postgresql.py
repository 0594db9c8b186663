"""What only a database with several writers can get wrong. Each story holds one transaction open while another one passes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server import clock
from server.db import db, transaction
from server.hazards.models import Hazard
from server.records.models import Record
from server.visits.models import Submission, Visit
from server.work import outbox, queue
from server.work.outbox import OutboxNote
from tests.conftest import COUNTY, County, Person
from tests.records import batch, event, found, new_id, store_small_checklist, submission, visit
from tests.server.evidence.photos import begin, patch, photo_bytes, photo_record, sha256
from tests.server.interleaving import Interleaving
from tests.server.work.serving import serve
from vocabulary import Topic


@pytest.fixture
def database() -> str:
    return "postgresql"


def push(person: Person, *records: dict[str, Any]) -> Any:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    return answer.json


def pull_ids(person: Person, cursor: str) -> tuple[list[str], str]:
    answer = person.get("/api/sync/changes", query_string={"cursor": cursor}).json
    return [change["id"] for change in answer["changes"] if change["kind"] == "submission"], answer["cursor"]


def fresh(query: Any) -> Any:
    """The rows that a query answers now, past what this session remembers."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(query).all()


def test_change_that_commits_late_is_not_skipped(anna: Person, county: County, interleaving: Interleaving) -> None:
    """The first phone takes its place in the feed, the second overtakes it, a third pulls in between."""
    store_small_checklist()
    early, late = submission(county.mine, new_id()), submission(county.mine, new_id())
    _, cursor = pull_ids(anna, "")

    held = interleaving.first(lambda: push(anna, early))
    push(anna, late)
    between, cursor = pull_ids(anna, cursor)
    interleaving.go_on.set()
    held.result(20)
    after, _ = pull_ids(anna, cursor)

    assert sorted([*between, *after]) == sorted([early["id"], late["id"]])


def test_changes_come_once_when_nobody_writes(anna: Person, county: County) -> None:
    store_small_checklist()
    sent = submission(county.mine, new_id())
    push(anna, sent)

    first, cursor = pull_ids(anna, "")
    second, _ = pull_ids(anna, cursor)

    assert (first, second) == ([sent["id"]], [])


def test_same_record_on_two_connections_is_one_row_and_one_receipt(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    store_small_checklist()
    record = submission(county.mine, new_id())

    answers = interleaving.both(lambda: push(anna, record), lambda: push(anna, record))

    results = [answer["results"][0] for answer in answers]
    assert [result["status"] for result in results] == ["accepted", "already_accepted"]
    assert results[0]["receipt"]["code"] == results[1]["receipt"]["code"]
    assert results[0]["receipt"]["received_at"] == results[1]["receipt"]["received_at"]
    assert len(fresh(select(Record))) == len(fresh(select(Submission))) == 1


def test_two_contents_of_one_id_on_two_connections_are_one_row_and_a_conflict(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    store_small_checklist()
    visit_id = new_id()
    one = visit(county.mine, visit_id, [])
    other = visit(county.mine, visit_id, [submission(county.mine, visit_id)])

    answers = interleaving.both(lambda: push(anna, one), lambda: push(anna, other))

    assert [answer["results"][0]["status"] for answer in answers] == ["accepted", "conflict"]
    assert [row.content_hash for row in fresh(select(Record))] == [one["content_hash"]]


def test_overlapping_batches_in_opposite_order_do_not_block_each_other(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    store_small_checklist()
    records = [submission(county.mine, new_id()) for _ in range(20)]

    answers = interleaving.both(lambda: push(anna, *records), lambda: push(anna, *reversed(records)))

    statuses = [{result["status"] for result in answer["results"]} for answer in answers]
    assert statuses == [{"accepted"}, {"already_accepted"}]


def test_visit_whose_last_record_and_last_photo_arrive_at_once_is_complete(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    store_small_checklist()
    visit_id, photo_id, data = new_id(), new_id(), photo_bytes()
    last = submission(county.mine, visit_id)
    facts = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    push(anna, facts, visit(county.mine, visit_id, [last, facts], expected))
    location = begin(anna, photo_id, data, visit_id=visit_id).headers["Location"]

    interleaving.both(lambda: push(anna, last), lambda: patch(anna, location, 0, data))

    assert fresh(select(Visit.complete_at)) != [None]
    assert anna.get(f"/api/visits/{visit_id}").json["receipt"] is not None


def test_photo_whose_record_and_bytes_arrive_at_once_is_one_row(anna: Person, county: County, interleaving: Interleaving) -> None:
    visit_id, photo_id, data = new_id(), new_id(), photo_bytes()
    facts = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    sent = visit(county.mine, visit_id, [facts], expected)

    location = begin(anna, photo_id, data).headers["Location"]

    _, answer = interleaving.both(lambda: patch(anna, location, 0, data), lambda: push(anna, facts, sent))

    assert answer["visits"][0]["complete"] is True


def test_hazard_that_two_people_act_on_at_once_keeps_both_acts(
    anna: Person, ben: Person, county: County, interleaving: Interleaving
) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id))
    submitted = event(county.mine, hazard_id, "submitted", "2026-11-21T09:00:00+08:00", photos=[])
    passed = event(county.mine, hazard_id, "rechecked", "2026-11-22T09:00:00+08:00", result="pass", photos=[])

    interleaving.both(lambda: push(anna, submitted), lambda: push(ben, passed))

    (hazard,) = fresh(select(Hazard))
    assert (hazard.state, hazard.projection["ineffective"]) == ("closed", [])


def test_desk_and_phone_act_on_a_hazard_at_once(anna: Person, chen: Person, county: County, interleaving: Interleaving) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id))
    submitted = event(county.mine, hazard_id, "submitted", "2026-11-21T09:00:00+08:00", photos=[])

    _, answer = interleaving.both(
        lambda: push(anna, submitted),
        lambda: chen.post(f"/api/hazards/{hazard_id}/events", json={"kind": "rechecked", "result": "pass"}),
    )

    assert answer.status_code == 201, answer.text
    assert answer.json["state"] == "closed"


def test_hazard_on_two_connections_at_once_is_opened_once(anna: Person, county: County, interleaving: Interleaving) -> None:
    hazard_id = new_id()
    finding = found(county.mine, None, hazard_id)
    remark = event(county.mine, hazard_id, "noted", "2026-11-21T09:00:00+08:00", text="门锁着")
    other = found(county.mine, None, hazard_id, description="同一处")

    answers = interleaving.both(lambda: push(anna, finding), lambda: push(anna, other, remark))

    assert [result["status"] for answer in answers for result in answer["results"]] == ["accepted"] * 3
    assert len(fresh(select(Hazard))) == 1


def test_revision_and_what_it_revises_arriving_at_once_count_once(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    store_small_checklist()
    visit_id = new_id()
    original = submission(county.mine, visit_id)
    revision = submission(county.mine, visit_id, revises=original["id"])

    interleaving.both(lambda: push(anna, revision), lambda: push(anna, original))

    assert fresh(select(Submission.id).where(Submission.superseded.is_(False))) == [uuid.UUID(revision["id"])]


def test_note_that_commits_while_the_job_runs_is_not_forgotten(app: Flask, interleaving: Interleaving) -> None:
    """Its id is lower than that of the note which caused the job: it was taken first and committed last."""

    def note() -> None:
        with app.app_context(), transaction():
            outbox.note(Topic.REFRESH_SUBJECT, COUNTY, ["subject"])

    held = interleaving.first(note)
    note()

    def refresh(_keys: list[str]) -> None:
        interleaving.go_on.set()
        held.result(20)

    serve(app, Topic.REFRESH_SUBJECT, refresh)
    queue.run_topic("refresh_subject", ["subject"])

    assert len(fresh(select(OutboxNote))) == 1


def test_two_workers_on_one_subject_write_its_rows_once(anna: Person, county: County, interleaving: Interleaving) -> None:
    from server.scores.models import CountedSubject, SubjectPeriod
    from server.scores.service import refresh_subjects

    store_small_checklist()
    visit_id = new_id()
    record = submission(county.mine, visit_id)
    push(anna, record, visit(county.mine, visit_id, [record]))
    app: Flask = anna.client.application

    def refresh() -> None:
        with app.app_context():
            refresh_subjects([county.mine], clock.now())

    interleaving.both(refresh, refresh)

    assert fresh(select(CountedSubject.subject_id)) == [county.mine]
    stock = select(SubjectPeriod.subject_id).where(SubjectPeriod.period == "2026-11", SubjectPeriod.is_stock)
    assert fresh(stock) == [county.mine]
