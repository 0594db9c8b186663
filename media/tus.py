"""The arithmetic of tus 1.0.0 (https://tus.io/protocols/resumable-upload): headers in, values out. No files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from media.errors import TusError
from vocabulary import FaultCode

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "expiration", "checksum", "termination")
CHECKSUM_ALGORITHMS = ("sha256", "sha1")
PATCH_CONTENT_TYPE = "application/offset+octet-stream"

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
# RFC 9110 field limits leave no room for more, and a name of a photo needs less.
_MAX_METADATA = 4096


class TusVersionError(TusError):
    slug = "tus-version"


class TusHeaderError(TusError):
    """``params``: header, reason."""

    slug = "tus-header"


class Digest(Protocol):
    """What hashlib returns."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What Upload-Metadata of a photo must and may say."""

    photo_id: uuid.UUID
    sha256: str
    filename: str | None = None
    media_type: str | None = None
    visit_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    value: bytes

    def new_digest(self) -> Digest:
        return hashlib.new(self.algorithm, usedforsecurity=False)


def check_version(header: str | None) -> None:
    """Raises: TusVersionError. Every request but OPTIONS must name the version."""
    if header != VERSION:
        raise TusVersionError(given=header, supported=VERSION)


def parse_length(header: str | None) -> int:
    """Raises: TusHeaderError. A photo always has a length; deferred lengths are not offered."""
    length = _number("Upload-Length", header)
    if length == 0:
        raise TusHeaderError(header="Upload-Length", reason=FaultCode.ZERO_BYTES)
    return length


def parse_offset(header: str | None) -> int:
    """Raises: TusHeaderError."""
    return _number("Upload-Offset", header)


def parse_checksum(header: str | None) -> Checksum | None:
    """``sha1 <base64>``. Raises: TusHeaderError."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm.lower() not in CHECKSUM_ALGORITHMS:
        raise TusHeaderError(header="Upload-Checksum", reason=FaultCode.UNKNOWN_ALGORITHM)
    try:
        value = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise TusHeaderError(header="Upload-Checksum", reason=FaultCode.NOT_BASE64) from None
    return Checksum(algorithm.lower(), value)


def parse_metadata(header: str | None) -> dict[str, str]:
    """Key and base64 value pairs; a key alone has an empty value. Raises: TusHeaderError."""
    if header is None or not header.strip():
        return {}
    if len(header) > _MAX_METADATA:
        raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.TOO_LONG)
    values: dict[str, str] = {}
    for pair in header.split(","):
        key, _, encoded = pair.strip().partition(" ")
        if not key or not key.isascii():
            raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.NOT_WELL_FORMED)
        if key in values:
            raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.KEY_TWICE)
        try:
            values[key] = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.NOT_BASE64) from None
    return values


def photo_metadata(values: dict[str, str]) -> PhotoMetadata:
    """The photo's metadata from parsed pairs; unknown keys are ignored. Raises: TusHeaderError."""
    photo_id = _uuid(values, "photo_id")
    if photo_id is None:
        raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.MISSING)
    sha256 = values.get("sha256", "").lower()
    if not _SHA256.fullmatch(sha256):
        raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.NOT_A_SHA256)
    return PhotoMetadata(
        photo_id=photo_id,
        sha256=sha256,
        filename=_short(values.get("filename"), 200),
        media_type=(values.get("media_type") or values.get("filetype") or "")[:100] or None,
        visit_id=_uuid(values, "visit_id"),
        subject_id=_uuid(values, "subject_id"),
    )


def expires_header(moment: datetime) -> str:
    """RFC 9110 date, as Upload-Expires carries it."""
    return format_datetime(moment, usegmt=True)


def _number(header: str, value: str | None) -> int:
    if value is None or not _DIGITS.fullmatch(value):
        raise TusHeaderError(header=header, reason=FaultCode.MISSING if value is None else FaultCode.NUMBER_WANTED)
    return int(value)


def _uuid(values: dict[str, str], key: str) -> uuid.UUID | None:
    text = values.get(key)
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise TusHeaderError(header="Upload-Metadata", reason=FaultCode.NOT_A_UUID) from None


def _short(text: str | None, length: int) -> str | None:
    """Text for a person to read: no control characters, nothing that looks like a folder."""
    if not text:
        return None
    clean = "".join(char for char in text.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable())
    return clean[:length] or None
