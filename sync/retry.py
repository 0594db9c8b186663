"""Whether and when to try again: after a network failure, 408, 429 and 5xx; any other refusal is shown to a person.

Arithmetic only; who waits and where the attempt count is kept is the caller's. Mirrored by client/src/sync/retry.ts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum

FIRST_DELAY_MS = 1_000
# Signal comes back within minutes on a village road; waiting longer only makes people press "send now".
LONGEST_DELAY_MS = 300_000
# A server that asks for more than an hour is more likely misconfigured than busy.
LONGEST_RETRY_AFTER_S = 3_600


class RetryAction(StrEnum):
    DONE = "done"
    RETRY = "retry"
    SIGN_IN = "sign_in"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class RetryDecision:
    action: RetryAction
    delay_ms: int | None


def decide_retry(status: int | None, failed_attempts: int, retry_after_s: int | None, random_unit: float) -> RetryDecision:
    """``status`` None is a network failure; ``failed_attempts`` counts this one; ``random_unit`` lies in [0, 1).

    401 asks for a new sign-in: what is unsent stays, and goes up afterwards.
    Source: vectors in tests/vectors/sync/retry.json; also client/src/sync/retry.ts.
    """
    if status is not None and 200 <= status < 300:
        return RetryDecision(RetryAction.DONE, None)
    if status == 401:
        return RetryDecision(RetryAction.SIGN_IN, None)
    if status is not None and status not in (408, 429) and not 500 <= status < 600:
        return RetryDecision(RetryAction.STOP, None)
    asked_ms = 1_000 * min(max(retry_after_s or 0, 0), LONGEST_RETRY_AFTER_S)
    # All who were told the same must not return at once.
    apart_ms = math.floor(min(asked_ms, LONGEST_DELAY_MS) * random_unit)
    return RetryDecision(RetryAction.RETRY, max(asked_ms + apart_ms, backoff_ms(failed_attempts, random_unit)))


def backoff_ms(failed_attempts: int, random_unit: float) -> int:
    """Doubles per failure up to five minutes; the upper half is random, lest a town's phones return all at once."""
    ceiling_ms = min(LONGEST_DELAY_MS, FIRST_DELAY_MS << min(max(failed_attempts - 1, 0), 20))
    half_ms = ceiling_ms // 2
    return half_ms + math.floor(half_ms * random_unit)


def parse_retry_after(text: str | None, now: datetime) -> int | None:
    """Seconds from the header's two forms (RFC 9110 §10.2.3); None if it is absent or cannot be read."""
    if text is None:
        return None
    text = text.strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return int(text)
    try:
        moment = parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
    # Both languages read sloppy dates, but not the same ones; only the form that RFC 9110 prescribes counts.
    if format_datetime(moment, usegmt=True) != text:
        return None
    return max(0, math.ceil((moment - now).total_seconds()))
