"""EXIF of real cameras (literals of facts.csv, written by another reader) and of broken and hostile files."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from media.exif import ExifDefect, ExifFacts, read_exif
from media.formats import open_picture
from tests.media.pictures import jpeg, rationals, scene, tiff

LAT, LNG = 2, 4


def facts_of(data: bytes) -> ExifFacts:
    with open_picture(io.BytesIO(data)) as image:
        return read_exif(image)


def gps(
    lat: bytes = rationals((35, 1), (37, 1), (2, 1)),
    lng: bytes = rationals((112, 1), (53, 1), (57, 1)),
    refs: tuple[bytes, bytes] = (b"N\0", b"E\0"),
    extra: tuple[tuple[int, int, int, bytes], ...] = (),
) -> bytes:
    rows = ((1, 2, len(refs[0]), refs[0]), (LAT, 5, len(lat) // 8, lat), (3, 2, len(refs[1]), refs[1]))
    return jpeg(exif=tiff(gps=(*rows, (LNG, 5, len(lng) // 8, lng), *extra)))


@pytest.mark.parametrize(
    ("name", "lat", "lng", "altitude_m"),
    [
        ("HMD_Nokia_8.3_5G.jpg", 60.1467055555556, 24.9067722222222, None),
        ("67-0_length_string.jpg", 51.025, 7.59194444444444, 340),
        ("IMG_5195.HEIC", 39.0513444444444, -94.2887722222222, 260.5606383),
        ("iphone_hdr_NO.jpg", 40.4469722222222, -3.72475277777778, 639.5878788),
        ("DSCN0010.jpg", 43.4674483333333, 11.8851266666639, None),
        ("DSCN0012.jpg", 43.4671566666639, 11.8853949999972, None),
        ("DSCN0021.jpg", 43.4670816666639, 11.8845383333306, None),
    ],
)
def test_position_of_a_real_photo_is_what_another_reader_says(
    name: str, lat: float, lng: float, altitude_m: float | None, real_photo: Callable[[str], Path]
) -> None:
    position = facts_of(real_photo(name).read_bytes()).position

    assert position is not None
    assert (position.lat, position.lng) == (pytest.approx(lat, abs=1e-9), pytest.approx(lng, abs=1e-9))
    assert position.altitude_m == (None if altitude_m is None else pytest.approx(altitude_m, abs=1e-4))
    assert position.datum == "WGS-84"


@pytest.mark.parametrize(
    "name",
    [
        "image00971.jpg", "portrait_8.jpg", "portrait_3.jpg", "35-empty.jpg", "Canon_40D_photoshop_import.jpg",
        "corrupted.jpg", "landscape_6.jpg",
    ],
)  # fmt: skip
def test_real_photo_without_position_has_none(name: str, real_photo: Callable[[str], Path]) -> None:
    assert facts_of(real_photo(name).read_bytes()).position is None


@pytest.mark.parametrize(
    ("name", "taken_at", "model", "software", "orientation", "size"),
    [
        ("HMD_Nokia_8.3_5G.jpg", "2022-08-14T14:12:31+03:00", "Nokia 8.3 5G", "00WW_3_380_SP02", 1, (4608, 1976)),
        ("image00971.jpg", None, None, None, 1, (636, 227)),
        ("portrait_8.jpg", None, None, None, 8, (600, 450)),
        ("67-0_length_string.jpg", None, "SM-G930F", None, 1, (4032, 2012)),
        ("portrait_3.jpg", None, None, None, 3, (450, 600)),
        ("35-empty.jpg", "2005-07-19T18:25:29", "EX-Z750", "1.00", 1, (2164, 1626)),
        ("IMG_5195.HEIC", "2021-04-11T15:47:53-05:00", "iPhone 11 Pro Max", "14.4.2", 1, (2566, 3313)),
        ("iphone_hdr_NO.jpg", "2015-04-10T20:12:23", "iPhone 6", "8.3", 1, (3264, 2448)),
        ("DSCN0010.jpg", "2008-10-22T16:28:39", "COOLPIX P6000", "Nikon Transfer 1.1 W", 1, (640, 480)),
        ("Canon_40D_photoshop_import.jpg", None, None, "GIMP 2.4.5", 1, (100, 77)),
        ("corrupted.jpg", "2015-09-08T11:02:17", "u1020,S1020", "Version 1.0", 1, (3648, 2736)),
        ("landscape_6.jpg", None, None, None, 6, (450, 600)),
    ],
)
def test_facts_of_a_real_photo_are_what_another_reader_says(
    name: str,
    taken_at: str | None,
    model: str | None,
    software: str | None,
    orientation: int,
    size: tuple[int, int],
    real_photo: Callable[[str], Path],
) -> None:
    with real_photo(name).open("rb") as stream, open_picture(stream) as image:
        facts = read_exif(image)
        assert image.size == size

    assert facts.taken_at == (None if taken_at is None else datetime.fromisoformat(taken_at))
    assert (facts.model, facts.software, facts.orientation) == (model, software, orientation)


def test_zero_length_strings_leave_the_position_readable(real_photo: Callable[[str], Path]) -> None:
    facts = facts_of(real_photo("67-0_length_string.jpg").read_bytes())

    assert (facts.make, facts.software) == ("samsung", None)
    assert ExifDefect.POSITION_UNREADABLE not in facts.defects


def test_south_and_west_are_negative() -> None:
    position = facts_of(gps(refs=(b"S\0", b"W\0"))).position

    assert position is not None
    assert (position.lat, position.lng) == (pytest.approx(-35.617222, abs=1e-6), pytest.approx(-112.899167, abs=1e-6))


def test_direction_altitude_below_sea_and_satellite_time_are_read() -> None:
    extra = (
        (5, 1, 1, b"\x01"),
        (6, 5, 1, rationals((123, 10))),
        (7, 5, 3, rationals((1, 1), (2, 1), (7, 2))),
        (16, 2, 2, b"T\0"),
        (17, 5, 1, rationals((2705, 10))),
        (29, 2, 11, b"2026:11:23\0"),
        (31, 5, 1, rationals((25, 2))),
    )

    position = facts_of(gps(extra=extra)).position

    assert position is not None
    assert (position.altitude_m, position.direction_deg, position.direction_from) == (-12.3, 270.5, "true")
    assert position.fixed_at == datetime(2026, 11, 23, 1, 2, 3, 500000, UTC)
    assert position.accuracy_m == 12.5


@pytest.mark.parametrize(
    ("data", "defect"),
    [
        pytest.param(gps(lat=rationals((35, 1), (37, 1), (0, 0))), ExifDefect.POSITION_UNREADABLE, id="0/0"),
        pytest.param(gps(lat=rationals((35, 0), (37, 1), (2, 1))), ExifDefect.POSITION_UNREADABLE, id="35/0"),
        pytest.param(gps(lat=rationals((95, 1), (0, 1), (0, 1))), ExifDefect.POSITION_UNREADABLE, id="beyond the pole"),
        pytest.param(gps(lat=b""), ExifDefect.POSITION_UNREADABLE, id="empty"),
        pytest.param(gps(refs=(b"\0", b"E\0")), ExifDefect.POSITION_WITHOUT_HEMISPHERE, id="no N or S"),
        pytest.param(
            gps(lat=rationals((0, 1), (0, 1), (0, 1)), lng=rationals((0, 1), (0, 1), (0, 1))),
            ExifDefect.POSITION_IS_ZERO,
            id="zeros written without a fix",
        ),
    ],
)
def test_unusable_position_is_none_and_named(data: bytes, defect: ExifDefect) -> None:
    facts = facts_of(data)

    assert facts.position is None
    assert defect in facts.defects


def test_degrees_alone_are_a_position() -> None:
    position = facts_of(gps(lat=rationals((356172, 10000)))).position

    assert position is not None
    assert position.lat == pytest.approx(35.6172)


def test_another_datum_is_kept_in_its_own_words() -> None:
    position = facts_of(gps(extra=((18, 2, 6, b"TOKYO\0"),))).position

    assert position is not None
    assert position.datum == "TOKYO"


@pytest.mark.parametrize("text", [b"0000:00:00 00:00:00\0", b"2026:13:01 00:00:00\0", b"yesterday\0"])
def test_impossible_time_is_none_and_named(text: bytes) -> None:
    exif = scene().getexif()
    exif.get_ifd(0x8769)[0x9003] = text[:-1].decode()

    facts = facts_of(jpeg(exif=exif))

    assert facts.taken_at is None
    assert facts.defects == (ExifDefect.TIME_UNREADABLE,)


def test_time_with_nonsense_offset_is_the_cameras_wall_clock() -> None:
    exif = scene().getexif()
    exif.get_ifd(0x8769).update({0x9003: "2026:11:23 09:15:02", 0x9011: "+99:99"})

    facts = facts_of(jpeg(exif=exif))

    assert facts.taken_at == datetime(2026, 11, 23, 9, 15, 2)
    assert facts.defects == (ExifDefect.OFFSET_UNREADABLE,)
    beijing = timezone(timedelta(hours=8))
    assert facts.taken_at_in(beijing) == datetime(2026, 11, 23, 9, 15, 2, tzinfo=beijing)


def test_impossible_orientation_is_upright_and_named() -> None:
    facts = facts_of(jpeg(exif=tiff((0x0112, 3, 1, b"\x63\0"))))

    assert (facts.orientation, facts.defects) == (1, (ExifDefect.ORIENTATION_UNREADABLE,))


@pytest.mark.parametrize("kind", ["short", "no tiff", "loop", "wild pointer"])
def test_broken_blocks_never_raise(kind: str) -> None:
    blocks = {
        "short": b"Exif\0\0II*\0\x08",
        "no tiff": b"Exif\0\0this is no tiff header at all",
        "loop": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0",
        "wild pointer": tiff((0x8825, 4, 1, b"\xf0\xff\xff\x7f")),
    }

    facts = facts_of(jpeg(exif=blocks[kind]))

    assert facts.position is None


def test_no_damage_to_any_byte_of_the_block_raises() -> None:
    whole = bytearray(gps(extra=((29, 2, 11, b"2026:11:23\0"), (7, 5, 3, rationals((1, 1), (2, 1), (3, 1))))))
    start = whole.index(b"Exif\0\0") + 6
    end = start - 8 + int.from_bytes(whole[start - 8 : start - 6], "big")
    rng = random.Random(7)

    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(start, end)] = rng.randrange(256)
        with open_picture(io.BytesIO(damaged)) as image:
            read_exif(image)


def test_strings_lose_control_characters_and_length() -> None:
    facts = facts_of(jpeg(exif=tiff((0x0131, 2, 3001, b"\x1b[31m" + b"A" * 2995 + b"\0"))))

    assert facts.software is not None
    assert facts.software.startswith("[31mAAA")
    assert len(facts.software) == 200
