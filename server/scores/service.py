"""Use cases of figures: bringing subjects up to date, rebuilding them all, noting those that time made stale, and editions."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select

from server.clock import county_date
from server.db import db, lock_ids, transaction
from server.register.models import Subject
from server.register.store import policy_book
from server.scores.counted import forget, write, write_edition
from server.scores.counting import Counted, count
from server.scores.facts import load_facts
from server.scores.models import LIVE, CountedSubject, FigureEdition
from server.work.outbox import note, noted_keys
from vocabulary import Topic

# Subjects at once: queries over so many cost little more than over one, and no transaction holds the others up for long.
AT_ONCE = 200
# Notes per sweep: enough for a county at the turn of a month within a few sweeps, without one huge transaction.
SWEEP_LIMIT = 2000


def refresh_subjects(subject_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Brings the rows of subjects up to date, about 200 in one go. Idempotent; a subject that is gone loses its rows."""
    ids = sorted(set(subject_ids))
    for start in range(0, len(ids), AT_ONCE):
        with transaction():
            _refresh(ids[start : start + AT_ONCE], now)


def rebuild_all(now: datetime) -> int:
    """Refreshes every subject; returns how many. For the operator: jobs keep rows up to date."""
    ids = db.session.scalars(select(Subject.id)).all()
    refresh_subjects(ids, now)
    return len(ids)


def note_stale_subjects(now: datetime) -> int:
    """Notes a refresh for subjects whose rows a passed deadline, a begun month or the like has made wrong; returns how many."""
    stale = _stale(county_date(now))
    waiting = noted_keys(Topic.REFRESH_SUBJECT)
    noted = 0
    with transaction():
        for county_code, ids in stale.items():
            fresh = [subject_id for subject_id in ids if str(subject_id) not in waiting]
            note(Topic.REFRESH_SUBJECT, county_code, fresh)
            noted += len(fresh)
    return noted


def make_edition(county_code: str, as_of: datetime, now: datetime) -> int:
    """Makes all rows of a county as they were known at a past instant; returns the edition that holds them."""
    with transaction() as session:
        edition = FigureEdition(county_code=county_code, as_of=as_of, made_at=now)
        session.add(edition)
        session.flush()
        ids = session.scalars(select(Subject.id).where(Subject.county_code == county_code).order_by(Subject.id)).all()
        for start in range(0, len(ids), AT_ONCE):
            counted = _counted(county_code, ids[start : start + AT_ONCE], as_of, county_date(as_of))
            write_edition(edition.id, county_code, counted)
        return edition.id


def _refresh(ids: Sequence[uuid.UUID], now: datetime) -> None:
    # Two refreshes of a subject must not overtake each other.
    lock_ids(ids)
    by_county: dict[str, list[uuid.UUID]] = defaultdict(list)
    for subject_id, county_code in db.session.execute(
        select(Subject.id, Subject.county_code).where(Subject.id.in_(ids)).order_by(Subject.id)
    ):
        by_county[county_code].append(subject_id)
    for county_code, here in by_county.items():
        write(county_code, here, _counted(county_code, here, None, county_date(now)), now)
    forget(sorted(set(ids).difference(*by_county.values())))


def _counted(county_code: str, ids: Sequence[uuid.UUID], as_of: datetime | None, as_of_day: date) -> Counted:
    policy = policy_book(county_code, as_of)
    loaded = load_facts(county_code, ids, as_of)
    counted = Counted()
    for facts in loaded.subjects:
        count(facts, as_of_day, policy, loaded.members, counted)
    return counted


def _stale(today: date) -> dict[str, list[uuid.UUID]]:
    """By county the subjects whose rows do not hold any more, and those that have none."""
    rows = db.session.execute(
        select(Subject.county_code, Subject.id)
        .outerjoin(CountedSubject, (CountedSubject.subject_id == Subject.id) & (CountedSubject.edition_id == LIVE))
        .where(or_(CountedSubject.subject_id.is_(None), CountedSubject.holds_until < today))
        .order_by(func.coalesce(CountedSubject.holds_until, date.min), Subject.id)
        .limit(SWEEP_LIMIT)
    )
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for county_code, subject_id in rows:
        found[county_code].append(subject_id)
    return found
