"""Uploads of photo bytes: begin, receive, finish, take back, sweep.

The part's size in the store is the offset, so receiving needs no database: a body is read without transaction or
connection, and a process killed at any byte loses nothing that was acknowledged. What a web server has to do is to hand
over pieces as they come (:class:`Reception`); it may be one with threads or one with an event loop.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

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
from media.formats import SNIFF_BYTES, MediaType, identify, media_type_of
from media.store import PartWriter
from media.tus import Checksum, PhotoMetadata, TusHeaderError, TusVersionError
from server.changes import record_changes
from server.db import db, lock_ids, session_link, transaction
from server.evidence.files import photo_store
from server.evidence.models import Photo, Receipt, Upload
from server.evidence.rules import Pace
from server.pairings.models import GroupMember, Pairing
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.prepared import Link, Prepared, Row, insertion, link_of
from server.problems import FieldError, Refusal
from server.register.models import Subject
from server.unit import Unit
from server.visits.completion import refresh_visits
from server.visits.models import Visit
from server.work.outbox import ADD_NOTE
from server.work.wake import wake_relay
from sync.receipts import receipt_code
from vocabulary import Action, ChangeKind, FaultCode, ProblemCode, ReceiptKind, ReviewState, Topic

log = logging.getLogger(__name__)

# A part without a row is left by a process that died between two steps; a day later nobody comes for it.
ORPHAN_AGE = timedelta(days=1)
# So long a client may ask again for the answer to its last byte.
FINISHED_KEPT = timedelta(days=1)

# How many unfinished uploads, and announced bytes of them, are kept. Beyond, the oldest of the person, or of the person with
# the most, are forgotten: their phone still has the photos and begins anew.
UNFINISHED_PER_PERSON = 40
UNFINISHED_BYTES_IN_ALL = 20 * 1024**3


@dataclass(frozen=True, slots=True)
class UploadState:
    """What a tus answer says. ``receipt_code`` is set when the photo is durable."""

    id: uuid.UUID
    offset: int
    size_bytes: int
    expires_at: datetime
    receipt_code: str | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A photo whose bytes a person sends: what the client said of it, and where its upload stands.

    ``has_row`` is false for one that has come in a single request so far; it never gets a row when it is whole at the end.
    """

    upload_id: uuid.UUID
    owner_id: uuid.UUID
    county_code: str
    photo_id: uuid.UUID
    sha256: str
    size_bytes: int
    visit_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    filename: str | None
    expires_at: datetime
    has_row: bool = True

    def state(self, offset: int) -> UploadState:
        return UploadState(self.upload_id, offset, self.size_bytes, self.expires_at)

    def received(self, receipt: str) -> UploadState:
        """Without a row the photo's own id is the name of its upload, for a client that asks again."""
        name = self.upload_id if self.has_row else self.photo_id
        return UploadState(name, self.size_bytes, self.size_bytes, self.expires_at, receipt)


# After these nothing of the bytes is worth keeping.
_LAST_WORDS: set[str] = {ProblemCode.NOT_A_PHOTO, ProblemCode.RECORD_CONFLICT, ProblemCode.NOT_FOUND}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored under a photo's id."""

    author_id: uuid.UUID
    sha256: str | None
    size_bytes: int | None
    declared_sha256: str | None
    visit_id: uuid.UUID | None
    hazard_id: uuid.UUID | None
    subject_id: uuid.UUID | None


