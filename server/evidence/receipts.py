"""Looking a receipt up by its code: what it is for, and that the server holds it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from server import clock
from server.db import db
from server.evidence.bodies import person_name, receipt_body
from server.evidence.models import Photo, Receipt
from server.pairings.visibility import visible_subjects
from server.permissions import Actor
from server.problems import Refusal
from server.records.models import Record
from server.records.receipts import stored_receipt
from server.register.models import Subject
from server.visits.completion import visit_receipts
from server.visits.models import Visit
from sync.receipts import read_receipt_code
from vocabulary import Action, ProblemCode


def look_up(text: str, actor: Actor) -> dict[str, Any]:
    """What a code that a person typed or scanned stands for. Raises: Refusal invalid, not-found (also for others' things)."""
    code = read_receipt_code(text)
    if code is None:
        raise Refusal(ProblemCode.RECEIPT_CODE_INVALID)
    for found in (_photo(code), _visit(code), _record(code)):
        if found is not None and _may_see(found, actor):
            return found
    raise Refusal(ProblemCode.NO_SUCH_RECEIPT)


def _photo(code: str) -> dict[str, Any] | None:
    row = db.session.execute(
        select(Receipt, Photo).join(Photo, Photo.id == Receipt.photo_id).where(Receipt.code == code).limit(1)
    ).first()
    if row is None:
        return None
    receipt, photo = row
    drawn = photo.width is not None
    return {
        "receipt": receipt_body(receipt),
        "subject": _subject(photo.subject_id),
        "visit_id": _text(photo.visit_id),
        "record_kind": None,
        "hazard_id": _text(photo.hazard_id),
        "author_id": photo.author_id,
        "author_name": person_name(photo.author_id),
        "made_at": clock.isoformat(photo.captured_at),
        "thumbnail_url": f"/api/evidence/photos/{photo.id}/thumbnail" if drawn else None,
    }


def _visit(code: str) -> dict[str, Any] | None:
    visit = db.session.scalar(select(Visit).where(Visit.receipt_code == code).limit(1))
    if visit is None:
        return None
    return {
        "receipt": visit_receipts([visit.id])[visit.id],
        "subject": _subject(visit.subject_id),
        "visit_id": str(visit.id),
        "record_kind": None,
        "hazard_id": None,
        "author_id": visit.officer_id,
        "author_name": person_name(visit.officer_id),
        "made_at": clock.isoformat(visit.finished_at),
        "thumbnail_url": None,
    }


def _record(code: str) -> dict[str, Any] | None:
    record = db.session.scalar(select(Record).where(Record.receipt_code == code).limit(1))
    if record is None:
        return None
    return {
        "receipt": stored_receipt(str(record.id), record.content_hash, record.received_at),
        "subject": _subject(record.subject_id),
        "visit_id": _text(record.visit_id),
        "record_kind": record.kind,
        "hazard_id": record.body.get("hazard_id"),
        "author_id": record.author_id,
        "author_name": person_name(record.author_id),
        "made_at": clock.isoformat(record.made_at),
        "thumbnail_url": None,
    }


def _may_see(found: dict[str, Any], actor: Actor) -> bool:
    if found["author_id"] == actor.user_id:
        return True
    if found["subject"] is None:
        return False
    visible = visible_subjects(actor, Action.READ_VISITS)
    subject_id = uuid.UUID(found["subject"]["id"])
    return db.session.scalar(select(Subject.id).where(Subject.id == subject_id, visible)) is not None


def _subject(subject_id: uuid.UUID | None) -> dict[str, Any] | None:
    subject = db.session.get(Subject, subject_id) if subject_id else None
    return {"id": str(subject.id), "name": subject.name} if subject else None


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None
