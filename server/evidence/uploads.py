"""Uploads of photo bytes: begin, receive, finish, take back, sweep.

The part's size in the store is the offset, so receiving needs no database: a body is read without transaction or
connection, and a process killed at any byte loses nothing that was acknowledged.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select

from media.errors import (
    HashMismatch,
    MediaError,
    NotAPhoto,
    OffsetMismatch,
    StoreFull,
    TooManyBytes,
    TooManyPixels,
    UploadLocked,
    UploadMissing,
)
from media.formats import SNIFF_BYTES, Picture, identify, media_type_of
from media.tus import Checksum, PhotoMetadata, TusHeaderError, TusVersionError
from server.changes import record_changes
from server.db import db, transaction
from server.evidence.files import photo_store
from server.evidence.intake import lock_photos
from server.evidence.models import Photo, Receipt, Upload
from server.evidence.rules import Pace
from server.evidence.store import find_receipt
from server.pairings.models import Pairing
from server.pairings.visibility import visible_subjects
from server.permissions import Action, Actor
from server.problems import FieldError, Refusal
from server.register.models import Subject
from server.visits.completion import refresh_visits
from server.work.outbox import note
from server.work.topics import Topic
from sync.receipts import ReceiptKind, receipt_code

log = logging.getLogger(__name__)

# A part without a row is left by a process that died between two steps; a day later nobody comes for it.
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UploadState:
    """What a tus answer says. ``receipt_code`` is set when the photo is durable."""

    id: uuid.UUID
    offset: int
    size_bytes: int
    expires_at: datetime
    receipt_code: str | None = None


def begin_upload(metadata: PhotoMetadata, size_bytes: int, actor: Actor, now: datetime) -> UploadState:
    """A new upload; for bytes that are here already it is born finished, with the receipt.

    Raises: Refusal too-large, not-found (a subject that is not the actor's), record-conflict (other bytes under
    this id).
    """
    settings = current_app.config["SETTINGS"]
    if size_bytes > settings.max_photo_bytes:
        limit_mb = settings.max_photo_bytes // (1024 * 1024)
        raise Refusal(
            "too-large", f"照片超过 {limit_mb} MB。", f"The photo is larger than {limit_mb} MB.",
            headers={"Tus-Max-Size": str(settings.max_photo_bytes)},
        )  # fmt: skip
    _check_subject(actor, metadata.subject_id)
    receipt = _stored_receipt(db.session.get(Photo, metadata.photo_id), metadata)
    upload = Upload(
        id=uuid.uuid4(), county_code=actor.county_code, owner_id=actor.user_id, photo_id=metadata.photo_id,
        sha256=metadata.sha256, size_bytes=size_bytes, visit_id=metadata.visit_id, subject_id=metadata.subject_id,
        filename=metadata.filename, created_at=now, expires_at=now + timedelta(hours=settings.upload_expiry_hours),
        finished_at=now if receipt else None,
    )  # fmt: skip
    if receipt is None:
        # Before the row and outside its transaction: a disk that takes long holds no lock of the database, and a part
        # that never gets its row is swept.
        with refusals():
            photo_store().create_upload(str(upload.id))
    with transaction() as session:
        session.add(upload)
    return _state(upload, size_bytes if receipt else 0, receipt)


def upload_state(upload_id: uuid.UUID, actor: Actor, now: datetime) -> UploadState:
    """Where an upload stands; what it says is durable. Raises: Refusal not-found, gone."""
    upload = _get_upload(upload_id, actor, now)
    if upload.finished_at is not None:
        return _state(upload, upload.size_bytes, _receipt_of(upload))
    try:
        with refusals(UploadMissing):
            return _state(upload, photo_store().durable_size(str(upload.id)), None)
    except UploadMissing:
        return _recover(upload, now)


def receive(
    upload_id: uuid.UUID, offset: int, checksum: Checksum | None, read: Callable[[int], bytes], actor: Actor, now: datetime
) -> UploadState:
    """Appends a body to an upload, in small pieces; the last byte makes the photo count.

    ``read(n)`` answers at most n bytes, none at the end, and raises OSError when the connection is cut.
    Raises: Refusal not-found, gone, offset-mismatch, locked, too-large, checksum-mismatch, not-a-photo, storage-full.
    """
    upload = _get_upload(upload_id, actor, now)
    if upload.finished_at is not None:
        if offset == upload.size_bytes:
            return _state(upload, offset, _receipt_of(upload))
        raise _offset_refusal(upload.size_bytes)
    # From here to the last byte the database is not needed: the connection goes back to the pool, the row stays as
    # read.
    db.session.remove()
    with refusals():
        reached = _append(upload, offset, checksum, read)
        if reached < upload.size_bytes:
            return _state(upload, reached, None)
        picture = _checked_picture(upload)
        photo_store().finish_upload(str(upload.id), upload.sha256)
    return _state(upload, upload.size_bytes, finish_upload(upload.id, picture, now))


def finish_upload(upload_id: uuid.UUID, picture: Picture, now: datetime) -> str:
    """Makes durable bytes count: photo, receipt, completeness of the visit and the inspection, in one transaction."""
    with transaction() as session:
        upload = session.get(Upload, upload_id)
        if upload is None:
            raise Refusal("gone", "这次上传已被撤销。", "This upload was taken back.")
        photo = _photo_for(upload)
        if photo.sha256 != upload.sha256:
            photo.sha256, photo.size_bytes, photo.media_type = upload.sha256, upload.size_bytes, picture.media_type.value
            photo.uploaded_at, photo.inspected_at = now, None
        upload.finished_at = now
        code = _write_receipt(upload, now)
        session.flush()
        note(Topic.INSPECT_PHOTO, photo.county_code, [photo.id])
        if photo.hazard_id is not None:
            record_changes("hazard", photo.county_code, [(photo.hazard_id, photo.subject_id)])
        visit_id = photo.visit_id or upload.visit_id
        if visit_id is not None:
            refresh_visits([visit_id], now)
    return code


def take_back(upload_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Ends an upload that is not finished; finished ones are evidence and stay.

    Raises: Refusal not-found, gone, locked, conflict.
    """
    upload = _get_upload(upload_id, actor, now)
    if upload.finished_at is not None:
        raise Refusal("conflict", "照片已经收到，不能撤销上传。", "The photo has been received; it cannot be taken back.")
    with refusals():
        _forget(upload)


