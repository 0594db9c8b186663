"""Use cases of scores: refreshing a subject's aggregates, rebuilding them all, and noting those that time made stale."""

from __future__ import annotations

import uuid
from datetime import datetime

from server.clock import county_date
from server.db import transaction
from server.scores import store
from server.scores.periods import month_of
from server.scores.rules import figures_by_day, figures_by_period
from server.work.outbox import note
from vocabulary import Topic

# Notes per sweep: enough for a county at the turn of a month within a few sweeps, without one huge transaction.
SWEEP_LIMIT = 2000


def refresh_subject(subject_id: uuid.UUID, now: datetime) -> None:
    """Brings all aggregate rows of a subject up to date. Idempotent; a subject that is gone is a quiet return."""
    with transaction():
        subject = store.lock_subject(subject_id)
        if subject is None:
            return
        facts = store.load_facts(subject)
        store.write_periods(subject, figures_by_period(facts, county_date(now)), now)
        store.write_days(subject, figures_by_day(facts.hazards))


def rebuild_all(now: datetime) -> int:
    """Refreshes every subject, one transaction each; returns how many. For the operator: jobs keep rows up to date."""
    ids = store.all_subject_ids()
    for subject_id in ids:
        refresh_subject(subject_id, now)
    return len(ids)


def note_stale_subjects(now: datetime) -> int:
    """Notes a refresh for subjects whose rows a passed deadline or a new month has made wrong; returns how many."""
    today = county_date(now)
    stale = store.subjects_with_stale_rows(today, month_of(today), SWEEP_LIMIT)
    if not stale:
        return 0
    noted = store.noted_subjects()
    fresh = [subject_id for subject_id in stale if str(subject_id) not in noted]
    if fresh:
        with transaction():
            for county_code, subject_ids in store.by_county(fresh).items():
                note(Topic.REFRESH_SUBJECT, county_code, subject_ids)
    return len(fresh)
