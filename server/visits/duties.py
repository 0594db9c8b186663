"""Which visits satisfy which obligations of a subject's duties: the shared rule over stored visits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select

from server.db import db
from server.pairings.duties import Members, PairedDuty
from server.visits.models import Visit, VisitOfficer
from sync.obligations import SpanShares, satisfied_by


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit at the moment at which it counts, with everybody who made it."""

    id: uuid.UUID
    subject_id: uuid.UUID
    counted_at: datetime
    received_at: datetime
    day: date
    clock_wrong: bool
    officers: frozenset[uuid.UUID]


class Ordered(Protocol):
    """What the order of visits needs to know."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def counted_at(self) -> datetime: ...
    @property
    def received_at(self) -> datetime: ...


def visit_order(visit: Ordered) -> tuple[datetime, datetime, str]:
    """Visits in their order: time finished, then time received, then id."""
    return visit.counted_at, visit.received_at, str(visit.id)


def load_visits(subject_ids: Iterable[uuid.UUID], as_of: datetime | None = None) -> dict[uuid.UUID, list[VisitFacts]]:
    """Visits received by an instant (None is now), by subject, in the order of visits."""
    ids = list(subject_ids)
    received = [Visit.received_at <= as_of] if as_of is not None else []
    officers: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for visit_id, user_id in db.session.execute(
        select(VisitOfficer.visit_id, VisitOfficer.user_id)
        .join(Visit, Visit.id == VisitOfficer.visit_id)
        .where(Visit.subject_id.in_(ids), *received)
    ):
        officers[visit_id].append(user_id)
    found: dict[uuid.UUID, list[VisitFacts]] = defaultdict(list)
    rows = db.session.execute(
        select(Visit.id, Visit.subject_id, Visit.counted_at, Visit.received_at, Visit.day, Visit.clock_wrong).where(
            Visit.subject_id.in_(ids), *received
        )
    )
    for row in rows:
        found[row[1]].append(VisitFacts(*row, officers=frozenset(officers[row[0]])))
    for visits in found.values():
        visits.sort(key=visit_order)
    return found


def satisfying_visits(duty: PairedDuty, visits: Sequence[VisitFacts], members: Members, shares: SpanShares) -> list[VisitFacts]:
    """The visits that satisfy obligation 1, 2, 3 … of a duty; ``visits`` in their order.

    A visit counts for the duty when one of its officers belonged to the pairing's group that day.
    """
    counting = [visit for visit in visits if members.has_any(duty.group_id, visit.officers, visit.day)]
    return [counting[index] for index in satisfied_by(duty.duty, [visit.day for visit in counting], shares)]
