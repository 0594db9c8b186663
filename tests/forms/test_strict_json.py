"""One reading of JSON from outside: what is refused, what is only told, and what may pass."""

from __future__ import annotations

import json

import pytest

from forms.strict_json import DEPTH_AT_MOST, JsonRefused, has_nul, read_json


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"NaN", "not-json"),
        (b"[Infinity]", "not-json"),
        (b"[-Infinity]", "not-json"),
        (b"[1e999]", "not-json"),
        (b"[" + b"9" * 5000 + b"]", "not-json"),
        (b'"\\ud800"', "not-json"),
        (b'"\\udc00\\ud800"', "not-json"),
        (b'"\xed\xa0\x80"', "not-json"),
        (b'"\xff"', "not-json"),
        (b"\xef\xbb\xbf{}", "not-json"),
        ("{}".encode("utf-16"), "not-json"),
        (b'{"a":1,"a":2}', "key-twice"),
        (b'{"a" :1,"a":2}', "key-twice"),
        (b'{"a":1,"\\u0061":2}', "key-twice"),
        (b'[{"b":{"a":1,"a":1}}]', "key-twice"),
        (b"[" * 300 + b"]" * 300, "too-deep"),
        (b"[" * 200_000, "too-deep"),
        (b"[" * (DEPTH_AT_MOST + 1) + b"]" * (DEPTH_AT_MOST + 1), "too-deep"),
    ],
)
def test_what_has_no_one_meaning_is_refused(text: bytes, code: str) -> None:
    with pytest.raises(JsonRefused) as refused:
        read_json(text)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        (b'"a\\u0000b"', ["nul-character"]),
        (b'{"\\u0000":1}', ["nul-character"]),
        (b"[9007199254740992]", ["unsafe-number"]),
        (b"[-18446744073709551616]", ["unsafe-number"]),
        (b'["\\u0000",9223372036854775808]', ["nul-character", "unsafe-number"]),
        (b"[9007199254740991,-9007199254740991]", []),
        (b'"91140525MA0H000000 12345678901234567890"', []),
        (b'"a text that says \\\\u0000"', []),
        (b'{"a":{"b":1},"c":{"b":1}}', []),
        (b"[" * DEPTH_AT_MOST + b"]" * DEPTH_AT_MOST, []),
    ],
)
def test_what_one_record_must_answer_for_is_told_beside_the_document(text: bytes, flaws: list[str]) -> None:
    reading = read_json(text)

    assert sorted(reading.flaws) == flaws
    assert reading.document == json.loads(text) or "unsafe-number" in flaws


def test_a_nul_is_told_from_words_about_one() -> None:
    assert has_nul({"a": ["\0"]})
    assert has_nul(["\\\0"])
    assert not has_nul({"a": ["\\u0000", "\\\\u0000"]})
