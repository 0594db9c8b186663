"""Periods of the county's calendar: years, quarters and months, and the weeks of the trend. Pure: days in, days out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_KEY = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """``key`` is "2026", "2026-Q4" or "2026-11"; both days belong to the period."""

    key: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, first: date, last: date | None) -> bool:
        return first <= self.last and (last is None or last >= self.first)

    def months(self) -> list[Period]:
        """The calendar months of the period."""
        start = self.first.month
        return [month_of(self.first.replace(month=month)) for month in range(start, self.last.month + 1)]


def find_period(key: str) -> Period | None:
    match = _KEY.fullmatch(key)
    if match is None or not 1900 <= int(match[1]) <= 2200:
        return None
    year = int(match[1])
    if match[2]:
        return quarter_of(date(year, int(match[2]) * 3, 1))
    return month_of(date(year, int(match[3]), 1)) if match[3] else year_of(date(year, 1, 1))


def year_of(day: date) -> Period:
    return Period(f"{day.year}", date(day.year, 1, 1), date(day.year, 12, 31))


def quarter_of(day: date) -> Period:
    quarter = (day.month + 2) // 3
    return Period(f"{day.year}-Q{quarter}", date(day.year, quarter * 3 - 2, 1), _month_end(date(day.year, quarter * 3, 1)))


def month_of(day: date) -> Period:
    return Period(f"{day.year}-{day.month:02d}", day.replace(day=1), _month_end(day))


def periods_of(day: date) -> tuple[Period, Period, Period]:
    """The three periods in which something of that day is counted."""
    return year_of(day), quarter_of(day), month_of(day)


def periods_between(first: date, last: date) -> list[Period]:
    """Every period that overlaps the days, by year: the year, its quarters, its months."""
    found: dict[str, Period] = {}
    for month in _month_starts(first, last):
        for period in periods_of(month):
            found.setdefault(period.key, period)
    return list(found.values())


def week_start(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def _month_starts(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _month_end(month) + timedelta(days=1)


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
