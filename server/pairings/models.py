"""Tables of pairings and frequency rules, both dated."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import FrequencyUnit, PairingLayer


class Pairing(InCounty, db.Model):
    """The standing assignment of an officer to a subject in one layer; several may live side by side."""

    __tablename__ = "pairing"
    __table_args__ = (
        Index("ix_pairing_officer_subject", "officer_id", "subject_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    layer: Mapped[PairingLayer] = mapped_column(codes(PairingLayer, 24))
    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class FrequencyRule(InCounty, db.Model):
    """How often a pairing must visit: ``count`` times per ``unit`` (month, quarter) or once every ``count`` days."""

    __tablename__ = "frequency_rule"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    pairing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pairing.id"), index=True)
    count: Mapped[int]
    unit: Mapped[FrequencyUnit] = mapped_column(codes(FrequencyUnit, 12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