_photo, _upload, _receipt, _pairing, _member = (model.__table__.c for model in (Photo, Upload, Receipt, Pairing, GroupMember))
# Built once, over tables: as queries of rows each costs more than writing the bytes of a photo.
_STORED_COLUMNS = (
    _photo.author_id, _photo.sha256, _photo.size_bytes, _photo.declared_sha256, _photo.visit_id, _photo.hazard_id,
    _photo.subject_id,
)  # fmt: skip
_STORED = Prepared(select(*_STORED_COLUMNS).where(_photo.id == bindparam("photo_id")))
_PAIRED_ONCE = Prepared(
    select(_pairing.id)
    .join(GroupMember.__table__, _member.group_id == _pairing.group_id)
    .where(_pairing.subject_id == bindparam("subject_id"), _member.user_id == bindparam("user_id"))
    .limit(1)
)
_UPLOAD_COLUMNS = (
    _upload.owner_id, _upload.county_code, _upload.photo_id, _upload.sha256, _upload.size_bytes, _upload.visit_id,
    _upload.subject_id, _upload.filename, _upload.expires_at,
)  # fmt: skip
_OF_UPLOAD = Prepared(select(*_UPLOAD_COLUMNS, _upload.finished_at).where(_upload.id == bindparam("upload_id")))
_FINISH_UPLOAD = Prepared(
    update(Upload.__table__)
    .where(_upload.id == bindparam("upload_id"))
    .values(finished_at=bindparam("now"))
    .returning(_upload.id)
)
_VISIT_IS_HERE = Prepared(select(Visit.__table__.c.id).where(Visit.__table__.c.id == bindparam("visit_id")))


def _count_photo_statement(insert_into: Callable[[Any], Any]) -> Any:
    """Gives a photo its bytes, unless the id is another person's or other bytes are under it."""
    names = ("id", "county_code", "author_id", "subject_id", "visit_id", "sha256", "size_bytes", "media_type", "uploaded_at")
    unknown: dict[str, Any] = {"facts": {}, "exif": {}, "flag_count": 0, "review_state": ReviewState.PENDING}
    statement = insert_into(Photo.__table__).values({name: bindparam(name) for name in names} | unknown)
    sent = statement.excluded
    without_record = _photo.recorded_at.is_(None)
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "sha256": sent.sha256,
            "size_bytes": sent.size_bytes,
            "media_type": sent.media_type,
            "uploaded_at": sent.uploaded_at,
            "inspected_at": None,
            "judged_at": None,
            "subject_id": case((without_record, func.coalesce(_photo.subject_id, sent.subject_id)), else_=_photo.subject_id),
            "visit_id": case((without_record, func.coalesce(_photo.visit_id, sent.visit_id)), else_=_photo.visit_id),
        },
        where=and_(
            _photo.author_id == sent.author_id,
            _photo.sha256.is_distinct_from(sent.sha256),
            func.coalesce(_photo.declared_sha256, _photo.sha256, sent.sha256) == sent.sha256,
        ),
    ).returning(_photo.visit_id, _photo.hazard_id, _photo.subject_id)


_INSERT_INTO: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}
_COUNT_PHOTO = Prepared({dialect: _count_photo_statement(insert_into) for dialect, insert_into in _INSERT_INTO.items()})
_WRITE_RECEIPT = insertion(Receipt.__table__, unless_there=True)


def begin_upload(metadata: PhotoMetadata, size_bytes: int, actor: Actor, now: datetime) -> UploadState:
    """A new upload without bytes; for bytes that are here already it is born finished, with the receipt.

    Raises: Refusal too-large, not-found (a subject that is not the actor's), record-conflict (other bytes under
    this id), storage-full.
    """
    upload = _announced(metadata, size_bytes, actor, now)
    receipt = _stored_receipt(upload)
    if receipt is not None:
        return upload.received(receipt)
    # Before the row and outside its transaction: a disk that takes long holds no lock of the database, and a part that never
    # gets its row is swept.
    with refusals():
        photo_store().create_upload(str(upload.upload_id))
    with transaction():
        _insert_row(upload, now)
    return upload.state(0)


def upload_state(upload_id: uuid.UUID, actor: Actor, now: datetime) -> UploadState:
    """Where an upload stands; what it says is durable. Raises: Refusal not-found, gone."""
    upload, receipt = _get_upload(upload_id, actor, now)
    if receipt is not None:
        return upload.received(receipt)
    try:
        with refusals(UploadMissing):
            return upload.state(photo_store().durable_size(str(upload.upload_id)))
    except UploadMissing:
        return _recover(upload, now)


