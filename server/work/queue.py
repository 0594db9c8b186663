"""The job queue: handing work to the workers, and what a worker does with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from redis import Redis
from rq import Queue, SimpleWorker

from server import clock
from server.db import db, transaction
from server.passing_faults import passing_fault
from server.wiring import wiring
from server.work.outbox import NotYet, begin_again, finish, note_failure, put_off, visible_notes
from server.work.topics import HANDLING
from server.work.wake import wake_relay
from vocabulary import Topic


def connect(redis_url: str, answer_timeout_s: float | None = 10) -> Redis:
    """A connection whose failures show within seconds instead of hanging a request or the relay."""
    return Redis.from_url(redis_url, socket_connect_timeout=3, socket_timeout=answer_timeout_s)


def redis_connection() -> Redis:
    """The application's connection to Redis, made on first use."""
    if "redis" not in current_app.extensions:
        current_app.extensions["redis"] = connect(current_app.config["SETTINGS"].redis_url)
    connection: Redis = current_app.extensions["redis"]
    return connection


def enqueue(topic: Topic, keys: Sequence[str], note_id: int) -> None:
    """Hands work to the workers; the same note enqueued twice is one job while it waits."""
    handling = HANDLING[topic]
    Queue(handling.queue, connection=redis_connection()).enqueue(
        "server.work.queue.run_topic",
        topic.value,
        list(keys),
        job_id=f"{topic}-{keys[0]}-{note_id}",
        job_timeout=handling.timeout_s,
        result_ttl=0,
        failure_ttl=7 * 24 * 3600,
    )


def run_topic(topic_name: str, keys: list[str]) -> None:
    """What a worker runs: the topic's job, then the notes it has covered are deleted.

    Notes that become readable while the job runs stay and cause another run. Without a note the work is done already. What
    fails is raised, after it was written down when it is tried again.
    """
    topic = Topic(topic_name)
    covered = visible_notes(topic, keys)
    db.session.commit()
    noted = list(covered.values())
    if all(one.is_given_up for one in noted):
        return
    begin_again(noted)
    try:
        wiring().jobs[topic](list(dict.fromkeys(one.key for one in noted)))
    except NotYet as wait:
        db.session.rollback()
        put_off(noted, clock.now() + wait.after)
        return
    except Exception as error:
        db.session.rollback()
        fault = passing_fault(error)
        if fault is not None:
            # The machine is to blame and not the work, which is not given up for that.
            put_off(noted, clock.now() + timedelta(seconds=fault.retry_after_s))
        else:
            note_failure(noted, f"{type(error).__name__}: {error}", clock.now())
        raise
    with transaction():
        finish(covered)
    # What a job notes is as urgent as what a request does.
    wake_relay()


class AppWorker(SimpleWorker):
    """A worker whose jobs run in the application's context, each in one of its own."""

    def __init__(self, *args: Any, app: Flask, **options: Any) -> None:
        super().__init__(*args, **options)
        self._app = app

    @property
    def stops(self) -> bool:
        """Whether it was told to stop."""
        return self._shutdown_requested_date is not None

    def perform_job(self, *args: Any, **options: Any) -> bool:
        with self._app.app_context():
            return super().perform_job(*args, **options)
