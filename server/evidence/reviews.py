"""Review of photos: approve, return with a reason, ask for a second opinion, and take the last act back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from server.accounts.models import User
from server.audit import write_audit
from server.based_on import check_based_on
from server.changes import record_changes
from server.db import db, transaction
from server.evidence.models import Photo, PhotoReview
from server.evidence.rules import review_in_force
from server.evidence.store import reviews_of
from server.pairings.visibility import check_subject
from server.permissions import Actor
from server.problems import FieldError, Refusal
from sync.times import format_time
from vocabulary import Action, ChangeKind, ProblemCode, ReviewDecision, ReviewState

# Long enough to notice a slip, too short for a phone to have acted on it.
UNDO_WINDOW = timedelta(minutes=10)


def get_photo(photo_id: uuid.UUID, actor: Actor, action: Action) -> Photo:
    """Raises: Refusal not-found, also for a photo that is not within the actor's scope. One's own is always visible."""
    photo = db.session.get(Photo, photo_id)
    if photo is None:
        raise Refusal(ProblemCode.NO_SUCH_PHOTO)
    if photo.author_id == actor.user_id and action is Action.READ_PHOTOS:
        return photo
    if photo.subject_id is None:
        raise Refusal(ProblemCode.NO_SUCH_PHOTO)
    check_subject(actor, action, photo.subject_id)
    return photo


def review_photo(
    photo_id: uuid.UUID, document: dict[str, Any], actor: Actor, now: datetime, based_on: int | None = None
) -> PhotoReview:
    """Adds a decision; it is in force until a later one. ``based_on``: how many acts on the photo the actor has seen; who does
    not say has seen none.

    Raises: Refusal not-found, conflict (the bytes are not here yet), not-allowed (one's own photo), changed-meanwhile.
    """
    with transaction() as session:
        photo = get_photo(photo_id, actor, Action.REVIEW_PHOTOS)
        session.execute(select(Photo.id).where(Photo.id == photo_id).with_for_update())
        if photo.author_id == actor.user_id:
            raise Refusal(ProblemCode.OWN_PHOTO)
        if photo.sha256 is None:
            raise Refusal(ProblemCode.PHOTO_NOT_ARRIVED)
        acts = reviews_of([photo_id]).get(photo_id, [])
        check_based_on(based_on, _happened(acts))
        review = PhotoReview(
            id=uuid.uuid4(), county_code=photo.county_code, photo_id=photo_id, decision=document["decision"],
            reason=document["reason"].strip(), mark=document["mark"], reviewer_id=actor.user_id, at=_after(acts, now),
        )  # fmt: skip
        session.add(review)
        photo.review_state = ReviewState(review.decision)
        _tell(photo)
        write_audit(f"photo:{review.decision}", "photo", photo_id, county_code=photo.county_code, actor_id=actor.user_id)
    return review


def undo_last_review(photo_id: uuid.UUID, actor: Actor, now: datetime) -> Photo:
    """Takes back the actor's own last decision within ten minutes; both acts stay on record.

    Raises: Refusal not-found, not-allowed (somebody else's), conflict (too late).
    """
    with transaction() as session:
        photo = get_photo(photo_id, actor, Action.REVIEW_PHOTOS)
        session.execute(select(Photo.id).where(Photo.id == photo_id).with_for_update())
        acts = reviews_of([photo_id]).get(photo_id, [])
        last = review_in_force(acts)
        if last is None:
            raise Refusal(ProblemCode.NO_REVIEW_TO_WITHDRAW)
        if last.reviewer_id != actor.user_id:
            raise Refusal(ProblemCode.NOT_OWN_REVIEW)
        if now - last.at > UNDO_WINDOW:
            raise Refusal(ProblemCode.TOO_LATE_TO_WITHDRAW, minutes=UNDO_WINDOW // timedelta(minutes=1))
        withdrawal = PhotoReview(
            id=uuid.uuid4(), county_code=photo.county_code, photo_id=photo_id, decision=ReviewDecision.WITHDRAWN,
            reason="", mark=None, withdraws_id=last.id, reviewer_id=actor.user_id, at=_after(acts, now),
        )  # fmt: skip
        session.add(withdrawal)
        standing = review_in_force([*acts, withdrawal])
        photo.review_state = ReviewState(standing.decision) if standing else ReviewState.PENDING
        _tell(photo)
        write_audit("photo:withdrawn", "photo", photo_id, county_code=photo.county_code, actor_id=actor.user_id)
    return photo


def _happened(acts: Sequence[PhotoReview]) -> list[FieldError]:
    people = select(User.id, User.name).where(User.id.in_({act.reviewer_id for act in acts}))
    names = {id_: name for id_, name in db.session.execute(people)}
    return [
        FieldError(
            f"#/reviews/{act.id}", act.decision, f"{names.get(act.reviewer_id, '')} {ReviewDecision(act.decision).zh}",
            {"author_name": names.get(act.reviewer_id), "at": format_time(act.at)},
        )
        for act in acts
    ]  # fmt: skip


def _after(acts: Sequence[PhotoReview], now: datetime) -> datetime:
    """The time of the next act: after those before it, also where the server's clock was set back since."""
    return max(now, acts[-1].at + timedelta(milliseconds=1)) if acts else now


def _tell(photo: Photo) -> None:
    """Phones learn of it with their next pull: the review itself, and the hazard whose photo it is."""
    record_changes(ChangeKind.PHOTO_REVIEW, photo.county_code, [(photo.id, photo.subject_id)])
    if photo.hazard_id is not None:
        record_changes(ChangeKind.HAZARD, photo.county_code, [(photo.hazard_id, photo.subject_id)])
