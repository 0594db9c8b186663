"""Changes of the duty ledger: dated, with the past kept; each marks exactly the subjects that it touches.

Each runs in an open transaction. What has begun is ended, never edited (server.register.dated).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from server.db import db
from server.pairings.leaving import tell_scope_changed
from server.pairings.models import FrequencyRule, FrequencyTerm, GroupMember, Pairing, PairingGroup, PairingTerm
from server.pairings.store import subjects_of_group
from server.register.dated import known, record, withdraw
from server.work.outbox import note
from vocabulary import Topic


def begin_pairing(group: PairingGroup, subject_id: uuid.UUID, first: date, now: datetime, *, last: date | None = None) -> Pairing:
    """The group looks after the subject from a day on."""
    pairing = Pairing(id=uuid.uuid4(), county_code=group.county_code, subject_id=subject_id, group_id=group.id)
    db.session.add(pairing)
    db.session.flush()
    key = {"county_code": group.county_code, "pairing_id": pairing.id}
    record(PairingTerm(**key, valid_from=first, valid_to=last, recorded_at=now))
    pairings_changed(group.county_code, [subject_id])
    return pairing


def end_pairing(pairing_id: uuid.UUID, last: date, now: datetime) -> None:
    """The pairing is in force until ``last``. Raises: LookupError."""
    pairing = db.session.get(Pairing, pairing_id)
    if pairing is None:
        raise LookupError(pairing_id)
    _end(PairingTerm, PairingTerm.pairing_id == pairing_id, last, now)
    pairings_changed(pairing.county_code, [pairing.subject_id])


def add_rule(pairing: Pairing, count: int, unit: str, first: date, now: datetime, *, last: date | None = None) -> FrequencyRule:
    """How often the pairing must visit from a day on; a second rule is a second duty."""
    rule = FrequencyRule(id=uuid.uuid4(), county_code=pairing.county_code, pairing_id=pairing.id)
    db.session.add(rule)
    db.session.flush()
    key = {"county_code": pairing.county_code, "rule_id": rule.id}
    record(FrequencyTerm(**key, count=count, unit=unit, valid_from=first, valid_to=last, recorded_at=now))
    pairings_changed(pairing.county_code, [pairing.subject_id])
    return rule


def end_rule(rule_id: uuid.UUID, last: date, now: datetime) -> None:
    """The rule holds until ``last``. Raises: LookupError."""
    pairing = db.session.scalar(
        select(Pairing).join(FrequencyRule, FrequencyRule.pairing_id == Pairing.id).where(FrequencyRule.id == rule_id)
    )
    if pairing is None:
        raise LookupError(rule_id)
    _end(FrequencyTerm, FrequencyTerm.rule_id == rule_id, last, now)
    pairings_changed(pairing.county_code, [pairing.subject_id])


def add_member(group: PairingGroup, user_id: uuid.UUID, first: date, now: datetime, *, last: date | None = None) -> None:
    key = {"county_code": group.county_code, "group_id": group.id}
    record(GroupMember(**key, user_id=user_id, valid_from=first, valid_to=last, recorded_at=now))
    pairings_changed(group.county_code, subjects_of_group(group.id))


def end_member(group: PairingGroup, user_id: uuid.UUID, last: date, now: datetime) -> None:
    """The person belongs to the group until ``last``."""
    _end(GroupMember, (GroupMember.group_id == group.id) & (GroupMember.user_id == user_id), last, now)
    pairings_changed(group.county_code, subjects_of_group(group.id))


def pairings_changed(county_code: str, subject_ids: Iterable[uuid.UUID]) -> None:
    """What follows a change: the figures of exactly these subjects, and their phones."""
    ids = list(dict.fromkeys(subject_ids))
    note(Topic.REFRESH_SUBJECT, county_code, ids)
    tell_scope_changed(county_code, ids)


def _end(model: Any, condition: Any, last: date, now: datetime) -> None:
    """Ends the rows known now that hold later than ``last``; those that would begin later are withdrawn."""
    db.session.flush()
    for row in db.session.scalars(select(model).where(condition, known(model))).all():
        if row.valid_from > last:
            withdraw(row, now)
        elif row.valid_to is None or row.valid_to > last:
            kept = {
                column.key: getattr(row, column.key)
                for column in model.__table__.columns
                if column.key not in {"id", "valid_to", "recorded_at", "superseded_at"}
            }
            record(model(**kept, valid_to=last, recorded_at=now), replaces=row)
