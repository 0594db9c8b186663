"""Work that could not be done: for a person to see, and to have it tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from server.audit import write_audit
from server.db import db, transaction
from server.permissions import Actor
from server.problems import Refusal
from server.work.outbox import OutboxNote
from vocabulary import ProblemCode

SHOWN = 200


def failed_work(actor: Actor) -> tuple[Sequence[OutboxNote], int]:
    """What could not be done in the actor's county, the latest first, and how much there is."""
    mine = (OutboxNote.county_code == actor.county_code, OutboxNote.failed_at.is_not(None))
    total = db.session.scalar(select(func.count()).select_from(OutboxNote).where(*mine)) or 0
    rows = db.session.scalars(
        select(OutboxNote).where(*mine).order_by(OutboxNote.failed_at.desc(), OutboxNote.id.desc()).limit(SHOWN)
    )
    return rows.all(), total


def try_again(note_id: int, actor: Actor, now: datetime) -> None:
    """Makes failed work wait for its turn anew, with as many attempts as at first. Raises: Refusal not-found."""
    with transaction() as session:
        found = session.execute(
            update(OutboxNote)
            .where(OutboxNote.id == note_id, OutboxNote.county_code == actor.county_code, OutboxNote.failed_at.is_not(None))
            .values(attempts=0, not_before=None, enqueued_at=None, failed_at=None)
            .returning(OutboxNote.topic, OutboxNote.key)
        ).first()
        if found is None:
            raise Refusal(ProblemCode.NO_SUCH_FAILURE)
        write_audit("work:try_again", found.topic, found.key, county_code=actor.county_code, actor_id=actor.user_id)
