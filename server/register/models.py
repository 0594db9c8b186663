"""Tables of areas, departments, subjects with their dated memberships, and rosters. Rows are never deleted; dates end them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import InCounty, codes, db
from server.register.dated import Dated, Recorded, dates_in_order
from vocabulary import AreaKind, Datum, DepartmentKind, RiskColor, Sector, SubjectKind, TargetGroup, VillageKind


class Area(InCounty, db.Model):
    """A county (6 digits), town (9) or village (12); ``aliases`` holds former and colloquial names."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[AreaKind] = mapped_column(codes(AreaKind, 8))
    village_kind: Mapped[VillageKind | None] = mapped_column(codes(VillageKind, 12))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    aliases: Mapped[list[Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(12))


class Department(InCounty, db.Model):
    """A government body: industry department, lead unit, town government or the committee office (org_unit)."""

    __tablename__ = "department"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(64))
    short_name: Mapped[str] = mapped_column(String(32))
    kind: Mapped[DepartmentKind] = mapped_column(codes(DepartmentKind, 24))
    town_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    sectors: Mapped[list[Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Subject(InCounty, db.Model):
    """A creation subject: a village, an enterprise or another unit.

    Where it belongs is dated: ``Membership`` and ``SubjectValidity`` are the truth. The columns from ``kind`` to ``valid_to``
    that they also have, and the sectors, are today's value for filters and lists; only ``register.today`` writes them.
    """

    __tablename__ = "subject"
    __table_args__ = (Index("ix_subject_town", "county_code", "town_code", "name", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    initials: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[SubjectKind] = mapped_column(codes(SubjectKind, 16))
    target_group: Mapped[TargetGroup | None] = mapped_column(codes(TargetGroup, 24))
    town_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    datum: Mapped[Datum] = mapped_column(codes(Datum, 8), default=Datum.WGS_84)
    industry_department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"), index=True)
    representative_name: Mapped[str] = mapped_column(String(40), default="")
    representative_title: Mapped[str] = mapped_column(String(40), default="")
    representative_phone: Mapped[str] = mapped_column(String(32), default="")
    profile: Mapped[dict[str, Any]]
    risk_color: Mapped[RiskColor | None] = mapped_column(codes(RiskColor, 8))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    membership_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # the row that today's values come from
    is_demo: Mapped[bool] = mapped_column(default=False)

    sector_rows: Mapped[list[SubjectSector]] = relationship(lazy="selectin", order_by="SubjectSector.position")

    @property
    def sectors(self) -> list[str]:
        return [row.sector for row in self.sector_rows]


class SubjectValidity(Dated, InCounty, db.Model):
    """Days on which a subject is on the books."""

    __tablename__ = "subject_validity"
    __table_args__ = (dates_in_order(),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)


class Membership(Dated, InCounty, db.Model):
    """Where a subject belongs from one day to another. ``sectors`` begin with the main one."""

    __tablename__ = "membership"
    __table_args__ = (dates_in_order(),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    town_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    village_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    sectors: Mapped[list[Any]]
    kind: Mapped[SubjectKind] = mapped_column(codes(SubjectKind, 16))
    target_group: Mapped[TargetGroup | None] = mapped_column(codes(TargetGroup, 24))


class SubjectSector(InCounty, db.Model):
    """A sector a subject belongs to today; the first one (position 0) is its main sector."""

    __tablename__ = "subject_sector"

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    sector: Mapped[Sector] = mapped_column(codes(Sector, 32), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class Roster(InCounty, db.Model):
    """A signed list of the subjects that count in a year."""

    __tablename__ = "roster"
    __table_args__ = (UniqueConstraint("county_code", "year", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    year: Mapped[int]
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class RosterEntry(InCounty, db.Model):
    __tablename__ = "roster_entry"

    roster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("roster.id"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), primary_key=True, index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Target(Recorded, InCounty, db.Model):
    """The target of a figure in a year, in percent, or a text such as 巩固 that is shown and never judged; never in code."""

    __tablename__ = "target"
    __table_args__ = (Index("ix_target_county_year", "county_code", "year"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    year: Mapped[int]
    figure: Mapped[str] = mapped_column(String(32))
    target_group: Mapped[TargetGroup | None] = mapped_column(codes(TargetGroup, 24))  # None: of all subjects
    value: Mapped[str | None] = mapped_column(String(12))  # a decimal number
    text: Mapped[str] = mapped_column(String(40), default="")


class PolicyValue(Dated, InCounty, db.Model):
    """What the office has set about figures, from one day to another (server.register.policy reads it)."""

    __tablename__ = "policy_value"
    __table_args__ = (dates_in_order(), Index("ix_policy_value_county_key", "county_code", "key"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    key: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(Text)  # JSON
    approved_by: Mapped[str] = mapped_column(String(80), default="")


class Holiday(InCounty, db.Model):
    """A day that differs from the week: ``works`` false for a holiday, true for a weekend day that is worked."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40))
