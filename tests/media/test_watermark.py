"""The marked copy: the right lines, on a copy only, never boxes instead of Chinese characters."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from media import fonts, watermark
from media.fonts import CjkFont, find_cjk_font
from media.position import Position
from media.watermark import Circle, WatermarkFields, circles_of, draw_circles, draw_watermark, watermark_lines


def fields(position: Position | None = Position(112.8991, 35.6172, 12.4)) -> WatermarkFields:
    return WatermarkFields(
        subject_name="泽州县大箕镇某煤矿（演示）",
        place="大箕镇 河东村",
        captured_at=datetime(2026, 11, 23, 1, 15, 2, tzinfo=UTC),
        position=position,
        inspector_name="郭建军",
        photo_number="7F3C-21A9-0B44",
    )


def test_lines_are_those_of_the_field_conventions() -> None:
    assert watermark_lines(fields()) == [
        "零事故 · 泽州县大箕镇某煤矿（演示）",
        "大箕镇 河东村",
        "2026-11-23 09:15:02",
        "112.8991,35.6172 ±12 m",
        "郭建军",
        "7F3C-21A9-0B44",
    ]


def test_no_position_is_said_and_no_address_made_up() -> None:
    assert watermark_lines(fields(position=None))[3] == "未定位"


def changed_box(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(before, after).getbbox()


def test_everything_is_drawn_with_a_chinese_font() -> None:
    photo = Image.new("RGB", (1600, 1200), "gray")

    marked = draw_watermark(photo, fields())

    assert marked.left_out == ()
    assert photo.getpixel((40, 1150)) == (128, 128, 128)
    box = changed_box(photo, marked.image)
    assert box is not None
    assert box[0] < 100
    assert box[1] > 800


def test_without_a_chinese_font_only_what_can_be_read_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "find_cjk_font", lambda _path: None)
    photo = Image.new("RGB", (800, 600), "gray")

    marked = draw_watermark(photo, fields(position=None))

    assert marked.left_out == ("零事故 · 泽州县大箕镇某煤矿（演示）", "大箕镇 河东村", "未定位", "郭建军")
    assert changed_box(photo, marked.image) is not None


def test_long_names_stay_within_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "find_cjk_font", lambda _path: None)
    photo = Image.new("RGB", (300, 200), "gray")
    long = WatermarkFields("x" * 300, "", datetime(2026, 11, 23, tzinfo=UTC), None, "y" * 300, "7F3C-21A9-0B44")

    marked = draw_watermark(photo, long)

    box = changed_box(photo, marked.image)
    assert box is not None
    assert box[2] <= 300


def test_font_is_there_on_a_machine_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_system_folders", lambda _data_home, _home: [])

    found = fonts._find.__wrapped__(None, "", "")

    assert found is not None
    assert found.path.parent.name == "noto_cjk_sans_otc"
    assert found.at(16).getname() == ("Noto Sans CJK SC", "Regular")


def test_font_without_chinese_characters_is_not_taken(tmp_path: Path) -> None:
    latin = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not latin.is_file():
        pytest.skip("DejaVu Sans is not here")

    found = find_cjk_font(latin)

    assert found is None or isinstance(found, CjkFont)
    assert found is None or found.path != latin
    assert find_cjk_font(tmp_path / "missing.ttf") == find_cjk_font()


def test_circles_are_drawn_where_the_finger_drew_them_and_on_a_copy_only() -> None:
    picture = Image.new("RGB", (400, 200), (0, 0, 0))

    drawn = draw_circles(picture, [Circle(0.5, 0.5, 0.1)])

    assert picture.getcolors() == [(80000, (0, 0, 0))]
    # Centre at (200, 100), radius 40 of the width 400: the stroke lies just within the edge.
    assert drawn.getpixel((200 - 39, 100)) == (255, 59, 48)
    assert drawn.getpixel((200, 100 - 39)) == (255, 59, 48)
    assert drawn.getpixel((200, 100)) == (0, 0, 0)
    assert drawn.getpixel((200 - 45, 100)) == (0, 0, 0)


@pytest.mark.parametrize(
    "marks",
    [None, "circle", [7], [{"shape": "arrow", "x": 0.5, "y": 0.5, "r": 0.1}], [{"shape": "circle", "x": 0.5, "y": 0.5}],
     [{"shape": "circle", "x": "0.5", "y": 0.5, "r": 0.1}], [{"shape": "circle", "x": 1.5, "y": 0.5, "r": 0.1}],
     [{"shape": "circle", "x": 0.5, "y": 0.5, "r": 0}], [{"shape": "circle", "x": True, "y": 0.5, "r": 0.1}]],
)  # fmt: skip
def test_what_is_no_circle_is_not_drawn(marks: object) -> None:
    assert circles_of(marks) == []
    assert circles_of([{"shape": "circle", "x": 0.25, "y": 0.5, "r": 0.1, "note": "x"}]) == [Circle(0.25, 0.5, 0.1)]
