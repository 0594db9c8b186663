"""Subjects that come to people and leave them: what the feed must tell when a pairing begins, ends or moves, also by date."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from server import clock
from server.changes import Change, record_changes
from server.db import db
from server.pairings.models import GroupMember, Pairing, PairingTerm
from server.pairings.store import pairings_of
from server.pairings.visibility import had_subjects, visible_subjects
from server.permissions import Actor
from server.register.dated import known
from server.register.models import Membership, Subject
from vocabulary import Action, ChangeKind

# A subject that is no longer within the reader's scope, with whose it is now.


def tell_scope_changed(county_code: str, subject_ids: Collection[uuid.UUID]) -> None:
    """To be called, in the open transaction, by whatever changes whose these subjects of a county are.

    Who has got one needs it whole, with everything on it; who had it must hear that it has left.
    """
    if not subject_ids:
        return
    ids = sorted(set(subject_ids))
    record_changes(ChangeKind.SUBJECT, county_code, [(subject, subject) for subject in ids])
    for start in range(0, len(ids), 500):
        rows = db.session.execute(
            select(Change.kind, Change.entity_id, Change.subject_id)
            .where(Change.subject_id.in_(ids[start : start + 500]), Change.kind != ChangeKind.SUBJECT)
            .distinct()
        ).all()
        for kind in sorted({row.kind for row in rows}):
            record_changes(ChangeKind(kind), county_code, [(row.entity_id, row.subject_id) for row in rows if row.kind == kind])
    record_changes(ChangeKind.LEFT_SUBJECT, county_code, [(subject, None) for subject in ids])


def subjects_that_move(after: date, until: date) -> dict[str, set[uuid.UUID]]:
    """By county the subjects that come to somebody or leave somebody between the days: a pairing, a person of its group or a
    membership begins on a day after the first up to the second, or had ended by then."""
    paired = select(Pairing.county_code, Pairing.subject_id)
    queries = (
        paired.join(PairingTerm, PairingTerm.pairing_id == Pairing.id).where(_turns(PairingTerm, after, until)),
        paired.join(GroupMember, GroupMember.group_id == Pairing.group_id).where(_turns(GroupMember, after, until)),
        select(Membership.county_code, Membership.subject_id).where(_turns(Membership, after, until)),
    )
    found: dict[str, set[uuid.UUID]] = {}
    for query in queries:
        for county_code, subject_id in db.session.execute(query):
            found.setdefault(county_code, set()).add(subject_id)
    return found


def _turns(model: Any, after: date, until: date) -> ColumnElement[bool]:
    begins = and_(model.valid_from > after, model.valid_from <= until)
    ended = and_(model.valid_to >= after, model.valid_to < until)
    return and_(known(model), or_(begins, ended))


def load_left_subjects(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Those that the actor had and has no more, with whose they are now."""
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.execute(
        select(Subject.id, Subject.name).where(
            Subject.id.in_(ids),
            Subject.county_code == actor.county_code,
            had_subjects(actor, Action.SYNC),
            ~visible_subjects(actor, Action.SYNC),
        )
    ).all()
    pairings = pairings_of([row.id for row in rows], clock.county_date(clock.now()))
    return {
        str(row.id): {
            "id": str(row.id),
            "name": row.name,
            "pairings": [
                {"layer": pairing.layer, "org_name": pairing.org_name, "officer_name": pairing.officer_name}
                for pairing in pairings.get(row.id, [])
            ],
        }
        for row in rows
    }
