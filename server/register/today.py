"""Today's values on the subject's own row: the one place that derives them from memberships and validity.

Lists and permissions filter by them; figures never read them. They follow when a row is recorded, and on the day on which
one begins (``begin_day``, a periodic task).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, or_, select

from server.db import db
from server.register.dated import in_force, known
from server.register.models import Membership, Subject, SubjectSector, SubjectValidity


def apply_today(subject_ids: Iterable[uuid.UUID], today: date) -> None:
    """Makes the subjects' own columns and sectors equal to what holds today, in the open transaction.

    Before its first day a subject shows what it begins with, after its last one what it ended with.
    """
    ids = list(subject_ids)
    db.session.flush()
    memberships = _by_subject(Membership, ids)
    validity = _by_subject(SubjectValidity, ids)
    sectors: list[dict[str, object]] = []
    for subject in db.session.scalars(select(Subject).where(Subject.id.in_(ids))):
        row = _row_on(memberships[subject.id], _valid_day(validity[subject.id], today))
        subject.membership_id = row.id
        subject.town_code, subject.village_code = row.town_code, row.village_code
        subject.industry_department_id = row.department_id
        subject.kind, subject.target_group = row.kind, row.target_group
        subject.valid_from = min(days.valid_from for days in validity[subject.id])
        ends = [days.valid_to for days in validity[subject.id]]
        subject.valid_to = None if None in ends else max(end for end in ends if end)
        key = {"county_code": subject.county_code, "subject_id": subject.id}
        sectors += [key | {"sector": sector, "position": position} for position, sector in enumerate(row.sectors)]
        db.session.expire(subject, ["sector_rows"])
    db.session.flush()
    db.session.execute(delete(SubjectSector).where(SubjectSector.subject_id.in_(ids)))
    if sectors:
        db.session.execute(insert(SubjectSector.__table__), sectors)


def subjects_to_begin(today: date) -> Sequence[uuid.UUID]:
    """Subjects whose own columns show another membership than the one in force today."""
    return db.session.scalars(
        select(Subject.id)
        .join(Membership, Membership.subject_id == Subject.id)
        .where(
            in_force(Membership, today),
            Subject.valid_from <= today,
            or_(Subject.valid_to.is_(None), Subject.valid_to >= today),
            Subject.membership_id != Membership.id,
        )
        .distinct()
    ).all()


def _by_subject(model: Any, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in db.session.scalars(select(model).where(model.subject_id.in_(ids), known(model)).order_by(model.valid_from)):
        found[row.subject_id].append(row)
    return found


def _valid_day(validity: list[SubjectValidity], today: date) -> date:
    """Today, or the nearest day on which the subject is on the books."""
    days = [min(max(today, row.valid_from), row.valid_to or date.max) for row in validity]
    return min(days, key=lambda day: abs(day - today))


def _row_on(rows: list[Membership], day: date) -> Membership:
    """The row that holds on a day: of several the one that began last; of none the nearest before it, else the first."""
    begun = [row for row in rows if row.valid_from <= day]
    holding = [row for row in begun if row.valid_to is None or row.valid_to >= day]
    return (holding or begun or rows[:1])[-1]
