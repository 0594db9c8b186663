"""Tables of records as phones sent them, and of how those that did not fit were resolved."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.authors import Authored, one_author
from server.db import InCounty, codes, db
from vocabulary import QuarantineOutcome, RecordKind, RecordState

QUARANTINED = "state = 'quarantined'"
# Whoever came to quarantine did so for at least one fault, and keeps it.
EVER_QUARANTINED = "CAST(faults AS TEXT) <> '[]'"


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Record(Authored, InCounty, db.Model):
    """Exactly what a phone sent, kept whole for ever; corrections are new records that name what they revise.

    ``state`` quarantined: readable and signed in, but not fitting its checklist; kept with its ``faults``, counted nowhere.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_visit_kind", "visit_id", "kind"),
        # Few records ever come to quarantine, and only of these is there a list.
        _partial("ix_record_quarantined", "county_code", "received_at", "id", where=QUARANTINED),
        _partial("ix_record_ever_quarantined", "county_code", "received_at", "id", where=EVER_QUARANTINED),
        # Nearly no record revises another one.
        Index(
            "ix_record_revises_id", "revises_id", sqlite_where=text("revises_id IS NOT NULL"),
            postgresql_where=text("revises_id IS NOT NULL"),
        ),
        Index("ix_record_author_id", "author_id"),
        one_author(),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[RecordKind] = mapped_column(codes(RecordKind, 16))
    visit_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    revises_id: Mapped[uuid.UUID | None]
    device_id: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_offset_s: Mapped[int] = mapped_column(BigInteger, default=0)  # server's clock minus the phone's when it was sent
    content_hash: Mapped[str] = mapped_column(String(64))
    receipt_code: Mapped[str] = mapped_column(String(14), index=True)
    body: Mapped[dict[str, Any]]
    state: Mapped[RecordState] = mapped_column(codes(RecordState, 12), index=True)
    faults: Mapped[list[Any]]


class QuarantineResolution(InCounty, db.Model):
    """How a record left quarantine: accepted (it counts since then), corrected by another record, or set aside."""

    __tablename__ = "quarantine_resolution"
    __table_args__ = (Index("ix_quarantine_resolution_county_at", "county_code", "at", "record_id"),)

    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("record.id"), primary_key=True)
    outcome: Mapped[QuarantineOutcome] = mapped_column(codes(QuarantineOutcome, 12))
    at: Mapped[datetime]
    # None: the service, whose correction it was.
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    correction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("record.id"))


class FeedState(db.Model):
    """The one row about the change feed: its numbering, where it was numbered, and how far it has been made short."""

    __tablename__ = "feed_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str | None] = mapped_column(String(80))
    compacted_xid: Mapped[int] = mapped_column(BigInteger, default=0)
    compacted_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    compacted_at: Mapped[datetime | None]
    # Pairings that began or ended by date up to this day have been told.
    told_on: Mapped[date | None]
