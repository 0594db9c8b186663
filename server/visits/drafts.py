"""The mirror of visits in progress: for the author's other device and the pairing partner, gone when the visit arrives."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from server import clock
from server.accounts.models import User
from server.db import db, transaction
from server.pairings.visibility import check_subject, visible_subjects
from server.permissions import Action, Actor
from server.problems import FieldError, Refusal
from server.register.models import Subject
from server.visits.models import Visit, VisitDraft
from sync.times import parse_time


def save_draft(visit_id: uuid.UUID, document: dict[str, Any], actor: Actor, now: datetime) -> int:
    """Keeps a draft and returns its new revision.

    ``based_on`` is the revision the phone continued from, None for a draft the server has not seen.
    Raises: Refusal not-found (subject), gone (the visit is finished), precondition-failed (somebody else continued it).
    """
    with transaction() as session:
        subject_id = uuid.UUID(document["subject_id"])
        check_subject(actor, Action.SYNC, subject_id)
        if session.get(Visit, visit_id) is not None:
            raise Refusal("gone", "这次走访已经提交。", "This visit has been submitted.")
        draft = session.get(VisitDraft, visit_id, with_for_update=True)
        stored = draft.revision if draft else None
        if draft is not None and draft.subject_id != subject_id:
            raise Refusal("conflict", "这份草稿属于另一个主体。", "This draft belongs to another subject.")
        if stored != document["based_on"]:
            raise Refusal(
                "precondition-failed",
                "这次走访已在另一台手机上继续填写。",
                "This visit was continued on another device.",
                errors=[FieldError("#/based_on", "stale", params={"revision": stored})],
            )
        if draft is None:
            draft = VisitDraft(visit_id=visit_id, county_code=actor.county_code, subject_id=subject_id, revision=0)
            session.add(draft)
        draft.author_id = actor.user_id
        draft.device_id = document["device_id"]
        draft.saved_at = parse_time(document["saved_at"])
        draft.received_at = now
        draft.content = document["content"]
        draft.revision += 1
        return draft.revision


def discard_draft(visit_id: uuid.UUID, actor: Actor) -> None:
    """Takes a draft away that its author threw away on the phone; none there is fine."""
    with transaction() as session:
        draft = session.get(VisitDraft, visit_id)
        if draft is not None and draft.author_id == actor.user_id:
            session.delete(draft)


def drafts_of(actor: Actor) -> list[dict[str, Any]]:
    """Drafts the actor may continue, their own and those on subjects paired with them, newest first, without content."""
    mine = select(Subject.id).where(visible_subjects(actor, Action.SYNC))
    rows = db.session.execute(
        select(VisitDraft, User.name, Subject.name)
        .join(User, User.id == VisitDraft.author_id)
        .join(Subject, Subject.id == VisitDraft.subject_id)
        .where(or_(VisitDraft.author_id == actor.user_id, VisitDraft.subject_id.in_(mine)))
        .order_by(VisitDraft.received_at.desc())
        .limit(200)
    )
    return [draft_body(draft, author, actor) | {"subject_name": subject} for draft, author, subject in rows]


def get_draft(visit_id: uuid.UUID, actor: Actor) -> dict[str, Any]:
    """A draft with its content. Raises: Refusal not-found."""
    draft = db.session.get(VisitDraft, visit_id)
    if draft is None:
        raise Refusal("not-found", "没有这份草稿，或者走访已经提交。", "No such draft, or the visit has been submitted.")
    if draft.author_id != actor.user_id:
        check_subject(actor, Action.SYNC, draft.subject_id)
    author = db.session.scalar(select(User.name).where(User.id == draft.author_id)) or ""
    return draft_body(draft, author, actor) | {"content": draft.content}


def draft_body(draft: VisitDraft, author: str, actor: Actor) -> dict[str, Any]:
    return {
        "visit_id": str(draft.visit_id),
        "subject_id": str(draft.subject_id),
        "author_name": author,
        "mine": draft.author_id == actor.user_id,
        "device_id": draft.device_id,
        "revision": draft.revision,
        "saved_at": clock.isoformat(draft.saved_at),
        "received_at": clock.isoformat(draft.received_at),
    }


def forget_drafts(visit_ids: Iterable[uuid.UUID]) -> None:
    """Removes drafts of visits that have arrived, in the open transaction."""
    db.session.execute(delete(VisitDraft).where(VisitDraft.visit_id.in_(list(visit_ids))))
