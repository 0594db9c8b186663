"""Which subjects a person may see for an action: the row half of the permission policy.

Everything that hangs on a subject (visits, hazards, photos, scores, downloads) is narrowed by these two functions, so that
a list never shows what a detail view would refuse.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from server import clock
from server.db import db
from server.paging import ListScope, not_by_index
from server.pairings.models import GroupMember, Pairing, PairingTerm
from server.permissions import Actor, Grant
from server.problems import Refusal
from server.register.dated import in_force
from server.register.models import Subject, SubjectSector
from vocabulary import Action, ProblemCode, ScopeKind

# With more, nearly every fiftieth row of a list or more is theirs, and a page is found by looking at few others.
FEW_SUBJECTS = 100


def visible_subjects(actor: Actor, action: Action, today: date | None = None) -> ColumnElement[bool]:
    """A condition on Subject that holds for the subjects on which the actor may perform the action."""
    day = today or clock.county_date(clock.now())
    grants = actor.grants_for(action)
    if not grants:
        return false()
    return and_(not_by_index(Subject.county_code) == actor.county_code, or_(*(_covers(grant, actor, day) for grant in grants)))


def list_scope(actor: Actor, action: Action, subject_id: Any, *, few: int = FEW_SUBJECTS) -> ListScope:
    """The scope over rows whose column ``subject_id`` names the subject; ``few`` subjects are named one by one."""
    grants = actor.grants_for(action)
    if any(grant.scope_kind is ScopeKind.COUNTY and grant.scope_id == actor.county_code for grant in grants):
        return ListScope([], few=False)
    visible = select(Subject.id).where(visible_subjects(actor, action))
    some = db.session.scalars(visible.limit(few + 1)).all()
    if len(some) <= few:
        return ListScope([subject_id.in_(some)], few=True)
    return ListScope([not_by_index(subject_id).in_(visible)], few=False)


def had_subjects(actor: Actor, action: Action) -> ColumnElement[bool]:
    """A condition on Subject that holds for those on which the actor may or once might perform the action, by a pairing."""
    grants = actor.grants_for(action)
    if any(grant.scope_kind is ScopeKind.SELF for grant in grants):
        return Subject.id.in_(paired_subjects(actor.user_id))
    return false()


def check_subject(actor: Actor, action: Action, subject_id: uuid.UUID) -> Subject:
    """The subject, when the actor may perform the action on it. Raises: Refusal not-found, also for one that is not theirs."""
    subject = db.session.scalar(select(Subject).where(Subject.id == subject_id, visible_subjects(actor, action)))
    if subject is None:
        raise Refusal(ProblemCode.NO_SUCH_SUBJECT)
    return subject


def paired_subjects(user_id: uuid.UUID, day: date | None = None) -> Select[Any]:
    """Ids of the subjects that a group of the person looks after on a day, or that one ever looked after."""
    paired = (
        select(Pairing.subject_id)
        .join(GroupMember, GroupMember.group_id == Pairing.group_id)
        .where(GroupMember.user_id == user_id)
    )
    if day is None:
        return paired
    terms = PairingTerm.pairing_id == Pairing.id
    return paired.join(PairingTerm, terms).where(in_force(GroupMember, day), in_force(PairingTerm, day))


def _covers(grant: Grant, actor: Actor, day: date) -> ColumnElement[bool]:
    match grant.scope_kind:
        case ScopeKind.COUNTY:
            return true() if grant.scope_id == actor.county_code else false()
        case ScopeKind.TOWN:
            return Subject.town_code == grant.scope_id
        case ScopeKind.DEPARTMENT:
            department = _department(grant)
            return Subject.industry_department_id == department if department is not None else false()
        case ScopeKind.SECTOR:
            return Subject.id.in_(select(SubjectSector.subject_id).where(SubjectSector.sector == grant.scope_id))
        case ScopeKind.SELF:
            return Subject.id.in_(paired_subjects(actor.user_id, day))


def _department(grant: Grant) -> uuid.UUID | None:
    """None for an id that is none: such a grant covers nothing, and breaks nothing."""
    try:
        return uuid.UUID(grant.scope_id)
    except ValueError:
        return None
