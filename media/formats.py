"""What kind of picture some bytes are, by content and never by name; and opening one without decoding a pixel bomb.

JPEG, PNG, WebP and HEIC are accepted. Sizes come from the header before anything is decoded.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from pillow_heif.as_plugin import HeifImageFile

from media.errors import NotAPhoto, TooManyPixels, Undecodable

# The largest phone sensors in sale make 108 or 200 megapixels but save 12 to 50 by default. 100 megapixels decode
# to 300 MB, which one worker can bear.
MAX_PIXELS = 100_000_000
MAX_SIDE_PX = 20_000

# So many bytes are enough for ``media_type_of``.
SNIFF_BYTES = 64

# Decoders for foreign bytes raise whatever their innermost line raises. This is the closed list met by fuzzing;
# MemoryError and programming errors outside it are ours and must show.
DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, EOFError,
    RuntimeError, struct.error, Image.DecompressionBombError,
)  # fmt: skip

_HEIC_BOXES = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}


class MediaType(StrEnum):
    """The picture formats that are accepted as evidence."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"


@dataclass(frozen=True, slots=True)
class Picture:
    """What the header says. Width and height are as stored, before the orientation tag is applied.

    ``width`` and ``height`` are 0 where the header is broken: kept as evidence, but nothing can be drawn from it.
    """

    media_type: MediaType
    width: int
    height: int
    animated: bool = False


def media_type_of(head: bytes) -> MediaType | None:
    """The format by its first bytes (64 are enough), or None for anything that is not an accepted picture."""
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(head):
        return MediaType.HEIC
    return None


def identify(stream: BinaryIO) -> Picture:
    """Format and size of a picture, from its header alone.

    Raises: NotAPhoto; TooManyPixels (a picture which nobody may decode). A broken header gives width and height 0.
    """
    try:
        image = open_picture(stream)
    except Undecodable as error:
        return Picture(MediaType(error.params["media_type"]), 0, 0)
    media_type = _type_of(image)
    # A HEIC file with several images is a burst or carries a depth map; it is not an animation.
    animated = media_type is not MediaType.HEIC and getattr(image, "n_frames", 1) > 1
    return Picture(media_type, image.width, image.height, animated)


def open_picture(stream: BinaryIO) -> ImageFile.ImageFile:
    """The picture with its header read and no pixel decoded; the stream must stay open while it is used.

    Raises: NotAPhoto, TooManyPixels, Undecodable.
    """
    stream.seek(0)
    head = stream.read(SNIFF_BYTES)
    media_type = media_type_of(head)
    if media_type is None:
        raise NotAPhoto(starts_with=head[:16].hex())
    if media_type is MediaType.WEBP:
        # Its reader allocates the whole canvas when opened, so the limit has to be asked before.
        check_size(*_webp_size(head))
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _OPENERS[media_type](stream)
    except DECODER_ERRORS as error:
        raise Undecodable(media_type=media_type.value, reason=str(error)[:200]) from None
    check_size(image.width, image.height)
    return image


def decode(stream: BinaryIO, *, near_px: int | None = None) -> tuple[Image.Image, bool]:
    """The pixels, and whether the file was whole. ``near_px``: JPEG may decode at a fraction not below that edge.

    A JPEG or HEIC that was cut off is drawn as far as it goes. Other formats have no usable part.
    Raises: NotAPhoto, TooManyPixels, Undecodable.
    """
    image = open_picture(stream)
    try:
        return _load(image, near_px), not (_type_of(image) is MediaType.HEIC and _is_cut_heic(stream))
    except DECODER_ERRORS as error:
        reason = str(error)[:200]
    if _type_of(image) is MediaType.JPEG:
        stream.seek(0)
        # An end marker makes the decoder fill what is missing, without Pillow's process-wide switch for cut files.
        mended = io.BytesIO(stream.read() + b"\xff\xd9")
        try:
            return _load(open_picture(mended), near_px), False
        except DECODER_ERRORS as error:
            reason = str(error)[:200]
    raise Undecodable(media_type=_type_of(image).value, reason=reason)


def check_size(width: int, height: int) -> None:
    """Raises TooManyPixels beyond MAX_PIXELS or MAX_SIDE_PX."""
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise TooManyPixels(width=width, height=height, max_pixels=MAX_PIXELS, max_side_px=MAX_SIDE_PX)


def _load(image: ImageFile.ImageFile, near_px: int | None) -> Image.Image:
    if near_px is not None and image.format == "JPEG":
        image.draft(None, (near_px, near_px))
    image.load()
    return image


def _type_of(image: Image.Image) -> MediaType:
    return _TYPES[image.format or "HEIF"]


def _brands(head: bytes) -> set[bytes]:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}


def _is_cut_heic(stream: BinaryIO) -> bool:
    """Whether a box says to go on behind the file's end (ISO 14496-12 section 4.2): the decoder paints what is missing green."""
    end = stream.seek(0, io.SEEK_END)
    at = 0
    while at + 8 <= end:
        stream.seek(at)
        head = stream.read(16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if name not in _HEIC_BOXES or size < 8:
            # Size 0 reaches to the end of the file; other names are something that was put behind the picture.
            return False
        at += size
    return at > end


def _webp_size(head: bytes) -> tuple[int, int]:
    """Canvas size of a WebP header (RFC 9649 section 2); (0, 0) if it is none of the three kinds."""
    if head[12:16] == b"VP8X" and len(head) >= 30:
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 " and len(head) >= 30:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return 0, 0


_OPENERS: dict[MediaType, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    MediaType.JPEG: JpegImagePlugin.JpegImageFile,
    MediaType.PNG: PngImagePlugin.PngImageFile,
    MediaType.WEBP: WebPImagePlugin.WebPImageFile,
    MediaType.HEIC: HeifImageFile,
}

_TYPES = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP, "HEIF": MediaType.HEIC}
