"""Pull cursors against the shared vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cursors import START, Cursor, CursorInvalid, decode_cursor, encode_cursor
from tests.sync.vectors import load, named

VECTORS = load("cursors")


def cursor_of(case):
    return Cursor(int(case["xid"]), int(case["seq"]))


@pytest.mark.parametrize("case", VECTORS["encoded"], ids=named)
def test_cursor_is_encoded_and_read_back(case):
    assert encode_cursor(cursor_of(case)) == case["text"]
    assert decode_cursor(case["text"]) == cursor_of(case)


@pytest.mark.parametrize("text", VECTORS["decoded_to_start"])
def test_no_cursor_is_the_start(text):
    assert decode_cursor(text) == START


@pytest.mark.parametrize("case", VECTORS["refused"], ids=named)
def test_foreign_text_is_refused(case):
    with pytest.raises(CursorInvalid):
        decode_cursor(case["text"])


@given(st.text())
def test_any_text_is_read_as_encoded_or_refused(text):
    try:
        cursor = decode_cursor(text)
    except CursorInvalid:
        return

    assert text == "" or encode_cursor(cursor) == text


@pytest.mark.parametrize("case", VECTORS["comparisons"], ids=named)
def test_cursors_are_ordered_by_transaction_then_sequence(case):
    a, b = cursor_of(case["a"]), cursor_of(case["b"])

    assert (a > b) - (a < b) == case["expected"]
