"""The mirror of visits in progress: for the author's other device and the pairing partner, gone when the visit arrives.

A draft belongs to whoever wrote it last; another officer paired with the subject may take it over, nobody else sees it. The
feed tells phones when a draft appears, passes to another device, or goes, not each time it is saved.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, select

from server import clock
from server.accounts.models import User
from server.changes import record_changes
from server.db import db, lock_ids, retried, session_link, transaction
from server.pairings.visibility import check_subject, paired_subjects
from server.permissions import Actor
from server.prepared import Link, Prepared, insertion
from server.problems import FieldError, Refusal
from server.records.kinds import Arrival
from server.records.stored import Stored, claims_of, look_up
from server.register.models import Subject
from server.visits.models import DraftPhoto, Visit, VisitDraft
from server.wiring import wiring
from sync.records import is_uuid
from sync.times import parse_time
from vocabulary import Action, ChangeKind, ClaimKind, FaultCode, ProblemCode

# As many as a finished visit may announce.
MOST_PHOTOS = 2000


@retried
def save_draft(visit_id: uuid.UUID, document: dict[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    """Keeps a draft. Returns its new revision and which of its photos are here.

    ``based_on`` is the revision the phone continued from, None for a draft the server has not seen. The device that wrote
    last may write again whatever it says: the answer to its last save may have been lost on the way.
    Raises: Refusal not-found (subject), gone (the visit is finished), precondition-failed (somebody else continued it).
    """
    with transaction() as session:
        # Two devices may save the first draft of a visit at once.
        lock_ids([visit_id])
        subject_id = uuid.UUID(document["subject_id"])
        named = photo_ids(document["content"])
        known = look_up(session_link(), [visit_id, *map(uuid.UUID, named)], wiring().claims)
        _check_not_finished(visit_id, known, actor)
        draft = session.get(VisitDraft, visit_id, populate_existing=True)
        if draft is None or not _written_by(draft, actor):
            check_subject(actor, Action.SYNC, subject_id)
        if draft is not None:
            _check_take_over(draft, subject_id, document, actor)
        elif document["based_on"] is not None:
            raise Refusal(
                ProblemCode.DRAFT_GONE,
                errors=[FieldError("#/based_on", FaultCode.STALE, params={"revision": None})],
            )  # fmt: skip
        handed_over = draft is None or not (_written_by(draft, actor) and draft.device_id == document["device_id"])
        if draft is None:
            draft = VisitDraft(visit_id=visit_id, county_code=actor.county_code, subject_id=subject_id, revision=0)
            session.add(draft)
        draft.author_id = actor.user_id
        draft.device_id = document["device_id"]
        draft.saved_at = parse_time(document["saved_at"])
        draft.received_at = now
        draft.content = document["content"]
        draft.revision += 1
        if handed_over:
            record_changes(ChangeKind.VISIT_DRAFT, actor.county_code, [(visit_id, subject_id)])
        _claim_photos(draft, named, known, session_link())
        return {"revision": draft.revision, "photos": _photos_here(draft.visit_id, named, known, actor)}


def _check_not_finished(visit_id: uuid.UUID, known: Stored, actor: Actor) -> None:
    finished = known.records.get(visit_id)
    if finished is not None:
        if finished.is_by(actor.author):
            raise Refusal(ProblemCode.VISIT_SUBMITTED)
        raise _no_draft()


def _no_draft() -> Refusal:
    return Refusal(ProblemCode.NO_SUCH_VISIT_DRAFT)


def _check_take_over(draft: VisitDraft, subject_id: uuid.UUID, document: dict[str, Any], actor: Actor) -> None:
    if not db.session.scalar(select(exists().where(VisitDraft.visit_id == draft.visit_id, _may_continue(actor)))):
        raise _no_draft()
    if draft.subject_id != subject_id:
        raise Refusal(ProblemCode.DRAFT_OF_ANOTHER_SUBJECT)
    is_own_echo = _written_by(draft, actor) and draft.device_id == document["device_id"]
    if not is_own_echo and draft.revision != document["based_on"]:
        raise Refusal(
            ProblemCode.CONTINUED_ELSEWHERE,
            errors=[FieldError("#/based_on", FaultCode.STALE, params={"revision": draft.revision})],
        )


def discard_draft(visit_id: uuid.UUID, based_on: int | None, actor: Actor) -> None:
    """Takes a draft away that its author threw away on the phone, unless another device went on with it; none there is fine."""
    with transaction() as session:
        draft = session.get(VisitDraft, visit_id, with_for_update=True)
        if draft is not None and _written_by(draft, actor) and based_on in (None, draft.revision):
            session.delete(draft)
            record_changes(ChangeKind.VISIT_DRAFT, draft.county_code, [(visit_id, draft.subject_id)])


def drafts_of(actor: Actor) -> list[dict[str, Any]]:
    """Drafts the actor may continue, their own and those on subjects paired with them, newest first, without content."""
    return _bodies(_may_continue(actor), actor)


def load_drafts(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """The same by id, for the feed."""
    ids = [uuid.UUID(text) for text in entity_ids]
    return {body["visit_id"]: body for body in _bodies(and_(VisitDraft.visit_id.in_(ids), _may_continue(actor)), actor)}


def get_draft(visit_id: uuid.UUID, actor: Actor) -> dict[str, Any]:
    """A draft with its content and which of its photos are here. Raises: Refusal not-found."""
    bodies = _bodies(and_(VisitDraft.visit_id == visit_id, _may_continue(actor)), actor)
    if not bodies:
        raise _no_draft()
    content = db.session.scalars(select(VisitDraft.content).where(VisitDraft.visit_id == visit_id)).one()
    named = photo_ids(content)
    known = look_up(session_link(), [uuid.UUID(name) for name in named], wiring().claims)
    return bodies[0] | {"content": content, "photos": _photos_here(visit_id, named, known, actor)}


def _claim_photos(draft: VisitDraft, named: Sequence[str], known: Stored, link: Link) -> None:
    """A photo that nobody used before is the author's from now on."""
    unclaimed = [uuid.UUID(name) for name in named if uuid.UUID(name) not in known.claims]
    key = {"county_code": draft.county_code, "visit_id": draft.visit_id, "author_id": draft.author_id}
    _CLAIM_PHOTO.run(link, [key | {"photo_id": photo_id} for photo_id in unclaimed])


