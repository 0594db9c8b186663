"""What phones pull: everything within a person's scope that changed since their cursor, each entity as it is now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, select

from server import clock
from server.db import db
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.problems import Refusal
from server.records import feed
from server.records.cursors import Cursor, CursorInvalid, CursorOutdated, Place, decode_cursor, encode_cursor
from server.records.feed import Entry
from server.register.models import Subject
from server.wiring import wiring
from vocabulary import Action, ChangeKind, ProblemCode

# Subjects whose changes are looked up at once in a first pull.
SUBJECTS_AT_ONCE = 50


def pull(actor: Actor, cursor_text: str, limit: int, now: datetime) -> dict[str, Any]:
    """Changes after the cursor, each entity once with its newest body; ``more`` says to ask again.

    A phone that starts gets what there is, subject by subject (so that what it costs depends on what is theirs), and then what
    has changed since it started, in commit order. When a pairing gives a person a new subject, the feed notes the subject and
    what hangs on it again, so an old cursor sees them.
    Raises: Refusal invalid for a cursor that is not ours; feed-restarted for one of another numbering of the feed or from when
    the person had other grants: the phone pulls from the start.
    """
    cursor = _read(cursor_text, actor) if cursor_text else _start(actor)
    if cursor.place is not None:
        entries, cursor = _first_pull(cursor, cursor.place, actor, limit)
        # What came in since the first page stands in what follows.
        more = cursor.place is not None or cursor_text != ""
    else:
        entries = feed.changes_after(cursor.position, actor.county_code, _mine(actor), limit)
        more = len(entries) == limit
        if entries:
            cursor = replace(cursor, position=entries[-1].position)
    return {
        "cursor": encode_cursor(cursor),
        "more": more,
        "server_time": clock.isoformat(now),
        "changes": _bodies(entries, actor),
    }


def _start(actor: Actor) -> Cursor:
    return Cursor(feed.generation(), _grants(actor), feed.head(), Place())


def _read(text: str, actor: Actor) -> Cursor:
    try:
        cursor = decode_cursor(text)
    except CursorInvalid as error:
        raise Refusal(ProblemCode.CURSOR_UNKNOWN) from error
    except CursorOutdated as error:
        raise Refusal(ProblemCode.FEED_RESTARTED) from error
    if cursor.generation != feed.generation() or cursor.grants != _grants(actor) or cursor.position > feed.head():
        raise Refusal(ProblemCode.FEED_RESTARTED)
    return cursor


def _grants(actor: Actor) -> str:
    """Whose cursor it is and for which scope: what another grant opens or closes, no change in the feed tells."""
    covered = sorted(f"{grant.scope_kind}:{grant.scope_id}" for grant in actor.grants_for(Action.SYNC))
    return sha256("\n".join([str(actor.user_id), *covered]).encode()).hexdigest()[:8]


def _mine(actor: Actor) -> Select[uuid.UUID]:
    return select(Subject.id).where(visible_subjects(actor, Action.SYNC))


def _first_pull(cursor: Cursor, place: Place, actor: Actor, limit: int) -> tuple[list[Entry], Cursor]:
    """The next page of what there is, and where to go on: after the last of it with what has changed meanwhile."""
    entries: list[Entry] = []
    if place.subject_id is None:
        entries = feed.changes_of_nobody(place.after, actor.county_code, limit)
    begun, subjects = place, _subjects_from(place.subject_id, actor)
    while subjects and len(entries) < limit:
        entries += feed.changes_of(subjects, begun, actor.county_code, limit - len(entries))
        begun, subjects = Place(), _subjects_from(subjects[-1], actor, itself=False)
    if len(entries) == limit:
        return entries, replace(cursor, place=Place(entries[-1].subject_id, entries[-1].position))
    return entries, replace(cursor, place=None)


def _subjects_from(subject_id: uuid.UUID | None, actor: Actor, *, itself: bool = True) -> Sequence[uuid.UUID]:
    query = _mine(actor).order_by(Subject.id).limit(SUBJECTS_AT_ONCE)
    if subject_id is not None:
        query = query.where(Subject.id >= subject_id if itself else Subject.id > subject_id)
    return list(db.session.scalars(query))


def _bodies(entries: Sequence[Entry], actor: Actor) -> list[dict[str, Any]]:
    """Each entity once, where its last change stands."""
    newest: dict[tuple[str, str], None] = {}
    for entry in entries:
        key = (entry.kind, entry.entity_id)
        newest.pop(key, None)
        newest[key] = None
    by_kind: dict[str, list[str]] = {}
    for kind, entity_id in newest:
        by_kind.setdefault(kind, []).append(entity_id)
    bodies = {kind: wiring().load_bodies(ChangeKind(kind), ids, actor) for kind, ids in by_kind.items()}
    return [
        {
            "kind": kind,
            "id": entity_id,
            "deleted": entity_id not in bodies[kind],
            "body": bodies[kind].get(entity_id),
        }
        for kind, entity_id in newest
        # Everybody's feed tells that a subject has moved; only who had it hears of it.
        if kind != ChangeKind.LEFT_SUBJECT or entity_id in bodies[kind]
    ]
