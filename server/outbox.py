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
        db.session.execute(insert(OutboxNote.__table__), rows)


def visible_notes(topic: str, key: str) -> list[int]:
    """Ids of the notes that are readable now: a job that starts after this sees everything they stand for."""
    return list(db.session.scalars(select(OutboxNote.id).where(OutboxNote.topic == topic, OutboxNote.key == key)))


def finish(note_ids: Iterable[int]) -> None:
    """Deletes the notes that a finished job has covered, in the open transaction.

    By id and never by "all up to": ids are handed out before commit, so a note with a lower id may become readable only
    after the job has looked, and what it stands for would be forgotten.
    """
    db.session.execute(delete(OutboxNote).where(OutboxNote.id.in_(list(note_ids))))


def relay(now: datetime) -> int:
    """Enqueues what waits: one job per topic and key, however many notes it has. Returns the number of notes.

    Raises: redis.exceptions.RedisError when the queue is away; the notes then stay as they were.
    """
    # A note that was enqueued and is not finished when its job must have ended is enqueued again: the job, its worker or
    # its Redis was lost.
    lost = [
        and_(OutboxNote.topic == name, OutboxNote.enqueued_at < now - timedelta(seconds=topic.timeout_s))
        for name, topic in TOPICS.items()
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
        enqueue(topic, key, note_id)
    with transaction():
        ids = [note_id for note_id, _, _ in notes]
        db.session.execute(update(OutboxNote).where(OutboxNote.id.in_(ids)).values(enqueued_at=now))
    return len(notes)


def forget_enqueued() -> None:
    """Makes every unfinished note wait again; for a Redis that has lost its jobs."""
    with transaction():
        db.session.execute(update(OutboxNote).values(enqueued_at=None))


def waiting_count() -> int:
    """How many notes are not finished yet; for /readyz and the operator's page."""
    return db.session.scalar(select(func.count()).select_from(OutboxNote)) or 0
