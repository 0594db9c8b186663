"""Tables of the programme: accidents and whose they are, zero declarations, campaigns. A row that corrects another takes its
place from its own receipt on."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, db
from server.register.dated import Recorded


class Accident(Recorded, InCounty, db.Model):
    """Something that happened; its kind is a word of the office's list, of which policy says what the programme counts."""

    __tablename__ = "accident"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(32))
    town_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    happened_at: Mapped[datetime]
    day: Mapped[date]
    deaths: Mapped[int] = mapped_column(default=0)
    injuries: Mapped[int] = mapped_column(default=0)


class AccidentAttribution(Recorded, InCounty, db.Model):
    """Whose accident it is: a subject's or a village's. It counts when a person said so; without one it is a proposal."""

    __tablename__ = "accident_attribution"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    accident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accident.id"), index=True)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"), index=True)
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    attributed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class ZeroDeclaration(Recorded, InCounty, db.Model):
    """A town, a department or a subject (exactly one of them) has said that it found no major hazard in a period."""

    __tablename__ = "zero_declaration"
    __table_args__ = (Index("ix_zero_declaration_county_period", "county_code", "period"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    period: Mapped[str] = mapped_column(String(8))
    town_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"))


class Campaign(Recorded, InCounty, db.Model):
    """A drive with a stock: hazards found by the cut-off day and not closed before the period that is asked for."""

    __tablename__ = "campaign"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    first: Mapped[date]
    last: Mapped[date]
    cut_off: Mapped[date]
    majors_only: Mapped[bool]
