"""Stores the demo's photos through the same uploads as phones use, and reviews some of them."""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from media.tus import PhotoMetadata
from server import clock
from server.accounts.models import User
from server.accounts.service import actor_of
from server.db import db
from server.demo.county import DemoCounty
from server.demo.history import DemoPhoto
from server.evidence.reviews import review_photo
from server.evidence.uploads import begin_upload, receive
from server.pairings.reach import of_person
from server.records.intake import receive_records
from vocabulary import MarkShape, ReviewDecision

RETURN_REASONS = ("看不清隐患部位，请靠近补拍", "前后角度不一致，请从同一位置补拍", "照片模糊，请补拍")


def store_photos(photos: Sequence[DemoPhoto]) -> None:
    for photo in photos:
        now = photo.taken_at + timedelta(minutes=6)
        if photo.record["visit_id"] is None:
            receive_records([photo.record], device_id="demo", author=photo.actor.author, scope=of_person(photo.actor), now=now)
        visit_id = photo.record["visit_id"]
        metadata = PhotoMetadata(
            photo_id=uuid.UUID(photo.picture.id),
            sha256=photo.picture.sha256,
            filename="demo.jpg",
            media_type="image/jpeg",
            visit_id=uuid.UUID(visit_id) if visit_id else None,
            subject_id=uuid.UUID(photo.record["subject_id"]),
        )
        upload = begin_upload(metadata, len(photo.picture.data), photo.actor, now)
        receive(upload.id, 0, None, io.BytesIO(photo.picture.data).read, photo.actor, now)


def review_some(chance: random.Random, county: DemoCounty, photos: Sequence[DemoPhoto]) -> None:
    """The office has judged most photos older than two weeks; a few were returned."""
    user = db.session.get(User, county.office_id)
    assert user is not None
    now = clock.now()
    reviewer = actor_of(user, clock.county_date(now))
    for photo in photos:
        if photo.taken_at > now - timedelta(days=14) or chance.random() < 0.2:
            continue
        returned = chance.random() < 0.08
        decision: dict[str, Any] = {
            "decision": ReviewDecision.RETURNED if returned else ReviewDecision.APPROVED,
            "reason": "",
            "mark": None,
        }
        if returned:
            decision |= {
                "reason": chance.choice(RETURN_REASONS),
                "mark": {"shape": MarkShape.CIRCLE, "x": 0.5, "y": 0.6, "r": 0.15},
            }
        review_photo(uuid.UUID(photo.picture.id), decision, reviewer, photo.taken_at + timedelta(days=1))
