"""The days that anything from outside may name: a clock that says another one was never set, and calendars overflow not far off.

Earlier than any unit was founded and any camera built; later than any plan.
"""

from __future__ import annotations

from datetime import date, datetime

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# For regular expressions that read a year, in both languages of code.
YEAR = f"(?:{'|'.join(str(century) for century in range(FIRST_DAY.year // 100, LAST_DAY.year // 100 + 1))})\\d\\d"


def is_plausible(moment: datetime) -> bool:
    """By the day that the moment itself shows, so that no arithmetic is done on it."""
    return FIRST_DAY <= moment.date() <= LAST_DAY
