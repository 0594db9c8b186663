"""Everything that is read out of a photo's bytes, with one decode: EXIF facts, copies for screens, perceptual hashes.

The bytes are anybody's. server.evidence.decoding runs this in a process that may be ended at any time.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import BinaryIO

from media.derivatives import display_jpeg, prepare, thumbnail_jpeg
from media.duplicates import PictureHashes, picture_hashes
from media.errors import MediaError
from media.exif import ExifFacts, read_exif
from media.formats import open_picture


@dataclass(frozen=True)
class Inspection:
    """``broken`` names why there are no whole pixels; width and height are upright."""

    exif: ExifFacts
    width: int | None = None
    height: int | None = None
    hashes: PictureHashes | None = None
    display: bytes | None = None
    thumbnail: bytes | None = None
    broken: str | None = None


def inspect_picture(stream: BinaryIO, *, with_hashes: bool) -> Inspection:
    """Never raises for what a file may contain: a broken picture is evidence too, and says why it is broken."""
    try:
        prepared = prepare(stream)
    except MediaError as error:
        return Inspection(_exif_at_least(stream), broken=str(error.params.get("reason") or error.slug)[:200])
    return Inspection(
        exif=prepared.exif,
        width=prepared.width,
        height=prepared.height,
        hashes=picture_hashes(prepared.image) if with_hashes else None,
        display=display_jpeg(prepared.image),
        thumbnail=thumbnail_jpeg(prepared.image),
        broken=None if prepared.whole else "truncated",
    )


def _exif_at_least(stream: BinaryIO) -> ExifFacts:
    with contextlib.suppress(MediaError):
        return read_exif(open_picture(stream))
    return ExifFacts()
