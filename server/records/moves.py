"""Pairings that begin or end with the day: nobody writes anything then, so the feed is told by the schedule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from server.clock import county_date
from server.db import db, transaction
from server.pairings.leaving import subjects_that_move, tell_scope_changed
from server.records.models import FeedState


def tell_moves_by_date(now: datetime) -> int:
    """Tells phones of every subject that has come or gone by date since the last time; returns how many."""
    today = county_date(now)
    with transaction():
        state = db.session.scalars(select(FeedState).with_for_update()).one()
        told_on = state.told_on or today
        moved = subjects_that_move(told_on, today) if told_on < today else {}
        for county_code, subject_ids in moved.items():
            tell_scope_changed(county_code, subject_ids)
        state.told_on = max(told_on, today)
    return sum(len(subject_ids) for subject_ids in moved.values())
