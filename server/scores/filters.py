"""The filters of the desk's lists of subjects and hazards, as conditions on subjects as they are today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject, SubjectSector
from vocabulary import Action


def conditions_for(actor: Actor, action: Action, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions on Subject: what the actor may see, narrowed by the filters that are given."""
    found = [visible_subjects(actor, action)]
    if "town" in filters:
        found.append(Subject.town_code == filters["town"])
    if "department" in filters:
        found.append(Subject.industry_department_id == filters["department"])
    if "sector" in filters:
        found.append(Subject.id.in_(select(SubjectSector.subject_id).where(SubjectSector.sector == filters["sector"])))
    if "target_group" in filters:
        found.append(Subject.target_group == filters["target_group"])
    if filters.get("q"):
        text = filters["q"]
        name, initials = Subject.name, Subject.initials
        found.append(or_(name.contains(text, autoescape=True), initials.contains(text.lower(), autoescape=True)))
    return found
