"""Photo records and tus requests as a phone would make them."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

from PIL import Image

from server.db import db
from server.evidence.jobs import run_inspect_photos
from server.evidence.models import Photo
from tests.conftest import Person
from tests.media.pictures import jpeg, scene
from tests.records import MADE_AT, new_id, seal

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = {**TUS, "Content-Type": "application/offset+octet-stream"}
GATE = {"lng": 112.8992, "lat": 35.6173, "accuracy_m": 12.0, "datum": "WGS-84", "provider": "gps", "fixed_at": MADE_AT}


def photo_bytes(seed: int = 1, size: tuple[int, int] = (640, 480)) -> bytes:
    return jpeg(scene(seed, size))


def photo_with_position(
    seed: int = 1, *, lat: float = 35.6172, lng: float = 112.8991, taken: str = "2026:11:20 09:15:02"
) -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "Test phone"
    exif.get_ifd(0x8825).update({1: "N", 2: _dms(lat), 3: "E", 4: _dms(lng)})
    exif.get_ifd(0x8769)[0x9003] = taken
    return jpeg(scene(seed), exif=exif)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def photo_record(subject_id: object, photo_id: str, data: bytes, *, visit_id: str | None = None, **values: Any) -> dict[str, Any]:
    body = {
        "photo_id": photo_id,
        "hazard_id": None,
        "item_path": None,
        "submission_id": None,
        "role": "close_up",
        "sha256": sha256(data),
        "size_bytes": len(data),
        "media_type": "image/jpeg",
        "width": 640,
        "height": 480,
        "source": "camera",
        "captured_at": MADE_AT,
        "position": GATE,
        "clock": {
            "device_time": MADE_AT,
            "server_offset_ms": 120,
            "offset_measured_at": MADE_AT,
            "monotonic_gap_ms": 0,
            "error_bound_ms": 200,
        },
        "original": None,
        **values,
    }
    return seal("photo", subject_id, body, visit_id=visit_id, record_id=photo_id)


def metadata(photo_id: str, data: bytes, **values: str) -> str:
    pairs = {"photo_id": photo_id, "sha256": sha256(data), "filename": "IMG_0001.jpg", **values}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def begin(person: Person, photo_id: str, data: bytes, *, length: int | None = None, **values: str) -> Any:
    headers = {
        **TUS,
        "Upload-Length": str(len(data) if length is None else length),
        "Upload-Metadata": metadata(photo_id, data, **values),
    }
    return person.post("/api/evidence/uploads", headers=headers)


def patch(person: Person, location: str, offset: int, data: bytes, **headers: str) -> Any:
    return person.request("PATCH", location, headers={**CHUNK, "Upload-Offset": str(offset), **headers}, data=data)


def head(person: Person, location: str) -> Any:
    return person.request("HEAD", location, headers=TUS)


def image(person: Person, photo_id: str, kind: str, **headers: str) -> Any:
    """An image answer with its file closed, as a web server leaves it."""
    return person.get(f"/api/evidence/photos/{photo_id}/{kind}", headers=headers, buffered=True)


def send(person: Person, data: bytes, photo_id: str | None = None, **values: str) -> str:
    """Uploads a photo in one go and returns its id."""
    photo_id = photo_id or new_id()
    begun = begin(person, photo_id, data, **values)
    assert begun.status_code == 201, begun.text
    if "Upload-Receipt" not in begun.headers:
        done = patch(person, begun.headers["Location"], 0, data)
        assert done.status_code == 204, done.text
    return photo_id


def inspected(photo_id: str) -> Photo:
    """Runs the job and returns the photo as the database then has it."""
    run_inspect_photos([photo_id])
    db.session.expire_all()
    photo = db.session.get(Photo, uuid.UUID(photo_id))
    assert photo is not None
    return photo


def _dms(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)
