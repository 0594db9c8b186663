"""Tables of pairings: groups with their dated members, which subject a group looks after, and how often; all dated."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from server.register.dated import Dated, dates_in_order
from vocabulary import FrequencyUnit, PairingLayer


class PairingGroup(InCounty, db.Model):
    """People who look after subjects together, in one layer and for one government body."""

    __tablename__ = "pairing_group"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    layer: Mapped[PairingLayer] = mapped_column(codes(PairingLayer, 24))
    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))


class GroupMember(Dated, InCounty, db.Model):
    """A person in a group from one day to another; one may be in several groups."""

    __tablename__ = "group_member"
    __table_args__ = (dates_in_order(),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pairing_group.id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)


class Pairing(InCounty, db.Model):
    """The standing assignment of a group to a subject; its terms say when. Several may live side by side."""

    __tablename__ = "pairing"
    __table_args__ = (Index("ix_pairing_group_subject", "group_id", "subject_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pairing_group.id"))


class PairingTerm(Dated, InCounty, db.Model):
    """From which day to which day a pairing is in force."""

    __tablename__ = "pairing_term"
    __table_args__ = (dates_in_order(),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    pairing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pairing.id"), index=True)


class FrequencyRule(InCounty, db.Model):
    """A rule how often a pairing must visit; each rule of a pairing is a duty of its own."""

    __tablename__ = "frequency_rule"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    pairing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pairing.id"), index=True)


class FrequencyTerm(Dated, InCounty, db.Model):
    """``count`` visits per ``unit`` (week, month, quarter, half_year, year), or for ``days`` one every ``count`` days."""

    __tablename__ = "frequency_term"
    __table_args__ = (dates_in_order(), CheckConstraint("count BETWEEN 1 AND 366", name="count_in_range"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("frequency_rule.id"), index=True)
    count: Mapped[int]
    unit: Mapped[FrequencyUnit] = mapped_column(codes(FrequencyUnit, 12))
