"""Folding stored events into the ledger row of a hazard."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from server.changes import record_changes
from server.checklists.service import sectors_of
from server.db import db, lock_ids, transaction
from server.hazards.models import HAZARD_TEXT, Hazard, HazardEvent
from server.hazards.rules import time_doubt
from server.records.models import Record
from server.records.parts import LARGEST_OFFSET_MS
from server.register.models import SubjectSector
from server.search import searchable, write_texts
from server.visits.models import Visit
from server.work.outbox import note
from sync.duties import DUTY_REFUSALS
from sync.hazards import RULES_VERSION, fold_hazard
from sync.hazards import Hazard as Folded
from sync.times import format_time, parse_date, parse_time, shanghai_date
from vocabulary import (
    Capacity,
    ChangeKind,
    HazardEventKind,
    HazardGrade,
    HazardSource,
    HazardState,
    Sector,
    TimeDoubt,
    Topic,
)


@dataclass(frozen=True, slots=True)
class VisitSpan:
    """When a visit was made, by the clock of its phone, and by how much the server's was ahead of that."""

    started_at: datetime
    finished_at: datetime
    clock_offset: timedelta | None


_AT_ONCE = 500
NO_VISITS: Mapping[uuid.UUID, VisitSpan] = MappingProxyType({})


def project(hazard_ids: Iterable[uuid.UUID], now: datetime) -> list[Hazard]:
    """Folds these hazards again from all their events, in the open transaction, and notes what depends on them."""
    ids = list(dict.fromkeys(hazard_ids))
    # Two people may act on a hazard at once; the later one folds both acts.
    lock_ids(ids)
    events: dict[uuid.UUID, list[HazardEvent]] = {id_: [] for id_ in ids}
    for event in db.session.scalars(select(HazardEvent).where(HazardEvent.hazard_id.in_(ids)).order_by(HazardEvent.id)):
        events[event.hazard_id].append(event)
    stored = select(Hazard).where(Hazard.id.in_(ids)).execution_options(populate_existing=True)
    known = {hazard.id: hazard for hazard in db.session.scalars(stored)}
    spans = _visits_of(row.visit_id for rows in events.values() for row in rows)
    folded_by_id = {id_: fold_hazard(fold_input(row, spans) for row in rows) for id_, rows in events.items()}
    sectors = _main_sectors(folded_by_id.values())
    changed = []
    for hazard_id, rows in events.items():
        folded = folded_by_id[hazard_id]
        if folded is None:
            # An event overtook the finding on its way here; the hazard appears when the finding arrives.
            continue
        hazard = known.get(hazard_id)
        if hazard is None:
            hazard = Hazard(id=hazard_id, county_code=rows[0].county_code, subject_id=uuid.UUID(folded.subject_id), revision=0)
        _write(hazard, folded, rows)
        hazard.sector = sectors.get(str(folded.checklist_id)) or sectors.get(str(folded.subject_id))
        db.session.add(hazard)
        changed.append(hazard)
    for county_code in {hazard.county_code for hazard in changed}:
        here = [hazard for hazard in changed if hazard.county_code == county_code]
        note(Topic.REFRESH_SUBJECT, county_code, [hazard.subject_id for hazard in here])
        record_changes(ChangeKind.HAZARD, county_code, [(hazard.id, hazard.subject_id) for hazard in here])
        texts = {hazard.id: searchable(hazard.number, hazard.description, hazard.spot) for hazard in here}
        write_texts(db.session.connection(), HAZARD_TEXT, county_code, texts)
    return changed


def fold_again(now: datetime) -> int:
    """Folds the hazards again that other rules of the fold made; returns how many. Safe to run again, and at any time."""
    done = 0
    while True:
        with transaction() as session:
            older = select(Hazard.id).where(Hazard.rules_version < RULES_VERSION).order_by(Hazard.id).limit(_AT_ONCE)
            ids = session.scalars(older).all()
            project(ids, now)
        if not ids:
            return done
        done += len(ids)


def fold_input(event: HazardEvent, visits: Mapping[uuid.UUID, VisitSpan] = NO_VISITS) -> dict[str, Any]:
    """An event as the fold takes it: what its author said, and what the server knows of it. Nothing that a phone writes under
    the names of the latter is believed."""
    said = {key: value for key, value in event.body.items() if key not in {"by", "time_doubt"}}
    known: dict[str, Any] = {"id": str(event.id)}
    if event.counted_at != event.at:
        known["at"] = format_time(event.counted_at)
    if event.capacity is not None:
        known["by"] = {"id": str(event.author_id), "capacity": event.capacity}
        doubt = _doubt(event, visits.get(event.visit_id) if event.visit_id else None)
        if doubt is not None:
            known["time_doubt"] = doubt.value
        if doubt is TimeDoubt.AFTER_RECEIPT:
            # It happened before it was received; nothing that was done since waits for its clock.
            known["at"] = format_time(event.received_at)
    return said | known


