"""When a photo was really taken: the phone's clock, corrected by the offset against the server, with an error bound.

The facts are made on the phone by client/src/media/clock.ts; cases in tests/vectors/media/clock.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Half a round trip on a 2G line plus the server's own error; the measured offset cannot be better than that.
MEASURING_ERROR_MS = 2_000
# A phone's crystal is specified to 20 ppm and reaches 50 ppm in the cold: 4.3 s a day.
DRIFT_PPM = 50


class ClockBasis(StrEnum):
    """How the error bound is known."""

    MEASURED = "measured"
    UNPROVEN = "unproven"
    DEVICE_ONLY = "device_only"


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """What the phone wrote down at the shutter.

    ``server_offset_ms`` is server time minus device time when it was last measured. ``monotonic_gap_ms`` is how
    much more the wall clock went on since then than the clock that cannot be set; None when the page was loaded
    anew in between, so that nobody knows. ``stated_bound_ms`` is the phone's own bound, which knows the round trip;
    a larger one is believed, a smaller one is not.
    """

    device_time: datetime
    server_offset_ms: int | None = None
    offset_measured_at: datetime | None = None
    monotonic_gap_ms: int | None = None
    stated_bound_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CapturedTime:
    """``error_bound_ms`` is None when nothing bounds the error."""

    at: datetime
    error_bound_ms: int | None
    basis: ClockBasis


def captured_time(clock: DeviceClock) -> CapturedTime:
    """The best estimate of the true capture time.

    A gap of the two clocks widens the bound instead of moving the time: it may be a clock that was set, or a phone
    that slept, and the two cannot be told apart.
    """
    if clock.server_offset_ms is None:
        return CapturedTime(clock.device_time, None, ClockBasis.DEVICE_ONLY)
    at = clock.device_time + timedelta(milliseconds=clock.server_offset_ms)
    if clock.monotonic_gap_ms is None or clock.offset_measured_at is None:
        return CapturedTime(at, None, ClockBasis.UNPROVEN)
    age_ms = abs((clock.device_time - clock.offset_measured_at) // timedelta(milliseconds=1))
    bound = MEASURING_ERROR_MS + abs(clock.monotonic_gap_ms) + age_ms * DRIFT_PPM // 1_000_000
    return CapturedTime(at, max(bound, clock.stated_bound_ms or 0), ClockBasis.MEASURED)
