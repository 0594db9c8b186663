"""The policy that a county begins with: what the office has not set yet. Values it may change are rows, never code."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.db import db, transaction
from server.register.dated import record
from server.register.models import PolicyValue

FIRST_VALUES: dict[str, Any] = json.loads((Path(__file__).parent / "policy.json").read_text("utf-8"))
# Known and in force always: a figure of any day needs some policy.
_FIRST_DAY = date(2000, 1, 1)
_KNOWN_SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def store_first_policy(county_code: str) -> None:
    """Adds the values of keys for which the county has none; safe to run again."""
    with transaction():
        there = set(db.session.scalars(select(PolicyValue.key).where(PolicyValue.county_code == county_code)))
        for key, value in FIRST_VALUES.items():
            if key not in there:
                record(
                    PolicyValue(
                        county_code=county_code, key=key, value=json.dumps(value), valid_from=_FIRST_DAY,
                        recorded_at=_KNOWN_SINCE,
                    )
                )  # fmt: skip