def receive_new(metadata: PhotoMetadata, size_bytes: int, checksum: Checksum | None, actor: Actor, now: datetime) -> Reception:
    """To receive a photo that begins with this body. The database holds nothing of it before the body has ended.

    Raises: Refusal too-large, not-found (a subject that is not the actor's).
    """
    return Reception(_announced(metadata, size_bytes, actor, now), 0, checksum)


def receive_more(
    upload_id: uuid.UUID, offset: int, checksum: Checksum | None, actor: Actor, now: datetime
) -> Reception | UploadState:
    """To go on with an upload; its state when there is nothing more to receive.

    Raises: Refusal not-found, gone, offset-mismatch, locked.
    """
    upload, receipt = _get_upload(upload_id, actor, now)
    if receipt is not None:
        if offset == upload.size_bytes:
            return upload.received(receipt)
        raise _offset_refusal(upload.size_bytes)
    # From here to the last byte the database is not needed: no connection of the pool is held.
    db.session.remove()
    reception = Reception(upload, offset, checksum)
    reception.open()
    return reception


def receive(
    upload_id: uuid.UUID, offset: int, checksum: Checksum | None, read: Callable[[int], bytes], actor: Actor, now: datetime
) -> UploadState:
    """Appends what can be read to an upload; the last byte makes the photo count.

    ``read(n)`` answers at most n bytes, none at the end, and raises OSError when the connection is cut.
    Raises: Refusal not-found, gone, offset-mismatch, locked, too-large, checksum-mismatch, not-a-photo, storage-full.
    """
    reception = receive_more(upload_id, offset, checksum, actor, now)
    return reception if isinstance(reception, UploadState) else reception.read_all(read, now)


