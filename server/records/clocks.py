"""Which moment a record counts at: its own, unless the phone's clock is known to have been wrong."""

from __future__ import annotations

from datetime import datetime

from server.clock import county_date
from server.db import session_link
from server.prepared import Link
from server.records.kinds import Arrival
from server.register.store import policy_known
from sync.records import Record
from sync.times import counted_time

# No office would call a clock wrong that is off by less; asking for its policy then would cost every push a query.
_NEVER_WRONG_S = 3600


def counts_in(arrival: Arrival, record: Record, moment: datetime) -> tuple[datetime, bool]:
    """:func:`counts_at` for a record of a push."""
    return counts_at(record, moment, arrival.author.county_code, arrival.unit.now, arrival.unit.link)


def counts_at(
    record: Record, moment: datetime, county_code: str, now: datetime, link: Link | None = None
) -> tuple[datetime, bool]:
    """The moment at which something in the record counts, and whether it is that of the receipt.

    A clock is measured twice: by the phone when it made the record, and by the server when it arrived; it may have been put
    right in between, so either may say that it was wrong.
    """
    offsets = [float(record.clock_offset_s), *_told(record)]
    if all(abs(offset) <= _NEVER_WRONG_S for offset in offsets):
        return moment, False
    limit_s = policy_known(link or session_link(), county_code).on(county_date(now)).clock_limit_s
    return counted_time(moment, now, offsets, limit_s)


def _told(record: Record) -> list[float]:
    clock = record.body.get("clock")
    offset_ms = clock.get("server_offset_ms") if isinstance(clock, dict) else None
    return [offset_ms / 1000] if isinstance(offset_ms, int | float) and not isinstance(offset_ms, bool) else []
