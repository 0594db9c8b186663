"""A copy of a photo with the facts written on it (fields: field conventions, section 1). The original stays unmarked.

Without a Chinese font nothing is drawn as boxes: the lines that need one are left out, the rest (time, coordinates,
number) is drawn, and the result says which lines are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from media.fonts import draws_language, find_cjk_font
from media.position import Position
from vocabulary import MarkShape

_COUNTY_ZONE = ZoneInfo("Asia/Shanghai")
_TITLE = "零事故"
_NO_POSITION = "未定位"
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class WatermarkFields:
    """``place`` is town and village of the subject as registered; an address is never guessed from coordinates."""

    subject_name: str
    place: str
    captured_at: datetime
    position: Position | None
    inspector_name: str
    photo_number: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle drawn by hand: x and r in fractions of the picture's width, y of its height."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Watermarked:
    """``left_out`` holds the lines that could not be drawn for want of a Chinese font."""

    image: Image.Image
    left_out: tuple[str, ...]


def watermark_lines(fields: WatermarkFields) -> list[str]:
    """What is written, one fact a line, top to bottom."""
    return [
        f"{_TITLE} · {fields.subject_name}",
        fields.place,
        fields.captured_at.astimezone(_COUNTY_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        _position_text(fields.position),
        fields.inspector_name,
        fields.photo_number,
    ]


def draw_watermark(image: Image.Image, fields: WatermarkFields, font_path: Path | None = None) -> Watermarked:
    """A marked copy of an upright RGB picture; the given picture is not changed."""
    size_px = max(14, round(max(image.size) / 50))
    chinese = find_cjk_font(font_path)
    font = chinese.at(size_px) if chinese else ImageFont.load_default(size_px)
    lines = [line for line in watermark_lines(fields) if line]
    drawn = lines if chinese else [line for line in lines if line.isascii()]
    copy = image.convert("RGBA")
    if drawn:
        copy.alpha_composite(_banner(copy.size, drawn, font, size_px, bool(chinese)))
    return Watermarked(copy.convert("RGB"), tuple(line for line in lines if line not in drawn))


def circles_of(marks: object) -> list[Circle]:
    """The circles among what a phone sent as marks; anything else that stands there is kept in the record and not drawn."""
    found = []
    for mark in marks if isinstance(marks, list) else []:
        values = (
            [mark.get(key) for key in ("x", "y", "r")] if isinstance(mark, dict) and mark.get("shape") == MarkShape.CIRCLE else []
        )
        numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) == 3 and all(0 <= number <= 1 for number in numbers) and numbers[2] > 0:
            found.append(Circle(*numbers))
    return found


def draw_circles(image: Image.Image, circles: Sequence[Circle]) -> Image.Image:
    """A copy with the circles on it, red within white so that they stand out on any ground; the given picture is not changed."""
    copy = image.copy()
    draw = ImageDraw.Draw(copy)
    stroke = max(3, round(image.width / 200))
    for circle in circles:
        x, y, r = circle.x * image.width, circle.y * image.height, circle.r * image.width
        for extra, colour in ((stroke // 2, (255, 255, 255)), (0, (255, 59, 48))):
            draw.ellipse((x - r - extra, y - r - extra, x + r + extra, y + r + extra), outline=colour, width=stroke + 2 * extra)
    return copy


def _position_text(position: Position | None) -> str:
    if position is None:
        return _NO_POSITION
    accuracy = "" if position.accuracy_m is None else f" ±{round(position.accuracy_m)} m"
    return f"{position.lng:.4f},{position.lat:.4f}{accuracy}"


def _banner(size: tuple[int, int], lines: list[str], font: _Font, size_px: int, chinese: bool) -> Image.Image:
    """White text on a translucent dark panel at the lower left: readable on snow and on coal."""
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    margin, step = size_px // 2, round(size_px * 1.45)
    fitted = [_fitted(draw, line, font, size[0] - 4 * margin) for line in lines]
    width = max(draw.textlength(line, font=font) for line in fitted)
    top = size[1] - len(fitted) * step - 3 * margin
    draw.rectangle((margin, top, round(width) + 3 * margin, size[1] - margin), fill=(0, 0, 0, 140))
    language = "zh-Hans" if chinese and draws_language() else None
    for number, line in enumerate(fitted):
        at = (2 * margin, top + margin + number * step)
        draw.text(at, line, font=font, fill=(255, 255, 255, 255), language=language)
    return layer


def _fitted(draw: ImageDraw.ImageDraw, line: str, font: _Font, width_px: float) -> str:
    if draw.textlength(line, font=font) <= width_px:
        return line
    end = "…" if not line.isascii() else "..."
    while line and draw.textlength(line + end, font=font) > width_px:
        line = line[:-1]
    return line + end
