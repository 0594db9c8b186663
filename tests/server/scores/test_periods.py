"""Periods by their names: which days they hold, and which of them are kept."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from server.scores.periods import find_period, kept_periods_between, kept_periods_of, period_of
from vocabulary import PeriodUnit


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-06-15..2026-09-30", "2026-06-15", "2026-09-30"),
        ("2026-06-15..2026-06-15", "2026-06-15", "2026-06-15"),
    ],
)
def test_name_says_first_and_last_day(key: str, first: str, last: str) -> None:
    period = find_period(key)

    assert period is not None
    assert (period.key, period.first.isoformat(), period.last.isoformat()) == (key, first, last)


@pytest.mark.parametrize(
    "key",
    [
        "", "26", "2026-Q5", "2026-H3", "2026-13", "2026-00", "2025-W53", "2026-W00", "2026-W54", "2026-06-31..2026-07-01",
        "2026-07-01..2026-06-30", "2026-06-15..", "1899", "2201", "２０２６", "2026-01-01..2201-01-01",
    ],
)  # fmt: skip
def test_what_is_no_period_has_none(key: str) -> None:
    assert find_period(key) is None


def test_a_day_is_in_one_kept_period_of_each_kind() -> None:
    day = date(2026, 11, 24)

    assert [period.key for period in kept_periods_of(day)] == ["2026", "2026-H2", "2026-Q4", "2026-11"]
    assert period_of(day, PeriodUnit.WEEK).key == "2026-W48"


def test_kept_periods_of_a_year_cover_it_without_gap() -> None:
    found = kept_periods_between(date(2026, 1, 1), date(2026, 12, 31))

    for unit, count in ((PeriodUnit.YEAR, 1), (PeriodUnit.HALF_YEAR, 2), (PeriodUnit.QUARTER, 4), (PeriodUnit.MONTH, 12)):
        own = sorted((period for period in found if period.unit is unit), key=lambda period: period.first)
        assert len(own) == count
        assert all(before.last + timedelta(days=1) == after.first for before, after in pairwise(own))
        assert (own[0].first, own[-1].last) == (date(2026, 1, 1), date(2026, 12, 31))


def test_policy_of_a_period_is_that_of_its_last_day_or_of_the_as_of_day() -> None:
    period = find_period("2026-Q3")
    assert period is not None

    assert period.cut(date(2026, 8, 5)) == date(2026, 8, 5)
    assert period.cut(date(2026, 11, 5)) == date(2026, 9, 30)
