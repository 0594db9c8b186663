"""Importing a rescue file: its records and photos take the ordinary ways in, on behalf of the person who made them.

Ids and hashes are the phone's own, so a file imported twice, or after the phone has sent the rest itself, changes nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forms.strict_json import has_nul
from media.tus import PhotoMetadata
from server import clock
from server.accounts.models import User
from server.accounts.service import actor_of
from server.audit import write_audit
from server.db import db, transaction
from server.evidence.uploads import begin_upload, receive
from server.pairings.reach import of_person
from server.passing_faults import passing_fault
from server.permissions import Actor
from server.problems import FieldError, Refusal, problem_body
from server.records.intake import receive_records
from server.rescue.archive import RECORD_BYTES_AT_MOST, ArchiveInvalid, RescueArchive, RescuedPhoto
from server.rescue.models import RescueImport
from server.visits.drafts import save_draft
from server.visits.models import VisitDraft
from sync.times import format_time, parse_time
from vocabulary import FaultCode, ProblemCode, RecordStatus, RescuePart

log = logging.getLogger(__name__)

BATCH = 100
BATCH_BYTES = RECORD_BYTES_AT_MOST
SHOWN_IMPORTS = 20
_PIECE = 1 << 20


def import_rescue(file: IO[bytes], office: Actor, now: datetime) -> dict[str, Any]:
    """Imports a file and says what became of each part.

    Raises: Refusal invalid (not a rescue file), not-found (its user is not of this county).
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    archive = RescueArchive(file)
    author = _author(archive.user_id, office, now)
    before = _first_import(digest, office)
    items = [
        *_import_records(archive, author, now),
        *_import_photos(archive, author, now),
        *_import_drafts(archive, author, now),
    ]
    result = {
        "author": author.name,
        **{f"{part}s": dict(Counter(item["status"] for item in items if item["part"] == part)) for part in RescuePart},
        "problems": [
            {"kind": item["part"], "id": item["id"], "problem": item["problem"]} for item in items if item["problem"] is not None
        ],
    }
    with transaction() as session:
        session.add(
            RescueImport(
                county_code=office.county_code, file_sha256=digest, author_id=author.user_id, imported_by=office.user_id,
                at=now, result=result,
            )
        )  # fmt: skip
        write_audit(
            "rescue:import", "user", author.user_id, county_code=office.county_code, actor_id=office.user_id, file_sha256=digest
        )
    return result | {"imported_before": before, "items": items}


def recent_imports(office: Actor) -> list[dict[str, Any]]:
    """The last imports of the county, newest first, without their single parts."""
    author, importer = aliased(User), aliased(User)
    rows = db.session.execute(
        select(RescueImport, author.name, importer.name)
        .join(author, author.id == RescueImport.author_id)
        .join(importer, importer.id == RescueImport.imported_by)
        .where(RescueImport.county_code == office.county_code)
        .order_by(RescueImport.at.desc(), RescueImport.id)
        .limit(SHOWN_IMPORTS)
    )
    return [
        {
            "id": str(row.id),
            "at": clock.isoformat(row.at),
            "author": author_name,
            "imported_by": importer_name,
            **{f"{part}s": row.result.get(f"{part}s", {}) for part in RescuePart},
        }
        for row, author_name, importer_name in rows
    ]


def _first_import(digest: str, office: Actor) -> dict[str, Any] | None:
    """When the very same file was imported first, and by whom."""
    row = db.session.execute(
        select(RescueImport.at, User.name)
        .join(User, User.id == RescueImport.imported_by)
        .where(RescueImport.file_sha256 == digest, RescueImport.county_code == office.county_code)
        .order_by(RescueImport.at)
        .limit(1)
    ).first()
    return {"at": clock.isoformat(row.at), "by": row.name} if row else None


def _author(user_id: uuid.UUID, office: Actor, now: datetime) -> Actor:
    user = db.session.get(User, user_id)
    if user is None or user.county_code != office.county_code:
        raise Refusal(ProblemCode.RESCUED_AUTHOR_UNKNOWN)
    return actor_of(user, clock.county_date(now))


def _import_records(archive: RescueArchive, author: Actor, now: datetime) -> Iterator[dict[str, Any]]:
    for batch in _batches(archive.envelopes()):
        results, _ = receive_records(batch, device_id=archive.device_id, author=author.author, scope=of_person(author), now=now)
        for envelope, result in zip(batch, results, strict=True):
            kind = envelope.get("kind") if isinstance(envelope, dict) else None
            receipt = result["receipt"]["code"] if result["receipt"] else None
            problem = _unreadable() if envelope is None else result["problem"]
            yield _item("record", result["id"], result["status"], kind=kind, receipt=receipt, problem=problem)


