"""Queries over areas, departments and subjects."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from forms.deadlines import shipped_holidays
from server.db import db
from server.register.dated import known
from server.register.models import Area, Department, Holiday, PolicyValue, Subject, SubjectSector, Target
from server.register.policy import PolicyBook, PolicyRow
from vocabulary import AnnouncedDay


def areas(county_code: str) -> Sequence[Area]:
    return db.session.scalars(select(Area).where(Area.county_code == county_code).order_by(Area.code)).all()


def area_names() -> dict[str, str]:
    return {code: name for code, name in db.session.execute(select(Area.code, Area.name))}


def departments(county_code: str) -> Sequence[Department]:
    return db.session.scalars(
        select(Department).where(Department.county_code == county_code).order_by(Department.kind, Department.name)
    ).all()


def department_names() -> dict[uuid.UUID, str]:
    return {id_: name for id_, name in db.session.execute(select(Department.id, Department.name))}


def subjects_page(
    visible: ColumnElement[bool],
    *,
    town: str | None = None,
    sector: str | None = None,
    kind: str | None = None,
    text: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[Sequence[Subject], int]:
    """One page of subjects by town and name, and how many there are in all."""
    conditions: list[Any] = [visible]
    if town:
        conditions.append(Subject.town_code == town)
    if sector:
        conditions.append(Subject.id.in_(select(SubjectSector.subject_id).where(SubjectSector.sector == sector)))
    if kind:
        conditions.append(Subject.kind == kind)
    if text:
        conditions.append(
            or_(Subject.name.contains(text, autoescape=True), Subject.initials.contains(text.lower(), autoescape=True))
        )
    total = db.session.scalar(select(func.count()).select_from(Subject).where(*conditions)) or 0
    rows = db.session.scalars(
        select(Subject)
        .where(*conditions)
        .order_by(Subject.town_code, Subject.name, Subject.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    ).all()
    return rows, total


def holidays(county_code: str) -> dict[str, str]:
    """Announced days of a county by ISO date: "off" or "working", as ``forms.deadline_date`` takes them.

    The years that come with the software, and what its office has entered, which counts where the two differ.
    """
    rows = db.session.execute(select(Holiday.day, Holiday.works).where(Holiday.county_code == county_code))
    entered = {day.isoformat(): AnnouncedDay.WORKING if works else AnnouncedDay.OFF for day, works in rows}
    return dict(shipped_holidays()) | entered


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
