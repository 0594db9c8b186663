"""Storing and finding checklist versions; compiled ones are kept in memory, since a version never changes."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

import forms
from server import clock, feed
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.rules import published_hash, version_key
from server.db import db, transaction
from server.problems import Refusal

log = logging.getLogger(__name__)

FORMS_DIR = Path(forms.__file__).resolve().parent


def store_repository_checklists() -> list[str]:
    """Takes the checklists of this release into the database; what is there already is left as it is.

    What the office has decided stands: once it has published or retired a version of a checklist, a release only proposes its
    own version as a draft. Returns the ids of checklists that got a new version.
    """
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((FORMS_DIR / "checklists").glob("*.json"))]
    stored = []
    with transaction():
        for document in documents:
            if _take_release(document):
                stored.append(document["id"])
    return stored


def _take_release(document: dict[str, Any]) -> bool:
    """Whether the document became a version."""
    digest = forms.content_hash(document)
    rows = db.session.scalars(select(ChecklistVersion).where(ChecklistVersion.checklist_id == document["id"])).all()
    if any(row.hash in {digest, published_hash(document)} for row in rows):
        return False
    number_taken = any(row.version == document["version"] for row in rows)
    decided = any(row.source == "office" or row.status == "retired" or row.published_at is not None for row in rows)
    would_withdraw = document["status"] == "draft" and any(row.is_current and row.status == "published" for row in rows)
    older = any(version_key(row.version) > version_key(document["version"]) for row in rows)
    if number_taken or decided or would_withdraw or older:
        _propose(document)
        return False
    add_version(document, digest, source="repository")
    return True


def _propose(document: dict[str, Any]) -> None:
    from server.checklists.drafts import add_draft
    from server.checklists.uploads import Incoming, as_draft

    digest = published_hash(document)
    if db.session.scalar(select(ChecklistDraft.id).where(ChecklistDraft.hash == digest).limit(1)) is None:
        log.warning("release proposes checklist %s %s as a draft", document["id"], document["version"])
        add_draft(Incoming(as_draft(document), "", []), digest, source="repository", actor_id=None, now=clock.now())


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
    feed.record_changes("checklist", [(document["id"], None)])
    return version


def current_versions() -> Sequence[ChecklistVersion]:
    return db.session.scalars(
        select(ChecklistVersion)
        .where(ChecklistVersion.is_current, ChecklistVersion.status != "retired")
        .order_by(ChecklistVersion.checklist_id)
    ).all()


def get_version(digest: str) -> ChecklistVersion:
    """Raises: Refusal not-found."""
    version = db.session.get(ChecklistVersion, digest)
    if version is None:
        raise Refusal("not-found", "没有这个版本的检查表。", "No such checklist version.")
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


def sectors_of(checklist_ids: Iterable[str | None]) -> dict[str, str | None]:
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


@functools.cache
def standards() -> list[dict[str, Any]]:
    """All standards of the registry, by id."""
    found = [
        standard for path in sorted((FORMS_DIR / "standards").glob("*.json")) for standard in json.loads(path.read_text("utf-8"))
    ]
    return sorted(found, key=lambda standard: str(standard["id"]))
