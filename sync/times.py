"""Times as records carry them: RFC 3339 with an offset, at most milliseconds, so both languages order them alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

from vocabulary.dates import YEAR

# China has one zone and no summer time, so a fixed offset spares the phone a zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# Narrower than either language reads by itself: Python versions and browsers differ on hour 24, odd offsets and year 0.
_TIME = re.compile(rf"{YEAR}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{{1,3}})?(Z|[+-](0\d|1[0-4]):[0-5]\d)", re.ASCII)
_DATE = re.compile(rf"{YEAR}-\d\d-\d\d", re.ASCII)


class TimeInvalid(ValueError):
    """The text is not a time (or date) that a record may carry."""


def parse_time(text: object) -> datetime:
    """Raises: TimeInvalid for anything but RFC 3339 with an explicit offset and at most three decimals."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise TimeInvalid("time must be RFC 3339 with an offset")
    try:
        # Python 3.11+ reads "Z" and short fractions; both were checked above.
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TimeInvalid("no such time") from error


def format_time(moment: datetime) -> str:
    """The moment in Shanghai time with milliseconds, as server-made records carry it."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="milliseconds")


def parse_date(text: object) -> date:
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise TimeInvalid("date must be YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TimeInvalid("no such date") from error


def shanghai_date(moment: datetime) -> date:
    """The calendar day in the county at that moment; all deadlines are days of this calendar."""
    return moment.astimezone(SHANGHAI).date()


def counted_time(moment: datetime, received_at: datetime, offsets_s: Iterable[float], limit_s: int) -> tuple[datetime, bool]:
    """The moment at which a fact counts, and whether it is that of its receipt because the phone's clock was wrong.

    Wrong means: by some measurement the server's clock was more than ``limit_s`` off the phone's, either way. Then the moment
    of receipt stands for the fact's own everywhere, in orders and against deadlines too; exactly the limit is not yet wrong.
    """
    is_wrong = any(abs(offset_s) > limit_s for offset_s in offsets_s)
    return (received_at, True) if is_wrong else (moment, False)
