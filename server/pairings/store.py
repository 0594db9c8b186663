"""Queries over pairings, their groups and frequency rules."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select

from server.accounts.models import User
from server.db import db
from server.paging import Asked, Order, Page, page_of
from server.pairings.models import FrequencyRule, FrequencyTerm, GroupMember, Pairing, PairingGroup, PairingTerm
from server.pairings.visibility import paired_subjects
from server.permissions import Actor
from server.register.dated import in_force
from server.register.models import Department, Subject


@dataclass(frozen=True)
class LivePairing:
    """A pairing in force with what a screen shows: its group's body and members, and the rules in force by id."""

    id: uuid.UUID
    subject_id: uuid.UUID
    group_id: uuid.UUID
    layer: str
    org_id: uuid.UUID
    org_name: str
    valid_from: date
    members: list[tuple[uuid.UUID, str]] = field(default_factory=list)
    rules: dict[uuid.UUID, tuple[int, str]] = field(default_factory=dict)

    @property
    def officer_name(self) -> str:
        """Everybody of the group today."""
        return "、".join(name for _, name in self.members)


def pairings_of(subject_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, list[LivePairing]]:
    """Pairings in force on a day, by subject."""
    return _by_subject(Pairing.subject_id.in_(list(subject_ids)), day)


BY_SUBJECT = Order("pairings", (Subject.id,), (uuid.UUID,))


def own_page(actor: Actor, day: date, asked: Asked) -> tuple[Page, dict[uuid.UUID, list[LivePairing]]]:
    """One page of the subjects that are paired with the actor on a day, and the pairings of these."""
    page = page_of(select(Subject.id).where(Subject.id.in_(paired_subjects(actor.user_id, day))), BY_SUBJECT, asked)
    return page, pairings_of(page.rows, day)


def subjects_of_group(group_id: uuid.UUID) -> list[uuid.UUID]:
    """Every subject that the group looks after or ever did: those whose figures its members touch."""
    return list(db.session.scalars(select(Pairing.subject_id).where(Pairing.group_id == group_id).distinct()))


def _by_subject(condition: ColumnElement[bool], day: date) -> dict[uuid.UUID, list[LivePairing]]:
    rows = db.session.execute(
        select(Pairing, PairingGroup, Department.name, PairingTerm.valid_from)
        .join(PairingTerm, PairingTerm.pairing_id == Pairing.id)
        .join(PairingGroup, PairingGroup.id == Pairing.group_id)
        .join(Department, Department.id == PairingGroup.org_id)
        .where(condition, in_force(PairingTerm, day))
        .order_by(Pairing.subject_id, PairingGroup.layer, Pairing.id)
    )
    found: dict[uuid.UUID, list[LivePairing]] = defaultdict(list)
    for pairing, group, org_name, valid_from in rows:
        found[pairing.subject_id].append(
            LivePairing(pairing.id, pairing.subject_id, group.id, group.layer, group.org_id, org_name, valid_from)
        )
    _add_members_and_rules([pairing for rows_ in found.values() for pairing in rows_], day)
    return found


def _add_members_and_rules(pairings: list[LivePairing], day: date) -> None:
    by_group: dict[uuid.UUID, list[LivePairing]] = defaultdict(list)
    for pairing in pairings:
        by_group[pairing.group_id].append(pairing)
    members = db.session.execute(
        select(GroupMember.group_id, User.id, User.name)
        .join(User, User.id == GroupMember.user_id)
        .where(GroupMember.group_id.in_(list(by_group)), in_force(GroupMember, day))
        .order_by(GroupMember.valid_from, User.name, User.id)
    )
    for group_id, user_id, name in members:
        for pairing in by_group[group_id]:
            pairing.members.append((user_id, name))
    by_id = {pairing.id: pairing for pairing in pairings}
    rules = db.session.execute(
        select(FrequencyRule.pairing_id, FrequencyRule.id, FrequencyTerm.count, FrequencyTerm.unit)
        .join(FrequencyTerm, FrequencyTerm.rule_id == FrequencyRule.id)
        .where(FrequencyRule.pairing_id.in_(list(by_id)), in_force(FrequencyTerm, day))
        .order_by(FrequencyTerm.valid_from, FrequencyRule.id)
    )
    for pairing_id, rule_id, count, unit in rules:
        by_id[pairing_id].rules[rule_id] = (count, unit)
