"""Queries over the hazard ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from server.db import db
from server.hazards.models import OPEN, Hazard, HazardEvent
from server.paging import as_indexed


def open_counts(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        select(Hazard.subject_id, func.count())
        .where(Hazard.subject_id.in_(list(subject_ids)), as_indexed(OPEN))
        .group_by(Hazard.subject_id)
    )
    return {subject_id: count for subject_id, count in rows}


def events_of(hazard_id: uuid.UUID) -> Sequence[HazardEvent]:
    return db.session.scalars(
        select(HazardEvent).where(HazardEvent.hazard_id == hazard_id).order_by(HazardEvent.at, HazardEvent.id)
    ).all()