class Reception:
    """One body on its way into the store. For one thread at a time.

    :meth:`take` only keeps a piece in memory and never waits; the others write files or the database. Whoever has one ends
    it by :meth:`finish`, :meth:`break_off` or, when a piece was refused, :meth:`end_with`.
    """

    def __init__(self, upload: Announced, offset: int, checksum: Checksum | None) -> None:
        self.upload = upload
        self._offset = offset
        self._checksum = checksum
        self._digest = checksum.new_digest() if checksum else None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._head = b""
        self._part: PartWriter | None = None

    @property
    def waiting_bytes(self) -> int:
        """How much of the body is in memory."""
        return self._waiting_bytes

    def take(self, piece: bytes) -> None:
        """Keeps the next piece. Raises: Refusal not-a-photo, too-large; then comes :meth:`end_with`."""
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        reached = self._reached
        if reached > self.upload.size_bytes:
            raise _refusal(TooManyBytes(limit=self.upload.size_bytes, offset=reached))
        if self._offset == 0 and len(self._head) < SNIFF_BYTES:
            self._head += piece[: SNIFF_BYTES - len(self._head)]
            # A file that is no photo is refused by its first bytes, before the rest is sent.
            if len(self._head) >= min(SNIFF_BYTES, self.upload.size_bytes) and media_type_of(self._head) is None:
                raise _refusal(NotAPhoto(starts_with=self._head[:16].hex()))

    def open(self) -> None:
        """Takes the part, and nobody else can until the end. Raises: Refusal gone, locked, offset-mismatch, storage-full."""
        with refusals():
            self._part = photo_store().open_part(
                str(self.upload.upload_id), self._offset, self.upload.size_bytes, new=not self.upload.has_row
            )

    def write(self) -> None:
        """Writes what waits. Raises: Refusal storage-full, gone, locked; then comes :meth:`end_with`."""
        part = self._open_part()
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        with refusals():
            for piece in waiting:
                part.write(piece)
                if self._digest:
                    self._digest.update(piece)

    def _finish(self, now: datetime) -> UploadState:
        self.write()
        part = self._open_part()
        if self._checksum and self._digest and self._digest.digest() != self._checksum.value:
            part.forget()
            raise Refusal(ProblemCode.PIECE_DIFFERS)
        if part.offset < self.upload.size_bytes:
            return self._leave_unfinished(part, now)
        with refusals():
            with part.open() as stream:
                media_type = identify(stream).media_type
            photo_store().make_object(part, self.upload.sha256)
        return self.upload.received(finish_upload(self.upload, media_type, now))

    def finish(self, now: datetime) -> UploadState:
        """The body has ended. What came is durable; the last byte makes the photo count.

        Raises: Refusal checksum-mismatch, not-a-photo, storage-full, gone, record-conflict.
        """
        try:
            return self._finish(now)
        except Refusal as refusal:
            self.end_with(refusal)
            raise
        finally:
            self._close()

    def break_off(self) -> None:
        """The connection was cut. What came before stays where the client knows its place, unless it had promised a checksum."""
        try:
            if not self.upload.has_row:
                self._drop()
            elif not self._checksum:
                self.write()
            elif self._part is not None:
                self._part.forget()
        finally:
            self._close()

    def end_with(self, refusal: Refusal) -> None:
        """Ends after a refusal. Bytes of what is no photo are forgotten; what may still become one stays as it is durable."""
        if refusal.slug in _LAST_WORDS or not self.upload.has_row:
            self._drop()
        if refusal.slug in _LAST_WORDS and self.upload.has_row:
            _delete_row(self.upload.upload_id)
        self._close()

    def read_all(self, read: Callable[[int], bytes], now: datetime) -> UploadState:
        """Receives from something that is read, in pieces that are written as they come."""
        pace, asked_at = Pace(), time.monotonic()
        try:
            while piece := read(pace.size):
                pace.note(len(piece), time.monotonic() - asked_at)
                self.take(piece)
                self.write()
                asked_at = time.monotonic()
        except OSError:
            self.break_off()
            raise
        except Refusal as refusal:
            self.end_with(refusal)
            raise
        return self.finish(now)

    @property
    def _reached(self) -> int:
        return (self._part.offset if self._part is not None else self._offset) + self._waiting_bytes

    def _open_part(self) -> PartWriter:
        if self._part is None:
            self.open()
        assert self._part is not None
        return self._part

    def _leave_unfinished(self, part: PartWriter, now: datetime) -> UploadState:
        reached = part.offset
        part.close()
        if not self.upload.has_row:
            with transaction():
                _insert_row(self.upload, now)
        return self.upload.state(reached)

    def _drop(self) -> None:
        self._waiting, self._waiting_bytes = [], 0
        if self._part is not None:
            self._part.drop()

    def _close(self) -> None:
        if self._part is not None:
            self._part.close()


def finish_upload(upload: Announced, media_type: MediaType, now: datetime) -> str:
    """Makes durable bytes count: photo, receipt, completeness of the visit and the inspection, in one transaction.

    Raises: Refusal gone (taken back meanwhile), record-conflict (other bytes are under this id).
    """
    code = receipt_code(ReceiptKind.PHOTO, str(upload.photo_id), upload.sha256)
    with transaction():
        link = session_link()
        if upload.has_row and not _FINISH_UPLOAD.rows(link, upload_id=upload.upload_id, now=now):
            raise Refusal(ProblemCode.UPLOAD_WITHDRAWN)
        visit_id, hazard_id, subject_id = _count_photo(link, upload, media_type, now)
        receipt = {
            "photo_id": upload.photo_id, "sha256": upload.sha256, "county_code": upload.county_code, "code": code,
            "received_at": now,
        }  # fmt: skip
        _WRITE_RECEIPT.run(link, [receipt])
        note = {"topic": Topic.INSPECT_PHOTO, "county_code": upload.county_code, "key": str(upload.photo_id)}
        ADD_NOTE.run(link, [note | {"created_at": now}])
        if hazard_id is not None:
            record_changes(ChangeKind.HAZARD, upload.county_code, [(hazard_id, subject_id)])
        visit_id = visit_id or upload.visit_id
        if visit_id is not None:
            # Both the last record and the last photo of a visit look for the other.
            lock_ids([visit_id])
            if _VISIT_IS_HERE.rows(link, visit_id=visit_id):
                unit = Unit(link, now)
                refresh_visits([visit_id], unit)
                unit.write()
    wake_relay()
    return code


