"""How photos, reviews and receipts look to phones and the desk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from media.watermark import circles_of
from server import clock
from server.accounts.models import User
from server.db import db
from server.evidence import store
from server.evidence.models import Photo, PhotoFlag, PhotoReview, Receipt
from server.evidence.rules import review_in_force
from server.hazards.models import Hazard
from server.paging import Page
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.register.models import Subject
from server.register.store import subject_lines
from vocabulary import Action, Datum, MarkShape, PhotoRole, ReceiptKind, ReviewDecision

# What phones are told; an open question between reviewers is not theirs.
TOLD_TO_PHONES = (ReviewDecision.APPROVED, ReviewDecision.RETURNED)


def photo_bodies(photos: Iterable[Photo]) -> dict[uuid.UUID, dict[str, Any]]:
    """Full bodies by id."""
    photos = list(photos)
    body_of = photo_builder(photos)
    return {photo.id: body_of(photo) for photo in photos}


def photo_builder(photos: Sequence[Photo]) -> Callable[[Photo], dict[str, Any]]:
    """What makes the full body of any of the photos, with flags, reviews and receipts loaded in one query each."""
    ids = [photo.id for photo in photos]
    flags, reviews, receipts = store.flags_of(ids), store.reviews_of(ids), store.receipts_of(ids)
    people = {photo.author_id for photo in photos} | {act.reviewer_id for acts in reviews.values() for act in acts}
    names = _names(people)
    subjects = _subjects({photo.subject_id for photo in photos if photo.subject_id})
    return lambda photo: _photo_body(
        photo,
        subjects.get(photo.subject_id) if photo.subject_id else None,
        flags.get(photo.id, []),
        reviews.get(photo.id, []),
        receipts.get((photo.id, photo.sha256 or "")),
        names,
    )


def queue_items(page: Page) -> list[dict[str, Any]]:
    """What the review screen shows of each photo, with its counterpart before or after the rectification."""
    photos: Sequence[Photo] = page.rows
    hazard_ids = {photo.hazard_id for photo in photos if photo.hazard_id}
    hazards = store.hazards_by_id(hazard_ids)
    siblings = store.photos_of_hazards(hazard_ids)
    pairs = {photo.id: _counterpart(photo, siblings.get(photo.hazard_id, []) if photo.hazard_id else []) for photo in photos}
    body_of = photo_builder([*photos, *(pair for pair in pairs.values() if pair is not None)])
    subjects = subject_lines(photo.subject_id for photo in photos)

    def item(photo: Photo) -> dict[str, Any]:
        body, pair = body_of(photo), pairs[photo.id]
        other = body_of(pair) if pair else None
        assert photo.subject_id is not None, "the list goes by subjects"
        return {
            "photo": body,
            "before": other if photo.role == PhotoRole.AFTER else None,
            "after": None if photo.role == PhotoRole.AFTER else other,
            "subject": subjects[photo.subject_id].body(),
            "hazard": _hazard_body(hazards.get(photo.hazard_id)) if photo.hazard_id else None,
            "flags": body["flags"],
            "positions": body["positions"],
            "distances_m": body["distances_m"],
            "review": body["review"],
        }

    return page.shown(item, lambda photo: photo.id)


def load_photo_reviews(entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Reviews in force by photo id, for phones; a photo without one is left out, so a withdrawn review disappears."""
    ids = [uuid.UUID(text) for text in entity_ids]
    photos = db.session.scalars(
        select(Photo).where(
            Photo.id.in_(ids),
            Photo.review_state.in_(TOLD_TO_PHONES),
            Photo.subject_id.in_(select(Subject.id).where(visible_subjects(actor, Action.SYNC))),
        )
    ).all()
    reviews = store.reviews_of([photo.id for photo in photos])
    names = _names({act.reviewer_id for acts in reviews.values() for act in acts})
    bodies = {}
    for photo in photos:
        review = review_in_force(reviews.get(photo.id, []))
        if review is not None:
            bodies[str(photo.id)] = {
                "photo_id": str(photo.id),
                "hazard_id": _text(photo.hazard_id),
                "subject_id": _text(photo.subject_id),
                "visit_id": _text(photo.visit_id),
                "item_path": photo.item_path,
                "decision": review.decision,
                "reason": review.reason,
                "mark": review.mark,
                "reviewed_at": clock.isoformat(review.at),
                "reviewer_name": names.get(review.reviewer_id, ""),
            }
    return bodies


def add_reviews_to_hazards(bodies: dict[str, Any]) -> None:
    """Adds to the photos of hazard bodies their hash and the review in force; photos still on the phone have neither."""
    ids = {uuid.UUID(photo["id"]) for body in bodies.values() for photo in body["photos"]}
    if not ids:
        return
    hashes = store.durable_hashes([str(id_) for id_ in ids])
    reviews = store.reviews_of(ids)
    for body in bodies.values():
        for photo in body["photos"]:
            photo["sha256"] = hashes.get(photo["id"])
            review = review_in_force(reviews.get(uuid.UUID(photo["id"]), []))
            if review is not None and review.decision in TOLD_TO_PHONES:
                photo["review"] = {"decision": review.decision, "reason": review.reason, "mark": review.mark}


