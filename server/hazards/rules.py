"""Who may put which event into a hazard's life. Pure; what an event does is decided by the fold in ``sync.hazards``."""

from __future__ import annotations

from sync.hazards import HazardEventKind

# What a pairing officer may report from the field; everything else is decided by whoever supervises.
FIELD_EVENTS = frozenset(
    {
        HazardEventKind.FOUND,
        HazardEventKind.ACCEPTED,
        HazardEventKind.SUBMITTED,
        HazardEventKind.RECHECKED,
        HazardEventKind.PHOTO_ADDED,
        HazardEventKind.NOTED,
    }
)

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
