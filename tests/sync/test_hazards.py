"""The hazard life cycle against the shared vectors, and in any order of arrival."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hazards import fold_hazard, hazard_id_for_item, is_overdue
from tests.sync.vectors import load, named
from vocabulary import HazardEventKind, HazardState

VECTORS = load("hazards")


@pytest.mark.parametrize("case", VECTORS["cases"], ids=named)
def test_events_add_up_to_the_hazard(case):
    hazard = fold_hazard(case["events"])

    if case["expected"] is None:
        assert hazard is None
        return
    assert hazard is not None
    document = hazard.as_document()
    assert {key: document[key] for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=named)
def test_no_event_is_dropped(case):
    hazard = fold_hazard(case["events"])

    if hazard is not None:
        listed = [entry["event_id"] for entry in hazard.ineffective]
        assert len(listed) == len(set(listed))
        assert set(listed) <= {event["id"] for event in case["events"]}


def test_the_first_case_lists_every_key_of_the_projection():
    hazard = fold_hazard(VECTORS["cases"][0]["events"])

    assert hazard is not None
    assert hazard.as_document() == VECTORS["cases"][0]["expected"]


@pytest.mark.parametrize("case", VECTORS["overdue"], ids=named)
def test_overdue_is_derived_from_dates(case):
    as_of = date.fromisoformat(case["as_of"])

    assert is_overdue(case["state"], case["deadline"], as_of) is case["expected"]


@pytest.mark.parametrize("case", VECTORS["hazard_ids"], ids=named)
def test_failed_item_names_its_hazard(case):
    assert hazard_id_for_item(case["submission_id"], case["item_path"], case["nth"]) == case["expected"]


_TIMES = st.integers(0, 5).map(lambda hour: f"2026-11-23T{hour:02d}:00:00+08:00") | st.integers(0, 5).map(
    # The same instants spelled in UTC: half of the examples then contain equal times.
    lambda hour: f"2026-11-22T{hour + 16:02d}:00:00.0Z"
)
_COMMITMENTS = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(["有", " ", None]) for name in ("responsible_person", "measures", "funds_wan")}
    | {"deadline": st.just("2026-12-01"), "contingency_plan": st.just("有")},
)
_EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 99).map(lambda n: f"00000000-0000-4000-8000-0000000000{n:02d}"),
            "kind": st.sampled_from([kind.value for kind in HazardEventKind]),
            "at": _TIMES,
            "grade": st.sampled_from(["general", "major"]),
            "result": st.sampled_from(["pass", "return"]),
            "deadline": st.sampled_from(["2026-11-24", "2026-11-30"]),
            "to_org": st.just("县应急局"),
            "into": st.just("00000000-0000-4000-8000-000000000099"),
            "text": st.just("电话"),
            "fixed_on_spot": st.booleans(),
            "commitments": _COMMITMENTS,
            "photos": st.lists(st.fixed_dictionaries({"id": st.sampled_from("abc")}), max_size=2),
        }
    ),
    max_size=12,
    unique_by=lambda event: event["id"],
)


@given(_EVENTS, st.randoms(use_true_random=False))
def test_fold_is_independent_of_arrival_order(events, rng: random.Random):
    shuffled = rng.sample(events, len(events))

    assert fold_hazard(shuffled) == fold_hazard(events)


@given(_EVENTS, st.randoms(use_true_random=False))
def test_events_that_arrive_again_change_nothing(events, rng: random.Random):
    again = [*events, *rng.choices(events, k=len(events))] if events else []

    assert fold_hazard(again) == fold_hazard(events)


@given(_EVENTS)
def test_major_hazard_is_never_closed_without_its_commitments(events):
    hazard = fold_hazard(events)

    if hazard and hazard.state is HazardState.CLOSED and hazard.grade == "major":
        assert hazard.missing_commitments == []


@given(_EVENTS)
def test_every_photo_is_kept(events):
    hazard = fold_hazard(events)

    if hazard:
        assert {photo["id"] for photo in hazard.photos} == {photo["id"] for e in events for photo in e["photos"]}
