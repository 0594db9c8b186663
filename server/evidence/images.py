"""Images of a photo for an answer: original, display, thumbnail, and the copy with the facts written on it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from PIL import Image

from media.derivatives import jpeg_bytes
from media.errors import ObjectMissing
from media.position import Position
from media.watermark import WatermarkFields, circles_of, draw_circles, draw_watermark
from server.db import db
from server.evidence.bodies import person_name
from server.evidence.files import photo_store
from server.evidence.models import Photo
from server.problems import Refusal
from server.register.models import Subject
from server.register.store import area_names
from sync.receipts import receipt_code
from vocabulary import ProblemCode, ReceiptKind

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}


class ImageKind(StrEnum):
    ORIGINAL = "original"
    DISPLAY = "display"
    THUMBNAIL = "thumbnail"
    MARKED = "marked"


@dataclass(frozen=True)
class ServedImage:
    """``tag`` changes whenever the bytes may have changed."""

    stream: BinaryIO
    media_type: str
    file_name: str
    tag: str


def open_image(photo: Photo, kind: ImageKind) -> ServedImage:
    """The image of a photo that the caller may see. Raises: Refusal not-found (bytes or copies are not here yet)."""
    if photo.sha256 is None:
        raise Refusal(ProblemCode.PHOTO_NOT_HERE, headers={"Retry-After": "30"})
    try:
        if kind is ImageKind.ORIGINAL:
            media_type = photo.media_type or "image/jpeg"
            name = f"{photo.id}.{_EXTENSIONS[media_type]}"
            return ServedImage(photo_store().open(photo.sha256), media_type, name, photo.sha256)
        copy = "thumbnail" if kind is ImageKind.THUMBNAIL else "display"
        stream = photo_store().open_copy(photo.sha256, copy)
    except ObjectMissing:
        if photo.inspected_at is None:
            raise Refusal(ProblemCode.PHOTO_IN_PREPARATION, headers={"Retry-After": "5"}) from None
        raise Refusal(ProblemCode.PHOTO_ONLY_ORIGINAL) from None
    tag = f"{photo.sha256}-{kind.value}"
    if kind is ImageKind.MARKED:
        with stream:
            stream = io.BytesIO(_marked(photo, stream))
        tag = f"{tag}-{photo.recorded_at}"
    return ServedImage(stream, "image/jpeg", f"{photo.id}-{kind.value}.jpg", tag)


def _marked(photo: Photo, display: BinaryIO) -> bytes:
    """The display copy with the inspector's circles and the facts on it. Drawn on demand: few are asked for, names may change."""
    subject = db.session.get(Subject, photo.subject_id) if photo.subject_id else None
    towns = area_names()
    place = [towns.get(code or "", "") for code in ((subject.town_code, subject.village_code) if subject else ())]
    position = (
        None
        if photo.device_lng is None or photo.device_lat is None
        else Position(photo.device_lng, photo.device_lat, photo.device_accuracy_m)
    )
    captured_at = photo.captured_at or photo.uploaded_at
    assert captured_at is not None, "a photo with bytes has an upload time"
    fields = WatermarkFields(
        subject_name=subject.name if subject else "",
        place=" ".join(part for part in place if part),
        captured_at=captured_at,
        position=position,
        inspector_name=person_name(photo.author_id),
        photo_number=receipt_code(ReceiptKind.PHOTO, str(photo.id), photo.sha256 or ""),
    )
    with Image.open(display, formats=["JPEG"]) as image:
        circled = draw_circles(image.convert("RGB"), circles_of(photo.facts.get("marks")))
        return jpeg_bytes(draw_watermark(circled, fields).image)