def photo_lines(hazard_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The photos of hazards as a line of the ledger shows them, in the order in which they were taken."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for hazard_id, photo_id, role in store.site_photos_of(hazard_ids):
        line = {"id": str(photo_id), "role": role, "thumbnail_url": f"/api/evidence/photos/{photo_id}/thumbnail"}
        found.setdefault(hazard_id, []).append(line)
    return found


def receipt_body(receipt: Receipt) -> dict[str, Any]:
    return {
        "code": receipt.code,
        "kind": ReceiptKind.PHOTO.value,
        "id": str(receipt.photo_id),
        "sha256": receipt.sha256,
        "received_at": clock.isoformat(receipt.received_at),
    }


def review_body(review: PhotoReview, name: str, *, withdrawn: bool = False) -> dict[str, Any]:
    return {
        "id": str(review.id),
        "photo_id": str(review.photo_id),
        "decision": review.decision,
        "reason": review.reason,
        "mark": review.mark,
        "reviewed_at": clock.isoformat(review.at),
        "reviewer_name": name,
        "withdrawn": withdrawn,
    }


def person_name(user_id: uuid.UUID) -> str:
    return _names({user_id}).get(user_id, "")


def _photo_body(
    photo: Photo,
    subject: Subject | None,
    flags: list[PhotoFlag],
    reviews: list[PhotoReview],
    receipt: Receipt | None,
    names: dict[uuid.UUID, str],
) -> dict[str, Any]:
    base = f"/api/evidence/photos/{photo.id}"
    here, drawn = photo.sha256 is not None, photo.width is not None
    in_force = review_in_force(reviews)
    withdrawn = {act.withdraws_id for act in reviews}
    return {
        "id": str(photo.id),
        "subject_id": _text(photo.subject_id),
        "visit_id": _text(photo.visit_id),
        "hazard_id": _text(photo.hazard_id),
        "item_path": photo.item_path,
        "role": photo.role,
        "source": photo.source,
        "sha256": photo.sha256,
        "size_bytes": photo.size_bytes,
        "media_type": photo.media_type,
        "width": photo.width,
        "height": photo.height,
        "captured_at": clock.isoformat(photo.captured_at),
        "corrected_at": clock.isoformat(photo.corrected_at),
        "error_bound_ms": photo.error_bound_ms,
        "uploaded_at": clock.isoformat(photo.uploaded_at),
        "inspected_at": clock.isoformat(photo.inspected_at),
        "broken": photo.broken,
        "author_name": names.get(photo.author_id),
        "state": photo.review_state,
        "marks": [
            {"shape": MarkShape.CIRCLE, "x": mark.x, "y": mark.y, "r": mark.r} for mark in circles_of(photo.facts.get("marks"))
        ],
        "exif": photo.exif | {"taken_at": clock.isoformat(photo.exif_taken_at)} if photo.inspected_at else {},
        "thumbnail_url": f"{base}/thumbnail" if drawn else None,
        "display_url": f"{base}/display" if drawn else None,
        "original_url": f"{base}/original" if here else None,
        "marked_url": f"{base}/marked" if drawn else None,
        "positions": {
            "subject": _position(subject.lng, subject.lat) if subject else None,
            "photo_exif": _position(photo.exif_lng, photo.exif_lat, photo.exif.get("accuracy_m")),
            "device_fix": _position(photo.device_lng, photo.device_lat, photo.device_accuracy_m),
        },
        "distances_m": {
            "subject_device": photo.subject_device_m,
            "subject_exif": photo.subject_exif_m,
            "device_exif": photo.device_exif_m,
        },
        "flags": [{"code": flag.code, "severity": flag.severity, "params": flag.params} for flag in flags],
        "review": review_body(in_force, names.get(in_force.reviewer_id, "")) if in_force else None,
        "reviews": [review_body(act, names.get(act.reviewer_id, ""), withdrawn=act.id in withdrawn) for act in reviews],
        "receipt": receipt_body(receipt) if receipt else None,
    }


def _counterpart(photo: Photo, siblings: list[Photo]) -> Photo | None:
    """The photo to lay beside: for one after the rectification the nearest kind from before it, else the newest after it."""
    if photo.role == PhotoRole.AFTER:
        earlier = [other for other in siblings if other.role != PhotoRole.AFTER]
        ranks: dict[str, int] = {PhotoRole.BEFORE: 0, PhotoRole.CLOSE_UP: 1, PhotoRole.ITEM: 2, PhotoRole.OVERVIEW: 3}
        return min(earlier, key=lambda other: ranks.get(other.role or "", 9), default=None)
    later = [other for other in siblings if other.role == PhotoRole.AFTER and other.id != photo.id]
    return later[-1] if later else None


def _hazard_body(hazard: Hazard | None) -> dict[str, Any] | None:
    if hazard is None:
        return None
    return {
        "id": str(hazard.id),
        "number": hazard.number,
        "state": hazard.state,
        "grade": hazard.grade,
        "description": hazard.description,
        "spot": hazard.spot,
        "deadline": hazard.deadline.isoformat() if hazard.deadline else None,
    }


def _names(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(list(user_ids))))
    return {id_: name for id_, name in rows}


def _subjects(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    return {row.id: row for row in db.session.scalars(select(Subject).where(Subject.id.in_(list(ids))))}


def _position(lng: float | None, lat: float | None, accuracy_m: float | None = None) -> dict[str, Any] | None:
    if lng is None or lat is None:
        return None
    return {"lng": lng, "lat": lat, "accuracy_m": accuracy_m, "datum": Datum.WGS_84}


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
