"""Queries over areas, departments and subjects."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, event, or_, select

from forms.deadlines import shipped_holidays
from server.db import db, session_link
from server.paging import Asked, ListScope, Order, Page, not_by_index, page_of
from server.prepared import Link, Prepared, link_of
from server.register.dated import known
from server.register.models import Area, Department, Holiday, PolicyValue, Subject, SubjectSector, Target
from server.register.policy import PolicyBook, PolicyRow
from server.search import find, searchable, write_texts
from vocabulary import AnnouncedDay


def areas(county_code: str) -> Sequence[Area]:
    return db.session.scalars(select(Area).where(Area.county_code == county_code).order_by(Area.code)).all()


def area_names(codes: Collection[str | None] | None = None) -> dict[str, str]:
    """Names by code, of all areas or of those asked for."""
    query = select(Area.code, Area.name)
    if codes is not None:
        query = query.where(Area.code.in_({code for code in codes if code}))
    return {code: name for code, name in db.session.execute(query)}


def departments(county_code: str) -> Sequence[Department]:
    return db.session.scalars(
        select(Department).where(Department.county_code == county_code).order_by(Department.kind, Department.name)
    ).all()


def department_names() -> dict[uuid.UUID, str]:
    return {id_: name for id_, name in db.session.execute(select(Department.id, Department.name))}


@dataclass(frozen=True)
class SubjectLine:
    """What a line of another list says of a subject."""

    id: uuid.UUID
    name: str
    town_code: str
    town_name: str
    sectors: list[str]

    def body(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "town_code": self.town_code,
            "town_name": self.town_name,
            "sectors": self.sectors,
        }


def subject_lines(subject_ids: Iterable[uuid.UUID | None], county_code: str | None = None) -> dict[uuid.UUID, SubjectLine]:
    """``county_code``: of this county only, where the ids are what somebody has sent."""
    ids = {subject_id for subject_id in subject_ids if subject_id is not None}
    query = select(Subject.id, Subject.name, Subject.town_code).where(Subject.id.in_(ids))
    rows = db.session.execute(query if county_code is None else query.where(Subject.county_code == county_code)).all()
    sectors: dict[uuid.UUID, list[str]] = {}
    for subject_id, sector in db.session.execute(
        select(SubjectSector.subject_id, SubjectSector.sector)
        .where(SubjectSector.subject_id.in_(ids))
        .order_by(SubjectSector.subject_id, SubjectSector.position)
    ):
        sectors.setdefault(subject_id, []).append(sector)
    towns = area_names({row.town_code for row in rows})
    return {
        row.id: SubjectLine(row.id, row.name, row.town_code, towns.get(row.town_code, ""), sectors.get(row.id, []))
        for row in rows
    }


SUBJECT_TEXT = "subject"
BY_TOWN_AND_NAME = Order("subjects", (Subject.town_code, Subject.name, Subject.id), (str, str, uuid.UUID))


def subjects_page(county_code: str, scope: ListScope, filters: Mapping[str, Any], asked: Asked) -> Page:
    """One page of subjects by town and name; ``filters`` as in SubjectQuerySchema."""
    hits, few_hits = _search(filters.get("q") or "")
    is_direct = scope.few or few_hits
    county, town = (not_by_index(column) if is_direct else column for column in (Subject.county_code, Subject.town_code))
    query = select(Subject).where(county == county_code, *scope.conditions, *hits)
    if "town" in filters:
        query = query.where(town == filters["town"])
    if "sector" in filters:
        has_it = select(SubjectSector.subject_id).where(SubjectSector.sector == filters["sector"])
        query = query.where(not_by_index(Subject.id).in_(has_it))
    if "kind" in filters:
        query = query.where(Subject.kind == filters["kind"])
    return page_of(query, BY_TOWN_AND_NAME, asked)


def _search(wanted: str) -> tuple[list[ColumnElement[bool]], bool]:
    """Conditions on Subject, and whether the subjects found are few."""
    if not wanted.strip():
        return [], False
    hits = find(wanted)
    if hits.few:
        return [Subject.id.in_(hits.of(SUBJECT_TEXT))], True
    columns = (Subject.name, Subject.short_name, not_by_index(Subject.initials))
    return [or_(*(column.icontains(wanted.strip(), autoescape=True) for column in columns))], False


@event.listens_for(Subject, "after_insert")
@event.listens_for(Subject, "after_update")
def _keep_findable(_mapper: object, connection: Connection, subject: Subject) -> None:
    text = searchable(subject.name, subject.short_name or "", subject.initials)
    write_texts(link_of(connection), SUBJECT_TEXT, subject.county_code, {subject.id: text})


_HOLIDAYS = Prepared(
    select(Holiday.__table__.c.day, Holiday.__table__.c.works).where(Holiday.__table__.c.county_code == bindparam("county_code"))
)


_policy = PolicyValue.__table__.c
_POLICY = Prepared(
    select(_policy.key, _policy.value, _policy.valid_from, _policy.valid_to).where(
        _policy.county_code == bindparam("county_code"), _policy.superseded_at.is_(None)
    )
)


def holidays(county_code: str) -> dict[str, str]:
    """:func:`holidays_known` to the session."""
    return holidays_known(session_link(), county_code)


def holidays_known(link: Link, county_code: str) -> dict[str, str]:
    """Announced days of a county by ISO date: "off" or "working", as ``forms.deadline_date`` takes them.

    The years that come with the software, and what its office has entered, which counts where the two differ.
    """
    rows = _HOLIDAYS.rows(link, county_code=county_code)
    entered = {day.isoformat(): AnnouncedDay.WORKING if works else AnnouncedDay.OFF for day, works in rows}
    return dict(shipped_holidays()) | entered


def policy_known(link: Link, county_code: str) -> PolicyBook:
    """All policy of a county that is known now."""
    rows = _POLICY.rows(link, county_code=county_code)
    return PolicyBook(PolicyRow(key, json.loads(value), first, last) for key, value, first, last in rows)


def rule_inputs(county_code: str) -> dict[str, Any]:
    """What the rules of ``forms`` and ``sync`` need to know of a county, as a session tells a phone."""
    return {"holidays": holidays(county_code)}


def policy_book(county_code: str, as_of: datetime | None = None) -> PolicyBook:
    """All policy of a county that was known at an instant; None is now."""
    rows = db.session.execute(
        select(PolicyValue.key, PolicyValue.value, PolicyValue.valid_from, PolicyValue.valid_to).where(
            PolicyValue.county_code == county_code, known(PolicyValue, as_of)
        )
    )
    return PolicyBook(PolicyRow(key, json.loads(value), first, last) for key, value, first, last in rows)


def targets(county_code: str, year: int, as_of: datetime | None = None) -> Sequence[Target]:
    return db.session.scalars(
        select(Target)
        .where(Target.county_code == county_code, Target.year == year, known(Target, as_of))
        .order_by(Target.figure, Target.target_group)
    ).all()
