"""Distances, the county's box and the shifted datum of Chinese maps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from media.position import (
    AreaWarning,
    Position,
    area_warning,
    distance_m,
    gcj02_from_wgs84,
    looks_like_gcj02,
    wgs84_from_gcj02,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "media" / "datum.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["wgs84"]))
def test_shift_of_the_datum_is_the_tabled_one(case: dict[str, list[float]]) -> None:
    wgs84 = Position(*case["wgs84"])

    gcj02 = gcj02_from_wgs84(wgs84)

    assert gcj02.lng - wgs84.lng == pytest.approx(case["shift"][0], abs=VECTORS["tolerance_degrees"])
    assert gcj02.lat - wgs84.lat == pytest.approx(case["shift"][1], abs=VECTORS["tolerance_degrees"])
    # The table rounds to a metre and measures on a sphere.
    assert distance_m(wgs84, gcj02) == pytest.approx(case["distance_m"], abs=1.5)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["wgs84"]))
def test_datum_converts_there_and_back(case: dict[str, list[float]]) -> None:
    wgs84 = Position(*case["wgs84"])

    back = wgs84_from_gcj02(gcj02_from_wgs84(wgs84))

    assert distance_m(wgs84, back) < 0.001


def test_outside_china_nothing_shifts() -> None:
    assert gcj02_from_wgs84(Position(24.9067, 60.1467)) == Position(24.9067, 60.1467)


def test_distance_is_along_the_ellipsoid() -> None:
    assert distance_m(Position(112.899, 35.617), Position(112.899, 35.618)) == pytest.approx(110.95, abs=0.05)
    assert distance_m(Position(112.899, 35.617), Position(112.900, 35.617)) == pytest.approx(90.58, abs=0.05)


@pytest.mark.parametrize(
    ("lng", "lat", "warning"),
    [
        pytest.param(112.70, 35.40, None, id="in the county"),
        pytest.param(112.85, 35.50, AreaWarning.IN_CITY_DISTRICT, id="in the city that it encloses"),
        pytest.param(112.50, 35.40, None, id="4 km west, within the margin"),
        pytest.param(112.40, 35.40, AreaWarning.OUTSIDE_COUNTY, id="13 km west"),
        pytest.param(116.40, 39.90, AreaWarning.OUTSIDE_COUNTY, id="Beijing"),
    ],
)
def test_area_warning(lng: float, lat: float, warning: AreaWarning | None) -> None:
    assert area_warning(Position(lng, lat)) is warning


def test_mixed_up_datum_is_recognised() -> None:
    true = Position(112.70, 35.40)

    assert looks_like_gcj02(gcj02_from_wgs84(true), true)
    assert not looks_like_gcj02(Position(112.70, 35.405), true)
    assert not looks_like_gcj02(true, true)
