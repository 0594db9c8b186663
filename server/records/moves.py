"""Pairings and memberships that begin or end with the day: nobody writes anything then, so the schedule tells the feed, brings
today's values of subjects up to date and marks exactly the subjects whose figures are touched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from server.clock import county_date
from server.db import db, transaction
from server.pairings.leaving import subjects_that_move, tell_scope_changed
from server.records.models import FeedState
from server.register.today import apply_today, subjects_to_begin
from server.work.outbox import note
from vocabulary import Topic


def tell_moves_by_date(now: datetime) -> int:
    """Tells phones of every subject that has come or gone by date since the last time; returns how many."""
    today = county_date(now)
    with transaction():
        state = db.session.scalars(select(FeedState).with_for_update()).one()
        told_on = state.told_on or today
        moved = subjects_that_move(told_on, today) if told_on < today else {}
        apply_today(subjects_to_begin(today), today)
        for county_code, subject_ids in moved.items():
            tell_scope_changed(county_code, subject_ids)
            note(Topic.REFRESH_SUBJECT, county_code, sorted(subject_ids))
        state.told_on = max(told_on, today)
    return sum(len(subject_ids) for subject_ids in moved.values())
