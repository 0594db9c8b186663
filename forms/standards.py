"""The registry of laws, rules and standards that checklists cite, and which edition is in force on a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "standards"


@dataclass(frozen=True, slots=True)
class Standard:
    """One edition of one document. ``valid_to`` is the last day on which it applies; unknown dates are None."""

    id: str
    name_zh: str
    name_en: str
    number: str | None
    edition: str
    valid_from: date | None
    valid_to: date | None
    superseded_by: str | None
    kind: str
    unverified: Mapping[str, Any] | None

    def is_in_force(self, day: date) -> bool:
        """Whether this edition applies to conduct on ``day``; an unknown date excludes nothing."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


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
            if standard.is_in_force(day):
                return standard
            seen.add(standard.id)
            standard = self.find(standard.superseded_by) if standard.superseded_by else None
        return None

    def applies_on(self, day: date) -> Callable[[str], bool]:
        """Whether the standard of an id was in force on that day; one that is not registered is taken to be."""
        return lambda standard_id: (standard := self.find(standard_id)) is None or standard.is_in_force(day)

    def ids(self) -> list[str]:
        """All ids in order."""
        return sorted(self._by_id)

    def __iter__(self) -> Iterator[Standard]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)


def standard_from(entry: Mapping[str, Any]) -> Standard:
    """A standard from its entry in a registry file that has passed ``validate_standards``."""
    return Standard(
        id=entry["id"],
        name_zh=entry["name"]["zh"],
        name_en=entry["name"]["en"],
        number=entry["number"],
        edition=entry["edition"],
        valid_from=_find_date(entry["valid_from"]),
        valid_to=_find_date(entry["valid_to"]),
        superseded_by=entry["superseded_by"],
        kind=entry["kind"],
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
