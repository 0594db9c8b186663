"""The hazard ledger as a list: filters, orders, and what a line shows; all of it from columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from server import clock
from server.hazards.models import ENDED, HAZARD_TEXT, MAJOR, OPEN, REFUSED_EVENTS, Hazard
from server.paging import Asked, Order, as_indexed, not_by_index, page_of
from server.pairings.visibility import list_scope
from server.permissions import Actor
from server.register.models import Subject
from server.register.store import SUBJECT_TEXT, SubjectLine, subject_lines
from server.search import find, is_few
from server.visits.store import day_start
from server.wiring import wiring
from sync.hazards import is_overdue
from vocabulary import Action, HazardGrade, HazardSource, HazardState

BY_FINDING = Order("hazards.found", (Hazard.found_at, Hazard.id), (datetime, UUID), descending=True)
BY_DEADLINE = Order("hazards.deadline", (Hazard.deadline_order, Hazard.id), (date, UUID))

_COLUMNS: tuple[Any, ...] = (
    Hazard.id, Hazard.number, Hazard.subject_id, Hazard.visit_id, Hazard.item_path, Hazard.sector, Hazard.source, Hazard.state,
    Hazard.grade, Hazard.found_at, Hazard.deadline, Hazard.submitted_at, Hazard.closed_at, Hazard.description, Hazard.spot,
    Hazard.responsible_unit, Hazard.owner_name, Hazard.owner_title, Hazard.returned_count, Hazard.refused_events, Hazard.revision,
)  # fmt: skip

_OPEN, _MAJOR, _REFUSED_EVENTS = (as_indexed(f"hazard.{rule}") for rule in (OPEN, MAJOR, REFUSED_EVENTS))

# Filters with an index of their own in the order of finding, the rarest first.
_INDEXED = ("without_effect", "grade", "source", "state", "sector")


def ledger(filters: Mapping[str, Any], asked: Asked, actor: Actor) -> dict[str, Any]:
    """One page of the ledger as the actor may see it, newest first or by deadline. ``filters`` as in LedgerQuerySchema."""
    today = clock.county_date(clock.now())
    order = BY_DEADLINE if filters["sort"] == "deadline" else BY_FINDING
    scope = list_scope(actor, Action.READ_HAZARDS, Hazard.subject_id)
    hits, few_hits = _search(filters.get("q") or "")
    if scope.few or few_hits or "subject_id" in filters or "visit_id" in filters:
        led_by = {"subject_id", "visit_id"}
    else:
        led_by = {"county", *_leading(filters, order)}
    conditions = [
        (Hazard.county_code if "county" in led_by else not_by_index(Hazard.county_code)) == actor.county_code,
        *scope.conditions,
        *hits,
        *ledger_conditions(filters, today, led_by),
    ]
    page = page_of(select(*_COLUMNS).where(*conditions), order, asked)
    subjects = subject_lines(row.subject_id for row in page.rows)
    photos = wiring().hazard_photos([row.id for row in page.rows])
    lines = page.shown(lambda row: _line(row, subjects[row.subject_id], photos.get(row.id, []), today), lambda row: row.id)
    return page.body(lines)


def ledger_conditions(
    filters: Mapping[str, Any], today: date, led_by: Collection[str] | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on Hazard for the filters that are given, but for the search; also for downloads of the ledger.

    Only what a page is ``led_by`` is looked up in an index; by the others each row is looked at. None: as the database likes.
    """

    def via(name: str, column: Any) -> Any:
        return column if led_by is None or name in led_by else not_by_index(column)

    found: list[ColumnElement[bool]] = []
    if filters.get("state") == "open":
        found.append(_is_open(led_by))
    elif "state" in filters:
        found.append(via("state", Hazard.state) == filters["state"])
    if "overdue" in filters:
        late = via("deadline", Hazard.deadline_order) < today
        found += [late, _is_open(led_by)] if filters["overdue"] else [~and_(late, not_by_index(Hazard.state).not_in(ENDED))]
    if "grade" in filters:
        leads = filters["grade"] == HazardGrade.MAJOR and (led_by is None or "grade" in led_by)
        found.append(_MAJOR if leads else not_by_index(Hazard.grade) == filters["grade"])
    if "without_effect" in filters:
        leads = filters["without_effect"] and (led_by is None or "without_effect" in led_by)
        refused = not_by_index(Hazard.refused_events)
        found.append(_REFUSED_EVENTS if leads else refused > 0 if filters["without_effect"] else refused == 0)
    columns: tuple[tuple[str, Any], ...] = (
        ("source", Hazard.source), ("sector", Hazard.sector), ("subject_id", Hazard.subject_id), ("visit_id", Hazard.visit_id),
    )  # fmt: skip
    for name, column in columns:
        if name in filters:
            found.append(via(name, column) == filters[name])
    for name, column in (("town", Subject.town_code), ("department", Subject.industry_department_id)):
        if name in filters:
            found.append(not_by_index(Hazard.subject_id).in_(select(Subject.id).where(column == filters[name])))
    if "found_from" in filters:
        found.append(via("found", Hazard.found_at) >= day_start(filters["found_from"]))
    if "found_to" in filters:
        found.append(via("found", Hazard.found_at) < day_start(filters["found_to"] + timedelta(days=1)))
    return found


