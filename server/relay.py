"""The relay process: hands waiting outbox notes to Redis and runs what must happen from time to time.

One relay per installation is enough; two do no harm, since jobs may run twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from server import clock, outbox
from server.db import db
from server.queue import redis_connection

log = logging.getLogger(__name__)

PAUSE_S = 0.3
PAUSE_WITHOUT_REDIS_S = 2.0
MARK = "zero-accident:relay"


@dataclass
class Periodic:
    """Work that is due every so often; it must be safe to run again at any time."""

    run: Callable[[datetime], object]
    every: timedelta
    due_at: datetime | None = field(default=None)


_periodic: dict[str, Periodic] = {}


def register_periodic(name: str, run: Callable[[datetime], object], every: timedelta) -> None:
    _periodic[name] = Periodic(run, every)


def run_forever(app: Flask) -> None:
    """Loops until the process is told to end."""
    while True:
        pause = PAUSE_S
        with app.app_context():
            try:
                run_periodic(clock.now())
                enqueue_again_what_was_lost()
                if outbox.relay(clock.now()) == outbox.BATCH:
                    pause = 0
            except RedisError:
                log.warning("the queue is away; notes wait in the database")
                pause = PAUSE_WITHOUT_REDIS_S
            except SQLAlchemyError:
                log.exception("the database is away")
                db.session.rollback()
                pause = PAUSE_WITHOUT_REDIS_S
        time.sleep(pause)


def enqueue_again_what_was_lost() -> None:
    """Makes all notes wait again when the queue is not the one that was marked last: restarted, emptied, or another one.

    The mark lives in the queue itself, so it is lost with the jobs, also while no relay was running to see it.
    """
    connection = redis_connection()
    run_id = str(connection.info("server").get("run_id", "")).encode()
    if connection.get(MARK) == run_id:
        return
    log.info("the queue is new or has lost its jobs; unfinished work is enqueued again")
    outbox.forget_enqueued()
    connection.set(MARK, run_id)


def run_periodic(now: datetime) -> None:
    """Runs what is due. A failure is logged and tried again next time; it does not keep the others from running."""
    for name, task in _periodic.items():
        if task.due_at is not None and now < task.due_at:
            continue
        task.due_at = now + task.every
        try:
            task.run(now)
        except (SQLAlchemyError, OSError):
            log.exception("periodic task failed", extra={"task": name})
            db.session.rollback()
