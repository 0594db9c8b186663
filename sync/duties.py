"""Duties apart: who may do what to a hazard, and what each act must say. The table is sync/duties.json.

Whoever reports a rectification does not accept it; a major hazard is accepted by someone who supervises. What is fixed on the
spot is the one exception. Mirrored by client/src/sync/duties.ts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vocabulary import Capacity, HazardEventKind, HazardGrade, Ineffective, PhotoRole

_ACTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("duties.json").read_text("utf-8"))["acts"]
DUTY_REFUSALS = (Ineffective.NOT_THEIR_DUTY, Ineffective.NEEDS_SUPERVISOR, Ineffective.OWN_RECTIFICATION)
# Photos of a finding that do not show how it was found.
_NOT_BEFORE = (PhotoRole.AFTER, PhotoRole.SIGNATURE, PhotoRole.PAPER)


@dataclass(frozen=True, slots=True)
class Author:
    """Who did something: an id that tells people apart, and as whom they acted."""

    id: str
    capacity: Capacity


def act_of(event: Mapping[str, Any]) -> str:
    """The row of the table that an event belongs to: its kind, for a re-check with its result."""
    kind = str(event.get("kind"))
    return f"{kind}.{event.get('result')}" if kind == HazardEventKind.RECHECKED else kind


def duty_refusal(act: str, author: Author, *, grade: str, reporter_id: str | None) -> Ineffective | None:
    """Why the act is not the author's; None when it is. ``reporter_id``: who reported the rectification that is in force.

    Source: vectors in tests/vectors/sync/duties.json; also client/src/sync/duties.ts.
    """
    row = _ACTS[act]
    allowed = row.get("major_by", row["by"]) if grade == HazardGrade.MAJOR else row["by"]
    if author.capacity not in allowed:
        return Ineffective.NEEDS_SUPERVISOR if allowed == [Capacity.SUPERVISOR] else Ineffective.NOT_THEIR_DUTY
    if row.get("apart_from_reporter") and author.id == reporter_id:
        return Ineffective.OWN_RECTIFICATION
    return None


def closes_on_spot(found: Mapping[str, Any]) -> bool:
    """Whether a finding that was fixed on the spot is closed by it: a general hazard, shown before and after, or with the
    reason why it could not be photographed."""
    if found.get("fixed_on_spot") is not True or (found.get("grade") or HazardGrade.GENERAL) != HazardGrade.GENERAL:
        return False
    roles = [photo.get("role") for photo in found.get("photos") or []]
    shown = PhotoRole.AFTER in roles and any(role not in _NOT_BEFORE for role in roles)
    return shown or not _is_blank(found.get("no_photo_reason"))


def unsaid(event: Mapping[str, Any]) -> list[str]:
    """What the act must say and does not, by key; of two that are as good as each other, the last. None of an unknown act."""
    wanted = _ACTS.get(act_of(event), {}).get("must_say", ())
    return [names.split("|")[-1] for names in wanted if all(_is_blank(event.get(name)) for name in names.split("|"))]


def _is_blank(value: object) -> bool:
    # The characters are listed because strip() and JavaScript's trim() do not agree on what is blank.
    if isinstance(value, str):
        return not value.strip(" \t\r\n\u00a0\u3000")
    return value is None or value == []
