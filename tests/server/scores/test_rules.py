"""Figures of a subject from plain facts: which hazards count, when they fall due, which score stands, who is ranked."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.scores.periods import find_period
from server.scores.rules import (
    DayFigures,
    Duty,
    Facts,
    HazardFacts,
    SubmissionFacts,
    choose_submission,
    figures_by_day,
    figures_by_period,
    hazard_sets,
    is_rankable,
    mean,
    median,
    rank,
    visits_due,
)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def hazard(found: str = "11-02", **values: Any) -> HazardFacts:
    facts: dict[str, Any] = {
        "id": uuid.uuid4(), "is_major": False, "is_closed": False, "closed_on": None, "deadline": day("11-12"),
        "submitted_on": None, "deadline_at_submission": day("11-12"),
    }  # fmt: skip
    return HazardFacts(found_on=day(found), **facts | values)


def closed(submitted: str, closed_on: str, **values: Any) -> HazardFacts:
    return hazard(is_closed=True, submitted_on=day(submitted), closed_on=day(closed_on), **values)


def facts(**values: Any) -> Facts:
    return Facts(**{"valid_from": day("01-01"), "valid_to": None} | values)


def submission(**values: Any) -> SubmissionFacts:
    known: dict[str, Any] = {
        "id": uuid.uuid4(), "finished_at": datetime(2026, 11, 3, 2, tzinfo=UTC), "finished_on": day("11-03"),
        "numerator": "4", "denominator": "5", "score_sort": 0.8, "grade": "good", "is_provisional": False,
        "is_insufficient": False,
    }  # fmt: skip
    return SubmissionFacts(**known | values)


@pytest.mark.parametrize(
    ("case", "as_of", "counts"),
    [
        # (found, closed, due, on time, overdue)
        (hazard(), "11-12", (1, 0, 0, 0, 0)),  # the deadline day itself has not passed
        (hazard(), "11-13", (1, 0, 1, 0, 1)),
        (closed("11-08", "11-10"), "11-11", (1, 1, 0, 0, 0)),  # early: counts as closed, not as due
        (closed("11-08", "11-10"), "11-13", (1, 1, 1, 1, 0)),
        (closed("11-12", "11-20"), "11-21", (1, 1, 1, 1, 0)),  # submitted on the last day, re-checked later
        (closed("11-13", "11-14"), "11-21", (1, 1, 1, 0, 0)),
        # An extension after the submission moves the deadline, but does not make the late submission a timely one.
        (closed("11-14", "11-16", deadline=day("11-30")), "12-01", (1, 1, 1, 0, 0)),
        # An extension before the submission does.
        (closed("11-14", "11-16", deadline=day("11-30"), deadline_at_submission=day("11-30")), "12-01", (1, 1, 1, 1, 0)),
        (hazard(submitted_on=day("11-08")), "11-13", (1, 0, 1, 0, 1)),  # submitted but not yet accepted
        (hazard(deadline=None), "12-31", (1, 0, 0, 0, 0)),
        (closed("11-08", "11-10", deadline_at_submission=None), "11-13", (1, 1, 1, 1, 0)),
    ],
)  # fmt: skip
def test_hazard_counts_in_the_sets_it_belongs_to(case: HazardFacts, as_of: str, counts: tuple[int, ...]) -> None:
    sets = hazard_sets([case], day(as_of))

    assert tuple(len(s) for s in (sets.found, sets.closed, sets.due, sets.on_time, sets.overdue)) == counts


def test_hazard_belongs_to_the_periods_of_its_finding() -> None:
    figures = figures_by_period(facts(hazards=[closed("10-20", "11-05", found="09-30")]), day("11-20"))

    assert {period for period, values in figures.items() if values.found} == {"2026", "2026-Q3", "2026-09"}
    assert figures["2026-Q3"].closed == 1
    assert {period for period, values in figures.items() if values.carried_closed} == {"2026-Q4", "2026-11"}


def test_figures_say_until_when_they_hold() -> None:
    figures = figures_by_period(facts(hazards=[hazard(), hazard(deadline=day("11-20"))]), day("11-12"))

    assert figures["2026-11"].stale_after == day("11-12")
    assert figures_by_period(facts(hazards=[hazard()]), day("11-13"))["2026-11"].stale_after is None


def test_month_without_anything_still_has_a_row_for_a_paired_subject() -> None:
    figures = figures_by_period(facts(pairings=[Duty(day("08-15"), None)]), day("11-20"))

    assert [period for period in figures if len(period) == 7 and "Q" not in period] == [
        "2026-08", "2026-09", "2026-10", "2026-11",
    ]  # fmt: skip
    assert all(values.to_visit == 1 and values.visits == 0 for values in figures.values())


def test_phone_with_a_wrong_clock_does_not_make_a_thousand_periods() -> None:
    figures = figures_by_period(facts(visit_days=[date(1970, 1, 1), date(2099, 1, 1)]), day("11-20"))

    assert set(figures) == {
        "1970", "1970-Q1", "1970-01", "2026", "2026-Q4", "2026-11", "2099", "2099-Q1", "2099-01",
    }  # fmt: skip


def test_major_hazards_are_counted_apart() -> None:
    hazards = [hazard(is_major=True), closed("11-08", "11-10", is_major=True), hazard()]

    values = figures_by_period(facts(hazards=hazards), day("11-20"))["2026-Q4"]

    assert (values.found, values.major_found, values.major_closed, values.major_open, values.major_overdue) == (3, 2, 1, 1, 1)


def test_latest_complete_submission_gives_the_score() -> None:
    first = submission(finished_at=datetime(2026, 11, 1, tzinfo=UTC))
    second = submission(finished_at=datetime(2026, 11, 2, tzinfo=UTC))
    unfinished = submission(finished_at=datetime(2026, 11, 9, tzinfo=UTC), is_provisional=True, grade=None)

    assert choose_submission([second, unfinished, first]) == second
    assert choose_submission([unfinished]) == unfinished
    assert choose_submission([]) is None


@pytest.mark.parametrize(
    ("duty", "period", "due"),
    [
        (Duty(day("01-01"), None, 2, "month"), "2026-11", 2),
        (Duty(day("01-01"), None, 2, "month"), "2026-Q4", 6),
        (Duty(day("01-01"), None, 1, "month"), "2026", 12),
        (Duty(day("11-15"), None, 1, "month"), "2026-Q4", 2),
        (Duty(day("01-01"), day("10-01"), 1, "month"), "2026-Q4", 1),
        (Duty(day("01-01"), day("09-30"), 1, "month"), "2026-Q4", 0),
        (Duty(day("01-01"), None, 3, "quarter"), "2026-Q4", 3),
        (Duty(day("01-01"), None, 3, "quarter"), "2026", 12),
        (Duty(day("01-01"), None, 3, "quarter"), "2026-11", 0),  # asked for in the quarter's last month
        (Duty(day("01-01"), None, 3, "quarter"), "2026-12", 3),
        (Duty(day("01-01"), None, 30, "days"), "2026-11", 1),
        (Duty(day("11-02"), None, 30, "days"), "2026-11", 0),
        (Duty(day("01-01"), None, 10, "days"), "2026-Q4", 9),
    ],
)
def test_visits_that_the_duty_ledger_asks_for(duty: Duty, period: str, due: int) -> None:
    found = find_period(period)

    assert found is not None
    assert visits_due([duty], found) == due


def test_days_add_up_to_the_figures_of_the_year() -> None:
    days = figures_by_day([closed("11-08", "11-10"), closed("11-13", "11-14"), hazard()])

    assert days == {
        (2026, day("11-02")): DayFigures(found=3),
        (2026, day("11-10")): DayFigures(closed=1),
        (2026, day("11-13")): DayFigures(due=3, on_time=1),
        (2026, day("11-14")): DayFigures(closed=1),
    }


_DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 20))
_HAZARDS = st.builds(
    HazardFacts,
    id=st.uuids(), found_on=_DAYS, is_major=st.booleans(), is_closed=st.booleans(), closed_on=st.none(),
    deadline=st.none() | _DAYS, submitted_on=_DAYS, deadline_at_submission=st.none() | _DAYS,
).map(lambda h: h if not h.is_closed else HazardFacts(h.id, h.found_on, h.is_major, True, h.submitted_on, h.deadline,
                                                     h.submitted_on, h.deadline_at_submission))  # fmt: skip


@given(st.lists(_HAZARDS, max_size=8))
def test_trend_ends_where_the_year_stands(hazards: list[HazardFacts]) -> None:
    as_of = date(2026, 12, 31)

    year = figures_by_period(facts(hazards=hazards), as_of)["2026"]
    sums = list(figures_by_day(hazards).values())

    assert (year.found, year.closed, year.due, year.on_time) == tuple(
        sum(getattr(one, name) for one in sums) for name in ("found", "closed", "due", "on_time")
    )


@given(st.lists(_HAZARDS, max_size=8), _DAYS)
def test_figures_contain_one_another(hazards: list[HazardFacts], as_of: date) -> None:
    for values in figures_by_period(facts(hazards=hazards), as_of).values():
        assert values.on_time <= values.due <= values.found
        assert values.closed <= values.found
        assert values.overdue <= values.due - values.on_time


def test_equal_groups_share_a_place_and_the_next_one_is_skipped() -> None:
    groups = [("a", Fraction(1)), ("b", Fraction(2, 3)), ("c", Fraction(4, 6)), ("d", Fraction(1, 2)), ("e", None)]

    assert rank(groups) == {"a": 1, "b": 2, "c": 2, "d": 4, "e": None}


@pytest.mark.parametrize(("covered", "to_cover", "ranked"), [(1, 2, True), (49, 100, False), (0, 0, False), (3, 3, True)])
def test_group_of_which_little_was_visited_is_not_ranked(covered: int, to_cover: int, ranked: bool) -> None:
    assert is_rankable(covered, to_cover) is ranked


def test_median_and_mean_of_scores() -> None:
    assert median([Fraction(1), Fraction(4, 5), Fraction(1, 2)]) == Fraction(4, 5)
    assert median([Fraction(1), Fraction(1, 2)]) == Fraction(3, 4)
    assert mean([Fraction(1), Fraction(1, 2), Fraction(0)]) == Fraction(1, 2)
    assert median([]) is None
    assert mean([]) is None


@pytest.mark.parametrize("key", ["2026-13", "2026-Q5", "26", "2026-q1", "", "2026-1", "9999", "２０２６"])
def test_unknown_period_is_not_found(key: str) -> None:
    assert find_period(key) is None


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [("2026", "01-01", "12-31"), ("2026-Q1", "01-01", "03-31"), ("2026-Q4", "10-01", "12-31"), ("2026-02", "02-01", "02-28")],
)
def test_period_has_its_days(key: str, first: str, last: str) -> None:
    period = find_period(key)

    assert period is not None
    assert (period.first, period.last) == (day(first), day(last))
