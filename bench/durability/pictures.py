"""Camera pictures for the visits that are tapped by hand."""

from __future__ import annotations

import functools
import io
import random
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

SIZE = (2000, 1500)


def camera_picture(files: list[Path], chance: random.Random, label: str) -> FilePayload:
    """A real photo (or a drawn one where none is at hand) with something unique in it: no two pictures have the same bytes."""
    picture, exif = _base(chance.choice(files) if files else None)
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(10, 300), y + chance.randrange(10, 300)), fill=colour)
    draw.text((20, 20), label, fill="white")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return {"name": "camera.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@functools.cache
def _base(file: Path | None) -> tuple[Image.Image, bytes]:
    if file is None:
        return Image.effect_mandelbrot(SIZE, (-2, -1.5, 1, 1.5), 60).convert("RGB"), b""
    with Image.open(file) as picture:
        return picture.convert("RGB").resize(SIZE), picture.info.get("exif", b"")
