"""Taking the checklists of a release into the database, beside what the office has decided."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy import select

import forms
from server import clock
from server.checklists.drafts import add_draft
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.rules import published_hash, version_key
from server.checklists.service import FORMS_DIR, add_version
from server.checklists.uploads import Incoming, as_draft
from server.db import db, transaction
from vocabulary import ChecklistOrigin, ChecklistStatus

log = logging.getLogger(__name__)


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
    decided = any(
        row.source == ChecklistOrigin.OFFICE or row.status == ChecklistStatus.RETIRED or row.published_at is not None
        for row in rows
    )
    would_withdraw = document["status"] == ChecklistStatus.DRAFT and any(
        row.is_current and row.status == ChecklistStatus.PUBLISHED for row in rows
    )
    older = any(version_key(row.version) > version_key(document["version"]) for row in rows)
    if number_taken or decided or would_withdraw or older:
        _propose(document)
        return False
    add_version(document, digest, source=ChecklistOrigin.REPOSITORY)
    return True


def _propose(document: dict[str, Any]) -> None:
    digest = published_hash(document)
    if db.session.scalar(select(ChecklistDraft.id).where(ChecklistDraft.hash == digest).limit(1)) is None:
        log.warning("release proposes checklist %s %s as a draft", document["id"], document["version"])
        add_draft(Incoming(as_draft(document), "", []), digest, source=ChecklistOrigin.REPOSITORY, actor_id=None, now=clock.now())
