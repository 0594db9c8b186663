"""Where a subject belongs on a day: docs/figures.md, “Membership and groups”."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.register.memberships import FOREVER, Belonging, Membership, Standing


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def member(town: str, **values: object) -> Membership:
    facts = {"village_code": None, "department_id": None, "sectors": ("coal_mine",), "kind": "enterprise", "target_group": None}
    return Membership(town, **facts | values)  # type: ignore[arg-type]


A, B, C = member("a"), member("b"), member("c")


def towns(standing: Standing, *days: str) -> str:
    return "".join(span.membership.town_code if (span := standing.span_on(day(text))) else "-" for text in days)


def test_day_of_a_move_belongs_to_the_new_town() -> None:
    standing = Standing([(day("01-01"), None)], [(day("01-01"), day("06-14"), A), (day("06-15"), None, B)])

    assert towns(standing, "06-14", "06-15") == "ab"
    assert [(span.first, span.last) for span in standing.spans] == [(day("01-01"), day("06-14")), (day("06-15"), FOREVER)]


def test_day_outside_the_validity_belongs_to_the_nearest_valid_day() -> None:
    standing = Standing([(day("03-01"), day("06-30"))], [(day("01-01"), day("04-30"), A), (day("05-01"), None, B)])

    assert towns(standing, "01-15", "02-28", "07-15", "12-31") == "aabb"
    assert (standing.first, standing.last) == (day("03-01"), day("06-30"))


@pytest.mark.parametrize(("text", "town"), [("05-10", "a"), ("05-15", "a"), ("05-16", "a"), ("05-17", "b")])
def test_between_two_validities_the_nearer_one_counts_and_of_two_equally_near_the_earlier(text: str, town: str) -> None:
    standing = Standing(
        [(day("01-01"), day("05-01")), (day("05-31"), None)], [(day("01-01"), day("05-01"), A), (day("05-31"), None, B)]
    )

    assert towns(standing, text) == town


def test_valid_day_without_a_membership_belongs_to_the_one_before_it_or_to_the_first() -> None:
    standing = Standing([(day("01-01"), None)], [(day("02-01"), day("03-31"), A), (day("05-01"), None, B)])

    assert towns(standing, "01-15", "04-15", "05-01") == "aab"


def test_change_back_to_what_it_was_is_a_change() -> None:
    standing = Standing(
        [(day("01-01"), None)], [(day("01-01"), day("01-31"), A), (day("02-01"), day("02-28"), B), (day("03-01"), None, A)]
    )

    assert [span.membership.town_code for span in standing.spans] == ["a", "b", "a"]


def test_subject_that_nobody_entered_belongs_nowhere() -> None:
    assert Standing([], []).span_on(day("01-01")) is None
    assert Standing([(day("01-01"), None)], []).spans == []


def test_belonging_has_one_id_wherever_it_is_computed() -> None:
    one = Belonging("140525100", None, None, "coal_mine", "enterprise", "enterprise_institution")

    assert one.id == 2003459496488675075
    assert one.id != Belonging("140525100", None, None, "coal_mine", "enterprise", None).id


_DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(
    st.tuples(_DAYS, st.none() | st.integers(0, 400)),
    st.lists(st.tuples(_DAYS, st.none() | st.integers(0, 200), st.sampled_from([A, B, C])), min_size=1, max_size=5),
    _DAYS,
)
def test_valid_days_are_covered_without_gap_or_overlap(books: tuple, memberships: list, some_day: date) -> None:
    first, length = books
    last = first + timedelta(days=length) if length is not None else None
    rows = [(begins, begins + timedelta(days=n) if n is not None else None, one) for begins, n, one in memberships]

    standing = Standing([(first, last)], rows)

    assert (standing.first, standing.last) == (first, last or FOREVER)
    assert all(
        one.last + timedelta(days=1) == later.first for one, later in zip(standing.spans, standing.spans[1:], strict=False)
    )
    assert standing.span_on(some_day) in standing.spans
