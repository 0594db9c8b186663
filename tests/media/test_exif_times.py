"""When a camera says it took a picture, case by case as the phone reads it too."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from media.exif import read_exif

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "media" / "exif_times.json").read_text(encoding="utf-8"))
COUNTY = timezone(timedelta(hours=8))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_time_of_a_camera(case: dict[str, Any]) -> None:
    image = Image.new("RGB", (8, 8))
    detail = image.getexif().get_ifd(0x8769)
    detail[0x9003] = case["taken_at"]
    if case["offset"] is not None:
        detail[0x9011] = case["offset"]

    taken_at = read_exif(image).taken_at_in(COUNTY)

    assert taken_at == (None if case["expected"] is None else datetime.fromisoformat(case["expected"]))