def _leading(filters: Mapping[str, Any], order: Order) -> set[str]:
    is_open = filters.get("state") == "open" or bool(filters.get("overdue"))
    if order is BY_DEADLINE:
        return {"deadline", "open"} if is_open else {"deadline"}
    asked = [name for name in _INDEXED if name in filters and filters[name] not in (False, "open", HazardGrade.GENERAL)]
    if asked:
        return {"found", asked[0]}
    return {"found", "open"} if is_open else {"found"}


def _is_open(led_by: Collection[str] | None) -> ColumnElement[bool]:
    return _OPEN if led_by is None or "open" in led_by else not_by_index(Hazard.state).not_in(ENDED)


def _search(wanted: str) -> tuple[list[ColumnElement[bool]], bool]:
    """Conditions on Hazard, and whether the hazards found are few."""
    if not wanted.strip():
        return [], False
    hits = find(wanted)
    of_subjects = select(Hazard.id).where(Hazard.subject_id.in_(hits.of(SUBJECT_TEXT)))
    if hits.few and is_few(of_subjects):
        return [Hazard.id.in_(union_all(hits.of(HAZARD_TEXT), of_subjects))], True
    here = [
        column.icontains(wanted.strip(), autoescape=True)
        for column in (not_by_index(Hazard.number), not_by_index(Hazard.description), not_by_index(Hazard.spot))
    ]
    in_name = select(Subject.id).where(Subject.name.icontains(wanted.strip(), autoescape=True))
    return [or_(*here, not_by_index(Hazard.subject_id).in_(in_name))], False


def _line(row: Any, subject: SubjectLine, photos: Sequence[dict[str, Any]], today: date) -> dict[str, Any]:
    deadline = row.deadline.isoformat() if row.deadline else None
    return {
        "id": str(row.id),
        "number": row.number,
        "subject_id": str(row.subject_id),
        "subject": subject.body(),
        "visit_id": str(row.visit_id) if row.visit_id else None,
        "item_path": row.item_path,
        "sector": row.sector,
        "source": HazardSource(row.source).value,
        "state": HazardState(row.state).value,
        "grade": HazardGrade(row.grade).value,
        "found_at": clock.isoformat(row.found_at),
        "deadline": deadline,
        "overdue": is_overdue(row.state, deadline, today),
        "submitted_at": clock.isoformat(row.submitted_at),
        "closed_at": clock.isoformat(row.closed_at),
        "description": row.description,
        "spot": row.spot,
        "responsible_unit": row.responsible_unit or None,
        "owner": {"name": row.owner_name, "title": row.owner_title} if row.owner_name or row.owner_title else None,
        "returned_count": row.returned_count,
        "refused_events": row.refused_events,
        "revision": row.revision,
        "photos": list(photos),
    }
