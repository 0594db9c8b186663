"""Folding stored events into the ledger row of a hazard."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select, update

from server.checklists.models import ChecklistVersion
from server.db import db, lock_ids, session_link, transaction
from server.hazards.models import HAZARD_TEXT, Hazard, HazardEvent
from server.hazards.rules import time_doubt
from server.prepared import Among, Link, Prepared, insertion
from server.records.models import Record
from server.records.parts import LARGEST_OFFSET_MS
from server.register.models import SubjectSector
from server.search import WRITE_TEXT, searchable
from server.unit import Unit
from server.visits.models import Visit
from sync.duties import DUTY_REFUSALS
from sync.hazards import RULES_VERSION, fold_hazard
from sync.hazards import Hazard as Folded
from sync.times import format_time, parse_date, parse_time, shanghai_date
from vocabulary import (
    AuthorKind,
    Capacity,
    ChangeKind,
    HazardEventKind,
    HazardSource,
    HazardState,
    TimeDoubt,
    Topic,
)

_event, _hazard, _visit, _record = (table.__table__.c for table in (HazardEvent, Hazard, Visit, Record))
_sector, _version = SubjectSector.__table__.c, ChecklistVersion.__table__.c
_EVENTS = Prepared(
    select(
        _event.id, _event.county_code, _event.hazard_id, _event.kind, _event.at, _event.counted_at, _event.author_kind,
        _event.author_id, _event.author_link_id, _event.visit_id, _event.body, _event.received_at, _event.capacity,
        _event.desk_sequence, _hazard.revision,
    )
    .select_from(HazardEvent.__table__)
    .outerjoin(Hazard.__table__, _hazard.id == _event.hazard_id)
    .where(Among(_event.hazard_id, "ids"))
)  # fmt: skip
_SPANS = Prepared(
    select(_visit.id, _visit.started_at, _visit.finished_at, _visit.received_at, _record.body)
    .select_from(Visit.__table__)
    .join(Record.__table__, _record.id == _visit.id)
    .where(Among(_visit.id, "ids"))
)
_MAIN_SECTORS = Prepared(
    select(_sector.subject_id, _sector.sector).where(and_(Among(_sector.subject_id, "ids"), _sector.position == 0))
)
_SECTORS_OF_CHECKLISTS = Prepared(
    select(_version.checklist_id, _version.sector).where(and_(Among(_version.checklist_id, "ids"), _version.is_current))
)
_FIXED = ("id", "county_code", "subject_id")
_ADD_EVENT = insertion(HazardEvent.__table__)
_ADD_HAZARD = insertion(Hazard.__table__)
_CHANGE_HAZARD = Prepared(
    update(Hazard.__table__)
    .where(_hazard.id == bindparam("key"))
    .values({column.name: bindparam(column.name, required=True) for column in _hazard if column.name not in _FIXED})
)


class Event(NamedTuple):
    """A row of an event, stored or about to be."""

    id: uuid.UUID
    county_code: str
    hazard_id: uuid.UUID
    kind: HazardEventKind
    at: datetime
    counted_at: datetime
    author_kind: AuthorKind
    author_id: uuid.UUID | None
    author_link_id: uuid.UUID | None
    visit_id: uuid.UUID | None
    body: Mapping[str, Any]
    received_at: datetime
    capacity: Capacity | None
    desk_sequence: int | None = None


@dataclass(frozen=True, slots=True)
class VisitSpan:
    """When a visit was made, by the clock of its phone, and by how much the server's was ahead of that."""

    started_at: datetime
    finished_at: datetime
    clock_offset: timedelta | None


_AT_ONCE = 500
NO_VISITS: Mapping[uuid.UUID, VisitSpan] = MappingProxyType({})


