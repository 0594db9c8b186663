"""Which rows of figures somebody sees, and what they are grouped by: a row is seen where it belongs.

Who sees a town sees what happened there while a subject belonged to it, and nothing of the subject's time elsewhere
(docs/figures.md, “Membership and groups”); pairings.visibility says the same of subjects as they are today.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from server.pairings.visibility import paired_subjects
from server.permissions import Actor, Grant
from server.scores.models import BelongingRow
from vocabulary import Action, Grouping, ScopeKind

GROUPED_BY: Mapping[Grouping, Any] = {
    Grouping.TOWN: BelongingRow.town_code,
    Grouping.VILLAGE: BelongingRow.village_code,
    Grouping.DEPARTMENT: BelongingRow.department_id,
    Grouping.SECTOR: BelongingRow.sector,
}
# Names of filters; each narrows rows by what they belong to, like the group of that name.
FILTERS: Mapping[str, Any] = {grouping.value: column for grouping, column in GROUPED_BY.items()} | {
    "target_group": BelongingRow.target_group,
    "subject_kind": BelongingRow.kind,
}
# Stands for rows of no department, village or sector, where a group is asked for.
NONE = "none"


def visible_rows(actor: Actor, action: Action, subject_id: ColumnElement[Any], today: date) -> ColumnElement[bool]:
    """A condition on BelongingRow, and on the row's subject where a grant is for paired subjects."""
    return or_(false(), *(_covers(grant, actor, subject_id, today) for grant in actor.grants_for(action)))


def narrowed(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions on BelongingRow for the filters that are given; NONE asks for rows without any."""
    return [belongs_to(column, filters[name]) for name, column in FILTERS.items() if filters.get(name) is not None]


def belongs_to(column: Any, code: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_(None) if code == NONE else column == code
    return found


def wholly_visible(actor: Actor, action: Action, grouping: Grouping) -> Callable[[str | None, str], bool]:
    """Whether a group, named by its code and a town that rows of it lie in, is the actor's by right as a whole."""
    grants = actor.grants_for(action)
    if any(grant.scope_kind is ScopeKind.COUNTY and grant.scope_id == actor.county_code for grant in grants):
        return lambda _code, _town: True
    own = {kind: {grant.scope_id for grant in grants if grant.scope_kind is kind} for kind in ScopeKind}
    match grouping:
        case Grouping.TOWN:
            return lambda code, _town: code in own[ScopeKind.TOWN]
        case Grouping.VILLAGE:
            return lambda _code, town: town in own[ScopeKind.TOWN]
        case Grouping.DEPARTMENT:
            return lambda code, _town: code in own[ScopeKind.DEPARTMENT]
        case Grouping.SECTOR:
            return lambda code, _town: code in own[ScopeKind.SECTOR]


def _covers(grant: Grant, actor: Actor, subject_id: ColumnElement[Any], today: date) -> ColumnElement[bool]:
    match grant.scope_kind:
        case ScopeKind.COUNTY:
            return true() if grant.scope_id == actor.county_code else false()
        case ScopeKind.TOWN:
            return BelongingRow.town_code == grant.scope_id
        case ScopeKind.DEPARTMENT:
            department = _id(grant.scope_id)
            return BelongingRow.department_id == department if department is not None else false()
        case ScopeKind.SECTOR:
            return BelongingRow.sector == grant.scope_id
        case ScopeKind.SELF:
            return subject_id.in_(paired_subjects(actor.user_id, today))


def _id(text: str) -> uuid.UUID | None:
    """None for an id that is none: such a grant covers nothing, and breaks nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
