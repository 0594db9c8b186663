"""Tables of the visits and submissions that are read out of records, and of visits still being filled in."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import VisitScope


class Visit(InCounty, db.Model):
    """One trip to a subject; ``complete_at`` is set when all records and photos it announced have receipts.

    It counts on ``day``, at ``counted_at``: when it was finished, or when it was received if the phone's clock was wrong.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_subject_finished", "subject_id", "finished_at"),
        Index("ix_visit_county_finished", "county_code", "finished_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"))
    pairing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pairing.id"))
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    day: Mapped[date]
    clock_wrong: Mapped[bool] = mapped_column(default=False)
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    representative: Mapped[dict[str, Any]]
    signature: Mapped[dict[str, Any]]
    expected: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    complete_at: Mapped[datetime | None] = mapped_column(index=True)
    receipt_code: Mapped[str | None] = mapped_column(String(14), index=True)


class VisitOfficer(InCounty, db.Model):
    """A person who made the visit: its author, and those who came along and have an account."""

    __tablename__ = "visit_officer"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class Submission(InCounty, db.Model):
    """One filled-in checklist of a visit with its score by the version it used.

    The exact score is numerator ÷ denominator (a share of 1, as text: both can be larger than 64 bits); ``score_sort`` is
    the same in points of 100 and serves sorting and averages only. It counts at ``counted_at`` like its visit.
    """

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_subject_finished", "subject_id", "finished_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    checklist_id: Mapped[str] = mapped_column(String(64), index=True)
    checklist_hash: Mapped[str] = mapped_column(ForeignKey("checklist_version.hash"))
    revises_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    superseded: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]  # the answers document of docs/checklist-format.md
    scope: Mapped[VisitScope] = mapped_column(codes(VisitScope, 8), server_default="full")
    score_numerator: Mapped[str | None] = mapped_column(String(80))
    score_denominator: Mapped[str | None] = mapped_column(String(80))
    score_sort: Mapped[float | None]
    provisional: Mapped[bool]
    checked: Mapped[int]
    total: Mapped[int]
    grade: Mapped[str | None] = mapped_column(String(16))
    veto_paths: Mapped[list[Any]]
    insufficient_sample: Mapped[bool]
    received_at: Mapped[datetime]

    @property
    def added_sections(self) -> list[str]:
        """The sections of a core visit that count whole."""
        return self.answers.get("sections", []) if self.scope == VisitScope.CORE else []


class DraftPhoto(InCounty, db.Model):
    """A photo that a draft has named, and who wrote that draft: the id is theirs from then on."""

    __tablename__ = "draft_photo"

    photo_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class VisitDraft(InCounty, db.Model):
    """A visit still being filled in, as its phone last mirrored it: a broken phone costs nothing.

    ``revision`` counts the server's versions; whoever writes names the one they continued from.
    """

    __tablename__ = "visit_draft"

    visit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    received_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
