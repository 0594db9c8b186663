"""Storing and finding checklist versions; compiled ones are kept in memory, since a version never changes."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

import forms
from server import clock
from server.changes import record_changes
from server.checklists.models import ChecklistVersion
from server.checklists.standards import body_with_lookup, registry
from server.db import db
from server.problems import Refusal
from vocabulary import ChangeKind, ChecklistStatus, ProblemCode, Sector

FORMS_DIR = Path(forms.__file__).resolve().parent


def add_version(document: dict[str, Any], digest: str, *, source: str, report: dict[str, Any] | None = None) -> ChecklistVersion:
    """Adds a version to the open transaction and makes it the current one of its checklist."""
    db.session.execute(update(ChecklistVersion).where(ChecklistVersion.checklist_id == document["id"]).values(is_current=False))
    version = ChecklistVersion(
        county_code=current_app.config["SETTINGS"].county_code,
        hash=digest,
        checklist_id=document["id"],
        version=document["version"],
        status=document["status"],
        is_current=True,
        title=document["title"],
        sector=document["sector"],
        applies_to=document["applies_to"],
        document=document,
        item_count=sum(len(section["items"]) for section in document["sections"]),
        source=source,
        report=report or {},
        stored_at=clock.now(),
    )
    db.session.add(version)
    record_changes(ChangeKind.CHECKLIST, version.county_code, [(document["id"], None)])
    return version


def current_versions() -> Sequence[ChecklistVersion]:
    return db.session.scalars(
        select(ChecklistVersion)
        .where(ChecklistVersion.is_current, ChecklistVersion.status != ChecklistStatus.RETIRED)
        .order_by(ChecklistVersion.checklist_id)
    ).all()


def get_version(digest: str) -> ChecklistVersion:
    """Raises: Refusal not-found."""
    version = db.session.get(ChecklistVersion, digest)
    if version is None:
        raise Refusal(ProblemCode.NO_SUCH_VERSION)
    return version


def find_compiled(digest: str) -> forms.Checklist | None:
    """The compiled checklist of a version, from memory after the first time."""
    try:
        return _compiled(digest)
    except LookupError:
        return None


@functools.lru_cache(maxsize=256)
def _compiled(digest: str) -> forms.Checklist:
    version = db.session.get(ChecklistVersion, digest)
    if version is None:
        raise LookupError(digest)
    return forms.load_checklist(version.document, digest)


def sectors_of(checklist_ids: Iterable[str | None]) -> dict[str, Sector | None]:
    """The sector of each checklist, by checklist id."""
    rows = db.session.execute(
        select(ChecklistVersion.checklist_id, ChecklistVersion.sector).where(
            ChecklistVersion.checklist_id.in_({text for text in checklist_ids if text}), ChecklistVersion.is_current
        )
    )
    return {checklist_id: sector for checklist_id, sector in rows}


def summary_body(version: ChecklistVersion) -> dict[str, Any]:
    return {
        "id": version.checklist_id,
        "version": version.version,
        "hash": version.hash,
        "title": version.title,
        "sector": version.sector,
        "status": version.status,
        "applies_to": version.applies_to,
        "item_count": version.item_count,
    }


def load_summaries(checklist_ids: list[str], _actor: object) -> dict[str, Any]:
    return {
        version.checklist_id: summary_body(version) for version in current_versions() if version.checklist_id in checklist_ids
    }


def standards(county_code: str) -> list[dict[str, Any]]:
    """All standards of the registry, by id, with what the county's office has looked up."""
    known = registry(county_code)
    return [body_with_lookup(body, known.find(body["id"])) for body in _released_bodies()]


@functools.cache
def _released_bodies() -> list[dict[str, Any]]:
    found = [
        standard for path in sorted((FORMS_DIR / "standards").glob("*.json")) for standard in json.loads(path.read_text("utf-8"))
    ]
    return sorted(found, key=lambda standard: str(standard["id"]))
