"""Each flag: when it is raised, when it is not, and the numbers it explains itself with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from media.clock import CapturedTime, ClockBasis
from media.duplicates import HashDistance
from media.flags import Flag, OtherPhoto, PhotoFacts, find_flags, is_editor
from media.position import Position
from vocabulary import FlagCode, FlagSeverity

GATE = Position(112.7000, 35.4000)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def facts(**changes: Any) -> PhotoFacts:
    """A photo without reproach: taken with the camera at the gate, in the middle of the visit."""
    values: dict[str, Any] = {
        "source": "camera",
        "device_position": Position(112.7001, 35.4001, 12),
        "subject_position": GATE,
        "captured_at": NOON,
        "captured": CapturedTime(NOON, 2003, ClockBasis.MEASURED),
        "device_offset_ms": 300,
        "visit_started_at": NOON - timedelta(minutes=20),
        "visit_finished_at": NOON + timedelta(minutes=40),
        "software": "14.4.2",
    }
    return PhotoFacts(**{**values, **changes})


def other(distance: HashDistance | None = None, photo_id: str = "p1") -> OtherPhoto:
    return OtherPhoto(photo_id, "v1", "s1", distance)


def test_a_photo_without_reproach_has_no_flag() -> None:
    assert find_flags(facts()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"device_position": None}, Flag(FlagCode.NO_POSITION, FlagSeverity.NOTICE, {}), id="no position, no reason"),
        pytest.param(
            {"device_position": None, "no_position_reason": "underground"},
            Flag(FlagCode.NO_POSITION, FlagSeverity.INFO, {"reason": "underground"}),
            id="no position, with reason",
        ),
        pytest.param(
            {"device_position": Position(112.7000, 35.4050, 12)},
            Flag(FlagCode.FAR_FROM_SUBJECT, FlagSeverity.NOTICE, {"distance_m": 555, "limit_m": 300, "accuracy_m": 12}),
            id="555 m away",
        ),
        pytest.param(
            {"device_position": Position(112.7000, 35.4500, 12)},
            Flag(FlagCode.FAR_FROM_SUBJECT, FlagSeverity.WARNING, {"distance_m": 5547, "limit_m": 300, "accuracy_m": 12}),
            id="5.5 km away",
        ),
        pytest.param(
            {"exif_position": Position(112.7000, 35.4100)},
            Flag(FlagCode.POSITIONS_DISAGREE, FlagSeverity.NOTICE, {"distance_m": 1098, "limit_m": 200}),
            id="EXIF from another place",
        ),
        pytest.param(
            {"captured_at": NOON - timedelta(hours=1)},
            Flag(FlagCode.OUTSIDE_VISIT, FlagSeverity.WARNING, {"before_start_s": 2400, "limit_s": 600}),
            id="40 minutes before the start",
        ),
        pytest.param(
            {"captured_at": NOON + timedelta(hours=1)},
            Flag(FlagCode.OUTSIDE_VISIT, FlagSeverity.WARNING, {"after_finish_s": 1200, "limit_s": 600}),
            id="20 minutes after the end",
        ),
        pytest.param(
            {"device_offset_ms": -7 * 60_000},
            Flag(FlagCode.CLOCK_OFF, FlagSeverity.NOTICE, {"offset_s": -420, "limit_s": 300, "error_bound_s": 2}),
            id="clock 7 minutes fast",
        ),
        pytest.param(
            {"device_offset_ms": 86_400_000},
            Flag(FlagCode.CLOCK_OFF, FlagSeverity.WARNING, {"offset_s": 86400, "limit_s": 300, "error_bound_s": 2}),
            id="clock a day slow",
        ),
        pytest.param(
            {"exif_taken_at": NOON - timedelta(days=30)},
            Flag(FlagCode.EXIF_TIME_OFF, FlagSeverity.NOTICE, {"apart_s": 2592000, "limit_s": 900}),
            id="EXIF a month older",
        ),
        pytest.param({"source": "album"}, Flag(FlagCode.ALBUM, FlagSeverity.INFO, {}), id="album"),
        pytest.param(
            {"software": "Adobe Photoshop 24.0 (Windows)"},
            Flag(FlagCode.EDITED_BY_SOFTWARE, FlagSeverity.WARNING, {"software": "Adobe Photoshop 24.0 (Windows)"}),
            id="edited",
        ),
        pytest.param(
            {"same_bytes": [other(photo_id="p1"), other(photo_id="p2")]},
            Flag(FlagCode.SAME_BYTES_ELSEWHERE, FlagSeverity.WARNING, {"photo_ids": ["p1", "p2"], "count": 2}),
            id="same bytes",
        ),
        pytest.param(
            {"near_same": [other(HashDistance(5, 4), "p2"), other(HashDistance(1, 2), "p1")]},
            Flag(
                FlagCode.NEAR_SAME_ELSEWHERE,
                FlagSeverity.WARNING,
                {"photo_ids": ["p1", "p2"], "count": 2, "phash_bits": 1, "dhash_bits": 2, "of_bits": 64},
            ),
            id="near the same",
        ),
        pytest.param(
            {"before": [other(HashDistance(2, 1))]},
            Flag(
                FlagCode.AFTER_LIKE_BEFORE,
                FlagSeverity.WARNING,
                {"photo_ids": ["p1"], "count": 1, "phash_bits": 2, "dhash_bits": 1, "of_bits": 64},
            ),
            id="after like before",
        ),
        pytest.param(
            {"broken": "truncated"},
            Flag(FlagCode.BROKEN_PICTURE, FlagSeverity.WARNING, {"reason": "truncated"}),
            id="broken",
        ),
    ],
)
def test_flag_explains_itself_with_its_numbers(changes: dict[str, Any], expected: Flag) -> None:
    assert find_flags(facts(**changes)) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"device_position": Position(112.7000, 35.4050, 300)}, id="far, but the fix is as blunt"),
        pytest.param({"captured_at": NOON - timedelta(minutes=29)}, id="at the gate before the start"),
        pytest.param({"device_offset_ms": 299_000}, id="clock five minutes off"),
        pytest.param({"near_same": [other(HashDistance(7, 0))]}, id="one hash only"),
        pytest.param({"before": [other(HashDistance(12, 9))]}, id="before and after of one place"),
        pytest.param({"subject_position": None}, id="subject without a pin"),
        pytest.param({"visit_started_at": None, "visit_finished_at": None}, id="visit not here yet"),
        pytest.param({"captured": None, "captured_at": None}, id="time unknown"),
        pytest.param({"device_position": None, "exif_position": GATE}, id="position in EXIF only"),
    ],
)
def test_no_flag_without_reason(changes: dict[str, Any]) -> None:
    assert find_flags(facts(**changes)) == []


def test_mixed_up_datum_is_said_with_the_distance() -> None:
    flags = find_flags(facts(device_position=Position(112.706089, 35.399518)))

    assert [flag.code for flag in flags] == [FlagCode.FAR_FROM_SUBJECT]
    assert flags[0].params["datum_mixed_up"] is True


def test_position_outside_the_county_is_a_notice() -> None:
    flags = find_flags(facts(device_position=Position(116.4, 39.9), subject_position=None))

    expected = {"area": "outside_county", "lng": 116.4, "lat": 39.9}
    assert flags == [Flag(FlagCode.OUTSIDE_COUNTY, FlagSeverity.NOTICE, expected)]


def test_wrong_clock_of_the_phone_does_not_put_its_photos_outside_its_visit() -> None:
    off = timedelta(days=400)
    flags = find_flags(
        facts(
            captured_at=NOON - off,
            visit_started_at=NOON - off,
            visit_finished_at=NOON - off + timedelta(hours=1),
            exif_taken_at=NOON - off,
            device_offset_ms=round(off.total_seconds() * 1000),
        )
    )

    assert [flag.code for flag in flags] == [FlagCode.CLOCK_OFF]


@pytest.mark.parametrize("software", [None, "14.4.2", "Nikon Transfer 1.1 W", "00WW_3_380_SP02", "MIUI Camera", "1.00"])
def test_firmware_is_no_editor(software: str | None) -> None:
    assert not is_editor(software)


@pytest.mark.parametrize("software", ["GIMP 2.4.5", "Snapseed 2.0", "美图秀秀", "今日水印相机", "Adobe Lightroom 9"])
def test_editors_are_known(software: str) -> None:
    assert is_editor(software)
