"""Changes of the register: dated, with the past kept as it was. Each runs in an open transaction and notes what follows.

A change never edits a row: it puts others in its place from now on, so that figures of an earlier moment stay as they were.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from server import clock
from server.changes import record_changes
from server.db import db
from server.register.dated import known, record, withdraw
from server.register.memberships import Membership as Values
from server.register.models import Membership, Subject, SubjectValidity
from server.register.today import apply_today
from server.work.outbox import note
from vocabulary import ChangeKind, Topic

_DAY = timedelta(days=1)


def enter_subject(subject: Subject, values: Values, first: date, last: date | None, now: datetime) -> None:
    """Adds a subject with its first membership; both hold from its first day."""
    subject.valid_from, subject.valid_to = first, last
    subject.town_code, subject.kind = values.town_code, values.kind
    db.session.add(subject)
    db.session.flush()
    key = {"county_code": subject.county_code, "subject_id": subject.id}
    record(SubjectValidity(**key, valid_from=first, valid_to=last, recorded_at=now))
    record(_membership(subject, values, first, last, now))
    register_changed(subject.county_code, [subject.id], now)


def change_membership(subject_id: uuid.UUID, values: Values, first: date, now: datetime) -> None:
    """From ``first`` on the subject belongs elsewhere, until the next change that is known already, or its last day.

    Raises: LookupError for a subject that is not there, ValueError for a day on which it has not begun.
    """
    subject = _get(subject_id)
    rows = _known(Membership, subject_id)
    holding = [row for row in rows if row.valid_from <= first]
    if not holding:
        raise ValueError("the subject has not begun on that day")
    before = holding[-1]
    if before.valid_from < first:
        record(_membership(subject, _values(before), before.valid_from, first - _DAY, now), replaces=before)
    else:
        withdraw(before, now)
    later = [row.valid_from for row in rows if row.valid_from > first]
    record(_membership(subject, values, first, min(later) - _DAY if later else before.valid_to, now))
    register_changed(subject.county_code, [subject_id], now)


def end_subject(subject_id: uuid.UUID, last: date, now: datetime) -> None:
    """The subject is on the books until ``last``; memberships that would begin later are withdrawn.

    Raises: LookupError for a subject that is not there, ValueError when it has not begun by that day.
    """
    subject = _get(subject_id)
    validity = _known(SubjectValidity, subject_id)
    if not validity or validity[0].valid_from > last:
        raise ValueError("the subject has not begun by that day")
    for row in [*validity, *_known(Membership, subject_id)]:
        if row.valid_from > last:
            withdraw(row, now)
        elif row.valid_to is None or row.valid_to > last:
            ended = (
                _membership(subject, _values(row), row.valid_from, last, now)
                if isinstance(row, Membership)
                else SubjectValidity(
                    county_code=row.county_code, subject_id=subject_id, valid_from=row.valid_from, valid_to=last, recorded_at=now
                )
            )
            record(ended, replaces=row)
    register_changed(subject.county_code, [subject_id], now)


def register_changed(county_code: str, subject_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """What follows a change: today's values, the figures of exactly these subjects, and their phones."""
    ids = list(subject_ids)
    apply_today(ids, clock.county_date(now))
    note(Topic.REFRESH_SUBJECT, county_code, ids)
    record_changes(ChangeKind.SUBJECT, county_code, [(subject_id, subject_id) for subject_id in ids])


def _get(subject_id: uuid.UUID) -> Subject:
    subject = db.session.get(Subject, subject_id)
    if subject is None:
        raise LookupError(subject_id)
    return subject


def _known(model: Any, subject_id: uuid.UUID) -> list[Any]:
    db.session.flush()
    return list(db.session.scalars(select(model).where(model.subject_id == subject_id, known(model)).order_by(model.valid_from)))


def _values(row: Membership) -> Values:
    return Values(row.town_code, row.village_code, row.department_id, tuple(row.sectors), row.kind, row.target_group)


def _membership(subject: Subject, values: Values, first: date, last: date | None, now: datetime) -> Membership:
    columns = asdict(values) | {"sectors": list(values.sectors)}
    return Membership(
        county_code=subject.county_code, subject_id=subject.id, valid_from=first, valid_to=last, recorded_at=now, **columns
    )