def sweep_uploads(now: datetime) -> int:
    """Forgets expired uploads and parts that nobody owns. Returns how many. Safe at any time: a part in use is left alone."""
    store = photo_store()
    expired = list(db.session.scalars(select(Upload.id).where(Upload.expires_at < now)))
    forgotten = 0
    for upload_id in expired:
        with contextlib.suppress(UploadLocked), transaction() as session:
            store.drop_upload(str(upload_id))
            session.execute(delete(Upload).where(Upload.id == upload_id))
            forgotten += 1
    owned = {str(id_) for id_ in db.session.scalars(select(Upload.id))}
    for name in store.upload_ids():
        if name not in owned and now - store.part_changed_at(name) > ORPHAN_AGE:
            with contextlib.suppress(UploadLocked):
                store.drop_upload(name)
                forgotten += 1
    if forgotten:
        log.info("uploads swept", extra={"count": forgotten})
    return forgotten


@contextlib.contextmanager
def refusals(*but: type[MediaError]) -> Iterator[None]:
    """Turns errors of the media room into refusals, except those of the classes in ``but``."""
    try:
        yield
    except MediaError as error:
        if isinstance(error, but):
            raise
        raise _refusal(error) from error


def _refusal(error: MediaError) -> Refusal:
    match error:
        case TusVersionError():
            return Refusal("precondition-failed", "需要 tus 1.0.0。", "tus 1.0.0 is needed.", headers={"Tus-Version": "1.0.0"})
        case TusHeaderError():
            header = str(error.params["header"])
            return Refusal(
                "malformed-request", f"请求头 {header} 有误。", f"The header {header} is wrong.",
                errors=[FieldError(f"#/{header}", str(error.params["reason"]))],
            )  # fmt: skip
        case OffsetMismatch():
            return _offset_refusal(error.params["offset"])
        case UploadLocked():
            return Refusal("locked", headers={"Retry-After": "2"})
        case UploadMissing():
            return Refusal("gone", "这次上传已失效，请重新开始。", "This upload has ended; begin again.")
        case TooManyBytes():
            return Refusal("too-large", "发来的字节比说好的多。", "More bytes than announced.")
        case HashMismatch():
            return Refusal(
                "checksum-mismatch", "照片的校验值不一致，已丢弃，请重传；手机上的照片仍在。",
                "The photo's hash differs; the bytes were dropped, send it again.",
            )  # fmt: skip
        case StoreFull():
            return Refusal("storage-full", headers={"Retry-After": "60"})
        case TooManyPixels():
            size = f"{error.params['width']}×{error.params['height']}"
            return Refusal(
                "not-a-photo", f"图片尺寸 {size} 太大，不予处理。", f"The picture's size {size} is too large to be opened.",
                errors=[FieldError("#/content", error.slug, params=error.params)],
            )  # fmt: skip
        case NotAPhoto():
            return Refusal(
                "not-a-photo", "这个文件不是 JPEG、PNG、WebP 或 HEIC 照片。", "Not a JPEG, PNG, WebP or HEIC photo.",
                errors=[FieldError("#/content", error.slug)],
            )  # fmt: skip
    return Refusal("internal")


def _offset_refusal(offset: int) -> Refusal:
    return Refusal(
        "offset-mismatch", f"请从第 {offset} 字节继续。", f"Go on at byte {offset}.", headers={"Upload-Offset": str(offset)}
    )


