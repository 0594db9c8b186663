"""Retry decisions against the shared vectors."""

from __future__ import annotations

import pytest

from sync.retry import decide_retry, parse_retry_after
from sync.times import parse_time
from tests.sync.vectors import load, named

VECTORS = load("retry")


@pytest.mark.parametrize("case", VECTORS["decisions"], ids=named)
def test_what_to_do_after_an_attempt(case):
    decision = decide_retry(case["status"], case["failed_attempts"], case["retry_after_s"], case["random_unit"])

    assert {"action": decision.action, "delay_ms": decision.delay_ms} == case["expected"]


@pytest.mark.parametrize("case", VECTORS["retry_after"], ids=named)
def test_retry_after_header_is_read_in_both_forms(case):
    assert parse_retry_after(case["text"], parse_time(case["now"])) == case["expected"]
