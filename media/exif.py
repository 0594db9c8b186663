"""What a photo says of itself: position, time, device, orientation. Anyone can edit EXIF: a hint, never the only proof.

Reading never raises on broken EXIF: what can be read is a fact, what cannot is named in ``defects``.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from PIL import ExifTags, Image

from media.formats import DECODER_ERRORS
from vocabulary import Datum
from vocabulary.dates import is_plausible

_MAX_TEXT = 200


class ExifDefect(StrEnum):
    """What is wrong with the EXIF block; a photo without any EXIF has no defect."""

    UNREADABLE = "exif_unreadable"
    PARTLY_UNREADABLE = "exif_partly_unreadable"
    POSITION_UNREADABLE = "position_unreadable"
    POSITION_WITHOUT_HEMISPHERE = "position_without_hemisphere"
    POSITION_IS_ZERO = "position_is_zero"
    ALTITUDE_UNREADABLE = "altitude_unreadable"
    DIRECTION_UNREADABLE = "direction_unreadable"
    GPS_TIME_UNREADABLE = "gps_time_unreadable"
    TIME_UNREADABLE = "time_unreadable"
    OFFSET_UNREADABLE = "offset_unreadable"
    ORIENTATION_UNREADABLE = "orientation_unreadable"


@dataclass(frozen=True, slots=True)
class ExifPosition:
    """Decimal degrees, east and north positive. ``datum`` is what the file says; without a word EXIF means WGS-84."""

    lng: float
    lat: float
    altitude_m: float | None = None
    direction_deg: float | None = None
    direction_from: str | None = None
    datum: str = Datum.WGS_84
    fixed_at: datetime | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """What was read. ``taken_at`` has a zone only where the file gives one; else it is the camera's wall clock."""

    position: ExifPosition | None = None
    taken_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    orientation: int = 1
    defects: tuple[ExifDefect, ...] = ()

    def taken_at_in(self, zone: timezone) -> datetime | None:
        """The capture time with zone: the file's own, else the camera's wall clock taken to be in ``zone``."""
        if self.taken_at is None or self.taken_at.tzinfo is not None:
            return self.taken_at
        return self.taken_at.replace(tzinfo=zone)


def read_exif(image: Image.Image) -> ExifFacts:
    """The facts of an opened picture. Silences Pillow's warnings while it reads: call it from one thread at a time."""
    defects: list[ExifDefect] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        base = _block(image, None, defects)
        detail = _block(image, ExifTags.IFD.Exif, defects)
        gps = _block(image, ExifTags.IFD.GPSInfo, defects)
    if caught:
        defects.append(ExifDefect.PARTLY_UNREADABLE)
    return ExifFacts(
        position=_position(gps, defects),
        taken_at=_taken_at(detail, defects),
        make=_text(base.get(ExifTags.Base.Make)),
        model=_text(base.get(ExifTags.Base.Model)),
        software=_text(base.get(ExifTags.Base.Software)),
        orientation=_orientation(base.get(ExifTags.Base.Orientation), defects),
        defects=tuple(dict.fromkeys(defects)),
    )


def _block(image: Image.Image, ifd: ExifTags.IFD | None, defects: list[ExifDefect]) -> Mapping[int, Any]:
    try:
        exif = image.getexif()
        return dict(exif) if ifd is None else dict(exif.get_ifd(ifd))
    except DECODER_ERRORS:
        defects.append(ExifDefect.UNREADABLE if ifd is None else ExifDefect.PARTLY_UNREADABLE)
        return {}


def _position(gps: Mapping[int, Any], defects: list[ExifDefect]) -> ExifPosition | None:
    if ExifTags.GPS.GPSLatitude not in gps and ExifTags.GPS.GPSLongitude not in gps:
        return None
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), 90)
    lng = _degrees(gps.get(ExifTags.GPS.GPSLongitude), 180)
    if lat is None or lng is None:
        defects.append(ExifDefect.POSITION_UNREADABLE)
        return None
    lat_sign = _sign(gps.get(ExifTags.GPS.GPSLatitudeRef), "N", "S")
    lng_sign = _sign(gps.get(ExifTags.GPS.GPSLongitudeRef), "E", "W")
    if lat_sign is None or lng_sign is None:
        defects.append(ExifDefect.POSITION_WITHOUT_HEMISPHERE)
        return None
    if lat == 0 and lng == 0:
        # Cameras without a fix write zeros; nobody inspects the Gulf of Guinea.
        defects.append(ExifDefect.POSITION_IS_ZERO)
        return None
    accuracy = _number(gps.get(ExifTags.GPS.GPSHPositioningError))
    return ExifPosition(
        lng=lng * lng_sign,
        lat=lat * lat_sign,
        altitude_m=_altitude(gps, defects),
        direction_deg=_direction(gps, defects),
        direction_from={"T": "true", "M": "magnetic"}.get(_text(gps.get(ExifTags.GPS.GPSImgDirectionRef)) or ""),
        datum=_datum(gps.get(ExifTags.GPS.GPSMapDatum)),
        fixed_at=_gps_time(gps, defects),
        accuracy_m=accuracy if accuracy is not None and accuracy >= 0 else None,
    )