def fold_inputs(events: Sequence[HazardEvent], as_of: datetime | None = None) -> list[dict[str, Any]]:
    """The events of one hazard as the fold takes them, beside the visits that were known at an instant; None is now."""
    visits = _visits_of((event.visit_id for event in events), as_of)
    return [fold_input(event, visits) for event in events]


def _doubt(event: HazardEvent, visit: VisitSpan | None) -> TimeDoubt | None:
    if event.desk_sequence is not None or event.capacity == Capacity.SERVICE or event.counted_at != event.at:
        return None
    if event.visit_id is not None and visit is None:
        # The visit is still on its way; when it is complete the hazard is folded again.
        return time_doubt(event.at, event.received_at, (event.at, event.at), None)
    span = (visit.started_at, visit.finished_at) if visit is not None else None
    return time_doubt(event.at, event.received_at, span, visit.clock_offset if visit is not None else None)


def _visits_of(visit_ids: Iterable[uuid.UUID | None], as_of: datetime | None = None) -> Mapping[uuid.UUID, VisitSpan]:
    ids = {visit_id for visit_id in visit_ids if visit_id is not None}
    if not ids:
        return NO_VISITS
    rows = db.session.execute(
        select(Visit.id, Visit.started_at, Visit.finished_at, Record.body["clock"])
        .outerjoin(Record, Record.id == Visit.id)
        .where(Visit.id.in_(ids), *([Visit.received_at <= as_of] if as_of is not None else []))
    )
    return {id_: VisitSpan(started, finished, clock_offset(facts)) for id_, started, finished, facts in rows}


def clock_offset(facts: Any) -> timedelta | None:
    """By how much the server's clock was ahead of the phone's, as the phone measured it."""
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


def _write(hazard: Hazard, folded: Folded, rows: list[HazardEvent]) -> None:
    document = folded.as_document()
    found_at = parse_time(folded.found_at)
    hazard.number = hazard_number(hazard.id, found_at)
    hazard.visit_id = next(
        (row.visit_id for row in rows if row.kind in {HazardEventKind.FOUND, HazardEventKind.ITEM_FAILED}), None
    )
    hazard.submission_id = uuid.UUID(folded.submission_id) if folded.submission_id else None
    hazard.item_path = folded.item_path
    hazard.checklist_id = folded.checklist_id
    hazard.source = HazardSource(folded.source or HazardSource.PAIRING_VISIT)
    hazard.state = folded.state
    hazard.grade = HazardGrade(folded.grade)
    hazard.found_at = found_at
    for name, value in counted_columns(folded).items():
        setattr(hazard, name, value)
    hazard.deadline_order = hazard.deadline or date.max
    hazard.submitted_at = parse_time(folded.submitted_at) if folded.submitted_at else None
    hazard.closed_at = parse_time(folded.closed_at) if folded.closed_at else None
    hazard.known_at = max(row.received_at for row in rows)
    hazard.rules_version = RULES_VERSION
    hazard.description = folded.description or ""
    hazard.spot = folded.spot or ""
    hazard.responsible_unit = folded.responsible_unit or ""
    hazard.owner_name, hazard.owner_title = (str((folded.owner or {}).get(key) or "")[:80] for key in ("name", "title"))
    hazard.returned_count = folded.returned_count
    hazard.refused_events = sum(entry["reason"] in DUTY_REFUSALS for entry in folded.ineffective)
    hazard.projection = document
    hazard.revision += 1


def _date(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _day_of(moment: str | None) -> date | None:
    return shanghai_date(parse_time(moment)) if moment else None


def _main_sectors(hazards: Iterable[Folded | None]) -> dict[str, Sector | None]:
    """The sector by checklist id and, for findings without a checklist that has one, by subject id."""
    present = [hazard for hazard in hazards if hazard is not None]
    found = sectors_of(hazard.checklist_id for hazard in present)
    subjects = {uuid.UUID(hazard.subject_id) for hazard in present if hazard.subject_id}
    rows = db.session.execute(
        select(SubjectSector.subject_id, SubjectSector.sector).where(
            SubjectSector.subject_id.in_(subjects), SubjectSector.position == 0
        )
    )
    return found | {str(subject): sector for subject, sector in rows}