class Ledger:
    """Some hazards with all their events, stored ones and those that a unit of work adds; folded once, at its end.

    ``visits`` and ``sectors`` (of checklists and of subjects, by id) are what the unit knows already; what else the fold needs
    is asked for.
    """

    def __init__(
        self,
        unit: Unit,
        hazard_ids: Collection[uuid.UUID],
        visits: Mapping[uuid.UUID, VisitSpan] = NO_VISITS,
        sectors: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        self._unit = unit
        self._visits = visits
        self._sectors = dict(sectors)
        self._events: dict[uuid.UUID, list[Event]] = {}
        self._revisions: dict[uuid.UUID, int] = {}
        self._added: list[Event] = []
        for *values, revision in _EVENTS.rows(unit.link, ids=hazard_ids) if hazard_ids else ():
            event = Event(*values)
            self._events.setdefault(event.hazard_id, []).append(event)
            if revision is not None:
                self._revisions[event.hazard_id] = revision

    def knows(self, hazard_id: uuid.UUID) -> bool:
        """Whether anything has happened to the hazard."""
        return hazard_id in self._events

    def events_of(self, hazard_id: uuid.UUID) -> list[Event]:
        return self._events.get(hazard_id, [])

    def add(self, event: Event) -> None:
        self._events.setdefault(event.hazard_id, []).append(event)
        self._added.append(event)

    def fold(self) -> None:
        """Writes the hazards' rows anew, and notes what depends on them."""
        unit = self._unit
        unit.add(_ADD_EVENT, [event._asdict() for event in self._added])
        visits = {**self._visits} | _visits_of(unit.link, self._visit_ids())
        folded: list[tuple[uuid.UUID, Folded]] = []
        for hazard_id, events in self._events.items():
            hazard = fold_hazard(fold_input(event, visits) for event in events)
            # An event may overtake the finding on its way here; the hazard appears when the finding arrives.
            if hazard is not None:
                folded.append((hazard_id, hazard))
        self._ask_sectors(hazard for _, hazard in folded)
        for hazard_id, hazard in folded:
            row = self._row(hazard_id, hazard)
            known = hazard_id in self._revisions
            unit.add(_CHANGE_HAZARD if known else _ADD_HAZARD, [row | {"key": hazard_id} if known else row])
            unit.note(Topic.REFRESH_SUBJECT, row["county_code"], [row["subject_id"]])
            unit.tell(ChangeKind.HAZARD, row["county_code"], [(hazard_id, row["subject_id"])])
            words = searchable(row["number"], row["description"], row["spot"])
            text = {"kind": HAZARD_TEXT, "county_code": row["county_code"], "entity_id": hazard_id, "text": words}
            unit.add(WRITE_TEXT, [text])

    def _visit_ids(self) -> set[uuid.UUID]:
        named = {event.visit_id for events in self._events.values() for event in events if event.visit_id is not None}
        return named - self._visits.keys()

    def _ask_sectors(self, hazards: Iterable[Folded]) -> None:
        """The sector by checklist id and, for findings without a checklist that has one, by subject id."""
        asked = list(hazards)
        checklists = {hazard.checklist_id for hazard in asked if hazard.checklist_id} - self._sectors.keys()
        if checklists:
            self._sectors |= dict(_SECTORS_OF_CHECKLISTS.rows(self._unit.link, ids=list(checklists)))
        subjects = {hazard.subject_id for hazard in asked if hazard.subject_id} - self._sectors.keys()
        if subjects:
            rows = _MAIN_SECTORS.rows(self._unit.link, ids=[uuid.UUID(id_) for id_ in subjects])
            self._sectors |= {str(subject_id): sector for subject_id, sector in rows}

    def _row(self, hazard_id: uuid.UUID, folded: Folded) -> dict[str, Any]:
        events = sorted(self._events[hazard_id])
        found_at = parse_time(folded.found_at)
        found_by = next(event for event in events if event.kind in _FINDINGS)
        return {
            "id": hazard_id,
            "county_code": found_by.county_code,
            "subject_id": uuid.UUID(folded.subject_id),
            "number": hazard_number(hazard_id, found_at),
            "visit_id": found_by.visit_id,
            "submission_id": uuid.UUID(folded.submission_id) if folded.submission_id else None,
            "item_path": folded.item_path,
            "checklist_id": folded.checklist_id,
            "sector": self._sectors.get(folded.checklist_id or "") or self._sectors.get(folded.subject_id or ""),
            "source": folded.source or HazardSource.PAIRING_VISIT,
            "state": folded.state,
            "grade": folded.grade,
            "found_at": found_at,
            **(counted := counted_columns(folded)),
            "deadline_order": counted["deadline"] or date.max,
            "submitted_at": parse_time(folded.submitted_at) if folded.submitted_at else None,
            "closed_at": parse_time(folded.closed_at) if folded.closed_at else None,
            "known_at": max(event.received_at for event in events),
            "rules_version": RULES_VERSION,
            "description": folded.description or "",
            "spot": folded.spot or "",
            "responsible_unit": folded.responsible_unit or "",
            "owner_name": str((folded.owner or {}).get("name") or "")[:80],
            "owner_title": str((folded.owner or {}).get("title") or "")[:80],
            "returned_count": folded.returned_count,
            "refused_events": sum(entry["reason"] in DUTY_REFUSALS for entry in folded.ineffective),
            "projection": folded.as_document(),
            "revision": self._revisions.get(hazard_id, 0) + 1,
        }


_FINDINGS = (HazardEventKind.FOUND, HazardEventKind.ITEM_FAILED)


def project(hazard_ids: Collection[uuid.UUID], now: datetime) -> None:
    """Folds these hazards again in the open transaction of the session. Whoever calls this has locked them."""
    db.session.flush()
    unit = Unit(session_link(), now)
    Ledger(unit, hazard_ids).fold()
    unit.write()


def fold_again(now: datetime) -> int:
    """Folds the hazards again that other rules of the fold made; returns how many. Safe to run again, and at any time."""
    done = 0
    while True:
        with transaction() as session:
            older = select(Hazard.id).where(Hazard.rules_version < RULES_VERSION).order_by(Hazard.id).limit(_AT_ONCE)
            ids = session.scalars(older).all()
            lock_ids(ids)
            project(ids, now)
        if not ids:
            return done
        done += len(ids)


def fold_input(event: Event | HazardEvent, visits: Mapping[uuid.UUID, VisitSpan] = NO_VISITS) -> dict[str, Any]:
    """An event as the fold takes it: what its author said, and what the server knows of it. Nothing that a phone writes under
    the names of the latter is believed."""
    said = {key: value for key, value in event.body.items() if key not in {"by", "time_doubt"}}
    known: dict[str, Any] = {"id": str(event.id)}
    if event.counted_at != event.at:
        known["at"] = format_time(event.counted_at)
    if event.capacity is not None:
        known["by"] = {"id": str(event.author_link_id or event.author_id or event.author_kind), "capacity": event.capacity}
        doubt = _doubt(event, visits.get(event.visit_id) if event.visit_id else None)
        if doubt is not None:
            known["time_doubt"] = doubt.value
        if doubt is TimeDoubt.AFTER_RECEIPT:
            # It happened before it was received; nothing that was done since waits for its clock.
            known["at"] = format_time(event.received_at)
    return said | known


def _doubt(event: Event | HazardEvent, visit: VisitSpan | None) -> TimeDoubt | None:
    if event.desk_sequence is not None or event.capacity == Capacity.SERVICE or event.counted_at != event.at:
        return None
    if event.visit_id is not None and visit is None:
        # The visit is still on its way; when it is complete the hazard is folded again.
        return time_doubt(event.at, event.received_at, (event.at, event.at), None)
    span = (visit.started_at, visit.finished_at) if visit is not None else None
    return time_doubt(event.at, event.received_at, span, visit.clock_offset if visit is not None else None)


def fold_inputs(events: Sequence[HazardEvent], as_of: datetime | None = None) -> list[dict[str, Any]]:
    """The events of one hazard as the fold takes them, beside the visits that were known at an instant; None is now."""
    visits = _visits_of(session_link(), {event.visit_id for event in events if event.visit_id is not None}, as_of)
    return [fold_input(event, visits) for event in events]


def _visits_of(link: Link, visit_ids: Collection[uuid.UUID], as_of: datetime | None = None) -> dict[uuid.UUID, VisitSpan]:
    rows = _SPANS.rows(link, ids=visit_ids) if visit_ids else ()
    return {
        id_: VisitSpan(started, finished, clock_offset(body))
        for id_, started, finished, received_at, body in rows
        if as_of is None or received_at <= as_of
    }


def clock_offset(visit_body: Mapping[str, Any]) -> timedelta | None:
    """By how much the server's clock was ahead of the phone's, as the phone measured it."""
    facts = visit_body.get("clock")
    offset_ms = facts.get("server_offset_ms") if isinstance(facts, Mapping) else None
    if not isinstance(offset_ms, (int, float)) or isinstance(offset_ms, bool) or abs(offset_ms) > LARGEST_OFFSET_MS:
        return None
    return timedelta(milliseconds=offset_ms)


def counted_columns(folded: Folded) -> dict[str, Any]:
    """What figures need of a folded hazard, by column of its row: days of the county's calendar, and whose it is."""
    found_on = shanghai_date(parse_time(folded.found_at))
    is_closed = folded.state is HazardState.CLOSED
    closed_at = folded.closed_at if is_closed else None
    return {
        "found_on": found_on,
        "deadline": _date(folded.deadline),
        "original_deadline": _date(folded.original_deadline),
        "submitted_on": _day_of(folded.submitted_at) if is_closed else None,
        "deadline_then": _date(folded.deadline_at_submission) if is_closed else None,
        # A phone's clock may be off by hours: what was closed had been found.
        "closed_on": max(shanghai_date(parse_time(closed_at)), found_on) if closed_at else None,
        "department_id": uuid.UUID(folded.department_id) if folded.department_id else None,
        "merged_into": uuid.UUID(folded.merged_into) if folded.merged_into else None,
        "in_doubt": folded.submission_in_doubt,
    }


def hazard_number(hazard_id: uuid.UUID, found_at: datetime) -> str:
    """A number people can read out, the same wherever it is computed: year of the finding and eight digits of the id."""
    return f"{found_at:%Y}-{hazard_id.hex[:8].upper()}"


def _date(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _day_of(moment: str | None) -> date | None:
    return shanghai_date(parse_time(moment)) if moment else None
