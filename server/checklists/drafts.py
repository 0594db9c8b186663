"""Drafts of checklists: imported by the office, replaced, thrown away. Nothing here reaches a phone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from server import clock
from server.audit import write_audit
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.rules import next_version, published_hash
from server.checklists.service import get_version
from server.checklists.uploads import Incoming, as_draft
from server.db import db, lock_ids, transaction
from server.problems import FieldError, Refusal
from vocabulary import ChecklistOrigin, DraftOutcome, FaultCode, ProblemCode


def open_drafts(checklist_ids: Sequence[str]) -> Sequence[ChecklistDraft]:
    query = select(ChecklistDraft).where(ChecklistDraft.outcome.is_(None), ChecklistDraft.checklist_id.in_(checklist_ids))
    return db.session.scalars(query.order_by(ChecklistDraft.checklist_id, ChecklistDraft.created_at, ChecklistDraft.id)).all()


def get_draft(draft_id: uuid.UUID, *, lock: bool = False) -> ChecklistDraft:
    """An open draft. Raises: Refusal not-found; gone when it was published or thrown away."""
    draft = db.session.get(ChecklistDraft, draft_id, with_for_update=lock or None, populate_existing=lock)
    if draft is None:
        raise Refusal(ProblemCode.NO_SUCH_DRAFT)
    if draft.outcome is not None:
        raise Refusal(ProblemCode.DRAFT_CLOSED)
    return draft


def import_draft(incoming: Incoming, actor_id: uuid.UUID | None, now: datetime) -> ChecklistDraft:
    """Stores a checklist as a new draft; the same content twice is the same draft."""
    with transaction() as session:
        lock_checklist(incoming.document["id"])
        digest = published_hash(incoming.document)
        same = next((draft for draft in open_drafts([incoming.document["id"]]) if draft.hash == digest), None)
        if same is not None:
            return same
        draft = add_draft(incoming, digest, source=ChecklistOrigin.OFFICE, actor_id=actor_id, now=now)
        session.flush()
        write_audit(
            "draft:import", "checklist_draft", draft.id, county_code=draft.county_code, actor_id=actor_id, **_named(draft)
        )
    return draft


def begin_draft(digest: str, actor_id: uuid.UUID | None, now: datetime) -> ChecklistDraft:
    """A new draft that begins as a copy of a stored version, under the next free number. Raises: Refusal not-found."""
    version = get_version(digest)
    numbers = db.session.scalars(
        select(ChecklistVersion.version).where(ChecklistVersion.checklist_id == version.checklist_id)
    ).all()
    drafted = [draft.version for draft in open_drafts([version.checklist_id])]
    number = next_version([*numbers, *drafted], clock.county_date(now).year)
    return import_draft(Incoming(as_draft(version.document) | {"version": number}, "", []), actor_id, now)


def replace_draft(
    draft_id: uuid.UUID, incoming: Incoming, based_on: str, actor_id: uuid.UUID | None, now: datetime
) -> ChecklistDraft:
    """Puts other content in a draft's place. ``based_on`` is the hash of what the author has read.

    Raises: Refusal not-found, gone, precondition-failed, invalid (the file is another checklist).
    """
    with transaction():
        draft = get_draft(draft_id, lock=True)
        check_unchanged(draft, based_on)
        if incoming.document["id"] != draft.checklist_id:
            raise Refusal(
                ProblemCode.FILE_OF_ANOTHER_CHECKLIST,
                file=incoming.document["id"],
                draft=draft.checklist_id,
                errors=[FieldError("#/id", FaultCode.ANOTHER_CHECKLIST, params={"expected": draft.checklist_id})],
            )
        before = draft.hash
        _fill(draft, incoming, published_hash(incoming.document))
        draft.source, draft.changed_by, draft.changed_at = ChecklistOrigin.OFFICE, actor_id, now
        write_audit(
            "draft:replace",
            "checklist_draft",
            draft.id,
            county_code=draft.county_code,
            actor_id=actor_id,
            before=before,
            **_named(draft),
        )
    return draft


def discard_draft(draft_id: uuid.UUID, based_on: str, actor_id: uuid.UUID | None, now: datetime) -> None:
    """Throws a draft away. ``based_on`` is the hash of what was read. Raises: Refusal not-found, gone, precondition-failed."""
    with transaction():
        draft = get_draft(draft_id, lock=True)
        check_unchanged(draft, based_on)
        close_draft(draft, DraftOutcome.DISCARDED, actor_id, now)
        write_audit(
            "draft:discard", "checklist_draft", draft.id, county_code=draft.county_code, actor_id=actor_id, **_named(draft)
        )


def add_draft(incoming: Incoming, digest: str, *, source: str, actor_id: uuid.UUID | None, now: datetime) -> ChecklistDraft:
    """Adds a draft to the open transaction."""
    draft = ChecklistDraft(
        id=uuid.uuid4(),
        county_code=current_app.config["SETTINGS"].county_code,
        checklist_id=incoming.document["id"],
        source=source,
        created_at=now,
        created_by=actor_id,
        changed_at=now,
        changed_by=actor_id,
    )
    _fill(draft, incoming, digest)
    db.session.add(draft)
    return draft


def close_draft(draft: ChecklistDraft, outcome: DraftOutcome, actor_id: uuid.UUID | None, now: datetime) -> None:
    draft.outcome, draft.closed_by, draft.closed_at = outcome, actor_id, now


def check_unchanged(draft: ChecklistDraft, based_on: str) -> None:
    """Raises: Refusal precondition-failed when the draft is no longer what was read."""
    if draft.hash != based_on:
        raise Refusal(
            ProblemCode.DRAFT_CHANGED,
            errors=[FieldError("#/hash", FaultCode.STALE, params={"hash": draft.hash})],
        )


def lock_checklist(checklist_id: str) -> None:
    """Two people who import or publish versions of one checklist wait for each other; a lock of a draft would not do it."""
    lock_ids([uuid.uuid5(uuid.NAMESPACE_OID, checklist_id)])


def _fill(draft: ChecklistDraft, incoming: Incoming, digest: str) -> None:
    document = incoming.document
    draft.version, draft.hash, draft.document = document["version"], digest, document
    draft.title, draft.sector = document["title"], document["sector"]
    draft.item_count = sum(len(section["items"]) for section in document["sections"])
    draft.file_name, draft.problems = incoming.file_name[:200], incoming.notes


def _named(draft: ChecklistDraft) -> dict[str, Any]:
    return {"checklist": draft.checklist_id, "version": draft.version, "hash": draft.hash}
