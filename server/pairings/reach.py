"""What an author may report on: which subjects, on which days. The row half of the permission policy for what is pushed.

`visibility` says the same as a condition for lists; here the facts of a few subjects are asked for once and judged in memory.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Uuid, and_, bindparam, select

from server import clock
from server.pairings.models import GroupMember, Pairing, PairingTerm
from server.permissions import Actor, Grant
from server.prepared import Among, Link, Prepared
from server.register.models import Subject, SubjectSector
from vocabulary import Action, ScopeKind

_subject, _sector, _pairing = Subject.__table__.c, SubjectSector.__table__.c, Pairing.__table__.c
_term, _member = PairingTerm.__table__.c, GroupMember.__table__.c
# With the terms of the pairings, and when the author was of their groups.
_FACTS = Prepared(
    select(
        _subject.id, _subject.county_code, _subject.town_code, _subject.industry_department_id, _sector.sector, _pairing.id,
        _term.valid_from, _term.valid_to, _member.valid_from.label("member_from"), _member.valid_to.label("member_to"),
    )
    .select_from(Subject.__table__)
    .outerjoin(SubjectSector.__table__, and_(_sector.subject_id == _subject.id, _sector.position == 0))
    .outerjoin(Pairing.__table__, _pairing.subject_id == _subject.id)
    .outerjoin(PairingTerm.__table__, and_(_term.pairing_id == _pairing.id, _term.superseded_at.is_(None)))
    .outerjoin(
        GroupMember.__table__,
        and_(
            _member.group_id == _pairing.group_id,
            _member.user_id == bindparam("author", type_=Uuid()),
            _member.superseded_at.is_(None),
        ),
    )
    .where(Among(_subject.id, "ids"))
)  # fmt: skip
_SECTORS = Prepared(select(_sector.subject_id, _sector.sector).where(Among(_sector.subject_id, "ids")))


@dataclass(slots=True)
class _Facts:
    """What is known of a subject that a push names."""

    county_code: str
    town_code: str
    department_id: uuid.UUID | None
    main_sector: str | None
    pairings: set[uuid.UUID] = field(default_factory=set)
    # Days on which a pairing was in force with the author in its group.
    days: list[tuple[date, date]] = field(default_factory=list)
    sectors: set[str] = field(default_factory=set)


class Reach:
    """The subjects that a push names, and which of them are within its author's reach."""

    def __init__(self, subjects: dict[uuid.UUID, _Facts], covers: Callable[[_Facts, Action, date], bool], today: date) -> None:
        self._subjects = subjects
        self._covers = covers
        self._today = today

    def may_report(self, subject_id: uuid.UUID, made_on: date) -> bool:
        """Whether the subject was theirs on the day on which a record was made, or is today.

        Today, because a phone with a wrong clock makes records on days long ago or to come, and they must not stay on it.
        """
        facts = self._subjects.get(subject_id)
        return facts is not None and any(self._covers(facts, Action.SYNC, day) for day in (made_on, self._today))

    def knows(self, subject_id: uuid.UUID, county_code: str) -> bool:
        """Whether the subject is one of the county."""
        facts = self._subjects.get(subject_id)
        return facts is not None and facts.county_code == county_code

    def supervises(self, subject_id: uuid.UUID) -> bool:
        """Whether the author acts on the subject's hazards as one who supervises."""
        facts = self._subjects.get(subject_id)
        return facts is not None and self._covers(facts, Action.ACT_ON_HAZARDS, self._today)

    def has_pairing(self, subject_id: uuid.UUID, pairing_id: uuid.UUID) -> bool:
        facts = self._subjects.get(subject_id)
        return facts is not None and pairing_id in facts.pairings

    def main_sector(self, subject_id: uuid.UUID) -> str | None:
        facts = self._subjects.get(subject_id)
        return facts.main_sector if facts is not None else None


# Loads the reach over some subjects, on the connection of the open transaction.
Scope = Callable[[Link, Collection[uuid.UUID], datetime], Reach]


def of_person(actor: Actor) -> Scope:
    """What a person may report on by their grants and pairings."""

    def load(link: Link, subject_ids: Collection[uuid.UUID], now: datetime) -> Reach:
        subjects = _load(link, subject_ids, actor.user_id)
        if any(grant.scope_kind is ScopeKind.SECTOR for grant in actor.grants):
            for subject_id, sector in _SECTORS.rows(link, ids=subject_ids):
                subjects[subject_id].sectors.add(sector)

        def covers(facts: _Facts, action: Action, day: date) -> bool:
            grants = actor.grants_for(action) if facts.county_code == actor.county_code else ()
            return any(_covered_by(grant, actor, facts, day) for grant in grants)

        return Reach(subjects, covers, clock.county_date(now))

    return load


def of_service(county_code: str) -> Scope:
    """The service itself reports on every subject of a county."""

    def load(link: Link, subject_ids: Collection[uuid.UUID], now: datetime) -> Reach:
        def covers(facts: _Facts, _action: Action, _day: date) -> bool:
            return facts.county_code == county_code

        return Reach(_load(link, subject_ids, None), covers, clock.county_date(now))

    return load


def _load(link: Link, subject_ids: Collection[uuid.UUID], author_id: uuid.UUID | None) -> dict[uuid.UUID, _Facts]:
    found: dict[uuid.UUID, _Facts] = {}
    for id_, county, town, department, sector, pairing_id, *days in _FACTS.rows(link, ids=subject_ids, author=author_id):
        facts = found.get(id_)
        if facts is None:
            facts = found[id_] = _Facts(county, town, department, sector)
        if pairing_id is not None:
            facts.pairings.add(pairing_id)
        first, last, member_from, member_to = days
        if first is not None and member_from is not None:
            facts.days.append((max(first, member_from), min(last or date.max, member_to or date.max)))
    return found


def _covered_by(grant: Grant, actor: Actor, facts: _Facts, day: date) -> bool:
    match grant.scope_kind:
        case ScopeKind.COUNTY:
            return grant.scope_id == actor.county_code
        case ScopeKind.TOWN:
            return grant.scope_id == facts.town_code
        case ScopeKind.DEPARTMENT:
            return grant.scope_id == str(facts.department_id)
        case ScopeKind.SECTOR:
            return grant.scope_id in facts.sectors
        case ScopeKind.SELF:
            return any(first <= day <= last for first, last in facts.days)
