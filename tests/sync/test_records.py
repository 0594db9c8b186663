"""Canonical JSON, content hashes, envelopes and times against the shared vectors."""

from __future__ import annotations

import hashlib
import json

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from sync.records import EnvelopeInvalid, NotCanonical, canonical_json, compare, content_hash, parse_envelope
from sync.times import TimeInvalid, format_time, parse_date, parse_time, shanghai_date
from tests.sync.vectors import load, named

VECTORS = load("records")


@pytest.mark.parametrize("case", VECTORS["canonical"], ids=named)
def test_canonical_json_is_written_as_specified(case):
    written = canonical_json(case["document"])

    assert written.decode() == case["canonical"]
    assert hashlib.sha256(written).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", VECTORS["not_canonical"], ids=named)
def test_what_two_languages_read_differently_is_refused(case):
    with pytest.raises(NotCanonical):
        canonical_json(json.loads(case["json"]))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, b"x", {"a": object()}])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical_json([value])


def test_endless_nesting_is_refused():
    document: list = []
    for _ in range(100_000):
        document = [document]

    with pytest.raises(NotCanonical):
        canonical_json(document)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-9e15, 9e15) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_the_quick_way_writes_what_the_reference_writes(document):
    try:
        expected = rfc8785.dumps(document)
    except rfc8785.CanonicalizationError:
        with pytest.raises(NotCanonical):
            canonical_json(document)
        return

    assert canonical_json(document) == expected


_ENVELOPE = {"id": "", "kind": "", "visit_id": None, "subject_id": None, "made_at": ""}
_NUMBERS_OF_EVERY_SIZE = st.builds(
    lambda digits, exponent: digits * 10.0**exponent, st.floats(-10, 10), st.integers(-12, 21)
) | st.integers(-(2**64), 2**64)


@given(
    _JSON
    | st.lists(_NUMBERS_OF_EVERY_SIZE)
    | st.floats(-9e15, 9e15).map(round)
    | st.text(alphabet="0123456789.eE:,-[]{}\U0001f600")
)
@example({"\uffee": 1, "\U0001f600": 2})
@example([1e-5, 1e-4, 0.00012, 5.0, -0.0, 1e21])
def test_content_hash_is_that_of_the_canonical_form(document):
    envelope = _ENVELOPE | {"body": {"value": document}}
    try:
        expected = hashlib.sha256(canonical_json(envelope)).hexdigest()
    except NotCanonical:
        with pytest.raises(NotCanonical):
            content_hash(envelope)
        return

    assert content_hash(envelope) == expected


@pytest.mark.parametrize("case", VECTORS["envelopes"], ids=named)
def test_envelope_is_read_or_every_fault_is_named(case):
    if case["expected"]["faults"]:
        with pytest.raises(EnvelopeInvalid) as refused:
            parse_envelope(case["envelope"])
        assert sorted([fault.pointer, fault.code] for fault in refused.value.faults) == case["expected"]["faults"]
        return

    record = parse_envelope(case["envelope"])

    assert record.content_hash == case["envelope"]["content_hash"]
    assert record.body == case["envelope"]["body"]


def test_content_hash_ignores_the_hash_it_came_with():
    envelope = VECTORS["envelopes"][0]["envelope"]

    assert content_hash({**envelope, "content_hash": "0" * 64}) == envelope["content_hash"]


@pytest.mark.parametrize("case", VECTORS["comparisons"], ids=named)
def test_records_are_compared_by_hash(case):
    assert compare(case["stored"], case["incoming"]) == case["expected"]


@pytest.mark.parametrize("case", VECTORS["times"], ids=named)
def test_times_are_read_and_written_in_shanghai(case):
    moment = parse_time(case["text"])

    assert round(moment.timestamp() * 1000) == case["epoch_ms"]
    assert format_time(moment) == case["formatted"]
    assert shanghai_date(moment).isoformat() == case["shanghai_date"]


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "2026-2-3", "20260203", "", None, 5])
def test_impossible_date_is_refused(text):
    with pytest.raises(TimeInvalid):
        parse_date(text)
