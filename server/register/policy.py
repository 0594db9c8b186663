"""Policy: what the county office may set about figures, dated and versioned. Pure reading; the rows are ``models.PolicyValue``.

A value holds for the days of its row, and is known from its receipt. A day before the first row of a key has the first one:
figures of the past need some policy, and the office's first word is the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sync.obligations import SpanShares


@dataclass(frozen=True, slots=True)
class Band:
    """A level and the points from which it begins, its bound included."""

    level: str
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of one day. ``bands`` begin with the highest; a cap is a level or None for no cap."""

    bands: tuple[Band, ...]
    cap_overdue_major: str | None
    cap_fatal_accident: str | None
    checklist_weights: Mapping[str, Fraction]
    rank_coverage: Fraction
    rank_sample: int
    rank_scopes: tuple[str, ...]
    not_applicable_limit: Fraction
    clock_limit_s: int
    accident_scope: tuple[str, ...]

    @property
    def lines(self) -> tuple[Fraction, ...]:
        """The points that a shown score must not reach by rounding."""
        return tuple(band.at_least for band in self.bands)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    key: str
    value: Any
    first: date
    last: date | None


class PolicyBook:
    """All policy that was known at some instant."""

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        self._rows: dict[str, list[PolicyRow]] = {}
        for row in sorted(rows, key=lambda row: row.first):
            self._rows.setdefault(row.key, []).append(row)
        self.on = lru_cache(maxsize=512)(self._on)

    def _on(self, day: date) -> Policy:
        value = {key: _value_on(rows, day) for key, rows in self._rows.items()}
        return Policy(
            bands=tuple(
                sorted(
                    (Band(band["level"], Fraction(band["at_least"])) for band in value["bands"]),
                    key=lambda band: band.at_least,
                    reverse=True,
                )
            ),
            cap_overdue_major=value["cap_overdue_major"],
            cap_fatal_accident=value["cap_fatal_accident"],
            checklist_weights={name: Fraction(weight) for name, weight in value["checklist_weights"].items()},
            rank_coverage=Fraction(value["rank_coverage"]),
            rank_sample=value["rank_sample"],
            rank_scopes=tuple(value["rank_scopes"]),
            not_applicable_limit=Fraction(value["not_applicable_limit"]),
            clock_limit_s=value["clock_limit_s"],
            accident_scope=tuple(value["accident_scope"]),
        )

    def span_shares(self) -> SpanShares:
        """The share of a span on which a duty must be in force, by the day from which it is asked for."""
        return [(row.first, Fraction(row.value)) for row in self._rows["span_share"]]

    def changes_after(self, day: date) -> list[date]:
        """Days on which a value begins or has ended, later than ``day``."""
        return [change for rows in self._rows.values() for row in rows for change in _changes(row) if change > day]


def _value_on(rows: list[PolicyRow], day: date) -> Any:
    """Of several rows of a day the one that began last; of a day without one that of the nearest row before, else the first."""
    begun = [row for row in rows if row.first <= day]
    in_force = [row for row in begun if row.last is None or day <= row.last]
    return (in_force or begun or rows[:1])[-1].value


def _changes(row: PolicyRow) -> list[date]:
    return [row.first] if row.last is None else [row.first, row.last]
