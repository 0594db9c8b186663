"""The relay process: hands waiting outbox notes to Redis and lets the schedule hand over what is due.

One relay per installation is enough; two do no harm, since jobs may run twice.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from server import clock
from server.db import db, transaction
from server.work.outbox import OutboxNote
from server.work.queue import enqueue, redis_connection
from server.work.schedule import new_scheduler
from server.work.topics import HANDLING
from vocabulary import Topic

log = logging.getLogger(__name__)

BATCH = 500
PAUSE_S = 0.3
PAUSE_WITHOUT_REDIS_S = 2.0
MARK = "zero-accident:relay"


def run_forever(app: Flask) -> None:
    """Loops until the process is told to end."""
    with app.app_context():
        scheduler = new_scheduler(redis_connection())
    while True:
        pause = PAUSE_S
        with app.app_context():
            try:
                scheduler.enqueue_jobs()
                enqueue_again_what_was_lost()
                if relay(clock.now()) == BATCH:
                    pause = 0
            except RedisError:
                log.warning("the queue is away; notes wait in the database")
                pause = PAUSE_WITHOUT_REDIS_S
            except SQLAlchemyError:
                log.exception("the database is away")
                db.session.rollback()
                pause = PAUSE_WITHOUT_REDIS_S
        time.sleep(pause)


def relay(now: datetime) -> int:
    """Enqueues what waits, however many notes a key has. Returns the number of notes.

    Raises: redis.exceptions.RedisError when the queue is away; the notes then stay as they were.
    """
    # A note that was enqueued and is not finished when its job must have ended is enqueued again: the job, its worker or
    # its Redis was lost.
    lost = [
        and_(OutboxNote.topic == topic, OutboxNote.enqueued_at < now - timedelta(seconds=handling.timeout_s))
        for topic, handling in HANDLING.items()
    ]
    notes = db.session.execute(
        select(OutboxNote.id, OutboxNote.topic, OutboxNote.key)
        .where(or_(OutboxNote.enqueued_at.is_(None), *lost))
        .order_by(OutboxNote.id)
        .limit(BATCH)
    ).all()
    db.session.commit()
    if not notes:
        return 0
    newest = {(topic, key): note_id for note_id, topic, key in notes}
    for (topic, key), note_id in newest.items():
        enqueue(Topic(topic), [key], note_id)
    with transaction():
        ids = [note_id for note_id, _, _ in notes]
        db.session.execute(update(OutboxNote).where(OutboxNote.id.in_(ids)).values(enqueued_at=now))
    return len(notes)


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
