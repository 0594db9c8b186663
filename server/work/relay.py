"""The relay process: hands waiting outbox notes to Redis and lets the schedule hand over what is due.

One relay per installation is enough; two do no harm, since jobs may run twice.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from server import clock
from server.db import db, open_database, transaction
from server.settings import Settings
from server.work.outbox import ATTEMPTS_AT_MOST, OutboxNote
from server.work.queue import enqueue, redis_connection
from server.work.schedule import new_scheduler
from server.work.topics import HANDLING
from server.work.wake import wait_for_a_call
from vocabulary import Topic

log = logging.getLogger(__name__)

BATCH = 500
# Without a call: for notes that were put off, and for calls that were lost.
LOOKS_EVERY_S = 2.0
# What is noted together with the note that called goes into the same job.
GATHERS_S = 0.5
PAUSE_WITHOUT_REDIS_S = 2.0
MARK = "zero-accident:relay"


def run_forever(settings: Settings) -> None:
    """Loops until the process is told to end; of the application it needs the database only."""
    app = Flask(__name__, static_folder=None)
    app.config["SETTINGS"] = settings
    open_database(app, settings)
    with app.app_context():
        scheduler = new_scheduler(redis_connection())
    looked_at = -math.inf
    while True:
        with app.app_context():
            try:
                # At its start, and when nobody calls, all that can have become due or been lost is looked for.
                if time.monotonic() - looked_at >= LOOKS_EVERY_S:
                    looked_at = time.monotonic()
                    scheduler.enqueue_jobs()
                    enqueue_again_what_was_lost()
                if relay(clock.now()) < BATCH and wait_for_a_call(redis_connection(), LOOKS_EVERY_S):
                    time.sleep(GATHERS_S)
            except RedisError:
                log.warning("the queue is away; notes wait in the database")
                time.sleep(PAUSE_WITHOUT_REDIS_S)
            except SQLAlchemyError:
                log.exception("the database is away")
                db.session.rollback()
                time.sleep(PAUSE_WITHOUT_REDIS_S)


def relay(now: datetime) -> int:
    """Enqueues what waits, many keys of a topic in one job. Returns the number of notes.

    Raises: redis.exceptions.RedisError when the queue is away; the notes then stay as they were.
    """
    # A note that was enqueued and is not finished when its job must have ended is enqueued again: the job, its worker or
    # its Redis was lost.
    lost = or_(
        *(
            and_(OutboxNote.topic == topic, OutboxNote.enqueued_at < now - timedelta(seconds=handling.timeout_s))
            for topic, handling in HANDLING.items()
        )
    )
    waits = and_(OutboxNote.enqueued_at.is_(None), or_(OutboxNote.not_before.is_(None), OutboxNote.not_before <= now))
    notes = db.session.execute(
        select(OutboxNote.id, OutboxNote.topic, OutboxNote.key, OutboxNote.attempts, OutboxNote.enqueued_at)
        .where(OutboxNote.failed_at.is_(None), or_(waits, lost))
        .order_by(OutboxNote.id)
        .limit(BATCH)
    ).all()
    db.session.commit()
    if not notes:
        return 0
    given_up = [note.id for note in notes if note.enqueued_at and note.attempts >= ATTEMPTS_AT_MOST]
    for topic, keys, note_id in _jobs(note for note in notes if note.id not in given_up):
        enqueue(topic, keys, note_id)
    with transaction():
        again = [note.id for note in notes if note.enqueued_at and not note.attempts]
        _set(given_up, failed_at=now, reason="the job did not end, several times")
        # From now on alone, and counted.
        _set(again, attempts=1, reason="the job did not end")
        _set([note.id for note in notes if note.id not in given_up], enqueued_at=now)
    return len(notes)


def _jobs(notes: Iterable[Any]) -> Iterator[tuple[Topic, list[str], int]]:
    """Topic, keys and newest note of each job. Work that has failed comes alone: what it did to its job it does to no other."""
    together: dict[Topic, dict[str, int]] = {}
    alone: dict[tuple[Topic, str], int] = {}
    for note in notes:
        if note.attempts or note.enqueued_at:
            alone[Topic(note.topic), note.key] = note.id
        else:
            together.setdefault(Topic(note.topic), {})[note.key] = note.id
    for (topic, key), note_id in alone.items():
        yield topic, [key], note_id
    for topic, newest in together.items():
        for keys in _batches([key for key in newest if (topic, key) not in alone], HANDLING[topic].at_most):
            yield topic, keys, max(newest[key] for key in keys)


def _batches(keys: list[str], at_most: int) -> Iterator[list[str]]:
    return (keys[start : start + at_most] for start in range(0, len(keys), at_most))


def _set(note_ids: list[int], **values: Any) -> None:
    if note_ids:
        db.session.execute(update(OutboxNote).where(OutboxNote.id.in_(note_ids)).values(**values))


def enqueue_again_what_was_lost() -> None:
    """Makes all notes wait again when the queue is not the one that was marked last: restarted, emptied, or another one.

    The mark lives in the queue itself, so it is lost with the jobs, also while no relay was running to see it.
    """
    connection = redis_connection()
    run_id = str(connection.info("server").get("run_id", "")).encode()
    if connection.get(MARK) == run_id:
        return
    log.info("the queue is new or has lost its jobs; unfinished work is enqueued again")
    with transaction():
        db.session.execute(update(OutboxNote).values(enqueued_at=None))
    connection.set(MARK, run_id)
