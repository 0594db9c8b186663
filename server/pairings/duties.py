"""Duties: a frequency rule of a pairing while rule, pairing and subject are all in force; and who belongs to which group."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from server.db import db
from server.pairings.models import FrequencyRule, FrequencyTerm, GroupMember, Pairing, PairingTerm
from server.register.dated import known
from server.register.models import SubjectValidity
from sync.obligations import Duty


@dataclass(frozen=True, slots=True)
class PairedDuty:
    """A duty and whose it is."""

    rule_id: uuid.UUID
    pairing_id: uuid.UUID
    group_id: uuid.UUID
    subject_id: uuid.UUID
    duty: Duty


class Members:
    """Who belonged to a group on a day."""

    def __init__(self, rows: Iterable[tuple[uuid.UUID, uuid.UUID, date, date | None]]) -> None:
        self._terms: dict[uuid.UUID, list[tuple[uuid.UUID, date, date | None]]] = defaultdict(list)
        for group_id, user_id, first, last in rows:
            self._terms[group_id].append((user_id, first, last))

    def has_any(self, group_id: uuid.UUID, officers: Iterable[uuid.UUID], day: date) -> bool:
        wanted = set(officers)
        return any(
            user_id in wanted and first <= day and (last is None or day <= last) for user_id, first, last in self._terms[group_id]
        )


def load_duties(subject_ids: Iterable[uuid.UUID], as_of: datetime | None = None) -> dict[uuid.UUID, list[PairedDuty]]:
    """The duties of subjects as they were known at an instant, by rule id; a rule that is never in force is none."""
    ids = list(subject_ids)
    books = {
        subject_id: (first, None if is_open else last)
        for subject_id, first, last, is_open in db.session.execute(
            select(
                SubjectValidity.subject_id,
                func.min(SubjectValidity.valid_from),
                func.max(SubjectValidity.valid_to),
                func.count() > func.count(SubjectValidity.valid_to),
            )
            .where(SubjectValidity.subject_id.in_(ids), known(SubjectValidity, as_of))
            .group_by(SubjectValidity.subject_id)
        )
    }
    rows = db.session.execute(
        select(
            FrequencyRule.id, Pairing.id, Pairing.group_id, Pairing.subject_id, FrequencyTerm.count, FrequencyTerm.unit,
            FrequencyTerm.valid_from, FrequencyTerm.valid_to, PairingTerm.valid_from, PairingTerm.valid_to,
        )
        .join(PairingTerm, PairingTerm.pairing_id == Pairing.id)
        .join(FrequencyRule, FrequencyRule.pairing_id == Pairing.id)
        .join(FrequencyTerm, FrequencyTerm.rule_id == FrequencyRule.id)
        .where(Pairing.subject_id.in_(ids), known(PairingTerm, as_of), known(FrequencyTerm, as_of))
        .order_by(FrequencyRule.id, FrequencyTerm.valid_from, PairingTerm.valid_from)
    )  # fmt: skip
    found: dict[uuid.UUID, list[PairedDuty]] = defaultdict(list)
    for rule_id, pairing_id, group_id, subject_id, count, unit, rule_from, rule_to, pair_from, pair_to in rows:
        if subject_id not in books:
            continue
        first = max(rule_from, pair_from, books[subject_id][0])
        last = min((end for end in (rule_to, pair_to, books[subject_id][1]) if end is not None), default=None)
        if last is None or first <= last:
            found[subject_id].append(PairedDuty(rule_id, pairing_id, group_id, subject_id, Duty(first, last, count, unit)))
    return found


def load_members(group_ids: Iterable[uuid.UUID], as_of: datetime | None = None) -> Members:
    rows = db.session.execute(
        select(GroupMember.group_id, GroupMember.user_id, GroupMember.valid_from, GroupMember.valid_to).where(
            GroupMember.group_id.in_(set(group_ids)), known(GroupMember, as_of)
        )
    )
    return Members((row[0], row[1], row[2], row[3]) for row in rows)
