"""The transactional outbox: work to do is noted in the transaction that causes it, and handed to Redis afterwards.

A dead Redis, a killed worker or a lost job loses nothing: a note stays until its job has deleted it, and the relay enqueues
every note again that nobody finished. Jobs may therefore run twice and must be idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Index, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import InCounty, codes, db
from vocabulary import Topic


class OutboxNote(InCounty, db.Model):
    __tablename__ = "outbox_note"
    __table_args__ = (Index("ix_outbox_note_topic_key", "topic", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[Topic] = mapped_column(codes(Topic, 32))
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None] = mapped_column(index=True)


def note(topic: Topic, county_code: str, keys: Iterable[object]) -> None:
    """Notes work of a county in the open transaction, one note per key (a row's id)."""
    now = clock.now()
    rows = [
        {"county_code": county_code, "topic": Topic(topic), "key": str(key), "created_at": now, "enqueued_at": None}
        for key in dict.fromkeys(keys)
    ]
    if rows:
        db.session.execute(insert(OutboxNote.__table__), rows)


def visible_notes(topic: Topic, keys: Iterable[str]) -> dict[int, str]:
    """Key by id of the notes that are readable now: a job that starts after this sees everything they stand for."""
    rows = db.session.execute(
        select(OutboxNote.id, OutboxNote.key).where(OutboxNote.topic == topic, OutboxNote.key.in_(list(keys)))
    )
    return {id_: key for id_, key in rows}


def finish(note_ids: Iterable[int]) -> None:
    """Deletes the notes that a finished job has covered, in the open transaction.

    By id and never by "all up to": ids are handed out before commit, so a note with a lower id may become readable only
    after the job has looked, and what it stands for would be forgotten.
    """
    db.session.execute(delete(OutboxNote).where(OutboxNote.id.in_(list(note_ids))))


def waiting_count() -> int:
    """How many notes are not finished yet; for /readyz and the operator's page."""
    return db.session.scalar(select(func.count()).select_from(OutboxNote)) or 0
