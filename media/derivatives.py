"""Copies of a photo for screens: upright, small, progressive JPEG, without metadata. The original is never changed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms

from media.exif import ExifFacts, read_exif
from media.formats import DECODER_ERRORS, decode, open_picture

DISPLAY_EDGE_PX = 1600
THUMBNAIL_EDGE_PX = 320
# 80 keeps lettering on name plates sharp at 1600 px (about 300 KB); a thumbnail is looked at for a second.
DISPLAY_QUALITY = 80
THUMBNAIL_QUALITY = 72

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decoded photo: ``image`` is upright RGB of at most DISPLAY_EDGE_PX; the size is the original's, upright."""

    image: Image.Image
    width: int
    height: int
    exif: ExifFacts
    whole: bool


def prepare(stream: BinaryIO) -> Prepared:
    """Decodes once; every copy and both perceptual hashes are made from the result.

    Raises: NotAPhoto, TooManyPixels, Undecodable.
    """
    header = open_picture(stream)
    exif = read_exif(header)
    width, height = header.size
    image, whole = decode(stream, near_px=DISPLAY_EDGE_PX, opened=header)
    if exif.orientation >= 5:
        width, height = height, width
    return Prepared(_upright_rgb(image, exif.orientation), width, height, exif, whole)


def display_jpeg(image: Image.Image) -> bytes:
    """The copy for reading: longest edge DISPLAY_EDGE_PX, never enlarged."""
    return _jpeg(_shrunk(image, DISPLAY_EDGE_PX), DISPLAY_QUALITY)


def thumbnail_jpeg(image: Image.Image) -> bytes:
    """The copy for lists: longest edge THUMBNAIL_EDGE_PX, never enlarged."""
    return _jpeg(_shrunk(image, THUMBNAIL_EDGE_PX), THUMBNAIL_QUALITY)


def jpeg_bytes(image: Image.Image) -> bytes:
    """An upright RGB image as it is, for copies that something was drawn on."""
    return _jpeg(image, DISPLAY_QUALITY)


def _upright_rgb(image: Image.Image, orientation: int) -> Image.Image:
    small = _shrunk(_flattened(image), DISPLAY_EDGE_PX)
    small = _to_srgb(small, image.info.get("icc_profile"))
    return small.transpose(_TURNS[orientation]) if orientation in _TURNS else small


def _flattened(image: Image.Image) -> Image.Image:
    """Any mode as RGB; transparency on white, 16-bit grey scaled instead of clipped."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        # Shrinking first keeps the two full-size layers of a large PNG from existing at once.
        layer = _shrunk(image.convert("RGBA"), DISPLAY_EDGE_PX)
        page = Image.new("RGB", layer.size, "white")
        page.paste(layer, mask=layer.getchannel("A"))
        return page
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours of a wide profile brought to sRGB, since the copy carries no profile; unusable ones are ignored."""
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (*DECODER_ERRORS, ImageCms.PyCMSError):
        return image
    return converted or image


def _shrunk(image: Image.Image, edge_px: int) -> Image.Image:
    if max(image.size) <= edge_px:
        return image
    # Not ImageOps.contain: it shrinks the short edge of a very thin picture to nothing.
    scale = edge_px / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Averages whole pixels first as far as that goes: a tenth of the time, and no difference that an eye sees.
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.0)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()
