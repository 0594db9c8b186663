"""The clock: the only place of the server that asks what time it is, and the county's calendar day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current time in UTC, with zone."""
    return datetime.now(UTC)


def county_date(moment: datetime) -> date:
    """The calendar day in the county (Beijing time) on which ``moment`` falls."""
    return moment.astimezone(COUNTY_ZONE).date()


def isoformat(moment: datetime | None) -> str | None:
    """RFC 3339 in Beijing time with offset, as every body of the API carries it."""
    return None if moment is None else moment.astimezone(COUNTY_ZONE).isoformat(timespec="milliseconds")