def _photos_here(visit_id: uuid.UUID, named: Sequence[str], known: Stored, actor: Actor) -> dict[str, str]:
    """Photo id → SHA-256 of a draft's photos whose bytes are here; nobody learns anything of photos that are not theirs."""
    hashes = known.photo_hashes()
    return {
        name: hashes[photo_id]
        for name in named
        if (photo_id := uuid.UUID(name)) in hashes and not known.is_anothers_photo(photo_id, visit_id, actor.author)
    }


def photo_ids(content: dict[str, Any]) -> list[str]:
    """Ids of the photos that a draft names; its content is the phone's own, so anything may stand there."""
    rows = content.get("photos")
    found = []
    for row in rows if isinstance(rows, list) else []:
        name = row.get("id") if isinstance(row, dict) else None
        if isinstance(name, str) and is_uuid(name):
            found.append(name)
    return found[:MOST_PHOTOS]


def _may_continue(actor: Actor) -> ColumnElement[bool]:
    """A condition on VisitDraft: the actor's own, and those on subjects paired with the actor today."""
    today = clock.county_date(clock.now())
    paired = paired_subjects(actor.user_id, today)
    return and_(
        VisitDraft.county_code == actor.county_code,
        or_(VisitDraft.author_id == actor.user_id, VisitDraft.subject_id.in_(paired)),
    )


def _bodies(condition: ColumnElement[bool], actor: Actor) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(VisitDraft, User.name, Subject.name, Visit.id)
        .join(User, User.id == VisitDraft.author_id)
        .join(Subject, Subject.id == VisitDraft.subject_id)
        .outerjoin(Visit, Visit.id == VisitDraft.visit_id)
        .where(condition)
        .order_by(VisitDraft.received_at.desc())
        .limit(200)
    )
    return [
        draft_body(draft, author, actor) | {"subject_name": subject, "finished": visit is not None}
        for draft, author, subject, visit in rows
    ]


def _written_by(draft: VisitDraft, actor: Actor) -> bool:
    return draft.author_id == actor.user_id


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


_draft, _claimed = VisitDraft.__table__.c, DraftPhoto.__table__.c
DRAFT_CLAIMS = claims_of(
    ClaimKind.DRAFT, _draft.visit_id, user_id=_draft.author_id, visit_id=_draft.visit_id, subject_id=_draft.subject_id,
    device_id=_draft.device_id,
)  # fmt: skip
DRAFT_PHOTO_CLAIMS = claims_of(ClaimKind.DRAFT_PHOTO, _claimed.photo_id, user_id=_claimed.author_id, visit_id=_claimed.visit_id)
_CLAIM_PHOTO = insertion(DraftPhoto.__table__, unless_there=True)
_FORGET = Prepared(delete(VisitDraft.__table__).where(_draft.visit_id == bindparam("key")))


def forget_drafts(visit_ids: Iterable[uuid.UUID], arrival: Arrival) -> None:
    """Removes drafts of visits that have arrived.

    A draft that another device wrote last may hold answers that the finished visit lacks: it stays until its author has
    looked at it.
    """
    for visit_id in visit_ids:
        for draft in arrival.stored.drafts_of(visit_id):
            if draft.device_id == arrival.device_id:
                arrival.unit.add(_FORGET, [{"key": visit_id}])
            arrival.unit.tell(ChangeKind.VISIT_DRAFT, arrival.author.county_code, [(visit_id, draft.subject_id)])
