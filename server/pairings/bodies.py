"""How a subject and its pairings look to a phone and to the desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from server import clock
from server.db import db
from server.pairings.store import LivePairing, pairings_of
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject
from server.register.names import pinyin
from server.register.store import area_names, department_names
from vocabulary import Action


def load_subjects(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Bodies by id of those subjects that the actor may read."""
    ids = [uuid.UUID(text) for text in entity_ids]
    rows = db.session.scalars(
        select(Subject).where(
            Subject.id.in_(ids),
            or_(Subject.valid_to.is_(None), Subject.valid_to >= clock.county_date(clock.now())),
            visible_subjects(actor, Action.READ_SUBJECTS),
        )
    ).all()
    return subject_bodies(rows, actor)


def subject_bodies(subjects: Sequence[Subject], actor: Actor) -> dict[str, Any]:
    today = clock.county_date(clock.now())
    pairings = pairings_of([subject.id for subject in subjects], today)
    areas, departments = area_names(), department_names()
    return {
        str(subject.id): {
            "id": str(subject.id),
            "name": subject.name,
            "short_name": subject.short_name,
            "initials": subject.initials,
            "pinyin": pinyin(subject.name),
            "kind": subject.kind,
            "group": subject.target_group,
            "sectors": subject.sectors,
            "town_code": subject.town_code,
            "town_name": areas.get(subject.town_code, ""),
            "village_code": subject.village_code,
            "village_name": areas.get(subject.village_code or "", ""),
            "address": subject.address,
            "position": _position(subject),
            "representative": {
                "name": subject.representative_name,
                "title": subject.representative_title,
                "phone": subject.representative_phone,
            },
            "profile": subject.profile,
            "industry_department": {
                "id": str(subject.industry_department_id),
                "name": departments.get(subject.industry_department_id, ""),
            }
            if subject.industry_department_id
            else None,
            "risk_color": subject.risk_color,
            "pairings": [pairing_body(pairing, actor) for pairing in pairings.get(subject.id, [])],
            "last_visit_on": None,
            "visits_until": None,
            "duties": [],
            "open_hazards": 0,
        }
        for subject in subjects
    }


def pairing_body(pairing: LivePairing, actor: Actor) -> dict[str, Any]:
    rules = [{"count": count, "unit": unit} for count, unit in pairing.rules.values()]
    return {
        "id": str(pairing.id),
        "subject_id": str(pairing.subject_id),
        "layer": pairing.layer,
        "org_name": pairing.org_name,
        "officer_name": pairing.officer_name,
        "members": [{"id": str(user_id), "name": name} for user_id, name in pairing.members],
        "mine": any(user_id == actor.user_id for user_id, _ in pairing.members),
        "frequencies": rules,
        "valid_from": pairing.valid_from.isoformat(),
    }


def _position(subject: Subject) -> dict[str, Any] | None:
    if subject.lng is None or subject.lat is None:
        return None
    return {"lng": subject.lng, "lat": subject.lat, "datum": subject.datum}
