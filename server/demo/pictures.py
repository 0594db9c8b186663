"""Draws the demo's photos: a simple scene that changes between before and after, with EXIF as a phone writes it."""

from __future__ import annotations

import hashlib
import io
import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from PIL import ExifTags, Image, ImageDraw, ImageFilter
from PIL.TiffImagePlugin import IFDRational

from server.clock import COUNTY_ZONE

WIDTH, HEIGHT = 1200, 900


@dataclass(frozen=True)
class Picture:
    id: str
    data: bytes
    sha256: str
    width: int
    height: int
    position: tuple[float, float] | None


def draw_hazard(
    chance: random.Random, caption: str, *, taken_at: datetime, position: tuple[float, float] | None, after: bool
) -> Picture:
    """A drawn scene: floor, wall, door and equipment; before, something stands in the way or hangs loose."""
    wall = tuple(chance.randrange(90, 190) for _ in range(3))
    image = Image.new("RGB", (WIDTH, HEIGHT), wall)
    draw = ImageDraw.Draw(image)
    horizon = chance.randrange(480, 640)
    draw.rectangle((0, horizon, WIDTH, HEIGHT), fill=tuple(max(channel - 45, 0) for channel in wall))
    for _ in range(chance.randrange(3, 7)):
        left, width = chance.randrange(0, 1000), chance.randrange(80, 260)
        top = horizon - chance.randrange(120, 420)
        draw.rectangle((left, top, left + width, horizon), fill=_colour(chance), outline=(40, 40, 40), width=3)
    door = chance.randrange(200, 800)
    draw.rectangle((door, horizon - 380, door + 190, horizon), fill=(120, 82, 45), outline=(30, 30, 30), width=5)
    draw.ellipse((door + 150, horizon - 200, door + 172, horizon - 178), fill=(220, 200, 60))
    draw.rectangle((door + 20, horizon - 440, door + 170, horizon - 395), fill=(10, 125, 60))
    if not after:
        for _ in range(chance.randrange(3, 6)):
            left, size = door + chance.randrange(-120, 160), chance.randrange(90, 200)
            base = horizon + chance.randrange(20, 160)
            draw.rectangle((left, base - size, left + size, base), fill=_colour(chance), outline=(60, 30, 0), width=4)
    image = image.filter(ImageFilter.BoxBlur(1))
    noise = Image.effect_noise((WIDTH // 4, HEIGHT // 4), 26).resize((WIDTH, HEIGHT)).convert("RGB")
    image = Image.blend(image, noise, 0.10)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82, exif=_exif(taken_at, position, caption).tobytes())
    data = buffer.getvalue()
    return Picture(
        id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        width=WIDTH,
        height=HEIGHT,
        position=position,
    )


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(40, 220), chance.randrange(40, 220), chance.randrange(40, 220)


def _exif(taken_at: datetime, position: tuple[float, float] | None, caption: str) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "DEMO"
    exif[ExifTags.Base.Model] = "Demo phone"
    exif[ExifTags.Base.Orientation] = 1
    local = taken_at.astimezone(COUNTY_ZONE)
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = local.strftime("%Y:%m:%d %H:%M:%S")
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    details[ExifTags.Base.UserComment] = b"UNICODE\0" + f"演示照片 {caption}".encode("utf-16-le")
    if position is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", _degrees(position[0])
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", _degrees(position[1])
        gps[ExifTags.GPS.GPSMapDatum] = "WGS-84"
    return exif


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    degrees, rest = divmod(Fraction(str(value)), 1)
    minutes, seconds = divmod(rest * 60, 1)
    return IFDRational(int(degrees), 1), IFDRational(int(minutes), 1), IFDRational(round(seconds * 60 * 10000), 10000)
