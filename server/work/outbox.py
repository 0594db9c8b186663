"""The transactional outbox: work to do is noted in the transaction that causes it, and handed to Redis afterwards.

A dead Redis, a killed worker or a lost job loses nothing: a note stays until its job has deleted it, and the relay enqueues
every note again that nobody finished. Jobs may therefore run twice and must be idempotent. A note whose job fails waits longer
each time and ends as one that could not be done; a person sees it with its reason and may have it tried again
(server.work.failures).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import InCounty, codes, db, transaction
from server.prepared import insertion
from vocabulary import Topic

# Half a minute, then four times as long each time: given up after three hours.
FIRST_PAUSE = timedelta(seconds=30)
ATTEMPTS_AT_MOST = 6


class NotYet(Exception):
    """A job says that it is not its turn, and when to come again; no failure."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(after)
        self.after = after


class OutboxNote(InCounty, db.Model):
    """``attempts`` counts the times that the job failed or did not end; ``failed_at`` is set when it could not be done."""

    __tablename__ = "outbox_note"
    __table_args__ = (Index("ix_outbox_note_topic_key", "topic", "key", "id"),)

    # Without indexes: the table holds what is not done yet, and each index is a page more to write for every photo and record.
    county_code: Mapped[str] = mapped_column(String(6))
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[Topic] = mapped_column(codes(Topic, 32))
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    not_before: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(300))
    failed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Noted:
    id: int
    key: str
    attempts: int
    is_given_up: bool


ADD_NOTE = insertion(OutboxNote.__table__, without=("id", "enqueued_at", "attempts", "not_before", "reason", "failed_at"))


def note(topic: Topic, county_code: str, keys: Iterable[object]) -> None:
    """Notes work of a county in the open transaction, one note per key (a row's id)."""
    now = clock.now()
    rows = [
        {"county_code": county_code, "topic": Topic(topic), "key": str(key), "created_at": now, "enqueued_at": None}
        for key in dict.fromkeys(keys)
    ]
    if rows:
        db.session.execute(insert(OutboxNote.__table__), rows)


def visible_notes(topic: Topic, keys: Iterable[str]) -> dict[int, Noted]:
    """By id the notes that are readable now: a job that starts after this sees everything they stand for."""
    rows = db.session.execute(
        select(OutboxNote.id, OutboxNote.key, OutboxNote.attempts, OutboxNote.failed_at.is_not(None)).where(
            OutboxNote.topic == topic, OutboxNote.key.in_(list(keys))
        )
    )
    return {row[0]: Noted(*row) for row in rows}


def noted_keys(topic: Topic) -> set[str]:
    """Keys of a kind of work that is noted and not finished."""
    return set(db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == topic).distinct()))


def begin_again(noted: Iterable[Noted]) -> None:
    """Counts an attempt of work that has failed before: should its job end the worker, nobody else would."""
    ids = [one.id for one in noted if one.attempts]
    if ids:
        with transaction():
            db.session.execute(update(OutboxNote).where(OutboxNote.id.in_(ids)).values(attempts=OutboxNote.attempts + 1))


def put_off(noted: Iterable[Noted], until: datetime) -> None:
    """Makes notes wait; nothing of it is counted."""
    with transaction():
        db.session.execute(
            update(OutboxNote).where(OutboxNote.id.in_([one.id for one in noted])).values(enqueued_at=None, not_before=until)
        )


def note_failure(noted: Sequence[Noted], reason: str, now: datetime) -> None:
    """The job raised: its work is tried again later, each piece alone, or has come to its end."""
    with transaction():
        for one in noted:
            attempts = one.attempts + 1
            ended = attempts >= ATTEMPTS_AT_MOST
            db.session.execute(
                update(OutboxNote)
                .where(OutboxNote.id == one.id)
                .values(
                    attempts=attempts,
                    reason=reason[:300],
                    enqueued_at=None,
                    not_before=now + FIRST_PAUSE * 4 ** (attempts - 1),
                    failed_at=now if ended else None,
                )
            )


def finish(note_ids: Iterable[int]) -> None:
    """Deletes the notes that a finished job has covered, in the open transaction.

    By id and never by "all up to": ids are handed out before commit, so a note with a lower id may become readable only
    after the job has looked, and what it stands for would be forgotten.
    """
    db.session.execute(delete(OutboxNote).where(OutboxNote.id.in_(list(note_ids))))


def waiting_count() -> int:
    """How many notes are not finished yet; for /readyz and the operator's page."""
    return db.session.scalar(select(func.count()).select_from(OutboxNote).where(OutboxNote.failed_at.is_(None))) or 0