def _append(upload: Upload, offset: int, checksum: Checksum | None, read: Callable[[int], bytes]) -> int:
    """The offset reached. What arrived before a cut stays, unless a checksum was promised and cannot be verified now."""
    digest = checksum.new_digest() if checksum else None
    refused: MediaError | None = None
    with photo_store().append(str(upload.id), offset, upload.size_bytes) as part:
        try:
            head, pace, asked_at = b"", Pace(), time.monotonic()
            while piece := read(pace.size):
                pace.note(len(piece), time.monotonic() - asked_at)
                part.write(piece)
                if digest:
                    digest.update(piece)
                if offset + len(head) < SNIFF_BYTES and len(head) < SNIFF_BYTES:
                    head += piece[: SNIFF_BYTES - len(head)]
                    refused = _refused_by_head(head, offset, upload.size_bytes)
                    if refused:
                        break
                asked_at = time.monotonic()
        except OSError:
            if checksum:
                part.forget()
            raise
        if refused is None and checksum and digest and digest.digest() != checksum.value:
            part.forget()
            raise Refusal("checksum-mismatch", "这一段的校验值不一致，请重传这一段。", "The piece's checksum differs.")
        reached = part.offset
    if refused:
        _forget(upload)
        raise refused
    return reached


def _refused_by_head(head: bytes, offset: int, size_bytes: int) -> MediaError | None:
    """A file that is no photo is refused by its first bytes, before the rest is sent."""
    if offset > 0 or len(head) < min(SNIFF_BYTES, size_bytes) or media_type_of(head):
        return None
    return NotAPhoto(starts_with=head[:16].hex())


def _checked_picture(upload: Upload) -> Picture:
    """The header of a wholly received part; what is refused is dropped."""
    try:
        with photo_store().read_part(str(upload.id)) as part:
            return identify(part)
    except (NotAPhoto, TooManyPixels):
        _forget(upload)
        raise


def _forget(upload: Upload) -> None:
    photo_store().drop_upload(str(upload.id))
    with transaction() as session:
        session.execute(delete(Upload).where(Upload.id == upload.id, Upload.finished_at.is_(None)))


def _recover(upload: Upload, now: datetime) -> UploadState:
    """The part is gone: either this process died between rename and commit, and the bytes are here, or they were refused."""
    store = photo_store()
    if not store.has(upload.sha256):
        raise Refusal("gone", "这次上传已失效，请重新开始。", "This upload has ended; begin again.")
    with store.open(upload.sha256) as stream:
        picture = identify(stream)
    return _state(upload, upload.size_bytes, finish_upload(upload.id, picture, now))


def _get_upload(upload_id: uuid.UUID, actor: Actor, now: datetime) -> Upload:
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.owner_id != actor.user_id:
        raise Refusal("not-found", "没有这次上传。", "No such upload.")
    if upload.expires_at < now and upload.finished_at is None:
        raise Refusal("gone", "这次上传已过期，请重新开始。", "This upload has expired; begin again.")
    return upload


def _check_subject(actor: Actor, subject_id: uuid.UUID | None) -> None:
    """A person may send photos of a subject that is theirs now or was: the visit may lie before the change of pairing."""
    if subject_id is None:
        return
    visible = select(Subject.id).where(Subject.id == subject_id, visible_subjects(actor, Action.UPLOAD_PHOTOS))
    once = select(Pairing.id).where(Pairing.subject_id == subject_id, Pairing.officer_id == actor.user_id)
    if db.session.scalar(visible) is None and db.session.scalar(once.limit(1)) is None:
        raise Refusal("not-found", "这个主体不在您的包联范围内。", "This subject is not paired with you.")


def _stored_receipt(photo: Photo | None, metadata: PhotoMetadata) -> str | None:
    """The receipt if exactly these bytes are durable under this id; None if they still have to be sent.

    The photo's record is the authority on its bytes: where it is here, it decides, also against bytes that came first.
    """
    if photo is None:
        return None
    if photo.sha256 == metadata.sha256:
        return receipt_code(ReceiptKind.PHOTO, str(photo.id), photo.sha256)
    if (photo.declared_sha256 or photo.sha256 or metadata.sha256) == metadata.sha256:
        return None
    raise Refusal(
        "record-conflict", "同一照片编号已有不同内容，请联系县安委办处理。", "Other bytes are stored under this photo id."
    )


def _photo_for(upload: Upload) -> Photo:
    """The photo's row, locked; what the upload knows of subject and visit stands until the record says it."""
    photo = lock_photos([upload.photo_id], upload.county_code, upload.owner_id)[upload.photo_id]
    if photo.recorded_at is None:
        photo.subject_id, photo.visit_id = photo.subject_id or upload.subject_id, photo.visit_id or upload.visit_id
    return photo


def _write_receipt(upload: Upload, now: datetime) -> str:
    code = receipt_code(ReceiptKind.PHOTO, str(upload.photo_id), upload.sha256)
    if db.session.get(Receipt, (upload.photo_id, upload.sha256)) is None:
        db.session.add(
            Receipt(photo_id=upload.photo_id, sha256=upload.sha256, county_code=upload.county_code, code=code, received_at=now)
        )
    return code


def _receipt_of(upload: Upload) -> str | None:
    receipt = find_receipt(upload.photo_id, upload.sha256)
    return receipt.code if receipt else None


def _state(upload: Upload, offset: int, receipt: str | None) -> UploadState:
    return UploadState(upload.id, offset, upload.size_bytes, upload.expires_at, receipt)
