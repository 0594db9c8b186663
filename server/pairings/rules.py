"""When the next visit of a pairing is due. Pure: dates in, dates out."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from vocabulary import FrequencyUnit


def due_on(count: int, unit: str, start: date, visits: Sequence[date], today: date) -> date | None:
    """The day by which the next visit must be made, or None when the current span's visits are done.

    ``days``: once every ``count`` days, counted from the last visit or from the start of the pairing.
    ``month``, ``quarter``: ``count`` visits within each calendar span; the k-th is due at the end of the k-th equal part.
    ``visits``: days of visits, any order.
    """
    if unit == FrequencyUnit.DAYS:
        last = max((day for day in visits if day >= start), default=None)
        return (last or start) + timedelta(days=count)
    first, last_day = span_of(today, unit)
    done = sum(first <= day <= last_day for day in visits)
    if done >= count:
        return None
    first = max(first, start)
    length = (last_day - first).days + 1
    return first + timedelta(days=max(length * (done + 1) // count, 1) - 1)


def span_of(day: date, unit: str) -> tuple[date, date]:
    """First and last day of the calendar month or quarter that holds ``day``."""
    if unit == FrequencyUnit.MONTH:
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    first_month = (day.month - 1) // 3 * 3 + 1
    last_month = first_month + 2
    return (
        date(day.year, first_month, 1),
        date(day.year, last_month, calendar.monthrange(day.year, last_month)[1]),
    )
