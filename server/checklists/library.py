"""What the office sees: every checklist with all its versions and drafts, one version or draft whole, and what differs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, union

from forms.compatibility import compare
from server import clock
from server.accounts.models import User
from server.checklists.drafts import get_draft, open_drafts
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.publishing import base_of, draft_obstacles, draft_report, versions_of
from server.checklists.rules import Obstacle, report_body, version_key
from server.checklists.service import get_version
from server.checklists.uploads import obstacle_body
from server.db import db
from server.paging import Asked, Order, page_of
from server.problems import FieldError, Refusal
from vocabulary import FaultCode, ProblemCode

Names = dict[uuid.UUID, str]


def library(asked: Asked, now: datetime) -> dict[str, Any]:
    """One page of the checklists by id, each with its versions, newest first, and its open drafts."""
    of_versions, of_drafts = select(ChecklistVersion.checklist_id), select(ChecklistDraft.checklist_id)
    ids = union(of_versions, of_drafts.where(ChecklistDraft.outcome.is_(None))).subquery()
    page = page_of(select(ids.c.checklist_id), Order("library", (ids.c.checklist_id,), (str,)), asked)
    versions: dict[str, list[ChecklistVersion]] = {}
    for row in db.session.scalars(select(ChecklistVersion).where(ChecklistVersion.checklist_id.in_(page.rows))):
        versions.setdefault(row.checklist_id, []).append(row)
    drafts: dict[str, list[ChecklistDraft]] = {}
    for draft in open_drafts(page.rows):
        drafts.setdefault(draft.checklist_id, []).append(draft)
    names = _names([row for rows in versions.values() for row in rows], [row for rows in drafts.values() for row in rows])
    entries = page.shown(
        lambda checklist_id: _checklist_entry(
            checklist_id, versions.get(checklist_id, []), drafts.get(checklist_id, []), names, now
        ),
        lambda checklist_id: checklist_id,
    )
    return page.body(entries)


def whole_library(now: datetime) -> Iterator[dict[str, Any]]:
    """Every checklist, for the command line."""
    asked: Asked | None = Asked(page_size=100)
    while asked is not None:
        page = library(asked, now)
        yield from page["items"]
        asked = replace(asked, cursor=page["next"]) if page["next"] else None


def _checklist_entry(
    checklist_id: str, versions: list[ChecklistVersion], drafts: list[ChecklistDraft], names: Names, now: datetime
) -> dict[str, Any]:
    versions.sort(key=lambda row: version_key(row.version), reverse=True)
    newest = next((row for row in versions if row.is_current), None) or next(iter(versions), None) or drafts[0]
    bodies = [_version_body(row, names) for row in versions]
    return {
        "id": checklist_id,
        "title": newest.title,
        "sector": newest.sector,
        "current": next((body for body in bodies if body["current"]), None),
        "versions": bodies,
        "drafts": [_draft_body(draft, draft_obstacles(draft, versions, now), names) for draft in drafts],
    }


def version_detail(digest: str) -> dict[str, Any]:
    """A version with the report that publishing made. Raises: Refusal not-found."""
    version = get_version(digest)
    return _version_body(version, _names([version], [])) | {
        "valid_from": version.document["valid_from"],
        "report": version.report or None,
    }


def draft_detail(draft: ChecklistDraft, now: datetime) -> dict[str, Any]:
    """A draft with its document, the report against the version in use and all obstacles."""
    versions = versions_of(draft.checklist_id)
    base = base_of(versions)
    obstacles = draft_obstacles(draft, versions, now)
    return _draft_body(draft, obstacles, _names([], [draft])) | {
        "problems": draft.problems,
        "obstacles": [obstacle_body(obstacle) for obstacle in obstacles],
        "report": draft_report(draft, base),
        "base": {"id": base.checklist_id, "version": base.version, "hash": base.hash} if base is not None else None,
        "document": draft.document,
    }


def difference(before: str, after: str) -> dict[str, Any]:
    """What changes between two versions or drafts of one checklist, each named by its hash or draft id.

    Raises: Refusal not-found, gone, invalid (two checklists).
    """
    old, new = _find(before), _find(after)
    if old["id"] != new["id"]:
        raise Refusal(
            ProblemCode.CHECKLISTS_DIFFER,
            errors=[FieldError("#/to", FaultCode.ANOTHER_CHECKLIST, params={"from": old["id"], "to": new["id"]})],
        )  # fmt: skip
    report = report_body(compare(old.pop("document"), new.pop("document")))
    return {"from": old, "to": new, "report": report}


def file_of(reference: str) -> tuple[str, dict[str, Any]]:
    """The name (without ending) and the document to export, of a version by hash or a draft by id."""
    found = _find(reference)
    return f"{found['document']['title']['zh']}_{found['version']}", found["document"]


def _find(reference: str) -> dict[str, Any]:
    try:
        draft = get_draft(uuid.UUID(reference)) if len(reference) == 36 else None
    except ValueError:
        draft = None
    if draft is not None:
        return {
            "id": draft.checklist_id, "version": draft.version, "hash": draft.hash, "draft_id": str(draft.id),
            "document": draft.document,
        }  # fmt: skip
    row = get_version(reference)
    return {"id": row.checklist_id, "version": row.version, "hash": row.hash, "draft_id": None, "document": row.document}


def _version_body(row: ChecklistVersion, names: Names) -> dict[str, Any]:
    return {
        "id": row.checklist_id,
        "version": row.version,
        "hash": row.hash,
        "title": row.title,
        "sector": row.sector,
        "state": row.status,
        "current": row.is_current,
        "item_count": row.item_count,
        "applies_to": row.applies_to,
        "source": row.source,
        "stored_at": clock.isoformat(row.stored_at),
        "published_at": clock.isoformat(row.published_at),
        "published_by": _person(row.published_by, names),
        "approved_by": row.approved_by or None,
        "note": row.note,
        "retired_at": clock.isoformat(row.retired_at),
        "retired_by": _person(row.retired_by, names),
        "retire_approved_by": row.retire_approved_by or None,
        "retire_reason": row.retire_reason or None,
    }


def _draft_body(draft: ChecklistDraft, obstacles: Sequence[Obstacle], names: Names) -> dict[str, Any]:
    return {
        "draft_id": str(draft.id),
        "id": draft.checklist_id,
        "version": draft.version,
        "hash": draft.hash,
        "title": draft.title,
        "sector": draft.sector,
        "applies_to": draft.document["applies_to"],
        "valid_from": draft.document["valid_from"],
        "item_count": draft.item_count,
        "source": draft.source,
        "file_name": draft.file_name or None,
        "created_at": clock.isoformat(draft.created_at),
        "created_by": _person(draft.created_by, names),
        "changed_at": clock.isoformat(draft.changed_at),
        "changed_by": _person(draft.changed_by, names),
        "obstacle_count": len(obstacles),
        "breaking": sum(obstacle.code == "drops-answers" for obstacle in obstacles),
    }


def _person(user_id: uuid.UUID | None, names: Names) -> dict[str, Any] | None:
    return None if user_id is None else {"id": str(user_id), "name": names.get(user_id, "")}


def _names(versions: Iterable[ChecklistVersion], drafts: Iterable[ChecklistDraft]) -> Names:
    ids = {user for row in versions for user in (row.published_by, row.retired_by) if user}
    ids |= {user for draft in drafts for user in (draft.created_by, draft.changed_by) if user}
    return {id_: name for id_, name in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}
