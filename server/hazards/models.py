"""Tables of hazards (a projection) and of their events (the truth)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from server.authors import Authored, one_author
from server.db import InCounty, codes, db
from vocabulary import Capacity, HazardEventKind, HazardGrade, HazardSource, HazardState, Sector


class HazardEvent(Authored, InCounty, db.Model):
    """One event of a hazard's life, as a phone or the desk made it; never changed, never deleted.

    It takes effect at ``counted_at``: its own time, or that of its receipt if the phone's clock was wrong.
    """

    __tablename__ = "hazard_event"
    __table_args__ = (Index("ix_hazard_event_hazard_at", "hazard_id", "at"), one_author())

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    hazard_id: Mapped[uuid.UUID]
    kind: Mapped[HazardEventKind] = mapped_column(codes(HazardEventKind, 24))
    at: Mapped[datetime]
    counted_at: Mapped[datetime]
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    capacity: Mapped[Capacity | None] = mapped_column(codes(Capacity, 12))
    # Place among what the desk did to the hazard; its times rise with it, whatever the server's clock does.
    desk_sequence: Mapped[int | None]


# What a hazard is found by in `server.search`.
HAZARD_TEXT = "hazard"

ENDED = (HazardState.CLOSED, HazardState.VOIDED)
OPEN = "state NOT IN ('closed', 'voided')"
MAJOR = "grade = 'major'"
REFUSED_EVENTS = "refused_events > 0"


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Hazard(InCounty, db.Model):
    """A hazard as its events make it: what lists filter and figures count. Overdue is derived from dates, never stored.

    Days are the county's: the finding, the submission that was finally accepted, and the close-out, which is never before the
    finding. ``department_id`` is the one that has accepted a transfer. ``known_at`` is the receipt of the latest event.
    """

    __tablename__ = "hazard"
    __table_args__ = (
        Index("ix_hazard_subject_found", "subject_id", "found_at"),
        # One for each order and filter of the ledger; what is open, and what is major, is little of it.
        Index("ix_hazard_county_found", "county_code", "found_at", "id"),
        Index("ix_hazard_county_deadline", "county_code", "deadline_order", "id"),
        Index("ix_hazard_county_state", "county_code", "state", "found_at", "id"),
        Index("ix_hazard_county_sector", "county_code", "sector", "found_at", "id"),
        Index("ix_hazard_county_source", "county_code", "source", "found_at", "id"),
        _partial("ix_hazard_subject_open", "subject_id", where=OPEN),
        _partial("ix_hazard_open_found", "county_code", "found_at", "id", where=OPEN),
        _partial("ix_hazard_open_deadline", "county_code", "deadline_order", "id", where=OPEN),
        _partial("ix_hazard_major_found", "county_code", "found_at", "id", where=MAJOR),
        _partial("ix_hazard_refused_found", "county_code", "found_at", "id", where=REFUSED_EVENTS),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    submission_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    item_path: Mapped[str | None] = mapped_column(String(200))
    checklist_id: Mapped[str | None] = mapped_column(String(64))
    sector: Mapped[Sector | None] = mapped_column(codes(Sector, 32))
    source: Mapped[HazardSource] = mapped_column(codes(HazardSource, 24))
    state: Mapped[HazardState] = mapped_column(codes(HazardState, 12))
    grade: Mapped[HazardGrade] = mapped_column(codes(HazardGrade, 8))
    found_at: Mapped[datetime]
    found_on: Mapped[date]
    deadline: Mapped[date | None]
    original_deadline: Mapped[date | None]
    # The deadline for the order of lists: without one it comes last, on both databases.
    deadline_order: Mapped[date] = mapped_column(server_default="9999-12-31")
    submitted_at: Mapped[datetime | None]  # of the rectification that was finally accepted
    submitted_on: Mapped[date | None]
    deadline_then: Mapped[date | None]  # in force on the day of that submission
    closed_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    department_id: Mapped[uuid.UUID | None]
    merged_into: Mapped[uuid.UUID | None]
    in_doubt: Mapped[bool] = mapped_column(default=False, server_default=false())  # the time of the submission cannot be believed
    known_at: Mapped[datetime]
    rules_version: Mapped[int] = mapped_column(index=True)  # of the fold that made this row
    description: Mapped[str] = mapped_column(String(1000))
    spot: Mapped[str] = mapped_column(String(200))
    responsible_unit: Mapped[str] = mapped_column(String(120), default="")
    owner_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    owner_title: Mapped[str] = mapped_column(String(80), default="", server_default="")
    returned_count: Mapped[int] = mapped_column(default=0)
    refused_events: Mapped[int] = mapped_column(default=0, server_default="0")  # acts that were not for their author to do
    projection: Mapped[dict[str, Any]]  # everything else that the fold yields
    revision: Mapped[int] = mapped_column(Integer, default=1)
