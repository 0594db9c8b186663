"""Folding stored events into the ledger row of a hazard."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from server.changes import record_changes
from server.checklists.service import sectors_of
from server.db import db, lock_ids
from server.hazards.models import Hazard, HazardEvent
from server.register.models import SubjectSector
from server.work.outbox import note
from server.work.topics import Topic
from sync.hazards import Hazard as Folded
from sync.hazards import fold_hazard
from sync.times import parse_date, parse_time


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
    folded_by_id = {id_: fold_hazard(fold_input(row) for row in rows) for id_, rows in events.items()}
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
        record_changes("hazard", county_code, [(hazard.id, hazard.subject_id) for hazard in here])
    return changed


def fold_input(event: HazardEvent) -> dict[str, Any]:
    return {**event.body, "id": str(event.id)}


def hazard_number(hazard_id: uuid.UUID, found_at: datetime) -> str:
    """A number people can read out, the same wherever it is computed: year of the finding and eight digits of the id."""
    return f"{found_at:%Y}-{hazard_id.hex[:8].upper()}"


def _write(hazard: Hazard, folded: Folded, rows: list[HazardEvent]) -> None:
    document = folded.as_document()
    found_at = parse_time(folded.found_at)
    hazard.number = hazard_number(hazard.id, found_at)
    hazard.visit_id = next((row.visit_id for row in rows if row.kind in {"found", "item_failed"}), None)
    hazard.submission_id = uuid.UUID(folded.submission_id) if folded.submission_id else None
    hazard.item_path = folded.item_path
    hazard.checklist_id = folded.checklist_id
    hazard.source = folded.source or "pairing_visit"
    hazard.state = folded.state.value
    hazard.grade = folded.grade
    hazard.found_at = found_at
    hazard.deadline = parse_date(folded.deadline) if folded.deadline else None
    hazard.submitted_at = parse_time(folded.submitted_at) if folded.submitted_at else None
    hazard.closed_at = parse_time(folded.closed_at) if folded.closed_at else None
    hazard.description = folded.description or ""
    hazard.spot = folded.spot or ""
    hazard.responsible_unit = folded.responsible_unit or ""
    hazard.returned_count = folded.returned_count
    hazard.projection = document
    hazard.revision += 1


def _main_sectors(hazards: Iterable[Folded | None]) -> dict[str, str | None]:
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