def _degrees(value: Any, limit: int) -> float | None:
    """Degrees of 1 to 3 rationals (degrees, minutes, seconds); None if one is missing, 0/0 or the sum out of range."""
    parts = [_number(part) for part in value] if isinstance(value, (tuple, list)) else [_number(value)]
    if not 1 <= len(parts) <= 3:
        return None
    total = 0.0
    for part, share in zip(parts, (1, 60, 3600), strict=False):
        if part is None or part < 0:
            return None
        total += part / share
    return total if total <= limit else None


def _sign(value: Any, positive: str, negative: str) -> int | None:
    letter = (_text(value) or "").upper()[:1]
    return {positive: 1, negative: -1}.get(letter)


def _altitude(gps: Mapping[int, Any], defects: list[ExifDefect]) -> float | None:
    if ExifTags.GPS.GPSAltitude not in gps:
        return None
    metres = _number(gps[ExifTags.GPS.GPSAltitude])
    # Mount Everest and the Mariana Trench bound what a phone can stand on.
    if metres is None or not -11_100 <= metres <= 12_000:
        defects.append(ExifDefect.ALTITUDE_UNREADABLE)
        return None
    below_sea = gps.get(ExifTags.GPS.GPSAltitudeRef) in (1, b"\x01", "\x01", "1", 3, b"\x03")
    return -abs(metres) if below_sea else metres


def _direction(gps: Mapping[int, Any], defects: list[ExifDefect]) -> float | None:
    if ExifTags.GPS.GPSImgDirection not in gps:
        return None
    degrees = _number(gps[ExifTags.GPS.GPSImgDirection])
    if degrees is None or not 0 <= degrees <= 360:
        defects.append(ExifDefect.DIRECTION_UNREADABLE)
        return None
    return degrees % 360


def _datum(value: Any) -> str:
    text = _text(value) or Datum.WGS_84
    return Datum.WGS_84 if text.upper().replace(" ", "").replace("-", "") in {"WGS84", "WORLDGEODETICSYSTEM1984"} else text


def _gps_time(gps: Mapping[int, Any], defects: list[ExifDefect]) -> datetime | None:
    stamp, day = gps.get(ExifTags.GPS.GPSTimeStamp), _text(gps.get(ExifTags.GPS.GPSDateStamp))
    if stamp is None or day is None:
        return None
    parts = [_number(part) for part in stamp] if isinstance(stamp, (tuple, list)) else []
    match = re.fullmatch(r"(\d{4})[:\-/](\d{1,2})[:\-/](\d{1,2})", day)
    if len(parts) != 3 or None in parts or match is None:
        defects.append(ExifDefect.GPS_TIME_UNREADABLE)
        return None
    hours, minutes, seconds = (part or 0.0 for part in parts)
    try:
        midnight = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
        moment = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not is_plausible(moment):
        defects.append(ExifDefect.GPS_TIME_UNREADABLE)
        return None
    return moment


def _taken_at(detail: Mapping[int, Any], defects: list[ExifDefect]) -> datetime | None:
    text = _text(detail.get(ExifTags.Base.DateTimeOriginal))
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?", text)
    try:
        moment = datetime(*map(int, match.groups())) if match else None  # type: ignore[arg-type]
    except ValueError:
        moment = None
    if moment is None or not is_plausible(moment):
        defects.append(ExifDefect.TIME_UNREADABLE)
        return None
    offset = _text(detail.get(ExifTags.Base.OffsetTimeOriginal)) or _text(detail.get(ExifTags.Base.OffsetTime))
    return moment.replace(tzinfo=_zone(offset, defects))


def _zone(text: str | None, defects: list[ExifDefect]) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        defects.append(ExifDefect.OFFSET_UNREADABLE)
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _orientation(value: Any, defects: list[ExifDefect]) -> int:
    if value is None:
        return 1
    if isinstance(value, int) and 1 <= value <= 8:
        return value
    defects.append(ExifDefect.ORIENTATION_UNREADABLE)
    return 1


def _number(value: Any) -> float | None:
    """A finite number, or None: a rational 0/0 comes from Pillow as NaN or raises."""
    try:
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str | None:
    """Trimmed text up to the first NUL, or None for nothing, junk or zero-length strings."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    printable = "".join(char for char in value.split("\0", 1)[0] if char.isprintable())
    return printable.strip()[:_MAX_TEXT] or None
