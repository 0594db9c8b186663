"""What the desk may add to a hazard's life, and which times are believed. Pure; who may do what is ``sync.duties``, and what an
event does is decided by the fold in ``sync.hazards``."""

from __future__ import annotations

from datetime import datetime, timedelta

from vocabulary import HazardEventKind, TimeDoubt

# What the desk may add; a finding comes from a visit, and what the unit does it reports itself or through an officer.
DESK_EVENTS = frozenset(
    {
        HazardEventKind.CONFIRMED,
        HazardEventKind.REGRADED,
        HazardEventKind.ASSIGNED,
        HazardEventKind.DEADLINE_SET,
        HazardEventKind.TRANSFERRED,
        HazardEventKind.TRANSFER_ACCEPTED,
        HazardEventKind.EXTENDED,
        HazardEventKind.ACCEPTED,
        HazardEventKind.SUBMITTED,
        HazardEventKind.RECHECKED,
        HazardEventKind.CLOSED,
        HazardEventKind.VOIDED,
        HazardEventKind.MERGED,
        HazardEventKind.NOTED,
    }
)

# What clocks of phones and of the server differ by without anybody having set them wrong.
CLOCK_ERROR = timedelta(minutes=10)
# An act that belongs to no visit is made by a client that is online; more than a day ago it was not.
LATEST_ONLINE = timedelta(days=1)
# Beyond this a measured difference is a wrong clock: then the moment of receipt counts (docs/figures, time).
_WRONG_CLOCK = timedelta(hours=24)


def time_doubt(
    at: datetime, received_at: datetime, visit: tuple[datetime, datetime] | None, clock_offset: timedelta | None
) -> TimeDoubt | None:
    """Whether a phone's act can have happened when it says, given its visit's start and end and by how much the server's clock
    was ahead of the phone's."""
    offset = clock_offset if clock_offset is not None and abs(clock_offset) <= _WRONG_CLOCK else timedelta()
    if at + offset > received_at + CLOCK_ERROR:
        return TimeDoubt.AFTER_RECEIPT
    first, last = visit if visit is not None else (received_at - offset - LATEST_ONLINE, received_at - offset)
    return None if first - CLOCK_ERROR <= at <= last + CLOCK_ERROR else TimeDoubt.OUTSIDE_VISIT
