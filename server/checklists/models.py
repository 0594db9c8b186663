"""Tables of checklist versions, and of the drafts that the office works on before they become versions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import ChecklistOrigin, ChecklistStatus, DraftOutcome, LookupOutcome, Sector


class ChecklistVersion(InCounty, db.Model):
    """One version of a checklist. Its document never changes; ``status`` moves published ⇄ retired.

    ``status`` draft: released with the software and marked draft by its own document; phones know its name and do not offer
    it. ``is_current`` marks the one version of its checklist that new visits begin with.
    """

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("checklist_id", "version"),)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    checklist_id: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[str] = mapped_column(String(32))
    status: Mapped[ChecklistStatus] = mapped_column(codes(ChecklistStatus, 12))
    is_current: Mapped[bool] = mapped_column(default=False)
    title: Mapped[dict[str, Any]]
    sector: Mapped[Sector | None] = mapped_column(codes(Sector, 32))
    applies_to: Mapped[dict[str, Any]]
    # Large, and needed only when a version is compiled or served.
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    item_count: Mapped[int]
    source: Mapped[ChecklistOrigin] = mapped_column(codes(ChecklistOrigin, 12))
    report: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    # Who approved is a person's name as the office wrote it: often a leader who has no account here.
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    retire_approved_by: Mapped[str] = mapped_column(String(80), default="")
    retire_reason: Mapped[str] = mapped_column(String(1000), default="")


class ChecklistDraft(InCounty, db.Model):
    """A checklist that is being authored. It never reaches a phone; publishing makes a version of it.

    ``hash`` is the address that the version will have, so whoever approves names exactly what they have read. A draft that
    was published or discarded keeps its row: a release does not propose again what the office has turned down.
    """

    __tablename__ = "checklist_draft"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    checklist_id: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[dict[str, Any]]
    sector: Mapped[Sector | None] = mapped_column(codes(Sector, 32))
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    item_count: Mapped[int]
    source: Mapped[ChecklistOrigin] = mapped_column(codes(ChecklistOrigin, 12))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    problems: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[DraftOutcome | None] = mapped_column(codes(DraftOutcome, 12), index=True)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class StandardLookup(InCounty, db.Model):
    """Somebody of the office looked up whether a standard is still the edition in force. Rows are only added; the last counts.

    ``replaced_by`` names what takes its place from ``replaced_from`` on: a standard of the registry by its id, or any other in
    plain words.
    """

    __tablename__ = "standard_lookup"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    standard_id: Mapped[str] = mapped_column(String(64), index=True)
    outcome: Mapped[LookupOutcome] = mapped_column(codes(LookupOutcome, 12))
    looked_up_on: Mapped[date]
    replaced_by: Mapped[str | None] = mapped_column(String(200))
    replaced_from: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(500))
    noted_at: Mapped[datetime] = mapped_column(index=True)
    noted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
