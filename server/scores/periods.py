"""Periods of figures: years, half-years, quarters, months, ISO weeks and custom ranges of days. Pure: days in, days out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sync.obligations import span_of
from vocabulary import FrequencyUnit, PeriodUnit

_KEY = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|W(0[1-9]|[1-4]\d|5[0-3])|(0[1-9]|1[0-2])))?", re.ASCII)
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2200

# Kinds of periods for which figures are kept; weeks and custom ranges are counted when they are asked for.
KEPT_UNITS = (PeriodUnit.YEAR, PeriodUnit.HALF_YEAR, PeriodUnit.QUARTER, PeriodUnit.MONTH)
# Years before the as-of day's own of which they are kept; older ones are counted when asked for, too.
KEPT_YEARS = 2


@dataclass(frozen=True, slots=True)
class Period:
    """``key`` is "2026", "2026-H2", "2026-Q4", "2026-11", "2026-W48" or "2026-06-15..2026-09-30"; both days belong to it."""

    key: str
    unit: PeriodUnit
    first: date
    last: date

    def is_kept(self, as_of_day: date) -> bool:
        return self.unit in KEPT_UNITS and kept_from(as_of_day) <= self.first <= as_of_day

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def cut(self, as_of_day: date) -> date:
        """The day whose policy, targets and memberships the period has: its last one, or the as-of day if that comes first."""
        return min(self.last, as_of_day)


def find_period(key: str) -> Period | None:
    """The period of a key; None for what is none, or lies outside the years that a calendar of this service has."""
    if match := _RANGE.fullmatch(key):
        return _custom(key, match[1], match[2])
    match = _KEY.fullmatch(key)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    year = int(match[1])
    if match[2]:
        return period_of(date(year, int(match[2]) * 6, 1), PeriodUnit.HALF_YEAR)
    if match[3]:
        return period_of(date(year, int(match[3]) * 3, 1), PeriodUnit.QUARTER)
    if match[4]:
        return _week(key, year, int(match[4]))
    return period_of(date(year, int(match[5]), 1), PeriodUnit.MONTH) if match[5] else period_of(date(year, 1, 1), PeriodUnit.YEAR)


def period_of(day: date, unit: PeriodUnit) -> Period:
    """The calendar period of a unit, not a custom one, that holds the day."""
    first, last = span_of(day, FrequencyUnit(unit))
    return Period(_key_of(first, unit), unit, first, last)


def kept_from(as_of_day: date) -> date:
    """The first day of the kept periods."""
    return date(as_of_day.year - KEPT_YEARS, 1, 1)


def kept_periods_of(day: date) -> tuple[Period, ...]:
    """The four kept periods in which something of that day is counted."""
    return tuple(period_of(day, unit) for unit in KEPT_UNITS)


def kept_periods_between(first: date, last: date) -> list[Period]:
    """Every kept period that overlaps the days, longer ones of one beginning first."""
    found: dict[str, Period] = {}
    for month in _month_starts(first, last):
        for period in kept_periods_of(month):
            found.setdefault(period.key, period)
    return sorted(found.values(), key=lambda period: (period.first, -period.last.toordinal()))


def week_start(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def _key_of(first: date, unit: PeriodUnit) -> str:
    match unit:
        case PeriodUnit.YEAR:
            return f"{first.year}"
        case PeriodUnit.HALF_YEAR:
            return f"{first.year}-H{(first.month + 5) // 6}"
        case PeriodUnit.QUARTER:
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case PeriodUnit.MONTH:
            return f"{first.year}-{first.month:02}"
        case _:
            year, week, _day = first.isocalendar()
            return f"{year}-W{week:02}"


def _week(key: str, year: int, week: int) -> Period | None:
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:  # most years have no week 53
        return None
    return Period(key, PeriodUnit.WEEK, first, first + timedelta(days=6))


def _custom(key: str, first_text: str, last_text: str) -> Period | None:
    try:
        first, last = date.fromisoformat(first_text), date.fromisoformat(last_text)
    except ValueError:
        return None
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR or first > last:
        return None
    return Period(key, PeriodUnit.CUSTOM, first, last)


def _month_starts(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = span_of(month, FrequencyUnit.MONTH)[1] + timedelta(days=1)
