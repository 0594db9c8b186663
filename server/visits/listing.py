"""The list of visits: filters, and what a line shows; all of it from columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from server import clock
from server.accounts.names import names_of
from server.paging import Asked, Order, not_by_index, page_of
from server.pairings.visibility import list_scope
from server.permissions import Actor
from server.register.models import Subject
from server.register.store import SubjectLine, subject_lines
from server.visits.models import Visit
from server.visits.states import States
from server.visits.store import day_start
from vocabulary import Action

NEWEST_FIRST = Order("visits", (Visit.finished_at, Visit.id), (datetime, UUID), descending=True)

_COLUMNS: tuple[Any, ...] = (
    Visit.id, Visit.subject_id, Visit.officer_id, Visit.started_at, Visit.finished_at, Visit.received_at, Visit.signature,
    Visit.expected, Visit.complete_at, Visit.receipt_code,
)  # fmt: skip


def visits_list(filters: Mapping[str, Any], asked: Asked, actor: Actor) -> dict[str, Any]:
    """One page of the visits that the actor may see, newest first. ``filters`` as in VisitQuerySchema."""
    scope = list_scope(actor, Action.READ_VISITS, Visit.subject_id)
    is_direct = scope.few or "subject_id" in filters
    county = not_by_index(Visit.county_code) if is_direct else Visit.county_code
    query: Select[Any] = select(*_COLUMNS).where(county == actor.county_code, *scope.conditions)
    if "subject_id" in filters:
        query = query.where(Visit.subject_id == filters["subject_id"])
    if "town" in filters:
        of_town = select(Subject.id).where(Subject.town_code == filters["town"])
        query = query.where(not_by_index(Visit.subject_id).in_(of_town))
    if "date_from" in filters:
        query = query.where(Visit.finished_at >= day_start(filters["date_from"]))
    if "date_to" in filters:
        query = query.where(Visit.finished_at < day_start(filters["date_to"] + timedelta(days=1)))
    page = page_of(query, NEWEST_FIRST, asked)
    states = States(page.rows)
    subjects, officers = subject_lines(row.subject_id for row in page.rows), names_of(row.officer_id for row in page.rows)
    lines = page.shown(lambda row: _line(row, states, subjects[row.subject_id], officers.get(row.officer_id)), lambda row: row.id)
    return page.body(lines)


def _line(row: Any, states: States, subject: SubjectLine, officer: str | None) -> dict[str, Any]:
    return states.body(row) | {
        "subject_id": str(row.subject_id),
        "subject_name": subject.name,
        "town_code": subject.town_code,
        "officer_name": officer,
        "started_at": clock.isoformat(row.started_at),
        "finished_at": clock.isoformat(row.finished_at),
        "received_at": clock.isoformat(row.received_at),
        "signature": {"kind": row.signature.get("kind"), "reason": row.signature.get("reason")},
        "photos_expected": len(row.expected["photos"]),
        "records_expected": len(row.expected["records"]),
    }
