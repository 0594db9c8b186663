"""The transactional outbox: work to do is noted in the transaction that causes it, and handed to Redis afterwards.

A dead Redis, a killed worker or a lost job loses nothing: a note stays until its job has deleted it, and the relay enqueues
every note again that nobody finished. Jobs may therefore run twice and must be idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Index, String, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import InCounty, db, transaction
from server.queue import TOPICS, enqueue

log = logging.getLogger(__name__)

BATCH = 500


class OutboxNote(InCounty, db.Model):
    __tablename__ = "outbox_note"
    __table_args__ = (Index("ix_outbox_note_topic_key", "topic", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None] = mapped_column(index=True)


def note(topic: str, keys: Iterable[object]) -> None:
    """Notes work in the open transaction: ``topic`` of :data:`server.queue.TOPICS`, one note per key (a row's id)."""
    if topic not in TOPICS:
        raise KeyError(topic)
    county_code = current_app.config["SETTINGS"].county_code
    now = clock.now()
    rows = [
        {"county_code": county_code, "topic": topic, "key": str(key), "created_at": now, "enqueued_at": None}
        for key in dict.fromkeys(keys)
    ]
    if rows:
        db.session.execute(insert(OutboxNote), rows)


def finish(topic: str, key: str, up_to_id: int) -> None:
    """Deletes the notes that a finished job has covered; called by the job in its own transaction."""
    db.session.execute(delete(OutboxNote).where(OutboxNote.topic == topic, OutboxNote.key == key, OutboxNote.id <= up_to_id))


def relay(now: datetime) -> int:
    """Enqueues what waits: one job per topic and key, however many notes it has. Returns the number of jobs.

    Raises: redis.exceptions.RedisError when the queue is away; the notes then stay as they were.
    """
    # A note that was enqueued and is not finished when its job must have ended is enqueued again: the job, its worker or
    # its Redis was lost.
    lost = [
        and_(OutboxNote.topic == name, OutboxNote.enqueued_at < now - timedelta(seconds=topic.timeout_s))
        for name, topic in TOPICS.items()
    ]
    waiting = or_(OutboxNote.enqueued_at.is_(None), *lost)
    jobs = db.session.execute(
        select(OutboxNote.topic, OutboxNote.key, func.max(OutboxNote.id))
        .where(waiting)
        .group_by(OutboxNote.topic, OutboxNote.key)
        .order_by(func.min(OutboxNote.id))
        .limit(BATCH)
    ).all()
    db.session.commit()
    if not jobs:
        return 0
    for topic, key, up_to_id in jobs:
        enqueue(topic, key, up_to_id)
    with transaction():
        for topic, key, up_to_id in jobs:
            db.session.execute(
                update(OutboxNote)
                .where(OutboxNote.topic == topic, OutboxNote.key == key, OutboxNote.id <= up_to_id)
                .values(enqueued_at=now)
            )
    return len(jobs)


def forget_enqueued() -> None:
    """Makes every unfinished note wait again; for a Redis that came back empty."""
    with transaction():
        db.session.execute(update(OutboxNote).values(enqueued_at=None))


def waiting_count() -> int:
    """How many notes are not finished yet; for /readyz and the operator's page."""
    return db.session.scalar(select(func.count()).select_from(OutboxNote)) or 0
