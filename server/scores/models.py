"""Tables of figures: the rows that are counted, with where each belongs, and what they amount to per subject and period.

All are caches that can be made again from visits, submissions, hazards, the register and the duty ledger. An *edition* is what
was known at one instant: edition 0 is kept up to date by jobs, any other is made whole for a past instant and never changed.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import FrequencyUnit, Sector, SubjectKind, TargetGroup

LIVE = 0


class FigureEdition(InCounty, db.Model):
    """An instant in the past of which all rows were made."""

    __tablename__ = "figure_edition"

    id: Mapped[int] = mapped_column(primary_key=True)  # from 1
    as_of: Mapped[datetime]
    made_at: Mapped[datetime]


class BelongingRow(db.Model):
    """What rows are counted under: one row per combination that occurs, its id made from its values."""

    __tablename__ = "belonging"
    __table_args__ = (Index("ix_belonging_county_town", "county_code", "town_code"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    county_code: Mapped[str] = mapped_column(String(6))
    town_code: Mapped[str] = mapped_column(String(12))
    village_code: Mapped[str | None] = mapped_column(String(12))
    department_id: Mapped[uuid.UUID | None]
    sector: Mapped[Sector | None] = mapped_column(codes(Sector, 32))
    kind: Mapped[SubjectKind] = mapped_column(codes(SubjectKind, 16))
    target_group: Mapped[TargetGroup | None] = mapped_column(codes(TargetGroup, 24))


class _Counted:
    """Every row of an edition says which, and of which county it is."""

    edition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    county_code: Mapped[str] = mapped_column(String(6))


def _belonging() -> Mapped[int]:
    return mapped_column(BigInteger().with_variant(Integer, "sqlite"))


class CountedSpan(_Counted, db.Model):
    """Days on which a subject is on the books with one membership; ``next_first`` is when its next span begins."""

    __tablename__ = "counted_span"
    __table_args__ = (Index("ix_counted_span_county", "edition_id", "county_code", "first"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date]
    next_first: Mapped[date]
    belonging_id: Mapped[int] = _belonging()


class CountedPaired(_Counted, db.Model):
    """Valid days of a subject on which a pairing is in force."""

    __tablename__ = "counted_paired"

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date]


class CountedVisit(_Counted, db.Model):
    """A visit with its score. Points are of 100, exact, as text: both parts can be larger than 64 bits."""

    __tablename__ = "counted_visit"
    __table_args__ = (
        Index("ix_counted_visit_subject", "edition_id", "subject_id", "day"),
        Index("ix_counted_visit_county", "edition_id", "county_code", "day"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID]
    day: Mapped[date]
    belonging_id: Mapped[int] = _belonging()
    finished_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_wrong: Mapped[bool]
    score_numerator: Mapped[str | None] = mapped_column(String(160))
    score_denominator: Mapped[str | None] = mapped_column(String(160))
    score_sort: Mapped[float | None]
    is_final: Mapped[bool]
    is_core: Mapped[bool]
    is_insufficient: Mapped[bool]
    vetoed_by: Mapped[list[Any]]  # submissions


class CountedHazard(_Counted, db.Model):
    """A hazard with the sets it is in: F (``counts``), C (``is_closed``), D (``is_due``), T (``is_on_time``)."""

    __tablename__ = "counted_hazard"
    __table_args__ = (
        Index("ix_counted_hazard_subject", "edition_id", "subject_id", "day"),
        Index("ix_counted_hazard_county", "edition_id", "county_code", "day"),
        Index("ix_counted_hazard_closed", "edition_id", "county_code", "closed_on"),
    )

    hazard_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID]
    day: Mapped[date]
    belonging_id: Mapped[int] = _belonging()
    counts: Mapped[bool]
    is_major: Mapped[bool]
    deadline: Mapped[date | None]
    original_deadline: Mapped[date | None]
    submitted_on: Mapped[date | None]
    deadline_then: Mapped[date | None]
    closed_on: Mapped[date | None]
    is_closed: Mapped[bool]
    is_due: Mapped[bool]
    is_on_time: Mapped[bool]
    is_overdue: Mapped[bool]


class CountedDuty(_Counted, db.Model):
    """A duty with how far it is satisfied and when it asks for the next visit."""

    __tablename__ = "counted_duty"
    __table_args__ = (
        Index("ix_counted_duty_subject", "edition_id", "subject_id"),
        Index("ix_counted_duty_due", "edition_id", "county_code", "next_due"),
    )

    rule_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID]
    pairing_id: Mapped[uuid.UUID]
    group_id: Mapped[uuid.UUID]
    times: Mapped[int]  # per unit, or every so many days
    unit: Mapped[FrequencyUnit] = mapped_column(codes(FrequencyUnit, 12))
    last: Mapped[date | None]
    satisfied: Mapped[int]
    next_due: Mapped[date | None]
    overdue: Mapped[int]


class CountedObligation(_Counted, db.Model):
    """One obligation of a duty with the visit that satisfies it; open while it is neither satisfied nor overdue."""

    __tablename__ = "counted_obligation"
    __table_args__ = (
        Index("ix_counted_obligation_subject", "edition_id", "subject_id", "due"),
        Index("ix_counted_obligation_county", "edition_id", "county_code", "due"),
    )

    rule_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject_id: Mapped[uuid.UUID]
    begins: Mapped[date]
    due: Mapped[date]
    visit_id: Mapped[uuid.UUID | None]
    visit_day: Mapped[date | None]
    is_overdue: Mapped[bool]


class CountedAccident(_Counted, db.Model):
    """An accident in the programme's scope that a person has attributed to a subject."""

    __tablename__ = "counted_accident"
    __table_args__ = (Index("ix_counted_accident_subject", "edition_id", "subject_id", "day"),)

    accident_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(24))
    deaths: Mapped[int]


class CountedSubject(_Counted, db.Model):
    """When the rows of a subject were last made, and the last day on which they hold by themselves."""

    __tablename__ = "counted_subject"
    __table_args__ = (Index("ix_counted_subject_holds", "edition_id", "holds_until"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    holds_until: Mapped[date]


class SubjectPeriod(_Counted, db.Model):
    """What one subject amounts to in one year, half-year, quarter or month under one belonging.

    Event figures stand under the belonging of their own day, so a subject may have several rows; the one with ``is_stock``
    holds the stock figures, under the belonging of the period's last day.
    """

    __tablename__ = "subject_period"
    __table_args__ = (Index("ix_subject_period_county", "edition_id", "county_code", "period"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    belonging_id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    is_stock: Mapped[bool] = mapped_column(primary_key=True)

    visits: Mapped[int]
    hazards_found: Mapped[int]
    hazards_closed: Mapped[int]
    hazards_due: Mapped[int]
    hazards_on_time: Mapped[int]
    hazards_overdue: Mapped[int]
    majors_found: Mapped[int]
    majors_closed: Mapped[int]
    majors_due: Mapped[int]
    majors_on_time: Mapped[int]
    majors_overdue: Mapped[int]
    carried_closed: Mapped[int]

    subjects: Mapped[int]
    to_visit: Mapped[int]
    visited: Mapped[int]
    covered: Mapped[int]
    visits_due: Mapped[int]
    visits_due_to_date: Mapped[int]
    visits_overdue: Mapped[int]

    score_visit_id: Mapped[uuid.UUID | None]
    score_numerator: Mapped[str | None] = mapped_column(String(160))
    score_denominator: Mapped[str | None] = mapped_column(String(160))
    score_sort: Mapped[float | None]
    score_is_final: Mapped[bool | None]
    score_is_core: Mapped[bool | None]
    score_is_insufficient: Mapped[bool | None]
