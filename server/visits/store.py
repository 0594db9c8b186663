"""Queries over visits and submissions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from server.accounts.models import User
from server.clock import COUNTY_ZONE
from server.db import db
from server.register.models import Subject
from server.visits.models import Submission, Visit


def day_start(day: date) -> datetime:
    """The moment at which a calendar day begins in the county."""
    return datetime.combine(day, time(), COUNTY_ZONE)


def visits_page(
    visible: ColumnElement[bool],
    *,
    subject_id: uuid.UUID | None,
    town: str | None,
    date_from: date | None,
    date_to: date | None,
    page: int,
    page_size: int,
) -> tuple[Sequence[Any], int]:
    """One page of (Visit, subject name, town code, officer name), newest first, and how many there are."""
    conditions: list[Any] = [visible]
    if subject_id:
        conditions.append(Visit.subject_id == subject_id)
    if town:
        conditions.append(Subject.town_code == town)
    if date_from:
        conditions.append(Visit.finished_at >= day_start(date_from))
    if date_to:
        conditions.append(Visit.finished_at < day_start(date_to + timedelta(days=1)))
    base = select(Visit).join(Subject, Subject.id == Visit.subject_id).where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(base.subquery())) or 0
    rows = db.session.execute(
        base.join(User, User.id == Visit.officer_id)
        .with_only_columns(Visit, Subject.name, Subject.town_code, User.name)
        .order_by(Visit.finished_at.desc(), Visit.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    ).all()
    return rows, total


def submissions_of(visit_ids: Iterable[uuid.UUID]) -> Sequence[Submission]:
    return db.session.scalars(
        select(Submission).where(Submission.visit_id.in_(list(visit_ids))).order_by(Submission.finished_at, Submission.id)
    ).all()
