"""The inspection of photos as a job: facts out of the bytes, copies for screens, distances, flags.

May run any number of times: reading the bytes happens once per content, flags are written anew when something that they
depend on has arrived since (record, visit, other photos).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import delete, insert, select, update

from media.clock import captured_time
from media.duplicates import bands, distance, to_signed
from media.errors import ObjectMissing
from media.exif import ExifFacts
from media.flags import Flag, OtherPhoto, PhotoFacts, find_flags
from media.inspection import Inspection
from media.position import Position, distance_m, wgs84_from_gcj02
from server import clock
from server.clock import COUNTY_ZONE
from server.db import db, transaction
from server.evidence import store
from server.evidence.decoding import inspect_in_child
from server.evidence.files import photo_store
from server.evidence.intake import device_clock
from server.evidence.models import Photo, PhotoBand, PhotoFlag
from server.evidence.rules import exif_body
from server.register.models import Subject
from server.visits.models import Visit
from server.work.outbox import note
from vocabulary import Datum, FlagSeverity, Topic

log = logging.getLogger(__name__)

T = TypeVar("T")

AFTER = "after"


def run_inspect_photos(photo_ids: list[str]) -> None:
    """What a worker runs. Photos that are gone or have no bytes yet are none of its business."""
    ids = [uuid.UUID(photo_id) for photo_id in photo_ids]
    rows = db.session.scalars(select(Photo).where(Photo.id.in_(ids), Photo.sha256.is_not(None))).all()
    seen = [(photo.id, photo.sha256 or "", photo.role) for photo in rows if photo.inspected_at is None or not _has_copies(photo)]
    # Decoding takes a while; no connection or transaction is held meanwhile.
    db.session.remove()
    inspections = {
        photo_id: (sha256, _inspect_bytes(sha256, role is None or role in store.SITE_ROLES)) for photo_id, sha256, role in seen
    }
    if inspections:
        write_inspections(inspections, clock.now())
    judge(ids, clock.now())


def write_inspections(found: Mapping[uuid.UUID, tuple[str, Inspection]], now: datetime) -> None:
    """Stores what was read out of the bytes, unless other bytes have taken their place meanwhile."""
    with transaction() as session:
        photos = session.scalars(select(Photo).where(Photo.id.in_(found)).order_by(Photo.id).with_for_update()).all()
        photos = [photo for photo in photos if photo.sha256 == found[photo.id][0]]
        for photo in photos:
            _fill(photo, found[photo.id][1], now)
        session.execute(delete(PhotoBand).where(PhotoBand.photo_id.in_([photo.id for photo in photos])))
        rows = [
            {"photo_id": photo.id, "county_code": photo.county_code, "band": key}
            for photo in photos
            if (hashes := store.hashes_of(photo)) is not None
            for key in bands(hashes.phash)
        ]
        if rows:
            session.execute(insert(PhotoBand.__table__), rows)
        session.flush()
        for photo in photos:
            _have_judged_again(photo)


def judge(photo_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Distances and flags from everything that is known now; only of photos about which something has become known since."""
    with transaction() as session:
        photos = session.scalars(select(Photo).where(Photo.id.in_(list(photo_ids))).order_by(Photo.id).with_for_update()).all()
        visits = _by_id(Visit, {photo.visit_id for photo in photos})
        photos = [photo for photo in photos if _is_to_be_judged(photo, visits.get(photo.visit_id))]
        _by_id(Subject, {photo.subject_id for photo in photos})
        rows = []
        for photo in photos:
            facts = gather_facts(photo)
            subject, device, exif = facts.subject_position, facts.device_position, facts.exif_position
            photo.subject_device_m, photo.subject_exif_m = _apart(subject, device), _apart(subject, exif)
            photo.device_exif_m = _apart(device, exif)
            flags = find_flags(facts)
            photo.flag_count = sum(flag.severity is not FlagSeverity.INFO for flag in flags)
            photo.judged_at = now
            rows += [_flag_row(photo, flag, now) for flag in flags]
        if photos:
            session.execute(delete(PhotoFlag).where(PhotoFlag.photo_id.in_([photo.id for photo in photos])))
        if rows:
            session.execute(insert(PhotoFlag.__table__), rows)


def _is_to_be_judged(photo: Photo, visit: Visit | None) -> bool:
    """Once: when its record and its visit are here, and again when they, its bytes or an earlier photo like it come later."""
    if photo.inspected_at is None or (photo.recorded_at is None and photo.visit_id is not None):
        return False
    known_at = (photo.inspected_at, photo.recorded_at, visit.received_at if visit else None)
    return photo.judged_at is None or photo.judged_at < max(at for at in known_at if at is not None)


def gather_facts(photo: Photo) -> PhotoFacts:
    """What the rules look at, from the photo's row and the rows around it."""
    subject = db.session.get(Subject, photo.subject_id) if photo.subject_id else None
    visit = db.session.get(Visit, photo.visit_id) if photo.visit_id else None
    device_time = device_clock(photo.facts.get("clock"), photo.captured_at)
    return PhotoFacts(
        source=photo.source or "",
        device_position=_position(photo.device_lng, photo.device_lat, photo.device_accuracy_m),
        exif_position=_exif_position(photo),
        subject_position=_subject_position(subject),
        no_position_reason=photo.no_position_reason,
        captured_at=photo.captured_at,
        exif_taken_at=photo.exif_taken_at,
        visit_started_at=visit.started_at if visit else None,
        visit_finished_at=visit.finished_at if visit else None,
        device_offset_ms=(photo.facts.get("clock") or {}).get("server_offset_ms"),
        captured=captured_time(device_time) if device_time else None,
        software=photo.exif.get("software"),
        broken=photo.broken,
        same_bytes=[_other(other) for other in store.same_bytes_before(photo)],
        near_same=_near_same(photo),
        before=_before(photo),
        far_from_subject_m=current_app.config["SETTINGS"].far_from_subject_m,
    )


