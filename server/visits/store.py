"""Queries over visits and submissions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import select

from server.clock import COUNTY_ZONE
from server.db import db
from server.visits.models import Submission


def day_start(day: date) -> datetime:
    """The moment at which a calendar day begins in the county."""
    return datetime.combine(day, time(), COUNTY_ZONE)


def submissions_of(visit_ids: Iterable[uuid.UUID]) -> Sequence[Submission]:
    return db.session.scalars(
        select(Submission).where(Submission.visit_id.in_(list(visit_ids))).order_by(Submission.finished_at, Submission.id)
    ).all()
