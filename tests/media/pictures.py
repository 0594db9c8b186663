"""Pictures for tests: drawn from a seed, so that they are the same on every machine; whole, broken and hostile ones."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

SHARED_PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "photos"


def scene(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with large shapes and fine texture, as different from another seed as two photos are."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, tuple(rng.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        w, h = rng.randrange(20, size[0] // 2), rng.randrange(20, size[1] // 2)
        colour = tuple(rng.randrange(256) for _ in range(3))
        shape = draw.rectangle if rng.random() < 0.5 else draw.ellipse
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=colour)
    return image


def jpeg(image: Image.Image | None = None, *, exif: bytes | Image.Exif = b"", **options: Any) -> bytes:
    return encoded(image or scene(), "JPEG", exif=exif, quality=options.pop("quality", 90), **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def tiff(*entries: tuple[int, int, int, bytes], gps: tuple[tuple[int, int, int, bytes], ...] = ()) -> bytes:
    """A hand-made EXIF block: (tag, type, count, raw value) in IFD0 and, if given, in the GPS IFD. Little endian."""
    rows = list(entries)
    first = _directory(rows, 8, b"")
    if gps:
        pointer = 8 + len(_directory([*rows, (0x8825, 4, 1, b"\0\0\0\0")], 8, b""))
        rows.append((0x8825, 4, 1, struct.pack("<L", pointer)))
        first = _directory(rows, 8, b"")
        first += _directory(list(gps), pointer, b"")
    return b"Exif\0\0II*\0\x08\0\0\0" + first


def rationals(*pairs: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("<LL", *pair) for pair in pairs)


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and has next to no data: a pixel bomb of a few hundred bytes."""
    data = zlib.compress(b"\0" * 1000)
    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header lies about its size."""
    data = bytearray(jpeg(scene(size=(64, 48))))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def _directory(rows: list[tuple[int, int, int, bytes]], start: int, extra: bytes) -> bytes:
    rows = sorted(rows)
    body_at = start + 2 + 12 * len(rows) + 4
    out = struct.pack("<H", len(rows))
    for tag, kind, count, raw in rows:
        if len(raw) <= 4:
            value = raw.ljust(4, b"\0")
        else:
            value = struct.pack("<L", body_at + len(extra))
            extra += raw
        out += struct.pack("<HHL", tag, kind, count) + value
    return out + b"\0\0\0\0" + extra
