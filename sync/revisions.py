"""Records that correct other ones: which of a chain stands. Pure; the phone asks the server."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Revision:
    """One record of a chain. ``fits``: it can be counted; one that cannot is kept and takes the place of nothing.

    ``about`` is what the record is about (its subject and visit): a correction reaches no further.
    """

    id: uuid.UUID
    revises: uuid.UUID | None
    fits: bool
    about: Hashable


def replaced(records: Iterable[Revision]) -> dict[uuid.UUID, uuid.UUID]:
    """By id of each record whose place another one has taken, the id of that one: the nearest of its corrections that fits.

    A correction of a correction takes the place of both, also where the one between does not fit. Records that correct each
    other in a circle correct nothing; of two equally near corrections the one with the lower id is named.
    """
    known = {record.id: record for record in records}
    corrections: dict[uuid.UUID, list[Revision]] = {}
    for record in known.values():
        before = known.get(record.revises) if record.revises else None
        if before is not None and before.about == record.about and not _leads_back(record, known):
            corrections.setdefault(before.id, []).append(record)
    found = {}
    for record in known.values():
        nearest = _nearest(record.id, corrections)
        if nearest is not None:
            found[record.id] = nearest
    return found


def _nearest(record_id: uuid.UUID, corrections: Mapping[uuid.UUID, list[Revision]]) -> uuid.UUID | None:
    level = corrections.get(record_id, [])
    while level:
        fitting = [record.id for record in level if record.fits]
        if fitting:
            return min(fitting)
        level = [later for record in level for later in corrections.get(record.id, [])]
    return None


def _leads_back(record: Revision, known: Mapping[uuid.UUID, Revision]) -> bool:
    seen: set[uuid.UUID] = set()
    step = record.revises
    while step is not None and step in known and step not in seen:
        if step == record.id:
            return True
        seen.add(step)
        step = known[step].revises
    return False
