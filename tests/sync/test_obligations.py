"""What a duty asks for and which visit satisfies it, against the shared vectors."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.obligations import HALF, Duty, next_obligation, obligations, satisfied_by
from tests.sync.vectors import load, named
from vocabulary import FrequencyUnit

VECTORS = load("obligations")


def duty_of(case) -> Duty:
    first, last, count, unit = (case["duty"][key] for key in ("first", "last", "count", "unit"))
    return Duty(date.fromisoformat(first), date.fromisoformat(last) if last else None, count, FrequencyUnit(unit))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=named)
def test_duty_asks_for_visits_and_visits_satisfy_them(case):
    duty, until = duty_of(case), date.fromisoformat(case["until"])
    shares = [
        (date.fromisoformat(step["from"]), Fraction(step["numerator"], step["denominator"]))
        for step in case.get("span_shares", [])
    ] or HALF

    asked = list(takewhile(lambda one: one.due <= until, obligations(duty, shares)))
    taken = satisfied_by(duty, [date.fromisoformat(day) for day in case["visits"]], shares)

    visits = [case["visits"][index] for index in taken]
    assert [
        {"begins": one.begins.isoformat(), "due": one.due.isoformat(), "visit": visit}
        for one, visit in zip(asked, [*visits, *[None] * (len(asked) - len(visits))], strict=True)
    ] == case["expected"]
    following = next_obligation(duty, len(taken), shares)
    assert (following.due.isoformat() if following else None) == case["next_due"]


_DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))
_DUTIES = st.builds(
    lambda first, length, count, unit: Duty(first, first + timedelta(days=length) if length is not None else None, count, unit),
    _DAYS,
    st.none() | st.integers(0, 900),
    st.integers(1, 9),
    st.sampled_from(FrequencyUnit),
)


@given(_DUTIES)
def test_obligations_are_numbered_by_their_due_days_and_lie_within_the_duty(duty: Duty):
    asked = [one for one, _ in zip(obligations(duty), range(60), strict=False)]

    assert [one.number for one in asked] == list(range(1, len(asked) + 1))
    assert [one.due for one in asked] == sorted(one.due for one in asked)
    assert [one.begins for one in asked] == sorted(one.begins for one in asked)
    for one in asked:
        assert duty.first <= one.begins <= one.due
        assert duty.last is None or one.due <= duty.last


@given(_DUTIES, st.lists(_DAYS, max_size=12))
def test_no_visit_pays_for_two_nor_before_the_obligation_begins(duty: Duty, days: list[date]):
    visits = sorted(days)

    taken = satisfied_by(duty, visits)

    assert taken == sorted(set(taken))
    for index, one in zip(taken, obligations(duty), strict=False):
        assert one.begins <= visits[index]


@given(_DUTIES, st.lists(_DAYS, max_size=12))
def test_one_visit_more_never_satisfies_fewer(duty: Duty, days: list[date]):
    visits = sorted(days)

    assert len(satisfied_by(duty, visits)) >= len(satisfied_by(duty, visits[:-1]))
