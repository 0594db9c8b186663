"""Looking standards up: still in force, or replaced from a day on. Only added to; the last look-up of a standard counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from server import clock
from server.accounts.models import User
from server.audit import write_audit
from server.checklists.models import StandardLookup
from server.checklists.standards import released
from server.db import db, transaction
from server.permissions import Actor
from server.problems import FieldError, Refusal
from vocabulary import FaultCode, LookupOutcome, ProblemCode


def note_lookup(
    standard_id: str,
    outcome: LookupOutcome,
    *,
    source: str,
    replaced_by: str | None,
    replaced_from: date | None,
    actor: Actor,
    now: datetime,
) -> StandardLookup:
    """Notes what a look-up of today found.

    Raises: Refusal no-such-standard, invalid (a replacement without its name or day, or by itself).
    """
    check_standard(standard_id)
    if outcome is LookupOutcome.REPLACED:
        missing = [name for name, value in (("replaced_by", replaced_by), ("replaced_from", replaced_from)) if not value]
        if missing or replaced_by == standard_id:
            raise Refusal(
                ProblemCode.INVALID,
                errors=[FieldError(f"#/{name}", FaultCode.MISSING) for name in missing]
                or [FieldError("#/replaced_by", FaultCode.NOT_A_MEMBER)],
            )
    with transaction() as session:
        lookup = StandardLookup(
            county_code=actor.county_code,
            standard_id=standard_id,
            outcome=outcome,
            looked_up_on=clock.county_date(now),
            replaced_by=replaced_by if outcome is LookupOutcome.REPLACED else None,
            replaced_from=replaced_from if outcome is LookupOutcome.REPLACED else None,
            source=source,
            noted_at=now,
            noted_by=actor.user_id,
        )
        session.add(lookup)
        write_audit(
            "standard:look_up", "standard", standard_id, county_code=actor.county_code, actor_id=actor.user_id, outcome=outcome
        )
    return lookup


def lookups_of(standard_id: str, actor: Actor) -> list[dict[str, Any]]:
    """What the county's office has looked up about a standard, newest first. Raises: Refusal no-such-standard."""
    check_standard(standard_id)
    rows = db.session.execute(
        select(StandardLookup, User.name)
        .join(User, User.id == StandardLookup.noted_by)
        .where(StandardLookup.county_code == actor.county_code, StandardLookup.standard_id == standard_id)
        .order_by(StandardLookup.noted_at.desc(), StandardLookup.id)
        .limit(100)
    )
    return [
        {
            "outcome": lookup.outcome,
            "looked_up_on": lookup.looked_up_on.isoformat(),
            "replaced_by": lookup.replaced_by,
            "replaced_from": lookup.replaced_from and lookup.replaced_from.isoformat(),
            "source": lookup.source,
            "noted_at": clock.isoformat(lookup.noted_at),
            "noted_by": name,
        }
        for lookup, name in rows
    ]


def check_standard(standard_id: str) -> None:
    """Raises: Refusal no-such-standard."""
    if released().find(standard_id) is None:
        raise Refusal(ProblemCode.NO_SUCH_STANDARD)
