"""Showing: what stands on a screen never contradicts the exact value; places, and why there is none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from server.scores.showing import Ranked, exact_text, mean, median, places, shown_points, shown_rate
from vocabulary import NoPlace

BANDS = [Fraction(90), Fraction(80), Fraction(60), Fraction(0)]
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "shown"),
    [
        (0, 0, None, "/"),  # neither 0 nor 100
        (0, 7, None, "0.0"),
        (7, 7, None, "100.0"),
        (2, 3, None, "66.7"),  # half up
        (2, 3, Fraction("66.7"), "66.6"),  # 66.666… does not reach the target
        (667, 1000, Fraction("66.7"), "66.7"),  # this one does
        (24, 27, Fraction("88.9"), "88.8"),
        (9, 10, Fraction(90), "90.0"),
        (9996, 10000, None, "99.9"),  # rounding must not make it whole
        (1, 2000, None, "0.1"),  # half up: 0.05
        (1, 2001, None, "0.0"),
    ],
)
def test_rate(numerator: int, denominator: int, target: Fraction | None, shown: str) -> None:
    assert shown_rate(numerator, denominator, target) == shown


@pytest.mark.parametrize(
    ("points", "shown"),
    [
        (None, "/"),
        (Fraction("89.95"), "89.9"),  # would round to the band it does not reach
        (Fraction("79.96"), "79.9"),
        (Fraction("59.99"), "59.9"),
        (Fraction("99.95"), "99.9"),
        (Fraction("85.65"), "85.7"),
        (Fraction(90), "90.0"),
        (Fraction(189, 2), "94.5"),
    ],
)
def test_points(points: Fraction | None, shown: str) -> None:
    assert shown_points(points, BANDS) == shown


def group(value: Fraction | int | None, sample: int = 9, covered: int = 9, **flags: bool) -> Ranked:
    return Ranked(None if value is None else Fraction(value), sample, covered, 9, **flags)


def test_equal_values_share_a_place_and_the_next_is_skipped() -> None:
    groups = {"a": group(90), "b": group(95), "c": group(90), "d": group(60)}

    assert places(groups, lowest_first=False, least_coverage=HALF, least_sample=5) == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert places(groups, lowest_first=True, least_coverage=HALF, least_sample=5) == {"d": 1, "a": 2, "c": 2, "b": 4}


def test_exact_values_decide_not_the_shown_ones() -> None:
    groups = {"a": group(Fraction(66666, 1000)), "b": group(Fraction(200, 3))}

    assert places(groups, lowest_first=False, least_coverage=HALF, least_sample=5) == {"b": 1, "a": 2}


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (group(90, is_none=True, is_part=True), NoPlace.NONE),
        (group(90, is_part=True, covered=0), NoPlace.PART),
        (group(None, sample=0), NoPlace.EMPTY),
        (group(90, covered=4), NoPlace.COVER),  # 4/9 is below one half
        (Ranked(Fraction(90), 9, 0, 0), NoPlace.COVER),  # "/" is no rank
        (group(90, sample=4), NoPlace.FEW),
        (group(90, sample=5, covered=5), 1),
    ],
)
def test_first_reason_that_applies_is_told(one: Ranked, reason: NoPlace | int) -> None:
    assert places({"x": one}, lowest_first=False, least_coverage=HALF, least_sample=5) == {"x": reason}


def test_exactly_half_covered_is_covered() -> None:
    assert places({"x": Ranked(Fraction(1), 9, 4, 8)}, lowest_first=False, least_coverage=HALF, least_sample=5) == {"x": 1}


def test_mean_and_median_are_exact() -> None:
    values = [Fraction(92), Fraction("97.5"), Fraction(580, 7), Fraction(100)]

    assert mean(values) == sum(values, Fraction(0)) / 4
    assert median(values) == Fraction("94.75")
    assert median(values[:3]) == 92
    assert (mean([]), median([])) == (None, None)
    assert exact_text(mean([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)])) == "1/3"
