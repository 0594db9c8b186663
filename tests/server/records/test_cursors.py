"""The text of a pull cursor: what was given out is read back, everything else is refused."""

from __future__ import annotations

import uuid
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.records.cursors import Cursor, CursorInvalid, CursorOutdated, Place, Position, decode_cursor, encode_cursor

SUBJECT = uuid.UUID("0b9c1f5e-5a8d-4a7e-9c2f-3d1e8f6a7b10")
numbers = st.integers(0, 2**63 - 1)
positions = st.builds(Position, numbers, numbers)
places = st.builds(Place, st.none() | st.uuids(), positions)
cursors = st.builds(
    Cursor, st.text("0123456789abcdef", min_size=12, max_size=12), st.text("0123456789abcdef", min_size=8, max_size=8),
    positions, st.none() | places,
)  # fmt: skip


@given(cursors)
def test_a_cursor_is_read_back_as_it_was_given_out(cursor: Cursor) -> None:
    assert decode_cursor(encode_cursor(cursor)) == cursor


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    try:
        cursor = decode_cursor(text)
    except (CursorInvalid, CursorOutdated):
        return

    assert encode_cursor(cursor) == text


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "2.0123456789ab.01234567.1",
        "2.0123456789AB.01234567.1.2",
        "2.0123456789ab.01234567.01.2",
        f"2.0123456789ab.01234567.{2**63}.2",
        "2.0123456789ab.01234567.1.2.0b9c.1.2",
        f"2.0123456789ab.01234567.1.2.{SUBJECT.hex}.1",
        "3.0123456789ab.01234567.1.2",
    ],
)
def test_what_only_looks_like_one_is_refused(plain: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(urlsafe_b64encode(plain.encode()).decode().rstrip("="))


def test_one_of_a_release_without_generations_is_told_apart() -> None:
    with pytest.raises(CursorOutdated):
        decode_cursor("MS4wLjQwNTU")
