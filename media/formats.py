"""What kind of picture some bytes are, by content and never by name; and opening one without decoding a pixel bomb.

JPEG, PNG, WebP and HEIC are accepted. Sizes come from the header before anything is decoded.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterator
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

# Cameras write 1, encoders for the web about 10.
SCANS_AT_MOST = 64
SCANNED_PIXELS = 1_500_000_000

# So many bytes are enough for ``media_type_of``.
SNIFF_BYTES = 64
# Where the sizes of PNG, WebP and HEIC stand; those of a JPEG may lie behind its EXIF block and colour profile.
HEADER_BYTES = 64 * 1024
# A phone writes a dozen segments before the size, a colour profile up to 255 more.
JPEG_SEGMENTS = 1000

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
    """Format and size of a picture, from its header alone; no decoder sees the bytes, and no header takes long.

    Raises: NotAPhoto; TooManyPixels (a picture which nobody may decode). A header without a size gives width and height 0.
    """
    stream.seek(0)
    head = stream.read(HEADER_BYTES)
    media_type = media_type_of(head)
    match media_type:
        case MediaType.JPEG:
            width, height, animated = *_jpeg_size(stream), False
        case MediaType.PNG:
            width, height, animated = *_png_size(head), b"acTL" in head[: head.find(b"IDAT")]
        case MediaType.WEBP:
            width, height, animated = *_webp_size(head), head[12:16] == b"VP8X" and bool(head[20:21] and head[20] & 2)
        case MediaType.HEIC:
            # A HEIC file with several images is a burst or carries a depth map; it is not an animation.
            width, height, animated = *_heic_size(head), False
        case None:
            raise NotAPhoto(starts_with=head[:16].hex())
    check_size(width, height)
    return Picture(media_type, width, height, animated)


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


def decode(
    stream: BinaryIO, *, near_px: int | None = None, opened: ImageFile.ImageFile | None = None
) -> tuple[Image.Image, bool]:
    """The pixels, and whether the file was whole. ``near_px``: JPEG may decode at a fraction not below that edge.

    A JPEG or HEIC that was cut off is drawn as far as it goes. Other formats have no usable part. ``opened`` is what
    :func:`open_picture` made of the stream.
    Raises: NotAPhoto, TooManyPixels, Undecodable.
    """
    image = opened or open_picture(stream)
    media_type = _type_of(image)
    if media_type is MediaType.JPEG:
        _check_scans(stream, image.width * image.height)
    try:
        return _load(image, near_px), not (media_type is MediaType.HEIC and _is_cut_heic(stream))
    except DECODER_ERRORS as error:
        reason = str(error)[:200]
    if media_type is MediaType.JPEG:
        stream.seek(0)
        # An end marker makes the decoder fill what is missing, without Pillow's process-wide switch for cut files.
        mended = io.BytesIO(stream.read() + b"\xff\xd9")
        try:
            return _load(open_picture(mended), near_px), False
        except DECODER_ERRORS as error:
            reason = str(error)[:200]
    raise Undecodable(media_type=media_type.value, reason=reason)


def check_size(width: int, height: int) -> None:
    """Raises TooManyPixels beyond MAX_PIXELS or MAX_SIDE_PX."""
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise TooManyPixels(width=width, height=height, max_pixels=MAX_PIXELS, max_side_px=MAX_SIDE_PX)


def _check_scans(stream: BinaryIO, pixels: int) -> None:
    """A progressive JPEG is drawn over once for each of its scans, and an empty one costs a few bytes.

    Raises: Undecodable beyond SCANS_AT_MOST, or SCANNED_PIXELS in all.
    """
    at = stream.tell()
    stream.seek(0)
    scans = stream.read().count(b"\xff\xda")
    stream.seek(at)
    if scans > SCANS_AT_MOST or scans * pixels > SCANNED_PIXELS:
        raise Undecodable(media_type=MediaType.JPEG.value, reason=f"too many scans ({scans})")


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


def _jpeg_size(stream: BinaryIO) -> tuple[int, int]:
    """Of the first frame header (ITU-T T.81 section B.2.2); (0, 0) where none comes."""
    at = 2
    for _ in range(JPEG_SEGMENTS):
        stream.seek(at)
        segment = stream.read(9)
        if len(segment) < 9 or segment[0] != 0xFF:
            break
        kind, length = segment[1], int.from_bytes(segment[2:4], "big")
        if kind == 0xFF:
            # A fill byte before the marker.
            at += 1
            continue
        if kind in _JPEG_FRAMES:
            return int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")
        if kind == 0xDA:
            break
        at += 2 + length
    return 0, 0


def _png_size(head: bytes) -> tuple[int, int]:
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _heic_size(head: bytes) -> tuple[int, int]:
    """The largest of the sizes announced (ISO 23008-12 section 6.5.3), cut to its clean aperture (ISO 14496-12 section 12.1.4).

    The others are of tiles and small copies.
    """
    width, height = max([(0, 0), *_box_numbers(head, b"ispe", 8, 12)], key=lambda size: size[0] * size[1])
    check_size(width, height)
    for clean, share, clean_height, height_share in _box_numbers(head, b"clap", 4, 8, 12, 16):
        if share and height_share:
            width, height = min(width, clean // share), min(height, clean_height // height_share)
    return width, height


def _box_numbers(head: bytes, name: bytes, *places: int) -> Iterator[tuple[int, ...]]:
    """The 32-bit numbers at places behind the name of every box of that name."""
    at = head.find(name)
    while at >= 0:
        yield tuple(int.from_bytes(head[at + place : at + place + 4], "big") for place in places)
        at = head.find(name, at + 4)


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


_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}

_OPENERS: dict[MediaType, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    MediaType.JPEG: JpegImagePlugin.JpegImageFile,
    MediaType.PNG: PngImagePlugin.PngImageFile,
    MediaType.WEBP: WebPImagePlugin.WebPImageFile,
    MediaType.HEIC: HeifImageFile,
}

_TYPES = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP, "HEIF": MediaType.HEIC}
