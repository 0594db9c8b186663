"""Queries over the hazard ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from server.db import db
from server.hazards.models import Hazard, HazardEvent
from server.register.models import Subject
from server.visits.store import day_start
from vocabulary import HazardState

ENDED = (HazardState.CLOSED, HazardState.VOIDED)


def is_overdue(today: date) -> ColumnElement[bool]:
    """The SQL twin of ``sync.hazards.is_overdue``: the deadline day itself is not overdue."""
    return and_(Hazard.deadline < today, Hazard.state.not_in(ENDED))


def ledger_page(
    visible: ColumnElement[bool], filters: Mapping[str, Any], today: date, *, page: int, page_size: int
) -> tuple[Sequence[Any], int]:
    """One page of (Hazard, Subject) and how many there are. ``filters`` as in LedgerQuerySchema."""
    conditions = [visible, *ledger_conditions(filters, today)]
    joined = select(Hazard, Subject).join(Subject, Subject.id == Hazard.subject_id).where(*conditions)
    total = (
        db.session.scalar(
            select(func.count()).select_from(Hazard).join(Subject, Subject.id == Hazard.subject_id).where(*conditions)
        )
        or 0
    )
    order = (
        (Hazard.deadline.asc().nulls_last(), Hazard.id)
        if filters.get("sort") == "deadline"
        else (Hazard.found_at.desc(), Hazard.id)
    )
    rows = db.session.execute(joined.order_by(*order).limit(page_size).offset((page - 1) * page_size)).all()
    return rows, total


def ledger_conditions(filters: Mapping[str, Any], today: date) -> list[ColumnElement[bool]]:
    """Conditions on Hazard and Subject for the filters that are given; also used by downloads of the ledger."""
    found: list[ColumnElement[bool]] = []
    if "state" in filters:
        open_ = Hazard.state.not_in(ENDED)
        found.append(open_ if filters["state"] == "open" else Hazard.state == filters["state"])
    for name, column in (
        ("grade", Hazard.grade),
        ("source", Hazard.source),
        ("sector", Hazard.sector),
        ("subject_id", Hazard.subject_id),
        ("visit_id", Hazard.visit_id),
        ("town", Subject.town_code),
        ("department", Subject.industry_department_id),
    ):
        if name in filters:
            found.append(column == filters[name])
    if "overdue" in filters:
        overdue = is_overdue(today)
        found.append(overdue if filters["overdue"] else ~func.coalesce(overdue, False))
    if "without_effect" in filters:
        found.append(Hazard.refused_events > 0 if filters["without_effect"] else Hazard.refused_events == 0)
    if "found_from" in filters:
        found.append(Hazard.found_at >= day_start(filters["found_from"]))
    if "found_to" in filters:
        found.append(Hazard.found_at < day_start(filters["found_to"] + timedelta(days=1)))
    if filters.get("q"):
        text = filters["q"]
        found.append(
            or_(
                Hazard.number.contains(text.upper(), autoescape=True),
                Hazard.description.contains(text, autoescape=True),
                Hazard.spot.contains(text, autoescape=True),
                Subject.name.contains(text, autoescape=True),
            )
        )
    return found


def open_counts(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        select(Hazard.subject_id, func.count())
        .where(Hazard.subject_id.in_(list(subject_ids)), Hazard.state.not_in(ENDED))
        .group_by(Hazard.subject_id)
    )
    return {subject_id: count for subject_id, count in rows}


def events_of(hazard_id: uuid.UUID) -> Sequence[HazardEvent]:
    return db.session.scalars(
        select(HazardEvent).where(HazardEvent.hazard_id == hazard_id).order_by(HazardEvent.at, HazardEvent.id)
    ).all()
