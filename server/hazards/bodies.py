"""How hazards look to phones and the desk."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from server import clock
from server.accounts.models import User
from server.db import db
from server.hazards.models import Hazard
from server.hazards.store import events_of, open_counts
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject
from sync.hazards import Hazard as Folded
from vocabulary import Action, HazardGrade, HazardState


def load_hazards(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.scalars(
        select(Hazard).where(
            Hazard.id.in_(ids), Hazard.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.SYNC)))
        )
    )
    return {str(hazard.id): hazard_body(hazard) for hazard in rows}


# A projection that an earlier release wrote lacks what came later.
_UNSAID = Folded(state=HazardState.DRAFT, grade=HazardGrade.GENERAL).as_document()


def hazard_body(hazard: Hazard) -> dict[str, Any]:
    """The projection with ids and photo addresses. Overdue is not in it: it is derived from the deadline where shown."""
    return {
        **_UNSAID,
        **hazard.projection,
        "id": str(hazard.id),
        "number": hazard.number,
        "subject_id": str(hazard.subject_id),
        "visit_id": str(hazard.visit_id) if hazard.visit_id else None,
        "sector": hazard.sector,
        "source": hazard.source,
        "revision": hazard.revision,
        "photos": [photo_body(photo) for photo in hazard.projection["photos"]],
    }


def photo_body(photo: dict[str, Any]) -> dict[str, Any]:
    base = f"/api/evidence/photos/{photo['id']}"
    return {
        **photo,
        "thumbnail_url": f"{base}/thumbnail",
        "display_url": f"{base}/display",
        "review": None,
    }


def timeline(hazard: Hazard) -> list[dict[str, Any]]:
    """The events oldest first, each with its author and whether it took effect."""
    rows = events_of(hazard.id)
    authors = db.session.execute(select(User.id, User.name).where(User.id.in_({row.author_id for row in rows})))
    names = {user_id: name for user_id, name in authors}
    ineffective = {entry["event_id"]: entry["reason"] for entry in hazard.projection["ineffective"]}
    return [
        {
            "id": str(row.id),
            "kind": row.kind,
            "at": clock.isoformat(row.at),
            "received_at": clock.isoformat(row.received_at),
            "author_name": names.get(row.author_id) if row.author_id else None,
            "body": row.body,
            "ineffective": ineffective.get(str(row.id)),
        }
        for row in rows
    ]


def add_open_hazards(bodies: dict[str, Any]) -> None:
    """Adds ``open_hazards`` to the bodies of subjects."""
    counts = open_counts(uuid.UUID(text) for text in bodies)
    for text, body in bodies.items():
        body["open_hazards"] = counts.get(uuid.UUID(text), 0)
