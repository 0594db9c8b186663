"""What a slice says about the kind of record that it owns: how one is judged and how a batch of them is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.permissions import Actor
from server.problems import FieldError, Refusal
from sync.records import Record
from vocabulary import FaultCode


@dataclass(frozen=True)
class Quarantine:
    """The record can be read but does not fit its checklist: it is kept whole and counted nowhere."""

    refusal: Refusal

    @property
    def faults(self) -> list[dict[str, Any]]:
        """As they are stored with the record: the first hundred, and how many more there are."""
        faults = [error.body() for error in self.refusal.errors]
        more = self.refusal.error_count - len(faults)
        return [*faults, FieldError("#", FaultCode.MORE_FAULTS, params={"count": more}).body()] if more else faults


def fault_count(faults: list[dict[str, Any]]) -> int:
    return sum(fault["params"]["count"] if fault["code"] == FaultCode.MORE_FAULTS else 1 for fault in faults)


@dataclass(frozen=True)
class RecordHandler:
    """How one kind of record is judged and stored.

    ``check`` may raise Refusal, or return a Quarantine; it changes nothing. ``store`` gets the records of a batch that were
    accepted, in the open transaction.
    """

    check: Callable[[Record, Actor], Quarantine | None]
    store: Callable[[list[Record], Actor, datetime], None]
