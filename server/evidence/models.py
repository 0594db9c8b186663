"""Tables of photos, their uploads, receipts, flags and reviews. The bytes lie in the photo store under their SHA-256."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import FlagCode, FlagSeverity, PhotoRole, PhotoSource, ReviewDecision, ReviewState

WITH_BYTES = "uploaded_at IS NOT NULL"


def _with_bytes(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(WITH_BYTES), postgresql_where=text(WITH_BYTES))


class Photo(InCounty, db.Model):
    """One photo. Its record and its bytes arrive in either order; each fills in its own columns.

    ``sha256`` is that of the durable bytes, None until they are here; ``declared_sha256`` is what the record says.
    Times of the phone's clock are as the phone wrote them; ``corrected_at`` is the best estimate of the true time.
    """

    __tablename__ = "photo"
    __table_args__ = (
        _with_bytes("ix_photo_review_queue", "county_code", "review_state", "uploaded_at", "id"),
        _with_bytes("ix_photo_county_uploaded", "county_code", "uploaded_at", "id"),
        _with_bytes("ix_photo_subject_queue", "subject_id", "review_state", "uploaded_at", "id"),
        Index("ix_photo_sha256", "sha256"),
    )

    county_code: Mapped[str] = mapped_column(String(6))  # first column of the index of the review queue
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"), index=True)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    # From the record.
    hazard_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    submission_id: Mapped[uuid.UUID | None]
    item_path: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[PhotoRole | None] = mapped_column(codes(PhotoRole, 12))
    source: Mapped[PhotoSource | None] = mapped_column(codes(PhotoSource, 8))
    declared_sha256: Mapped[str | None] = mapped_column(String(64))
    captured_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    error_bound_ms: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    device_lng: Mapped[float | None]
    device_lat: Mapped[float | None]
    device_accuracy_m: Mapped[float | None]
    no_position_reason: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the record's position, clock, original and marks

    # From the upload.
    sha256: Mapped[str | None] = mapped_column(String(64))
    size_bytes: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(16))
    uploaded_at: Mapped[datetime | None]

    # From the inspection; width and height are upright.
    inspected_at: Mapped[datetime | None]
    broken: Mapped[str | None] = mapped_column(String(200))
    width: Mapped[int | None]
    height: Mapped[int | None]
    exif_lng: Mapped[float | None]
    exif_lat: Mapped[float | None]
    exif_taken_at: Mapped[datetime | None]
    exif: Mapped[dict[str, Any]] = mapped_column(default=dict)  # make, model, software, altitude, direction, defects …
    phash: Mapped[int | None] = mapped_column(BigInteger)  # 64 bits as a signed integer
    dhash: Mapped[int | None] = mapped_column(BigInteger)
    subject_device_m: Mapped[float | None]
    subject_exif_m: Mapped[float | None]
    device_exif_m: Mapped[float | None]
    judged_at: Mapped[datetime | None]
    flag_count: Mapped[int] = mapped_column(default=0)  # flags of severity notice or warning

    # From the reviews: the decision in force.
    review_state: Mapped[ReviewState] = mapped_column(codes(ReviewState, 16), default=ReviewState.PENDING)


class Upload(InCounty, db.Model):
    """One tus upload. How many bytes are here is the size of its part in the store, not a column."""

    __tablename__ = "upload"
    __table_args__ = (
        Index(
            "ix_upload_unfinished", "owner_id", "created_at",
            sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    photo_id: Mapped[uuid.UUID] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    visit_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    filename: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class Receipt(InCounty, db.Model):
    """The receipt of a photo: written in the transaction that makes the photo count, never changed.

    Records and visits carry their codes themselves.
    """

    __tablename__ = "receipt"

    county_code: Mapped[str] = mapped_column(String(6))  # asked for with the code, which is unique enough
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(14), index=True)
    received_at: Mapped[datetime]


class PhotoFlag(InCounty, db.Model):
    """A hint for the reviewer with its numbers; rewritten by each inspection."""

    __tablename__ = "photo_flag"

    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    code: Mapped[FlagCode] = mapped_column(codes(FlagCode, 24), primary_key=True)
    severity: Mapped[FlagSeverity] = mapped_column(codes(FlagSeverity, 8))
    params: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class PhotoReview(InCounty, db.Model):
    """One act of a reviewer; never changed. ``withdrawn`` takes back the act it names."""

    __tablename__ = "photo_review"
    __table_args__ = (Index("ix_photo_review_photo_at", "photo_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"))
    decision: Mapped[ReviewDecision] = mapped_column(codes(ReviewDecision, 16))
    reason: Mapped[str] = mapped_column(String(500), default="")
    mark: Mapped[dict[str, Any] | None]
    withdraws_id: Mapped[uuid.UUID | None]
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class PhotoBand(InCounty, db.Model):
    """Index of perceptual hashes: a photo stands under the four bands of its first hash, so near ones are found by key."""

    __tablename__ = "photo_band"
    __table_args__ = (Index("ix_photo_band_county_band", "county_code", "band"),)

    photo_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("photo.id"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
