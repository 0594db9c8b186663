"""Photo records that phones push: the facts about a photo, before or after its bytes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from media.clock import DeviceClock, captured_time
from media.position import Position, wgs84_from_gcj02
from server.changes import record_changes
from server.db import db
from server.evidence.models import Photo
from server.evidence.schemas import PhotoBodySchema
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.records.kinds import Quarantine
from server.records.schemas import body_errors
from server.visits.submissions import refuse_shape
from server.work.outbox import note
from sync.records import Record as Envelope
from sync.times import parse_time
from vocabulary import ChangeKind, Datum, FaultCode, PositionProvider, ProblemCode, ReviewState, Topic

_schema = PhotoBodySchema()


def check_photo(record: Envelope, actor: Actor) -> Quarantine | None:
    """Raises: Refusal invalid when the body has the wrong shape or names another photo than its envelope."""
    refuse_shape(body_errors(_schema, record.body))
    if record.body["photo_id"] != record.id:
        raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/body/photo_id", FaultCode.DIFFERS_FROM_ENVELOPE)])
    return None


def store_photos(records: list[Envelope], actor: Actor, now: datetime) -> None:
    """Writes the records' facts into the photos' rows; those whose bytes are here are inspected anew."""
    photos = lock_photos([uuid.UUID(record.id) for record in records], actor.county_code, actor.user_id)
    here = []
    for record in records:
        photo = photos[uuid.UUID(record.id)]
        _fill(photo, record, actor, now)
        if photo.sha256 is not None:
            here.append(photo)
    note(Topic.INSPECT_PHOTO, actor.county_code, [photo.id for photo in here])
    record_changes(
        ChangeKind.HAZARD, actor.county_code, [(photo.hazard_id, photo.subject_id) for photo in here if photo.hazard_id]
    )


def lock_photos(ids: Iterable[uuid.UUID], county_code: str, author_id: uuid.UUID) -> dict[uuid.UUID, Photo]:
    """The photos' rows, locked; made by whichever comes first, a photo's record or its bytes, also when both come at once."""
    wanted = sorted(set(ids))
    insert = postgresql_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    unknown: dict[str, Any] = {"facts": {}, "exif": {}, "flag_count": 0, "review_state": ReviewState.PENDING}
    empty = {"county_code": county_code, "author_id": author_id, **unknown}
    db.session.execute(
        insert(Photo).on_conflict_do_nothing(index_elements=["id"]), [{"id": photo_id, **empty} for photo_id in wanted]
    )
    rows = db.session.scalars(
        select(Photo).where(Photo.id.in_(wanted)).order_by(Photo.id).with_for_update().execution_options(populate_existing=True)
    )
    return {photo.id: photo for photo in rows}


def _fill(photo: Photo, record: Envelope, actor: Actor, now: datetime) -> None:
    body = record.body
    photo.author_id = actor.user_id
    photo.subject_id = _id(record.subject_id)
    photo.visit_id = _id(record.visit_id)
    photo.hazard_id = _id(body.get("hazard_id"))
    photo.submission_id = _id(body.get("submission_id"))
    photo.item_path = body.get("item_path")
    photo.role, photo.source = body["role"], body["source"]
    photo.declared_sha256 = body["sha256"]
    photo.captured_at = parse_time(body["captured_at"])
    photo.no_position_reason = body.get("no_position_reason")
    position = device_position(body.get("position"))
    if position is not None:
        photo.device_lng, photo.device_lat, photo.device_accuracy_m = position.lng, position.lat, position.accuracy_m
    _fill_time(photo, body.get("clock"))
    photo.facts = {key: body.get(key) for key in ("position", "clock", "original", "marks")}
    photo.recorded_at = now


def device_position(stated: Mapping[str, Any] | None) -> Position | None:
    """The phone's fix as WGS-84; None for no fix. CGCS2000 equals WGS-84 within a tenth of a millimetre; BD-09 is not used."""
    if (
        stated is None
        or stated.get("lng") is None
        or stated.get("lat") is None
        or stated.get("provider") == PositionProvider.NONE
    ):
        return None
    position = Position(stated["lng"], stated["lat"], stated.get("accuracy_m"))
    match stated.get("datum", "WGS-84"):
        case Datum.GCJ_02:
            return wgs84_from_gcj02(position)
        case Datum.BD_09:
            return None
    return position


def device_clock(stated: Mapping[str, Any] | None, captured_at: datetime | None) -> DeviceClock | None:
    """What the phone wrote down about its clock, at the time of the shutter."""
    if captured_at is None:
        return None
    if not stated:
        return DeviceClock(captured_at)
    measured_at = stated.get("offset_measured_at")
    return DeviceClock(
        captured_at,
        stated.get("server_offset_ms"),
        parse_time(measured_at) if measured_at else None,
        stated.get("monotonic_gap_ms"),
        stated.get("error_bound_ms"),
    )


def _fill_time(photo: Photo, stated: Mapping[str, Any] | None) -> None:
    clock = device_clock(stated, photo.captured_at)
    if clock is not None:
        captured = captured_time(clock)
        photo.corrected_at, photo.error_bound_ms = captured.at, captured.error_bound_ms


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
