"""Work that is noted is done, whatever happens to the queue; here without processes, with a fake of the queue's client."""

from __future__ import annotations

import errno
from datetime import timedelta

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as QueueAway
from sqlalchemy import select

from server import clock
from server.db import db, transaction
from server.work import outbox, queue, relay
from server.work.outbox import OutboxNote
from server.work.topics import HANDLING
from tests.conftest import COUNTY, Person
from tests.server.work.serving import serve
from vocabulary import Topic

pytestmark = pytest.mark.both_databases


class FakeQueue:
    """Stands for Redis: remembers jobs until it is emptied; is away when told so."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.batches: list[list[str]] = []
        self.keys: dict[str, bytes] = {}
        self.run_id = "first"
        self.away = False

    def enqueue(self, topic: Topic, keys: list[str], _note_id: int) -> None:
        if self.away:
            raise QueueAway
        self.jobs += [(topic, key) for key in keys]
        self.batches.append(keys)

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

    limit_s = HANDLING[Topic.REFRESH_SUBJECT].timeout_s
    relay.relay(now + timedelta(seconds=limit_s))
    early = list(fake.jobs)
    relay.relay(now + timedelta(seconds=limit_s + 1))

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


def state() -> list[tuple[str, int, bool]]:
    """Key, attempts and whether it was given up, of every note."""
    db.session.rollback()
    rows = db.session.execute(select(OutboxNote.key, OutboxNote.attempts, OutboxNote.failed_at).order_by(OutboxNote.key))
    return [(key, attempts, failed_at is not None) for key, attempts, failed_at in rows]


def fail_once(app: Flask, topic: Topic, key: str, error: Exception) -> None:
    def fail(_keys: list[str]) -> None:
        raise error

    serve(app, topic, fail)
    with pytest.raises(type(error)):
        queue.run_topic(topic, [key])


def test_many_keys_of_a_topic_share_a_job(fake: FakeQueue) -> None:
    with transaction():
        outbox.note(Topic.INSPECT_PHOTO, COUNTY, [f"{number:02}" for number in range(40)])
    note(*(f"{number:03}" for number in range(201)))

    relay.relay(clock.now())

    assert sorted(map(len, fake.batches)) == [1, 10, 30, 200]


def test_work_that_fails_waits_longer_each_time_and_comes_alone(fake: FakeQueue, app: Flask) -> None:
    with transaction():
        outbox.note(Topic.INSPECT_PHOTO, COUNTY, ["a", "b"])
    now = clock.now()
    relay.relay(now)
    fail_once(app, Topic.INSPECT_PHOTO, "a", RuntimeError("no"))
    with transaction():
        outbox.note(Topic.INSPECT_PHOTO, COUNTY, ["c", "d"])
    fake.batches.clear()

    relay.relay(now + timedelta(seconds=29))
    early = list(fake.batches)
    relay.relay(now + timedelta(seconds=60))
    again = [keys for keys in fake.batches if keys not in early]

    assert early == [["c", "d"]]
    assert again == [["a"]]


def test_work_that_fails_for_good_ends_and_is_not_enqueued_again(fake: FakeQueue, app: Flask) -> None:
    note("a")
    for _ in range(outbox.ATTEMPTS_AT_MOST):
        fail_once(app, Topic.REFRESH_SUBJECT, "a", ValueError("a number that is none"))

    relay.relay(clock.now() + timedelta(days=365))

    assert state() == [("a", outbox.ATTEMPTS_AT_MOST, True)]
    assert fake.jobs == []
    assert outbox.waiting_count() == 0


def test_job_that_ends_its_worker_each_time_is_given_up(fake: FakeQueue, app: Flask) -> None:
    """Such a job raises nothing; its notes are found when it must have ended."""
    note("a")
    now = clock.now()

    def die(_keys: list[str]) -> None:
        raise KeyboardInterrupt

    serve(app, Topic.REFRESH_SUBJECT, die)
    for hour in range(20):
        relay.relay(now + timedelta(hours=hour))
        if fake.jobs:
            fake.jobs.clear()
            with pytest.raises(KeyboardInterrupt):
                queue.run_topic("refresh_subject", ["a"])

    assert state() == [("a", outbox.ATTEMPTS_AT_MOST, True)]


def test_fault_of_the_machine_is_no_attempt(fake: FakeQueue, app: Flask) -> None:
    note("a")
    for _ in range(2 * outbox.ATTEMPTS_AT_MOST):
        fail_once(app, Topic.REFRESH_SUBJECT, "a", OSError(errno.ENOSPC, "no space left on device"))

    assert state() == [("a", 0, False)]


def test_job_whose_turn_has_not_come_is_put_off(fake: FakeQueue, app: Flask) -> None:
    note("a")
    now = clock.now()

    def not_yet(_keys: list[str]) -> None:
        raise outbox.NotYet(timedelta(seconds=5))

    serve(app, Topic.REFRESH_SUBJECT, not_yet)
    queue.run_topic("refresh_subject", ["a"])
    relay.relay(now + timedelta(seconds=4))
    early = list(fake.jobs)
    relay.relay(now + timedelta(seconds=60))

    assert (early, fake.jobs, state()) == ([], [("refresh_subject", "a")], [("a", 0, False)])


def test_work_that_succeeds_later_takes_what_was_given_up_away(fake: FakeQueue, app: Flask) -> None:
    note("a")
    for _ in range(outbox.ATTEMPTS_AT_MOST):
        fail_once(app, Topic.REFRESH_SUBJECT, "a", ValueError("no"))
    note("a")
    serve(app, Topic.REFRESH_SUBJECT, lambda _keys: None)

    queue.run_topic("refresh_subject", ["a"])

    assert state() == []


def test_failed_work_is_shown_with_its_reason_and_tried_again_on_demand(fake: FakeQueue, app: Flask, chen: Person) -> None:
    note("a")
    for _ in range(outbox.ATTEMPTS_AT_MOST):
        fail_once(app, Topic.REFRESH_SUBJECT, "a", ValueError("a number that is none"))

    shown = chen.get("/api/work/failures").json
    [failure] = shown["failures"]
    again = chen.post(f"/api/work/failures/{failure['id']}/attempts")
    relay.relay(clock.now())

    assert (failure["topic"], failure["key"], failure["attempts"]) == ("refresh_subject", "a", outbox.ATTEMPTS_AT_MOST)
    assert (failure["reason"], shown["total"]) == ("ValueError: a number that is none", 1)
    assert again.status_code == 204
    assert fake.jobs == [("refresh_subject", "a")]
    assert chen.get("/api/work/failures").json["failures"] == []
    assert chen.post(f"/api/work/failures/{failure['id']}/attempts").status_code == 404


def test_failed_work_is_not_for_inspectors(anna: Person, ben: Person) -> None:
    assert anna.get("/api/work/failures").status_code == 403
    assert ben.post("/api/work/failures/1/attempts").status_code == 403
