"""Everything that can go wrong in this room.

    MediaError
    ├── NotAPhoto          the bytes are of no accepted picture format
    ├── TooManyPixels      the header announces a picture that nobody may decode
    ├── Undecodable        a picture by its first bytes, but no pixels can be got out of it
    ├── StoreError         UploadMissing, UploadLocked, OffsetMismatch, TooManyBytes, HashMismatch, StoreFull,
    │                      ObjectMissing
    └── TusError           a request that does not follow the tus protocol

Each carries a stable slug and the data a message needs; none knows HTTP.
"""

from __future__ import annotations

from typing import Any


class MediaError(Exception):
    """Base of the tree. ``slug`` never changes meaning; ``params`` are plain JSON values."""

    slug = "media-error"

    def __init__(self, **params: Any) -> None:
        super().__init__(self.slug, params)
        self.params = params


class NotAPhoto(MediaError):
    slug = "not-a-photo"


class TooManyPixels(MediaError):
    slug = "too-many-pixels"


class Undecodable(MediaError):
    slug = "undecodable"


class StoreError(MediaError):
    slug = "store-error"


class UploadMissing(StoreError):
    slug = "upload-missing"


class UploadLocked(StoreError):
    slug = "upload-locked"


class OffsetMismatch(StoreError):
    slug = "offset-mismatch"


class TooManyBytes(StoreError):
    slug = "too-many-bytes"


class HashMismatch(StoreError):
    slug = "hash-mismatch"


class StoreFull(StoreError):
    slug = "store-full"


class ObjectMissing(StoreError):
    slug = "object-missing"


class TusError(MediaError):
    slug = "tus-error"
