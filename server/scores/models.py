"""Tables of aggregates: what one subject amounts to in one period, as numerators and denominators.

Rows are a cache that can be rebuilt from visits, submissions, hazards and the duty ledger; nothing is counted only here.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, db


class SubjectPeriod(InCounty, db.Model):
    """One subject in one year, quarter or month of the county's calendar. Letters F, C, D, T as in rules.py.

    A full rebuild gives equal rows; only ``as_of``, the moment at which the row was last written, is not a figure.
    """

    __tablename__ = "subject_period"
    __table_args__ = (Index("ix_subject_period_county_period", "county_code", "period"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)  # 2026 | 2026-Q4 | 2026-11

    to_visit: Mapped[int]  # 1 when a pairing was in force in the period (应排查单位)
    visits_due: Mapped[int]
    visits: Mapped[int]
    submissions: Mapped[int]

    found: Mapped[int]  # F
    closed: Mapped[int]  # C
    due: Mapped[int]  # D
    on_time: Mapped[int]  # T
    overdue: Mapped[int]
    major_found: Mapped[int]
    major_closed: Mapped[int]
    major_open: Mapped[int]
    major_overdue: Mapped[int]
    carried_closed: Mapped[int]  # found before the period, closed in it (存量清零)

    score_submission_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    score_numerator: Mapped[str | None] = mapped_column(String(80))
    score_denominator: Mapped[str | None] = mapped_column(String(80))
    score_sort: Mapped[float | None]
    score_grade: Mapped[str | None] = mapped_column(String(16))
    score_provisional: Mapped[bool]
    score_insufficient: Mapped[bool]

    # The last day on which these figures hold by themselves: a deadline passes at the end of it.
    stale_after: Mapped[date | None] = mapped_column(index=True)
    as_of: Mapped[datetime]


class SubjectDay(InCounty, db.Model):
    """What happened on one day to the hazards of a subject that were found in one year; summed up they give the trend.

    Independent of the day on which it is computed: a hazard falls due on the day after its deadline, past or future.
    Days on which nothing happened have no row.
    """

    __tablename__ = "subject_day"
    __table_args__ = (Index("ix_subject_day_county_year", "county_code", "found_year", "day"),)

    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    found_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    found: Mapped[int]
    closed: Mapped[int]
    due: Mapped[int]
    on_time: Mapped[int]
