"""Where a subject belongs on a day: its dated memberships and the days on which it is on the books. Pure.

docs/figures.md, “Membership and groups”. On any day a subject is in exactly one town, at most one department, and has one
main sector; a fact of a day outside its validity belongs to the membership of the nearest valid day.
"""

from __future__ import annotations

import hashlib
import uuid
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from vocabulary import Sector, SubjectKind, TargetGroup

FOREVER = date.max
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Membership:
    """``sectors`` begin with the main one; ``target_group`` is None for a subject that is in neither."""

    town_code: str
    village_code: str | None
    department_id: uuid.UUID | None
    sectors: tuple[Sector, ...]
    kind: SubjectKind
    target_group: TargetGroup | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a fact is counted under; a hazard's department may be another than its subject's."""

    town_code: str
    village_code: str | None
    department_id: uuid.UUID | None
    sector: Sector | None
    kind: SubjectKind
    target_group: TargetGroup | None

    @property
    def id(self) -> int:
        """The same for the same values wherever it is computed, so that a rebuild gives the same rows."""
        text = "\x1f".join(
            "" if value is None else str(value)
            for value in (self.town_code, self.village_code, self.department_id, self.sector, self.kind, self.target_group)
        )
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 2  # positive in a signed 64-bit column

    def under(self, department_id: uuid.UUID | None) -> Belonging:
        return replace(self, department_id=department_id)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a subject is on the books with one membership; an open one ends with FOREVER."""

    first: date
    last: date
    membership: Membership

    @property
    def belonging(self) -> Belonging:
        one = self.membership
        main = one.sectors[0] if one.sectors else None
        return Belonging(one.town_code, one.village_code, one.department_id, main, one.kind, one.target_group)


class Standing:
    """The valid days of one subject with their memberships, in order, without overlap."""

    def __init__(
        self, validity: Iterable[tuple[date, date | None]], memberships: Iterable[tuple[date, date | None, Membership]]
    ) -> None:
        """A valid day that no membership covers belongs to the one before it, else to the one after."""
        rows = sorted(memberships, key=lambda row: row[0])
        self.spans: list[Span] = []
        for first, last in sorted((first, last or FOREVER) for first, last in validity):
            self.spans += _cover(first, last, rows)
        self._firsts = [span.first for span in self.spans]

    def span_on(self, day: date) -> Span | None:
        """The span that holds the day, else the nearest one (of two equally near the earlier); None for no span at all."""
        position = bisect_right(self._firsts, day) - 1
        before = self.spans[position] if position >= 0 else None
        after = self.spans[position + 1] if position + 1 < len(self.spans) else None
        if before is None or after is None or day <= before.last:
            return before or after
        return before if day - before.last <= after.first - day else after

    def overlapping(self, first: date, last: date) -> list[Span]:
        """The spans that share a day with the period."""
        return [span for span in self.spans if span.first <= last and span.last >= first]

    @property
    def first(self) -> date | None:
        return self.spans[0].first if self.spans else None

    @property
    def last(self) -> date | None:
        """The last valid day; FOREVER when it is open."""
        return self.spans[-1].last if self.spans else None


def _cover(first: date, last: date, rows: list[tuple[date, date | None, Membership]]) -> list[Span]:
    """The valid days from first to last, cut where a membership begins."""
    begun = [row for row in rows if row[0] <= first]
    later = [row for row in rows if first < row[0] <= last]
    # Of several rows that cover a day the one that began last counts; the first day may lie before all of them.
    holding = [row for row in begun if row[1] is None or row[1] >= first] or begun or rows
    if not holding:
        return []
    current = holding[0] if not begun else holding[-1]
    spans: list[Span] = []
    start = first
    for row in later:
        if row[2] != current[2] and row[0] > start:
            spans.append(Span(start, row[0] - _DAY, current[2]))
            start = row[0]
        current = row
    return [*spans, Span(start, last, current[2])]
