"""The job queue: queue names, which job serves which outbox topic, and the application context of a worker."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from redis import Redis
from rq import Queue


class QueueName(StrEnum):
    """Queues in the order in which a worker empties them."""

    SCORES = "scores"
    EVIDENCE = "evidence"
    DOWNLOADS = "downloads"


@dataclass(frozen=True)
class Topic:
    """A kind of work: the function ``run(key)`` by dotted name, its queue and how long one run may take."""

    job: str
    queue: QueueName
    timeout_s: int


TOPICS: dict[str, Topic] = {
    "refresh_subject": Topic("server.scores.jobs.run_refresh_subject", QueueName.SCORES, 30),
    "inspect_photo": Topic("server.evidence.jobs.run_inspect_photo", QueueName.EVIDENCE, 120),
    "build_download": Topic("server.downloads.jobs.run_build_download", QueueName.DOWNLOADS, 1800),
}


def connect(redis_url: str, answer_timeout_s: float | None = 10) -> Redis:
    """A connection whose failures show within seconds instead of hanging a request or the relay."""
    return Redis.from_url(redis_url, socket_connect_timeout=3, socket_timeout=answer_timeout_s)


def redis_connection() -> Redis:
    """The application's connection to Redis, made on first use."""
    if "redis" not in current_app.extensions:
        current_app.extensions["redis"] = connect(current_app.config["SETTINGS"].redis_url)
    connection: Redis = current_app.extensions["redis"]
    return connection


def enqueue(topic_name: str, key: str, note_id: int) -> None:
    """Hands one piece of work to the workers; the same note enqueued twice is one job while it waits."""
    topic = TOPICS[topic_name]
    Queue(topic.queue, connection=redis_connection()).enqueue(
        "server.queue.run_topic",
        topic_name,
        key,
        job_id=f"{topic_name}-{key}-{note_id}",
        job_timeout=topic.timeout_s,
        result_ttl=0,
        failure_ttl=7 * 24 * 3600,
    )


def run_topic(topic_name: str, key: str) -> None:
    """What a worker runs: the topic's function in an application context, then the notes it has covered are deleted.

    Notes that become readable while the job runs stay and cause another run. Without a note the work is done already.
    """
    from server.db import db, transaction
    from server.outbox import finish, visible_notes

    with worker_app().app_context():
        covered = visible_notes(topic_name, key)
        db.session.commit()
        if not covered:
            return
        job(topic_name)(key)
        with transaction():
            finish(covered)


def job(topic_name: str) -> Any:
    """The function that serves a topic."""
    module, _, name = TOPICS[topic_name].job.rpartition(".")
    return getattr(importlib.import_module(module), name)


@functools.cache
def worker_app() -> Flask:
    """The application of this worker process."""
    from server.app import create_app

    return create_app()
