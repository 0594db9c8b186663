"""What a slice says about the kind of record that it owns: how one is read, judged and stored."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.authors import Author
from server.pairings.reach import Reach
from server.problems import FieldError, Refusal
from server.records.stored import Stored
from server.shapes import Shape
from server.unit import Unit
from sync.records import Record
from vocabulary import FaultCode, RecordKind, RecordStatus


@dataclass
class Entry:
    """One record of a push on its way through intake.

    ``reading`` is what its handler has read out of the body, so that nothing is read twice; None when it could not be read.
    """

    record: Record
    status: RecordStatus = RecordStatus.ACCEPTED
    refusal: Refusal | None = None
    reading: Any = None
    received_at: datetime | None = None

    def __post_init__(self) -> None:
        self.id = uuid.UUID(self.record.id)
        self.visit_id = uuid_of(self.record.visit_id)
        self.subject_id = uuid_of(self.record.subject_id)

    @property
    def kind(self) -> RecordKind:
        return self.record.kind

    @property
    def subject(self) -> uuid.UUID:
        """The subject of a record that counts; one without is in quarantine."""
        assert self.subject_id is not None, "read before"
        return self.subject_id

    @property
    def is_kept(self) -> bool:
        """Whether it is stored by this push."""
        return self.status in (RecordStatus.ACCEPTED, RecordStatus.QUARANTINED)

    def quarantine(self, refusal: Refusal) -> None:
        """It is kept whole and counted nowhere, and a person sees why."""
        self.status, self.refusal = RecordStatus.QUARANTINED, refusal

    @property
    def faults(self) -> list[dict[str, Any]]:
        """As they are stored with the record: the first hundred, and how many more there are."""
        if self.refusal is None:
            return []
        faults = [error.body() for error in self.refusal.errors]
        more = self.refusal.error_count - len(faults)
        return [*faults, FieldError("#", FaultCode.MORE_FAULTS, params={"count": more}).body()] if more else faults


@dataclass(frozen=True)
class Arrival:
    """What came in one push and what is known of it, within the open transaction.

    ``entries`` are all records of the push that could be read: what belongs together is found there and not in the database.
    ``stored`` knows every id that the push names.
    """

    entries: Sequence[Entry]
    author: Author
    device_id: str
    stored: Stored
    reach: Reach
    unit: Unit
    # By id of each record whose place a correction has taken, the id of the one that stands (sync.revisions).
    replaced: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def entry(self, record_id: uuid.UUID) -> Entry | None:
        """The record of the push under an id; of two, the first."""
        return next((entry for entry in self.entries if entry.id == record_id), None)

    def accepts(self, record_id: uuid.UUID) -> bool:
        """Whether the record counts since this push."""
        entry = self.entry(record_id)
        return entry is not None and entry.status is RecordStatus.ACCEPTED

    def of(self, kind: RecordKind) -> list[Entry]:
        """The records of this kind that count since this push."""
        return [entry for entry in self.entries if entry.kind is kind and entry.status is RecordStatus.ACCEPTED]


@dataclass(frozen=True)
class RecordHandler:
    """How one kind of record is judged and stored.

    ``shape`` is that of the body: what ``read`` asks for first, and what the OpenAPI document says.
    ``read`` looks at the body alone and answers what it has read; it asks no database but for what never changes.
    ``mentions`` are ids that the body names and that ``check`` and ``store`` need to know about; ``changes`` are those of what
    it changes beside its own visit, which nobody else may change meanwhile.
    ``check`` looks at what else is known. ``read`` and ``check`` raise Refusal for a record that cannot be counted as it is:
    it is kept in quarantine. Of a record under an id that is somebody else's (record-conflict) nothing is kept.
    ``store`` writes what the records say into the unit of work. It runs once for every push, also without records of its kind:
    what it owes to others it finds in the arrival.
    """

    shape: Shape
    read: Callable[[Record], Any]
    mentions: Callable[[Any], Sequence[uuid.UUID]]
    changes: Callable[[Any], Sequence[uuid.UUID]]
    check: Callable[[Entry, Arrival], None]
    store: Callable[[Sequence[Entry], Arrival], None]


def nothing(_reading: Any) -> Sequence[uuid.UUID]:
    """A kind that mentions or changes nothing else."""
    return ()


def uuid_of(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def fault_count(faults: list[dict[str, Any]]) -> int:
    return sum(fault["params"]["count"] if fault["code"] == FaultCode.MORE_FAULTS else 1 for fault in faults)
