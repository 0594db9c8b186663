"""The day by which a hazard must be put right: calendar or working days after the day on which it was found."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from vocabulary import AnnouncedDay, DayKind

FOLDER = Path(__file__).parent / "holidays"

_SATURDAY = 5
DAYS_MAXIMUM = 3660


def deadline_date(found_on: date, days: int, day_kind: str, holidays: Mapping[str, str]) -> date:
    """The last day of the time limit. The day of finding does not count; 0 days means that day itself.

    Shape:  ``holidays`` maps ISO dates to "off" (public holiday) or "working" (a weekend day worked instead), as the
            State Council announces them each year; days not in it are working days from Monday to Friday.
    Raises: ValueError for a day kind other than calendar and working, or days outside 0 to 3660.
    Source: tests/vectors/forms/deadlines.json; also client/src/forms/deadlines.ts.
    """
    if not 0 <= days <= DAYS_MAXIMUM:
        raise ValueError(f"{days} days is not a time limit")
    if day_kind == DayKind.CALENDAR:
        return found_on + timedelta(days=days)
    if day_kind != DayKind.WORKING:
        raise ValueError(f"{day_kind} is neither calendar nor working")
    day = found_on
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays)
    return day


def unannounced_years(found_on: date, days: int, day_kind: str, holidays: Mapping[str, str]) -> list[int]:
    """Years whose holidays are not known although a working day of them was counted: the deadline may be wrong.

    Shape:  a year is known if any day of it is in ``holidays``: every yearly notice names some.
    Source: tests/vectors/forms/deadlines.json; also client/src/forms/deadlines.ts.
    """
    if day_kind != DayKind.WORKING or days == 0:
        return []
    first, last = found_on + timedelta(days=1), deadline_date(found_on, days, day_kind, holidays)
    announced = {day[:4] for day in holidays}
    return [year for year in range(first.year, last.year + 1) if str(year) not in announced]


@functools.cache
def shipped_holidays() -> Mapping[str, str]:
    """The announced days of all years that come with the software: forms/holidays/, one file a year with its source."""
    years = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return MappingProxyType({day: kind for year in years for day, kind in year["days"].items()})


def is_working_day(day: date, holidays: Mapping[str, str]) -> bool:
    """Whether a day is worked, given the announced holidays and the weekend days worked instead."""
    announced = holidays.get(day.isoformat())
    if announced is not None:
        return announced == AnnouncedDay.WORKING
    return day.weekday() < _SATURDAY
