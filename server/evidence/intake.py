"""Photo records that phones push: the facts about a photo, before or after its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from media.clock import DeviceClock, captured_time
from media.position import Position, wgs84_from_gcj02
from server.evidence.models import Photo, Upload
from server.evidence.schemas import PHOTO_BODY
from server.prepared import Prepared, insertion
from server.problems import FieldError, Refusal
from server.records.kinds import Arrival, Entry, RecordHandler, nothing, uuid_of
from server.records.shapes import check_shape
from server.records.stored import claims_of
from server.unit import Unit
from server.wiring import CompleteVisit
from sync.records import Record as Envelope
from sync.times import parse_time
from vocabulary import AuthorKind, ChangeKind, ClaimKind, Datum, FaultCode, PositionProvider, ProblemCode, Topic

_photo, _upload = Photo.__table__.c, Upload.__table__.c
PHOTO_CLAIMS = claims_of(
    ClaimKind.PHOTO, _photo.id, user_id=_photo.author_id, visit_id=_photo.visit_id, subject_id=_photo.subject_id,
    sha256=_photo.sha256,
)  # fmt: skip
UPLOAD_CLAIMS = claims_of(ClaimKind.UPLOAD, _upload.photo_id, user_id=_upload.owner_id, visit_id=_upload.visit_id)

_TOLD_BY_RECORD = (
    "subject_id", "visit_id", "hazard_id", "submission_id", "item_path", "role", "source", "declared_sha256", "captured_at",
    "corrected_at", "error_bound_ms", "device_lng", "device_lat", "device_accuracy_m", "no_position_reason", "recorded_at",
    "facts",
)  # fmt: skip
_GIVEN = ("id", "county_code", "author_id", "exif", *_TOLD_BY_RECORD)
_ADD_PHOTO = insertion(Photo.__table__, without=[column.name for column in _photo if column.name not in _GIVEN])
_TELL_PHOTO = Prepared(
    update(Photo.__table__)
    .where(_photo.id == bindparam("key"))
    .values({name: bindparam(name, required=True) for name in _TOLD_BY_RECORD})
)


def read_photo(record: Envelope) -> Mapping[str, Any]:
    """The facts as columns of the photo's row.

    Raises: Refusal kept-misshapen when the body has the wrong shape or names another photo than its envelope.
    """
    body = record.body
    check_shape(PHOTO_BODY, body)
    if body["photo_id"] != record.id:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#/body/photo_id", FaultCode.DIFFERS_FROM_ENVELOPE)])
    captured_at = parse_time(body["captured_at"])
    position = device_position(body.get("position"))
    return {
        "subject_id": uuid_of(record.subject_id),
        "visit_id": uuid_of(record.visit_id),
        "hazard_id": uuid_of(body.get("hazard_id")),
        "submission_id": uuid_of(body.get("submission_id")),
        "item_path": body.get("item_path"),
        "role": body["role"],
        "source": body["source"],
        "declared_sha256": body["sha256"],
        "captured_at": captured_at,
        **_times(body.get("clock"), captured_at),
        "device_lng": position.lng if position else None,
        "device_lat": position.lat if position else None,
        "device_accuracy_m": position.accuracy_m if position else None,
        "no_position_reason": body.get("no_position_reason"),
        "facts": {key: body.get(key) for key in ("position", "clock", "original", "marks")},
    }


def check_photo(entry: Entry, arrival: Arrival) -> None:
    """Raises: Refusal record-conflict when somebody else used the photo first, kept-misshapen when no person made it."""
    if arrival.author.kind is not AuthorKind.USER:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=[FieldError("#", FaultCode.NEEDS_A_PERSON)])
    if arrival.stored.is_anothers_photo(entry.id, entry.reading["visit_id"], arrival.author):
        raise Refusal(ProblemCode.RECORD_CONFLICT)


def store_photos(entries: Sequence[Entry], arrival: Arrival) -> None:
    """Writes the records' facts into the photos' rows; those whose bytes are here are inspected anew."""
    unit, county_code = arrival.unit, arrival.author.county_code
    hashes = arrival.stored.photo_hashes()
    for entry in entries:
        photo_id, facts = entry.id, {**entry.reading, "recorded_at": unit.now}
        if arrival.stored.has_photo(photo_id):
            # Who took it stands: a visit that was handed over brings its photos.
            unit.add(_TELL_PHOTO, [facts | {"key": photo_id}])
        else:
            begun = {"id": photo_id, "county_code": county_code, "author_id": arrival.author.id, "exif": {}}
            unit.add(_ADD_PHOTO, [facts | begun])
        if entry.id in hashes:
            unit.note(Topic.INSPECT_PHOTO, county_code, [photo_id])
            if facts["hazard_id"] is not None:
                unit.tell(ChangeKind.HAZARD, county_code, [(facts["hazard_id"], facts["subject_id"])])


def inspect_photos_of(visits: Sequence[CompleteVisit], unit: Unit) -> None:
    """When a visit is complete its photos are judged again: only now it is known when it began and ended."""
    for visit in visits:
        unit.note(Topic.INSPECT_PHOTO, visit.county_code, visit.photos)


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


def _times(stated: Mapping[str, Any] | None, captured_at: datetime) -> dict[str, Any]:
    clock = device_clock(stated, captured_at)
    assert clock is not None, "it was captured"
    captured = captured_time(clock)
    return {"corrected_at": captured.at, "error_bound_ms": captured.error_bound_ms}


PHOTOS = RecordHandler(PHOTO_BODY, read_photo, nothing, nothing, check_photo, store_photos)
