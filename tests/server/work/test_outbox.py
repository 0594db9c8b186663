"""Work that is noted is done, whatever happens to the queue; here without processes, with a fake of the queue's client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as QueueAway
from sqlalchemy import select

from server import clock
from server.db import db, transaction
from server.work import outbox, queue, relay
from server.work.outbox import OutboxNote
from tests.conftest import COUNTY
from tests.server.work.serving import serve
from vocabulary import Topic

pytestmark = pytest.mark.both_databases


class FakeQueue:
    """Stands for Redis: remembers jobs until it is emptied; is away when told so."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.keys: dict[str, bytes] = {}
        self.run_id = "first"
        self.away = False

    def enqueue(self, topic: Topic, keys: list[str], _note_id: int) -> None:
        if self.away:
            raise QueueAway
        self.jobs += [(topic, key) for key in keys]

    def info(self, _section: str) -> dict[str, str]:
        return {"run_id": self.run_id}

    def get(self, key: str) -> bytes | None:
        return self.keys.get(key)

    def set(self, key: str, value: bytes) -> None:
        self.keys[key] = value


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, app: Flask) -> FakeQueue:
    fake = FakeQueue()
    monkeypatch.setattr(relay, "enqueue", fake.enqueue)
    monkeypatch.setattr(relay, "redis_connection", lambda: fake)
    return fake


def note(*keys: str) -> None:
    with transaction():
        outbox.note(Topic.REFRESH_SUBJECT, COUNTY, keys)


def keys_noted() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(OutboxNote.key)))


def test_note_of_a_transaction_that_fails_is_not_there(fake: FakeQueue) -> None:
    def fail_after_noting() -> None:
        with transaction():
            outbox.note(Topic.REFRESH_SUBJECT, COUNTY, ["a"])
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail_after_noting()

    assert keys_noted() == []


def test_many_notes_of_one_key_are_one_job(fake: FakeQueue) -> None:
    note("a", "b")
    note("a")

    relay.relay(clock.now())

    assert sorted(fake.jobs) == [("refresh_subject", "a"), ("refresh_subject", "b")]
    assert relay.relay(clock.now()) == 0


def test_notes_wait_while_the_queue_is_away(fake: FakeQueue) -> None:
    note("a")
    fake.away = True
    with pytest.raises(QueueAway):
        relay.relay(clock.now())

    fake.away = False
    relay.relay(clock.now())

    assert fake.jobs == [("refresh_subject", "a")]


def test_job_that_did_not_end_in_its_time_is_enqueued_again(fake: FakeQueue) -> None:
    note("a")
    now = clock.now()
    relay.relay(now)
    fake.jobs.clear()

    relay.relay(now + timedelta(seconds=30))
    early = list(fake.jobs)
    relay.relay(now + timedelta(seconds=31))

    assert (early, fake.jobs) == ([], [("refresh_subject", "a")])


@pytest.mark.parametrize("loss", ["restarted", "emptied", "restarted while no relay was running"])
def test_queue_that_lost_its_jobs_gets_them_again(fake: FakeQueue, loss: str) -> None:
    relay.enqueue_again_what_was_lost()
    note("a")
    relay.relay(clock.now())
    fake.jobs.clear()
    fake.keys.clear()
    if loss != "emptied":
        fake.run_id = "second"

    relay.enqueue_again_what_was_lost()
    relay.relay(clock.now())

    assert fake.jobs == [("refresh_subject", "a")]


def test_queue_that_kept_its_jobs_gets_none_twice(fake: FakeQueue) -> None:
    relay.enqueue_again_what_was_lost()
    note("a")
    relay.relay(clock.now())

    relay.enqueue_again_what_was_lost()
    relay.relay(clock.now())

    assert fake.jobs == [("refresh_subject", "a")]


def test_finished_job_takes_its_notes_away(app: Flask, fake: FakeQueue) -> None:
    done: list[str] = []
    serve(app, Topic.REFRESH_SUBJECT, done.extend)
    note("a", "b")
    note("a")

    queue.run_topic("refresh_subject", ["a"])

    assert (done, keys_noted()) == (["a"], ["b"])


def test_job_that_fails_keeps_its_notes(app: Flask, fake: FakeQueue) -> None:
    def fail(_keys: list[str]) -> None:
        raise RuntimeError("no")

    serve(app, Topic.REFRESH_SUBJECT, fail)
    note("a")
    with pytest.raises(RuntimeError):
        queue.run_topic("refresh_subject", ["a"])

    assert keys_noted() == ["a"]


def test_note_written_while_the_job_runs_stays(app: Flask, fake: FakeQueue) -> None:
    serve(app, Topic.REFRESH_SUBJECT, lambda keys: note(*keys))
    note("a")

    queue.run_topic("refresh_subject", ["a"])

    assert keys_noted() == ["a"]


def test_job_without_a_note_is_done_already(app: Flask, fake: FakeQueue) -> None:
    done: list[str] = []
    serve(app, Topic.REFRESH_SUBJECT, done.extend)

    queue.run_topic("refresh_subject", ["a"])

    assert done == []
