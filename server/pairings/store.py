"""Queries over pairings and frequency rules."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from server.accounts.models import User
from server.db import db
from server.pairings.models import FrequencyRule, Pairing
from server.pairings.visibility import live_pairings
from server.register.models import Department


@dataclass(frozen=True)
class LivePairing:
    """A pairing in force with the names a screen shows and its frequency rule, if one is set."""

    id: uuid.UUID
    subject_id: uuid.UUID
    layer: str
    org_id: uuid.UUID
    org_name: str
    officer_id: uuid.UUID
    officer_name: str
    valid_from: date
    frequency: tuple[int, str] | None


def pairings_of(subject_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, list[LivePairing]]:
    """Pairings in force on a day, by subject."""
    return _by_subject(Pairing.subject_id.in_(list(subject_ids)), day)


def pairings_of_officer(officer_id: uuid.UUID, day: date) -> list[LivePairing]:
    found = _by_subject(Pairing.officer_id == officer_id, day)
    return [pairing for rows in found.values() for pairing in rows]


def _by_subject(condition: object, day: date) -> dict[uuid.UUID, list[LivePairing]]:
    rule_in_force = and_(
        FrequencyRule.pairing_id == Pairing.id,
        FrequencyRule.valid_from <= day,
        or_(FrequencyRule.valid_to.is_(None), FrequencyRule.valid_to >= day),
    )
    rows = db.session.execute(
        select(Pairing, Department.name, User.name, FrequencyRule.count, FrequencyRule.unit)
        .join(Department, Department.id == Pairing.org_id)
        .join(User, User.id == Pairing.officer_id)
        .outerjoin(FrequencyRule, rule_in_force)
        .where(condition, live_pairings(day))  # type: ignore[arg-type]
        .order_by(Pairing.subject_id, Pairing.layer, Pairing.id)
    )
    found: dict[uuid.UUID, list[LivePairing]] = defaultdict(list)
    for pairing, org_name, officer_name, count, unit in rows:
        found[pairing.subject_id].append(
            LivePairing(
                id=pairing.id, subject_id=pairing.subject_id, layer=pairing.layer, org_id=pairing.org_id,
                org_name=org_name, officer_id=pairing.officer_id, officer_name=officer_name,
                valid_from=pairing.valid_from, frequency=(count, unit) if count is not None else None,
            )
        )  # fmt: skip
    return found
