"""Runs the clock vectors."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from media.clock import DeviceClock, captured_time

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "media" / "clock.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["description"])
def test_captured_time(case: dict[str, Any]) -> None:
    facts = case["clock"]
    measured_at = facts["offset_measured_at"]
    clock = DeviceClock(
        datetime.fromisoformat(facts["device_time"]),
        facts["server_offset_ms"],
        None if measured_at is None else datetime.fromisoformat(measured_at),
        facts["monotonic_gap_ms"],
        facts.get("error_bound_ms"),
    )

    captured = captured_time(clock)

    assert captured.at == datetime.fromisoformat(case["expected"]["at"])
    assert captured.error_bound_ms == case["expected"]["error_bound_ms"]
    assert captured.basis == case["expected"]["basis"]
