"""The registry of laws, rules and standards that checklists cite: which edition is in force, and which may decide, on a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from vocabulary import StandardGround

FOLDER = Path(__file__).parent / "standards"

# A look-up each quarter; the longest quarter has 92 days.
QUARTER_DAYS = 92


@dataclass(frozen=True, slots=True)
class Replacement:
    """The standard that takes the place of another, from its first day; ``part`` says of which part, if not of all."""

    standard: str
    on: date
    part: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Standard:
    """One edition of one document. ``valid_to`` is the last day on which it applies; unknown dates are None.

    ``last_checked_on`` is the day on which somebody last looked whether it is still the edition in force, None if nobody ever
    did; ``moving`` marks one that is expected to change.
    """

    id: str
    name_zh: str
    name_en: str
    number: str | None
    edition: str
    valid_from: date | None
    valid_to: date | None
    replaced_by: Replacement | None
    kind: str
    source: Mapping[str, str]
    last_checked_on: date | None
    moving: bool
    unverified: Mapping[str, Any] | None

    def is_in_force(self, day: date) -> bool:
        """Whether this edition applies to conduct on ``day``; an unknown date excludes nothing."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def is_checked(self, day: date) -> bool:
        """Whether on ``day`` the last look-up is not older than a quarter."""
        return self.last_checked_on is not None and (day - self.last_checked_on).days <= QUARTER_DAYS

    def ground(self, day: date) -> StandardGround:
        """Whether a clause of this edition may decide about a visit of that day.

        Source: docs/checklist-format.md; tests/vectors/forms/standards.json; also client/src/forms/standards.ts.
        """
        if not self.is_in_force(day):
            return StandardGround.NOT_IN_FORCE
        if self.replaced_by is not None and self.replaced_by.on <= day:
            return StandardGround.REPLACED
        return StandardGround.STALE if self.moving and not self.is_checked(day) else StandardGround.DECIDES


class Standards:
    """All known standards by id."""

    def __init__(self, standards: Iterable[Standard]) -> None:
        self._by_id = {standard.id: standard for standard in standards}

    def find(self, standard_id: str) -> Standard | None:
        """The standard of that id, or None."""
        return self._by_id.get(standard_id)

    def find_in_force(self, standard_id: str, day: date) -> Standard | None:
        """The edition that applies on ``day``: the cited one, or the one that has replaced it by then."""
        seen: set[str] = set()
        standard = self.find(standard_id)
        while standard is not None and standard.id not in seen:
            if standard.is_in_force(day) and not (standard.replaced_by and standard.replaced_by.on <= day):
                return standard
            seen.add(standard.id)
            standard = self.find(standard.replaced_by.standard) if standard.replaced_by else None
        return None

    def decides_on(self, day: date) -> Callable[[str], bool]:
        """Whether a clause of the standard of an id may decide about a visit of that day; an unknown one may."""
        return lambda standard_id: (standard := self.find(standard_id)) is None or standard.ground(day) is StandardGround.DECIDES

    def ids(self) -> list[str]:
        """All ids in order."""
        return sorted(self._by_id)

    def __iter__(self) -> Iterator[Standard]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)


def standard_from(entry: Mapping[str, Any]) -> Standard:
    """A standard from its entry in a registry file that has passed ``validate_standards``."""
    replaced_by = entry["replaced_by"]
    return Standard(
        id=entry["id"],
        name_zh=entry["name"]["zh"],
        name_en=entry["name"]["en"],
        number=entry["number"],
        edition=entry["edition"],
        valid_from=_find_date(entry["valid_from"]),
        valid_to=_find_date(entry["valid_to"]),
        replaced_by=replaced_by
        and Replacement(replaced_by["standard"], date.fromisoformat(replaced_by["on"]), replaced_by.get("part")),
        kind=entry["kind"],
        source=entry["source"],
        last_checked_on=_find_date(entry["last_checked_on"]),
        moving=entry.get("moving", False),
        unverified=entry.get("unverified"),
    )


def load_standards(folder: Path = FOLDER) -> Standards:
    """The registry from its files; entries too broken to use are left out (``python -m forms.check`` names them)."""
    standards = []
    for path in sorted(folder.glob("*.json")):
        for entry in json.loads(path.read_text("utf-8")):
            try:
                standards.append(standard_from(entry))
            except (KeyError, TypeError, ValueError):
                continue
    return Standards(standards)


def _find_date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
