"""Publishing, retiring and reinstating checklist versions, each with who approved it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from forms.compatibility import compare
from server import clock
from server.audit import write_audit
from server.changes import record_changes
from server.checklists.drafts import check_unchanged, close_draft, get_draft, lock_checklist
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.rules import NO_REPORT, Known, Obstacle, as_published, find_obstacles, report_body, version_key
from server.checklists.service import add_version, get_version
from server.checklists.standards import registry
from server.checklists.uploads import field_errors_of, obstacle_body
from server.db import db, transaction
from server.problems import FieldError, Refusal
from vocabulary import ChangeKind, ChecklistOrigin, ChecklistStatus, DraftOutcome, FaultCode, ProblemCode


def versions_of(checklist_id: str) -> Sequence[ChecklistVersion]:
    """All stored versions of a checklist, newest number first."""
    rows = db.session.scalars(select(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist_id)).all()
    return sorted(rows, key=lambda row: version_key(row.version), reverse=True)


def base_of(versions: Sequence[ChecklistVersion]) -> ChecklistVersion | None:
    """What a draft is compared with: the version in use, else the newest one, on which phones may still have drafts."""
    return next((row for row in versions if row.is_current), None) or next(iter(versions), None)


def draft_report(draft: ChecklistDraft, base: ChecklistVersion | None) -> dict[str, Any]:
    return report_body(compare(base.document, draft.document)) if base is not None else NO_REPORT


def draft_obstacles(
    draft: ChecklistDraft, versions: Sequence[ChecklistVersion], now: datetime, confirmed: Collection[str] = ()
) -> list[Obstacle]:
    base = base_of(versions)
    return find_obstacles(
        draft.document,
        base.document if base is not None else None,
        [Known(row.version, row.hash) for row in versions],
        registry(draft.county_code),
        clock.county_date(now),
        confirmed,
    )


def publish_draft(
    draft_id: uuid.UUID,
    *,
    digest: str,
    base_digest: str | None,
    approved_by: str,
    note: str,
    confirmed_drops: Collection[str],
    actor_id: uuid.UUID | None,
    now: datetime,
) -> ChecklistVersion:
    """Makes a version of a draft and the current one of its checklist. ``digest`` is the hash that was read and approved,
    ``base_digest`` that of the version which its report compared it with.

    Raises: Refusal not-found, gone, precondition-failed, invalid (nobody approved), not-publishable with every obstacle.
    """
    approver = _person(approved_by)
    with transaction() as session:
        draft = get_draft(draft_id, lock=True)
        check_unchanged(draft, digest)
        lock_checklist(draft.checklist_id)
        versions = versions_of(draft.checklist_id)
        _check_compared(base_of(versions), base_digest)
        obstacles = draft_obstacles(draft, versions, now, confirmed_drops)
        if obstacles:
            raise Refusal(
                ProblemCode.NOT_PUBLISHABLE,
                count=len(obstacles),
                errors=field_errors_of(map(obstacle_body, obstacles)),
            )
        report = draft_report(draft, base_of(versions))
        dropped = sorted({change["subject"] for change in report["changes"] if change["breaking"]})
        version = add_version(as_published(draft.document), draft.hash, source=ChecklistOrigin.OFFICE, report=report)
        version.published_at, version.published_by = now, actor_id
        version.approved_by, version.note = approver, note.strip()
        close_draft(draft, DraftOutcome.PUBLISHED, actor_id, now)
        session.flush()
        write_audit(
            "checklist:publish", "checklist_version", draft.hash, county_code=draft.county_code, actor_id=actor_id,
            checklist=draft.checklist_id, version=draft.version, approved_by=approver,
            confirmed_drops=dropped, counts=report["counts"],
        )  # fmt: skip
    return version


def retire_version(digest: str, *, approved_by: str, reason: str, actor_id: uuid.UUID | None, now: datetime) -> ChecklistVersion:
    """Takes a version out of use: no new visit begins with it, and no other one takes its place by itself.

    Submissions that were begun with it are accepted and scored as before.
    Raises: Refusal not-found, invalid, conflict (retired already, or never in use).
    """
    approver, why = _person(approved_by), _reason(reason)
    with transaction():
        version = _locked(digest)
        if version.status != ChecklistStatus.PUBLISHED:
            raise Refusal(ProblemCode.VERSION_NOT_IN_USE)
        version.status, version.is_current = ChecklistStatus.RETIRED, False
        version.retired_at, version.retired_by = now, actor_id
        version.retire_approved_by, version.retire_reason = approver, why
        record_changes(ChangeKind.CHECKLIST, version.county_code, [(version.checklist_id, None)])
        _audit("checklist:retire", version, actor_id, approved_by=approver, reason=why)
    return version


def reinstate_version(
    digest: str, *, approved_by: str, reason: str, actor_id: uuid.UUID | None, now: datetime
) -> ChecklistVersion:
    """Puts a version that was published before into use again, in place of the current one.

    Raises: Refusal not-found, invalid, conflict (in use already, or never published).
    """
    approver, why = _person(approved_by), _reason(reason)
    with transaction() as session:
        version = _locked(digest)
        if version.is_current or version.status == ChecklistStatus.DRAFT:
            raise Refusal(ProblemCode.VERSION_IN_USE)
        session.execute(
            update(ChecklistVersion).where(ChecklistVersion.checklist_id == version.checklist_id).values(is_current=False)
        )
        version.status, version.is_current = ChecklistStatus.PUBLISHED, True
        version.retired_at, version.retired_by, version.retire_approved_by, version.retire_reason = None, None, "", ""
        record_changes(ChangeKind.CHECKLIST, version.county_code, [(version.checklist_id, None)])
        _audit("checklist:reinstate", version, actor_id, approved_by=approver, reason=why)
    return version


def _check_compared(base: ChecklistVersion | None, digest: str | None) -> None:
    """Raises: Refusal precondition-failed when another version was put into use since the report was read.

    Its changes would be undone by a draft that began before them, and nobody would have read so.
    """
    if (base.hash if base is not None else None) != digest:
        number = base.version if base is not None else "—"
        raise Refusal(
            ProblemCode.BASE_CHANGED,
            version=number,
            errors=[FieldError("#/base", FaultCode.STALE, params={"version": number})],
        )


def _locked(digest: str) -> ChecklistVersion:
    version = get_version(digest)
    lock_checklist(version.checklist_id)
    db.session.refresh(version)
    return version


def _audit(action: str, version: ChecklistVersion, actor_id: uuid.UUID | None, **detail: Any) -> None:
    write_audit(
        action, "checklist_version", version.hash, county_code=version.county_code, actor_id=actor_id,
        checklist=version.checklist_id, version=version.version, **detail,
    )  # fmt: skip


def _person(name: str) -> str:
    if not name.strip():
        raise Refusal(ProblemCode.APPROVER_MISSING, errors=[FieldError("#/approved_by", FaultCode.MISSING)])
    return name.strip()


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal(ProblemCode.EXPLANATION_MISSING, errors=[FieldError("#/reason", FaultCode.MISSING)])
    return text.strip()