def _inspect_bytes(sha256: str, with_hashes: bool) -> Inspection:
    """Reads the bytes and stores the copies; bytes that the disk has lost are a broken picture, and an error in the log."""
    files = photo_store()
    try:
        inspection = inspect_in_child(files.path(sha256), with_hashes=with_hashes)
    except ObjectMissing:
        log.error("photo bytes are missing in the store", extra={"sha256": sha256})
        return Inspection(ExifFacts(), broken="missing in the store")
    for name, data in (("display", inspection.display), ("thumbnail", inspection.thumbnail)):
        if data is not None:
            files.put_copy(sha256, name, data)
    return inspection


def _has_copies(photo: Photo) -> bool:
    if photo.width is None:
        return True
    return all(photo_store().has_copy(photo.sha256 or "", name) for name in ("display", "thumbnail"))


def _fill(photo: Photo, inspection: Inspection, now: datetime) -> None:
    position = inspection.exif.position
    photo.inspected_at = now
    photo.broken, photo.width, photo.height = inspection.broken, inspection.width, inspection.height
    photo.exif_lng, photo.exif_lat = (position.lng, position.lat) if position else (None, None)
    photo.exif_taken_at = _exif_time(inspection.exif)
    photo.exif = exif_body(inspection.exif)
    hashes = inspection.hashes
    photo.phash, photo.dhash = (to_signed(hashes.phash), to_signed(hashes.dhash)) if hashes else (None, None)


def _have_judged_again(photo: Photo) -> None:
    """Photos received later that were judged before this one's hashes were known: their flags may name it now."""
    hashes = store.hashes_of(photo)
    if hashes is None:
        return
    found = [other.id for other in store.near_candidates(photo, hashes, later=True) if _is_near(photo, other)]
    if photo.hazard_id is not None and photo.role != AFTER:
        rows = db.session.scalars(
            select(Photo.id).where(Photo.hazard_id == photo.hazard_id, Photo.role == AFTER, Photo.judged_at.is_not(None))
        )
        found += list(rows)
    if found:
        db.session.execute(update(Photo).where(Photo.id.in_(found)).values(judged_at=None))
        note(Topic.INSPECT_PHOTO, photo.county_code, found)


def _by_id(model: type[T], ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, T]:
    """Rows by id, in one query; afterwards the session knows them."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))} if wanted else {}  # type: ignore[attr-defined]


def _near_same(photo: Photo) -> list[OtherPhoto]:
    hashes = store.hashes_of(photo)
    if hashes is None:
        return []
    others = store.near_candidates(photo, hashes)
    return [_other(other, photo) for other in others if photo.hazard_id is None or other.hazard_id != photo.hazard_id]


def _before(photo: Photo) -> list[OtherPhoto]:
    if photo.role != AFTER or photo.hazard_id is None:
        return []
    others = store.photos_of_hazards([photo.hazard_id]).get(photo.hazard_id, [])
    return [_other(other, photo) for other in others if other.role != AFTER]


def _is_near(photo: Photo, other: Photo) -> bool:
    first, second = store.hashes_of(photo), store.hashes_of(other)
    return first is not None and second is not None and distance(first, second).is_near


def _other(other: Photo, photo: Photo | None = None) -> OtherPhoto:
    first, second = (store.hashes_of(photo) if photo else None), store.hashes_of(other)
    return OtherPhoto(
        str(other.id),
        str(other.visit_id) if other.visit_id else None,
        str(other.subject_id) if other.subject_id else None,
        distance(first, second) if first and second else None,
    )


def _subject_position(subject: Subject | None) -> Position | None:
    position = _position(subject.lng, subject.lat) if subject else None
    if position is not None and subject is not None and subject.datum == Datum.GCJ_02:
        return wgs84_from_gcj02(position)
    return position


def _exif_position(photo: Photo) -> Position | None:
    if photo.exif.get("datum") not in {None, Datum.WGS_84}:
        return None
    return _position(photo.exif_lng, photo.exif_lat, photo.exif.get("accuracy_m"))


def _position(lng: float | None, lat: float | None, accuracy_m: float | None = None) -> Position | None:
    return None if lng is None or lat is None else Position(lng, lat, accuracy_m)


def _exif_time(exif: ExifFacts) -> datetime | None:
    """A camera without zone is taken to show the county's time, as every phone here does."""
    if exif.taken_at is None or exif.taken_at.tzinfo is not None:
        return exif.taken_at
    return exif.taken_at.replace(tzinfo=COUNTY_ZONE)


def _apart(first: Position | None, second: Position | None) -> float | None:
    return None if first is None or second is None else round(distance_m(first, second), 1)


def _flag_row(photo: Photo, flag: Flag, now: datetime) -> dict[str, Any]:
    return {
        "photo_id": photo.id,
        "county_code": photo.county_code,
        "code": flag.code.value,
        "severity": flag.severity.value,
        "params": flag.params,
        "at": now,
    }
