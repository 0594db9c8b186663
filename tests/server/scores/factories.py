"""A frozen day and stories pushed by anna: what the score and download tests count."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest import mock

from flask import Flask

from server.db import db, transaction
from server.wiring import wiring
from server.work.outbox import OutboxNote, finish, visible_notes
from sync.hazards import hazard_id_for_item
from sync.times import parse_time
from tests.conftest import County, Person
from tests.records import batch, event, found, new_id, submission, visit
from vocabulary import Topic

NOW = parse_time("2026-11-24T12:00:00+08:00")


def freeze(monkeypatch: Any, moment: datetime = NOW) -> None:
    monkeypatch.setattr("server.clock.now", lambda: moment)


def push(person: Person, *records: object) -> None:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    assert {result["status"] for result in answer.json["results"]} == {"accepted"}, answer.json


def push_when_it_happens(person: Person, record: dict[str, Any]) -> None:
    """An act that belongs to no visit is believed only from a phone that is online."""
    with mock.patch("server.clock.now", return_value=parse_time(record["body"]["at"])):
        push(person, record)


def work_off(app: Flask) -> int:
    """Does what relay and worker do, without Redis; returns the number of jobs."""
    jobs = 0
    while notes := [(Topic(note.topic), note.key) for note in db.session.query(OutboxNote).all()]:
        topic, key = notes[-1]
        covered = visible_notes(topic, [key])
        if topic is not Topic.INSPECT_PHOTO:
            wiring().jobs[topic]([key])
        with transaction():
            finish(covered)
        jobs += 1
    return jobs


def tell_november(anna: Person, county: County) -> dict[str, str]:
    """Two visits: the mine scores 80 and has three hazards (one closed in time, one overdue, one major and open); the
    chemical store scores 100 and has one hazard that was closed too late. Returns hazard ids by name.

    anna reports what was put right, and ben, who supervises the town, accepts it.
    """
    ben = Person(anna.app, "ben")
    ids = {name: new_id() for name in ("in_time", "major", "late")}
    at = "2026-11-10T09:00:00+08:00"
    mine, store = county.mine, county.chemical_store

    visit_id = new_id()
    answers = {"exit": {"result": "pass"}, "alarm": {"result": "fail"}, "gas": {"value": "0.40"}}
    answered = submission(mine, visit_id, answers, made_at=at)
    ids["overdue"] = hazard_id_for_item(answered["id"], "alarm")
    of_item = {"submission_id": answered["id"], "item_path": "alarm", "description": '=HYPERLINK("http://x")'}
    records = [
        answered,
        found(mine, visit_id, ids["in_time"], at=at, deadline="2026-11-13"),
        found(mine, visit_id, ids["overdue"], at=at, deadline="2026-11-13", **of_item),
        found(mine, visit_id, ids["major"], at=at, deadline="2026-11-30", grade="major"),
    ]
    push(anna, *records, visit(mine, visit_id, records, made_at=at, pairing_id=str(county.mine_pairing)))
    push_when_it_happens(anna, event(mine, ids["in_time"], "submitted", "2026-11-13T23:59:00+08:00", photos=[]))
    push_when_it_happens(ben, event(mine, ids["in_time"], "rechecked", "2026-11-16T10:00:00+08:00", result="pass", photos=[]))
    visit_id = new_id()
    records = [
        submission(store, visit_id, made_at=at),
        found(store, visit_id, ids["late"], at=at, deadline="2026-11-12"),
    ]
    push(anna, *records, visit(store, visit_id, records, made_at=at))
    push_when_it_happens(anna, event(store, ids["late"], "submitted", "2026-11-13T00:01:00+08:00", photos=[]))
    push_when_it_happens(ben, event(store, ids["late"], "rechecked", "2026-11-16T10:00:00+08:00", result="pass", photos=[]))
    return ids
