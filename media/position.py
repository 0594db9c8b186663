"""Where a photo was taken: distances, the county's box, the Chinese datum. WGS-84 unless a name says else."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geopy.distance import geodesic

from vocabulary import AreaWarning


@dataclass(frozen=True, slots=True)
class Position:
    """Decimal degrees, WGS-84."""

    lng: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    west: float
    east: float
    south: float
    north: float

    def contains(self, position: Position) -> bool:
        return self.west <= position.lng <= self.east and self.south <= position.lat <= self.north

    def nearest(self, position: Position) -> Position:
        """The point of the box that is nearest in degrees."""
        return Position(min(max(position.lng, self.west), self.east), min(max(position.lat, self.south), self.north))


COUNTY_BOX = Box(112.5452, 113.2273, 35.1953, 35.7138)
CITY_BOX = Box(112.7525, 112.9191, 35.4238, 35.5894)
COUNTY_MARGIN_M = 5_000

# In this county GCJ-02 lies 548 to 583 m from WGS-84. A fix that is several hundred metres off, and right once
# converted, is a position whose datum was mixed up and not a person who stood elsewhere.
MIXED_UP_FROM_M = 300
MIXED_UP_REST_M = 100

_A = 6378245.0
_EE = 0.00669342162296594323


def distance_m(first: Position, second: Position) -> float:
    """Metres along the WGS-84 ellipsoid."""
    return float(geodesic((first.lat, first.lng), (second.lat, second.lng)).meters)


def area_warning(position: Position) -> AreaWarning | None:
    """What a reviewer should be told about where a position lies."""
    if CITY_BOX.contains(position):
        return AreaWarning.IN_CITY_DISTRICT
    if COUNTY_BOX.contains(position):
        return None
    return AreaWarning.OUTSIDE_COUNTY if distance_m(position, COUNTY_BOX.nearest(position)) > COUNTY_MARGIN_M else None


def gcj02_from_wgs84(position: Position) -> Position:
    """The usual public approximation of the offset that map providers apply; identity outside China.

    Source: zezhou.md section 6; tests hold its table.
    """
    if not (72.004 <= position.lng <= 137.8347 and 0.8293 <= position.lat <= 55.8271):
        return position
    east, north = position.lng - 105.0, position.lat - 35.0
    radians = position.lat / 180.0 * math.pi
    magic = 1 - _EE * math.sin(radians) ** 2
    d_lat = _shift_lat(east, north) * 180.0 / ((_A * (1 - _EE)) / (magic * math.sqrt(magic)) * math.pi)
    d_lng = _shift_lng(east, north) * 180.0 / (_A / math.sqrt(magic) * math.cos(radians) * math.pi)
    return Position(position.lng + d_lng, position.lat + d_lat, position.accuracy_m)


def wgs84_from_gcj02(position: Position) -> Position:
    """The inverse, by iteration to well under a millimetre."""
    guess = position
    for _ in range(6):
        shifted = gcj02_from_wgs84(guess)
        guess = Position(guess.lng + position.lng - shifted.lng, guess.lat + position.lat - shifted.lat)
    return Position(guess.lng, guess.lat, position.accuracy_m)


def looks_like_gcj02(measured: Position, reference: Position) -> bool:
    """Whether ``measured`` is GCJ-02 taken for WGS-84, judged by a reference that is known to be WGS-84."""
    if distance_m(measured, reference) < MIXED_UP_FROM_M:
        return False
    return distance_m(wgs84_from_gcj02(measured), reference) <= MIXED_UP_REST_M


def _shift_lat(x: float, y: float) -> float:
    value = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    value += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    value += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    return value + (160.0 * math.sin(y / 12.0 * math.pi) + 320 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0


def _shift_lng(x: float, y: float) -> float:
    value = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    value += (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    value += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    return value + (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
