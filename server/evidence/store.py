"""Queries over photos, flags, reviews and receipts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from media.duplicates import PictureHashes, band_probes, to_unsigned
from server.db import db
from server.evidence.models import Photo, PhotoBand, PhotoFlag, PhotoReview, Receipt
from server.hazards.models import Hazard
from server.register.models import Subject, SubjectSector
from vocabulary import PhotoRole, ReviewState

# Roles that show a thing on site; signatures and papers are not reviewed and all look alike.
SITE_ROLES = (PhotoRole.OVERVIEW, PhotoRole.CLOSE_UP, PhotoRole.NAME_PLATE, PhotoRole.BEFORE, PhotoRole.AFTER, PhotoRole.ITEM)
NEAR_CANDIDATES = 2000


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


def review_page(
    visible: ColumnElement[bool],
    *,
    state: str | None,
    flagged: bool | None,
    flag: str | None,
    town: str | None,
    sector: str | None,
    subject_id: uuid.UUID | None,
    page: int,
    page_size: int,
) -> tuple[Sequence[tuple[Photo, Subject]], int]:
    """One page of the review queue and how many there are: what waits longest first, what was decided last first."""
    conditions: list[Any] = [visible, Photo.sha256.is_not(None), Photo.role.in_(SITE_ROLES)]
    if state:
        conditions.append(Photo.review_state == state)
    if flagged is not None:
        conditions.append(Photo.flag_count > 0 if flagged else Photo.flag_count == 0)
    if flag:
        conditions.append(Photo.id.in_(select(PhotoFlag.photo_id).where(PhotoFlag.code == flag)))
    if town:
        conditions.append(Subject.town_code == town)
    if sector:
        conditions.append(Subject.id.in_(select(SubjectSector.subject_id).where(SubjectSector.sector == sector)))
    if subject_id:
        conditions.append(Photo.subject_id == subject_id)
    base = select(Photo, Subject).join(Subject, Subject.id == Photo.subject_id).where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(base.with_only_columns(Photo.id).subquery())) or 0
    waiting = state in {ReviewState.PENDING, ReviewState.SECOND_OPINION}
    order = (Photo.uploaded_at, Photo.id) if waiting else (Photo.uploaded_at.desc(), Photo.id)
    rows = db.session.execute(base.order_by(*order).limit(page_size).offset((page - 1) * page_size)).all()
    return [(photo, subject) for photo, subject in rows], total


def hazards_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Hazard]:
    return {row.id: row for row in db.session.scalars(select(Hazard).where(Hazard.id.in_(list(ids))))}


def _earlier(photo: Photo) -> ColumnElement[bool]:
    """Received before ``photo``: of two alike ones the later is flagged, whichever was inspected first."""
    assert photo.uploaded_at is not None, "only photos with bytes are compared"
    return (Photo.uploaded_at < photo.uploaded_at) | ((Photo.uploaded_at == photo.uploaded_at) & (Photo.id < photo.id))
