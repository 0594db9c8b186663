"""Queries over photos, flags, reviews and receipts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import load_only

from media.duplicates import PictureHashes, band_probes, to_unsigned
from server.db import db
from server.evidence.models import WITH_BYTES, Photo, PhotoBand, PhotoFlag, PhotoReview, Receipt
from server.hazards.models import Hazard
from server.paging import Asked, ListScope, Order, Page, as_indexed, not_by_index, page_of
from server.permissions import Actor
from server.register.models import Subject, SubjectSector
from vocabulary import PhotoRole, ReviewState

# Roles that show a thing on site; signatures and papers are not reviewed and all look alike.
SITE_ROLES = (PhotoRole.OVERVIEW, PhotoRole.CLOSE_UP, PhotoRole.NAME_PLATE, PhotoRole.BEFORE, PhotoRole.AFTER, PhotoRole.ITEM)
NEAR_CANDIDATES = 2000
# As many subjects as a town has: what waits at each is found by an index.
FEW_IN_QUEUE = 500

_WITH_BYTES = as_indexed(f"photo.{WITH_BYTES}")


def durable_hashes(photo_ids: list[str]) -> Mapping[str, str]:
    """Photo id → SHA-256 of the photos whose bytes are here."""
    ids = [uuid.UUID(text) for text in photo_ids]
    rows = db.session.execute(select(Photo.id, Photo.sha256).where(Photo.id.in_(ids), Photo.sha256.is_not(None)))
    return {str(id_): sha256 for id_, sha256 in rows if sha256}


def receipts_of(photo_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Receipt]:
    rows = db.session.scalars(select(Receipt).where(Receipt.photo_id.in_(list(photo_ids))))
    return {(row.photo_id, row.sha256): row for row in rows}


def flags_of(photo_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[PhotoFlag]]:
    rows = db.session.scalars(
        select(PhotoFlag).where(PhotoFlag.photo_id.in_(list(photo_ids))).order_by(PhotoFlag.photo_id, PhotoFlag.code)
    )
    found: dict[uuid.UUID, list[PhotoFlag]] = {}
    for row in rows:
        found.setdefault(row.photo_id, []).append(row)
    return found


def reviews_of(photo_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[PhotoReview]]:
    """All acts on each photo, oldest first, withdrawn ones included."""
    rows = db.session.scalars(
        select(PhotoReview).where(PhotoReview.photo_id.in_(list(photo_ids))).order_by(PhotoReview.at, PhotoReview.id)
    )
    found: dict[uuid.UUID, list[PhotoReview]] = {}
    for row in rows:
        found.setdefault(row.photo_id, []).append(row)
    return found


def photos_of_hazards(hazard_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Photo]]:
    """Photos with bytes that show a hazard, in the order in which they were taken."""
    rows = db.session.scalars(
        select(Photo)
        .where(Photo.hazard_id.in_(list(hazard_ids)), Photo.sha256.is_not(None), Photo.role.in_(SITE_ROLES))
        .order_by(Photo.captured_at, Photo.id)
    )
    found: dict[uuid.UUID, list[Photo]] = {}
    for photo in rows:
        if photo.hazard_id is not None:
            found.setdefault(photo.hazard_id, []).append(photo)
    return found


def site_photos_of(hazard_ids: Iterable[uuid.UUID]) -> Sequence[Any]:
    """(hazard id, photo id, role) of the photos with bytes that show a hazard, in the order in which they were taken."""
    return db.session.execute(
        select(Photo.hazard_id, Photo.id, Photo.role)
        .where(Photo.hazard_id.in_(list(hazard_ids)), Photo.sha256.is_not(None), Photo.role.in_(SITE_ROLES))
        .order_by(Photo.captured_at, Photo.id)
    ).all()


def same_bytes_before(photo: Photo) -> Sequence[Photo]:
    """Other photos with the same bytes that were received earlier."""
    return db.session.scalars(
        select(Photo)
        .where(Photo.sha256 == photo.sha256, Photo.id != photo.id, Photo.county_code == photo.county_code, _earlier(photo))
        .order_by(Photo.uploaded_at, Photo.id)
        .limit(100)
    ).all()


def near_candidates(photo: Photo, hashes: PictureHashes, *, later: bool = False) -> Sequence[Photo]:
    """Photos of other visits that may be near the same picture, received earlier (or later); their bits decide."""
    ids = (
        select(PhotoBand.photo_id)
        .where(PhotoBand.county_code == photo.county_code, PhotoBand.band.in_(band_probes(hashes.phash)))
        .distinct()
        .limit(NEAR_CANDIDATES)
    )
    conditions = [
        Photo.id.in_(ids), Photo.id != photo.id, Photo.sha256 != photo.sha256,
        ~_earlier(photo) if later else _earlier(photo),
    ]  # fmt: skip
    if photo.visit_id is not None:
        conditions.append(Photo.visit_id.is_distinct_from(photo.visit_id))
    return db.session.scalars(select(Photo).where(*conditions).order_by(Photo.uploaded_at, Photo.id)).all()


def hashes_of(photo: Photo) -> PictureHashes | None:
    if photo.phash is None or photo.dhash is None:
        return None
    return PictureHashes(to_unsigned(photo.phash), to_unsigned(photo.dhash))


WAITING_LONGEST_FIRST = Order("reviews.waiting", (Photo.uploaded_at, Photo.id), (datetime, uuid.UUID))
DECIDED_LAST_FIRST = Order("reviews.decided", (Photo.uploaded_at, Photo.id), (datetime, uuid.UUID), descending=True)


def review_page(actor: Actor, scope: ListScope, filters: Mapping[str, Any], asked: Asked) -> Page:
    """One page of the review queue: what waits longest first, what was decided last first. ``filters`` as in QueueQuerySchema.

    Nobody reviews their own photos, so those are not in it.
    Most towns have nothing that waits while the county has much: the queue of a few subjects is gathered from each of them.
    """
    of_town = _subjects_of(filters["town"]) if "town" in filters else None
    is_direct = scope.few or of_town is not None or "subject_id" in filters
    county = not_by_index(Photo.county_code) if is_direct else Photo.county_code
    query = select(Photo).where(county == actor.county_code, _WITH_BYTES, Photo.subject_id.is_not(None), *scope.conditions)
    query = query.where(Photo.role.in_(SITE_ROLES), Photo.author_id.is_distinct_from(actor.user_id))
    if of_town is not None:
        query = query.where(Photo.subject_id.in_(of_town))
    elif "town" in filters:
        here = select(Subject.id).where(Subject.town_code == filters["town"])
        query = query.where(not_by_index(Photo.subject_id).in_(here))
    if "state" in filters:
        query = query.where(Photo.review_state == filters["state"])
    if "flagged" in filters:
        query = query.where(Photo.flag_count > 0 if filters["flagged"] else Photo.flag_count == 0)
    if "flag" in filters:
        flagged = exists().where(PhotoFlag.photo_id == Photo.id, PhotoFlag.code == filters["flag"])
        query = query.where(flagged)
    if "subject_id" in filters:
        query = query.where(Photo.subject_id == filters["subject_id"])
    if "sector" in filters:
        has_it = select(SubjectSector.subject_id).where(SubjectSector.sector == filters["sector"])
        query = query.where(not_by_index(Photo.subject_id).in_(has_it))
    waits = filters.get("state") in {ReviewState.PENDING, ReviewState.SECOND_OPINION}
    return page_of(query, WAITING_LONGEST_FIRST if waits else DECIDED_LAST_FIRST, asked)


def _subjects_of(town_code: str) -> Sequence[uuid.UUID] | None:
    """The subjects of a town; None when there are too many to go by them."""
    some = db.session.scalars(select(Subject.id).where(Subject.town_code == town_code).limit(FEW_IN_QUEUE + 1)).all()
    return some if len(some) <= FEW_IN_QUEUE else None


def hazards_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Hazard]:
    shown = load_only(
        Hazard.number, Hazard.state, Hazard.grade, Hazard.description, Hazard.spot, Hazard.deadline, raiseload=True
    )  # fmt: skip
    return {row.id: row for row in db.session.scalars(select(Hazard).options(shown).where(Hazard.id.in_(list(ids))))}


def _earlier(photo: Photo) -> ColumnElement[bool]:
    """Received before ``photo``: of two alike ones the later is flagged, whichever was inspected first."""
    assert photo.uploaded_at is not None, "only photos with bytes are compared"
    return (Photo.uploaded_at < photo.uploaded_at) | ((Photo.uploaded_at == photo.uploaded_at) & (Photo.id < photo.id))
