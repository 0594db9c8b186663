"""Importing a rescue file: its records and photos take the ordinary ways in, on behalf of the person who made them.

Ids and hashes are the phone's own, so a file imported twice, or after the phone has sent the rest itself, changes nothing.
"""

from __future__ import annotations

import hashlib
import uuid
import zipfile
import zlib
from collections import Counter
from datetime import datetime
from itertools import islice
from typing import IO, Any

from media.tus import PhotoMetadata
from server import clock
from server.accounts.models import User
from server.accounts.service import actor_of
from server.audit import write_audit
from server.db import db, transaction
from server.evidence.uploads import begin_upload, receive
from server.permissions import Actor
from server.problems import Refusal, problem_body
from server.rescue.archive import ArchiveInvalid, RescueArchive, RescuedPhoto
from server.rescue.models import RescueImport
from server.visits.drafts import save_draft
from server.visits.intake import receive_records
from server.visits.models import VisitDraft
from sync.times import TimeInvalid, format_time, parse_time

BATCH = 100
_PIECE = 1 << 20


def import_rescue(file: IO[bytes], office: Actor, now: datetime) -> dict[str, Any]:
    """Imports a file and says what became of each part.

    Raises: Refusal invalid (not a rescue file), not-found (its user is not of this county).
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    try:
        archive = RescueArchive(file)
    except ArchiveInvalid as error:
        raise Refusal("invalid", str(error), "Not a rescue file.") from error
    author = _author(archive.user_id, office, now)
    problems: list[dict[str, Any]] = []
    result = {
        "author": author.name,
        "records": dict(_import_records(archive, author, now, problems)),
        "photos": dict(_import_photos(archive, author, now, problems)),
        "drafts": dict(_import_drafts(archive, author, now, problems)),
        "problems": problems,
    }
    with transaction() as session:
        session.add(
            RescueImport(
                county_code=office.county_code, file_sha256=digest, author_id=author.user_id, imported_by=office.user_id,
                at=now, result=result,
            )
        )  # fmt: skip
        write_audit("rescue:import", "user", author.user_id, actor_id=office.user_id, file_sha256=digest)
    return result


def _author(user_id: uuid.UUID, office: Actor, now: datetime) -> Actor:
    user = db.session.get(User, user_id)
    if user is None or user.county_code != office.county_code:
        raise Refusal("not-found", "救援文件的使用人不在本县名册里。", "The file's user is not of this county.")
    return actor_of(user, clock.county_date(now))


def _import_records(archive: RescueArchive, author: Actor, now: datetime, problems: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    envelopes = archive.envelopes()
    while batch := list(islice(envelopes, BATCH)):
        results, _ = receive_records(batch, device_id=archive.device_id, actor=author, now=now)
        for result in results:
            counts[result["status"]] += 1
            if result["problem"]:
                problems.append({"kind": "record", "id": result["id"], "problem": result["problem"]})
    return counts


def _import_photos(archive: RescueArchive, author: Actor, now: datetime, problems: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for photo in archive.photos():
        try:
            counts[_import_photo(archive, photo, author, now)] += 1
        except Refusal as refusal:
            counts["refused"] += 1
            name = str(photo.id) if photo else None
            problems.append({"kind": "photo", "id": name, "problem": problem_body(refusal)})
    return counts


def _import_photo(archive: RescueArchive, photo: RescuedPhoto | None, author: Actor, now: datetime) -> str:
    if photo is None:
        raise Refusal("invalid", "清单里有一张照片的条目读不出。", "An entry of the manifest cannot be read.")
    metadata = PhotoMetadata(
        photo_id=photo.id, sha256=photo.sha256, filename=None, media_type=photo.media_type, visit_id=photo.visit_id,
        subject_id=photo.subject_id,
    )  # fmt: skip
    upload = begin_upload(metadata, photo.size_bytes, author, now)
    if upload.receipt_code is not None:
        return "already_accepted"
    try:
        with archive.open_photo(photo) as source:
            state = receive(upload.id, 0, None, lambda size: source.read(min(size, _PIECE)), author, now)
    except (ArchiveInvalid, zipfile.BadZipFile, zlib.error) as error:
        raise Refusal("not-a-photo", "照片在救援文件里已损坏。", "The photo is damaged within the file.") from error
    if state.receipt_code is None:
        raise Refusal("checksum-mismatch", "照片在救援文件里不完整。", "The photo is incomplete within the file.")
    return "accepted"


def _import_drafts(archive: RescueArchive, author: Actor, now: datetime, problems: list[dict[str, Any]]) -> Counter[str]:
    """Visits still being filled in become drafts that the author can continue on another phone."""
    counts: Counter[str] = Counter()
    tables = archive.drafts()
    for visit in tables.get("visits") or []:
        try:
            visit_id = uuid.UUID(visit["id"])
            saved_at = visit["changed_at"]
            draft = db.session.get(VisitDraft, visit_id)
            if draft is not None and draft.saved_at >= parse_time(saved_at):
                counts["already_accepted"] += 1
                continue
            content = {"visit": visit} | {
                name: [row for row in tables.get(name) or [] if row.get("visit_id") == visit["id"]]
                for name in ("submissions", "hazards", "rechecks", "photos")
            }
            document = {
                "subject_id": visit["subject_id"],
                "device_id": archive.device_id,
                "based_on": draft.revision if draft else None,
                "saved_at": saved_at or format_time(now),
                "content": content,
            }
            save_draft(visit_id, document, author, now)
            counts["accepted"] += 1
        except Refusal as refusal:
            counts["refused"] += 1
            problems.append({"kind": "draft", "id": visit.get("id"), "problem": problem_body(refusal)})
        except (KeyError, TypeError, ValueError, AttributeError, TimeInvalid):
            counts["refused"] += 1
    return counts