def take_back(upload_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Ends an upload that is not finished; finished ones are evidence and stay.

    Raises: Refusal not-found, gone, locked, conflict.
    """
    _, receipt = _get_upload(upload_id, actor, now)
    if receipt is not None:
        raise Refusal(ProblemCode.PHOTO_RECEIVED)
    with refusals():
        photo_store().drop_upload(str(upload_id))
    _delete_row(upload_id)


def sweep_uploads(now: datetime) -> int:
    """Forgets expired uploads and parts that nobody owns. Returns how many. Safe at any time: a part in use is left alone."""
    store = photo_store()
    with transaction() as session:
        ended = or_(_upload.expires_at < now, _upload.finished_at < now - FINISHED_KEPT)
        forgotten = _forget(list(session.scalars(select(_upload.id).where(ended))))
    owned = {str(id_) for id_ in db.session.scalars(select(_upload.id))}
    for name in store.upload_ids():
        with contextlib.suppress(UploadLocked, UploadMissing):
            if name not in owned and now - store.part_changed_at(name) > ORPHAN_AGE:
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
            return Refusal(ProblemCode.TUS_VERSION, headers={"Tus-Version": "1.0.0"})
        case TusHeaderError():
            header = str(error.params["header"])
            return Refusal(
                ProblemCode.HEADER_WRONG, header=header,
                errors=[FieldError(f"#/{header}", error.params["reason"])],
            )  # fmt: skip
        case OffsetMismatch():
            return _offset_refusal(error.params["offset"])
        case UploadLocked():
            return Refusal(ProblemCode.LOCKED, headers={"Retry-After": "2"})
        case UploadMissing():
            return Refusal(ProblemCode.UPLOAD_ENDED)
        case TooManyBytes():
            return Refusal(ProblemCode.MORE_BYTES_THAN_ANNOUNCED)
        case HashMismatch():
            return Refusal(ProblemCode.PHOTO_DIFFERS)
        case StoreFull():
            return Refusal(ProblemCode.STORAGE_FULL, headers={"Retry-After": "60"})
        case TooManyPixels():
            size = f"{error.params['width']}×{error.params['height']}"
            return Refusal(
                ProblemCode.PICTURE_TOO_LARGE, size=size,
                errors=[FieldError("#/content", FaultCode.TOO_MANY_PIXELS, params=error.params)],
            )  # fmt: skip
        case NotAPhoto():
            return Refusal(
                ProblemCode.NOT_A_PHOTO,
                errors=[FieldError("#/content", FaultCode.NOT_A_PHOTO)],
            )  # fmt: skip
    return Refusal(ProblemCode.INTERNAL)


def _offset_refusal(offset: int) -> Refusal:
    return Refusal(ProblemCode.OFFSET_MISMATCH, offset=offset, headers={"Upload-Offset": str(offset)})


def _announced(metadata: PhotoMetadata, size_bytes: int, actor: Actor, now: datetime) -> Announced:
    settings = current_app.config["SETTINGS"]
    if size_bytes > settings.max_photo_bytes:
        limit_mb = settings.max_photo_bytes // (1024 * 1024)
        raise Refusal(
            ProblemCode.PHOTO_TOO_LARGE, limit=limit_mb,
            headers={"Tus-Max-Size": str(settings.max_photo_bytes)},
        )  # fmt: skip
    if metadata.subject_id is not None:
        _check_subject(actor, metadata.subject_id)
    return Announced(
        upload_id=uuid.uuid4(), owner_id=actor.user_id, county_code=actor.county_code, photo_id=metadata.photo_id,
        sha256=metadata.sha256, size_bytes=size_bytes, visit_id=metadata.visit_id, subject_id=metadata.subject_id,
        filename=metadata.filename, expires_at=now + timedelta(hours=settings.upload_expiry_hours), has_row=False,
    )  # fmt: skip


def _check_subject(actor: Actor, subject_id: uuid.UUID) -> None:
    """A person may send photos of a subject that is theirs now or was: the visit may lie before the change of pairing."""
    if _read(_PAIRED_ONCE, subject_id=subject_id, user_id=actor.user_id):
        return
    visible = select(Subject.id).where(Subject.id == subject_id, visible_subjects(actor, Action.UPLOAD_PHOTOS))
    if db.session.scalar(visible) is None:
        raise Refusal(ProblemCode.SUBJECT_NOT_YOURS)


def _stored_receipt(upload: Announced) -> str | None:
    """The receipt if exactly these bytes are durable under this id; None if they still have to be sent.

    The photo's record is the authority on its bytes: where it is here, it decides, also against bytes that came first.
    Raises: Refusal not-found (the id is another person's), record-conflict.
    """
    stored = _stored(upload.photo_id)
    if stored is None:
        return None
    if stored.author_id != upload.owner_id:
        raise _not_yours()
    if stored.sha256 == upload.sha256:
        return receipt_code(ReceiptKind.PHOTO, str(upload.photo_id), upload.sha256)
    if (stored.declared_sha256 or stored.sha256 or upload.sha256) == upload.sha256:
        return None
    raise _other_bytes()


def _not_yours() -> Refusal:
    return Refusal(ProblemCode.NO_SUCH_PHOTO)


def _other_bytes() -> Refusal:
    return Refusal(ProblemCode.PHOTO_CONFLICT)


def _get_upload(upload_id: uuid.UUID, actor: Actor, now: datetime) -> tuple[Announced, str | None]:
    """An upload of the actor, with its receipt when it is finished."""
    rows = _read(_OF_UPLOAD, upload_id=upload_id)
    if not rows:
        return _finished_at_once(upload_id, actor, now)
    *values, finished_at = rows[0]
    upload = Announced(upload_id, *values)
    if upload.owner_id != actor.user_id:
        raise Refusal(ProblemCode.NO_SUCH_UPLOAD)
    if upload.expires_at < now and finished_at is None:
        raise Refusal(ProblemCode.UPLOAD_EXPIRED)
    return upload, receipt_code(ReceiptKind.PHOTO, str(upload.photo_id), upload.sha256) if finished_at else None


def _count_photo(link: Link, upload: Announced, media_type: MediaType, now: datetime) -> tuple[Any, Any, Any]:
    """The photo's row gets its bytes, made by whichever comes first, record or bytes. What the upload knows of subject and
    visit stands until the record says it. Answers visit, hazard and subject."""
    counted = _COUNT_PHOTO.rows(
        link,
        id=upload.photo_id, county_code=upload.county_code, author_id=upload.owner_id, subject_id=upload.subject_id,
        visit_id=upload.visit_id, sha256=upload.sha256, size_bytes=upload.size_bytes, media_type=media_type.value,
        uploaded_at=now,
    )  # fmt: skip
    if counted:
        visit_id, hazard_id, subject_id = counted[0]
        return visit_id, hazard_id, subject_id
    stored = _Stored(*_STORED.rows(link, photo_id=upload.photo_id)[0])
    if stored.author_id != upload.owner_id:
        raise _not_yours()
    if stored.sha256 != upload.sha256:
        raise _other_bytes()
    return stored.visit_id, stored.hazard_id, stored.subject_id


def _insert_row(upload: Announced, now: datetime) -> None:
    """In the open transaction."""
    _make_room(upload)
    values = {
        "id": upload.upload_id, "county_code": upload.county_code, "owner_id": upload.owner_id, "photo_id": upload.photo_id,
        "sha256": upload.sha256, "size_bytes": upload.size_bytes, "visit_id": upload.visit_id, "subject_id": upload.subject_id,
        "filename": upload.filename, "created_at": now, "expires_at": upload.expires_at, "finished_at": None,
    }  # fmt: skip
    db.session.execute(insert(Upload.__table__), values)


def _make_room(upload: Announced) -> None:
    unfinished = select(_upload.id).where(_upload.finished_at.is_(None))
    oldest_last = (_upload.created_at.desc(), _upload.id)
    mine = unfinished.where(_upload.owner_id == upload.owner_id).order_by(*oldest_last).offset(UNFINISHED_PER_PERSON - 1)
    _forget(list(db.session.scalars(mine)))
    announced = select(func.sum(_upload.size_bytes)).where(_upload.finished_at.is_(None))
    while (db.session.scalar(announced) or 0) + upload.size_bytes > UNFINISHED_BYTES_IN_ALL:
        most = (
            select(_upload.owner_id).where(_upload.finished_at.is_(None)).group_by(_upload.owner_id)
            .order_by(func.sum(_upload.size_bytes).desc()).limit(1)
        )  # fmt: skip
        theirs = unfinished.where(_upload.owner_id == most.scalar_subquery()).order_by(_upload.created_at, _upload.id).limit(1)
        if not _forget(list(db.session.scalars(theirs))):
            return


def _forget(upload_ids: list[uuid.UUID]) -> int:
    """In the open transaction; uploads that somebody is writing to stay. Returns how many are gone."""
    gone = []
    for upload_id in upload_ids:
        with contextlib.suppress(UploadLocked):
            photo_store().drop_upload(str(upload_id))
            gone.append(upload_id)
    if gone:
        db.session.execute(delete(Upload.__table__).where(_upload.id.in_(gone)))
    return len(gone)


def _delete_row(upload_id: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(delete(Upload.__table__).where(_upload.id == upload_id, _upload.finished_at.is_(None)))


def _recover(upload: Announced, now: datetime) -> UploadState:
    """The part is gone: either this process died between rename and commit, and the bytes are here, or they were refused."""
    store = photo_store()
    if not store.has(upload.sha256):
        raise Refusal(ProblemCode.UPLOAD_ENDED)
    with store.open(upload.sha256) as stream:
        media_type = identify(stream).media_type
    return upload.received(finish_upload(upload, media_type, now))


def _finished_at_once(photo_id: uuid.UUID, actor: Actor, now: datetime) -> tuple[Announced, str]:
    """An upload that came whole in one request: it never had a row, and goes by its photo's id."""
    stored = _stored(photo_id)
    if stored is None or stored.author_id != actor.user_id or stored.sha256 is None:
        raise Refusal(ProblemCode.NO_SUCH_UPLOAD)
    upload = Announced(
        upload_id=photo_id, owner_id=actor.user_id, county_code=actor.county_code, photo_id=photo_id, sha256=stored.sha256,
        size_bytes=stored.size_bytes or 0, visit_id=None, subject_id=None, filename=None, expires_at=now + FINISHED_KEPT,
        has_row=False,
    )  # fmt: skip
    return upload, receipt_code(ReceiptKind.PHOTO, str(photo_id), stored.sha256)


def _stored(photo_id: uuid.UUID) -> _Stored | None:
    rows = _read(_STORED, photo_id=photo_id)
    return _Stored(*rows[0]) if rows else None


def _read(statement: Prepared, **values: Any) -> list[Row]:
    with db.engine.connect() as connection:
        return statement.rows(link_of(connection), **values)