def _batches(envelopes: Iterator[tuple[Any, int]]) -> Iterator[list[Any]]:
    """As many at a time as one push may hold, by number and by size."""
    batch: list[Any] = []
    size = 0
    for envelope, size_bytes in envelopes:
        if batch and (len(batch) == BATCH or size + size_bytes > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(envelope)
        size += size_bytes
    if batch:
        yield batch


def _import_photos(archive: RescueArchive, author: Actor, now: datetime) -> Iterator[dict[str, Any]]:
    for photo in archive.photos():
        name = str(photo.id) if photo else None
        with _one_part("photo", name) as part:
            part["status"], part["receipt"] = _import_photo(archive, photo, author, now)
        yield part


@contextlib.contextmanager
def _one_part(part: str, name: Any) -> Iterator[dict[str, Any]]:
    """What becomes of one photo or draft. Whatever is wrong with it, foreseen or not, the rest of the file goes on.

    Passing faults are raised: they are of the machine, and the same file imported again a minute later comes in.
    """
    item = _item(part, name if isinstance(name, str) else None, "refused")
    try:
        yield item
    except Refusal as refusal:
        item["problem"] = problem_body(refusal)
    except Exception as error:
        db.session.rollback()
        if passing_fault(error) is not None:
            raise
        log.exception("a part of a rescue file could not be imported", extra={"part": part, "part_id": item["id"]})
        item["problem"] = _unreadable()


def _unreadable() -> dict[str, Any]:
    return problem_body(Refusal(ProblemCode.RESCUED_PART_DAMAGED))


def _item(
    part: str, id_: Any, status: str, *, kind: Any = None, receipt: str | None = None, problem: Any = None
) -> dict[str, Any]:
    kind = kind if isinstance(kind, str) else None
    return {"part": part, "kind": kind, "id": id_, "status": status, "receipt": receipt, "problem": problem}


def _import_photo(archive: RescueArchive, photo: RescuedPhoto | None, author: Actor, now: datetime) -> tuple[str, str]:
    if photo is None:
        raise Refusal(ProblemCode.RESCUED_ENTRY_UNREADABLE)
    metadata = PhotoMetadata(
        photo_id=photo.id, sha256=photo.sha256, filename=None, media_type=photo.media_type, visit_id=photo.visit_id,
        subject_id=photo.subject_id,
    )  # fmt: skip
    upload = begin_upload(metadata, photo.size_bytes, author, now)
    if upload.receipt_code is not None:
        return RecordStatus.ALREADY_ACCEPTED, upload.receipt_code
    try:
        with archive.open_photo(photo) as source:
            state = receive(upload.id, 0, None, lambda size: source.read(min(size, _PIECE)), author, now)
    except (ArchiveInvalid, zipfile.BadZipFile, zlib.error) as error:
        raise Refusal(ProblemCode.RESCUED_PHOTO_DAMAGED) from error
    if state.receipt_code is None:
        raise Refusal(ProblemCode.RESCUED_PHOTO_INCOMPLETE)
    return "accepted", state.receipt_code


def _import_drafts(archive: RescueArchive, author: Actor, now: datetime) -> Iterator[dict[str, Any]]:
    """Visits still being filled in become drafts that the author can continue on another phone."""
    try:
        tables = archive.drafts()
    except ArchiveInvalid:
        yield _item("draft", None, "refused", problem=_unreadable())
        return
    for visit in tables.get("visits", []):
        with _one_part("draft", visit.get("id") if isinstance(visit, dict) else None) as part:
            part["status"] = _import_draft(tables, visit, archive.device_id, author, now)
        yield part


def _import_draft(tables: Mapping[str, list[Any]], visit: Any, device_id: str, author: Actor, now: datetime) -> str:
    try:
        visit_id, subject_id = uuid.UUID(visit["id"]), uuid.UUID(visit["subject_id"])
        saved_at = visit.get("changed_at") or format_time(now)
        changed_at = parse_time(saved_at)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(ProblemCode.RESCUED_DRAFT_DAMAGED) from error
    draft = db.session.get(VisitDraft, visit_id)
    if draft is not None and draft.saved_at >= changed_at:
        return RecordStatus.ALREADY_ACCEPTED
    content = {"visit": visit} | {
        name: [row for row in tables.get(name, []) if isinstance(row, dict) and row.get("visit_id") == visit["id"]]
        for name in ("submissions", "hazards", "rechecks", "photos")
    }
    if has_nul(content):
        raise Refusal(ProblemCode.INVALID, errors=[FieldError("#", FaultCode.NUL_CHARACTER)])
    document = {
        "subject_id": str(subject_id),
        "device_id": device_id,
        "based_on": draft.revision if draft else None,
        "saved_at": saved_at,
        "content": content,
    }
    save_draft(visit_id, document, author, now)
    return RecordStatus.ACCEPTED
