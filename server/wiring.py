"""What one slice offers another from above, as one typed value: `create_app` builds it, and no module fills a list of its own.

Who needs a part of it asks :func:`wiring`; `server/app.py` shows who gives what.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from server.permissions import Actor
from server.prepared import Prepared
from server.records.kinds import Arrival, RecordHandler
from server.shapes import Shape
from server.unit import Unit
from vocabulary import ChangeKind, Periodic, RecordKind, Topic

Bodies = dict[str, Any]


@dataclass(frozen=True)
class FeedKind:
    """How the entities of a kind look to an actor, by id; an id that ``load`` leaves out is gone or no longer theirs.

    ``shape`` is that of the bodies, with the fields of every slice.
    Each of ``extend`` belongs to a later slice and adds its fields to the bodies in place.
    """

    shape: Shape
    load: Callable[[list[str], Actor], Bodies]
    extend: tuple[Callable[[Bodies], None], ...] = ()


@dataclass(frozen=True)
class CompleteVisit:
    """A visit of which every record and photo it announced has arrived.

    ``photos`` are ids; ``arrived_together``: all its records came in one push, so nothing of it was judged without the rest.
    """

    id: uuid.UUID
    subject_id: uuid.UUID
    county_code: str
    photos: tuple[uuid.UUID, ...]
    arrived_together: bool


@dataclass(frozen=True)
class Wiring:
    record_kinds: Mapping[RecordKind, RecordHandler]
    # Who uses ids otherwise than for records (server.records.stored).
    claims: Prepared
    # Completes the visits that a push has made whole; the state of each that is its author's, as a body.
    refresh_visits: Callable[[Arrival], list[dict[str, Any]]]
    # Run in the unit of work that completes visits.
    on_complete: tuple[Callable[[Sequence[CompleteVisit], Unit], None], ...]
    feed_kinds: Mapping[ChangeKind, FeedKind]
    # The photos whose bytes are here, by hazard, as a line of the ledger shows them.
    hazard_photos: Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, list[Bodies]]]
    # What the rules that phone and server share need to know of a county, by its code.
    rule_inputs: Callable[[str], dict[str, Any]]
    # The job of a topic gets the keys that were noted.
    jobs: Mapping[Topic, Callable[[list[str]], None]]
    periodic: Mapping[Periodic, Callable[[datetime], object]]

    def load_bodies(self, kind: ChangeKind, entity_ids: list[str], actor: Actor) -> Bodies:
        """Bodies by entity id as the actor may see them now, with the fields of every slice."""
        return self.extend_bodies(kind, self.feed_kinds[kind].load(entity_ids, actor)) if kind in self.feed_kinds else {}

    def extend_bodies(self, kind: ChangeKind, bodies: Bodies) -> Bodies:
        """The same bodies with the fields that later slices add."""
        for add in self.feed_kinds[kind].extend:
            add(bodies)
        return bodies


def wiring() -> Wiring:
    """The wiring of the current application."""
    wired: Wiring = current_app.extensions["wiring"]
    return wired
