"""What phones pull: everything within a person's scope that changed since their cursor, each entity as it is now."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from server import clock
from server.changes import Change, record_changes
from server.db import db
from server.pairings.visibility import visible_subjects
from server.permissions import Action, Actor
from server.problems import Refusal
from server.records.feed import changes_after
from server.register.models import Subject
from server.wiring import wiring
from sync.cursors import Cursor, CursorInvalid, decode_cursor, encode_cursor


def pull(actor: Actor, cursor_text: str, limit: int, now: datetime) -> dict[str, Any]:
    """Changes after the cursor, oldest first, each entity once with its newest body; ``more`` says to ask again.

    A phone that starts gets the changes of all its subjects, whatever their age. When a pairing gives a person a new subject,
    the feed notes the subject and what hangs on it again, so an old cursor sees them.
    Raises: Refusal invalid for a cursor that is not ours.
    """
    try:
        cursor = decode_cursor(cursor_text)
    except CursorInvalid as error:
        raise Refusal("invalid", "同步位置无效，请从头同步。", "Unknown cursor; pull from the start.") from error
    mine = select(Subject.id).where(visible_subjects(actor, Action.SYNC))
    visible = and_(
        Change.county_code == actor.county_code,
        or_(Change.subject_id.is_(None), Change.subject_id.in_(mine)),
    )
    rows = changes_after((cursor.xid, cursor.seq), visible, limit)
    newest: dict[tuple[str, str], uuid.UUID | None] = {}
    for row in rows:
        key = (row.kind, row.entity_id)
        newest.pop(key, None)
        newest[key] = row.subject_id
    by_kind: dict[str, list[str]] = {}
    for kind, entity_id in newest:
        by_kind.setdefault(kind, []).append(entity_id)
    bodies = {kind: wiring().load_bodies(kind, ids, actor) for kind, ids in by_kind.items()}
    changes = [
        {
            "kind": kind,
            "id": entity_id,
            "deleted": entity_id not in bodies[kind],
            "body": bodies[kind].get(entity_id),
        }
        for kind, entity_id in newest
    ]
    end = Cursor(rows[-1].xid, rows[-1].seq) if rows else cursor
    return {
        "cursor": encode_cursor(end),
        "more": len(rows) == limit,
        "server_time": clock.isoformat(now),
        "changes": changes,
    }


def scope_changed(county_code: str, subject_ids: list[uuid.UUID]) -> None:
    """Notes subjects of a county and everything on them again, in the open transaction, after a pairing gave them to somebody."""
    record_changes("subject", county_code, [(subject, subject) for subject in subject_ids])
    rows = db.session.execute(
        select(Change.kind, Change.entity_id, Change.subject_id)
        .where(Change.subject_id.in_(subject_ids), Change.kind != "subject")
        .distinct()
    ).all()
    for kind in {kind for kind, _, _ in rows}:
        record_changes(kind, county_code, [(entity, subject) for row_kind, entity, subject in rows if row_kind == kind])
