"""Receipt codes and the completeness of visits against the shared vectors."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from sync.receipts import ExpectedPhoto, read_receipt_code, receipt_code, visit_completeness
from tests.sync.vectors import load, named

VECTORS = load("receipts")


@pytest.mark.parametrize("case", VECTORS["codes"], ids=named)
def test_receipt_code_follows_from_kind_id_and_hash(case):
    assert receipt_code(case["kind"], case["id"], case["sha256"]) == case["expected"]


def test_unknown_kind_of_receipt_is_refused():
    with pytest.raises(ValueError):
        receipt_code("song", "x", "y")


@pytest.mark.parametrize("case", VECTORS["typed"], ids=named)
def test_typed_code_gets_its_one_spelling(case):
    assert read_receipt_code(case["text"]) == case["expected"]


@pytest.mark.parametrize("case", VECTORS["visits"], ids=named)
def test_visit_is_complete_only_when_everything_is_there(case):
    completeness = visit_completeness(
        case["visit_id"],
        case["expected_records"],
        [ExpectedPhoto(**photo) for photo in case["expected_photos"]],
        case["stored_records"],
        case["stored_photos"],
    )

    assert {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(completeness).items()} == case["expected"]
