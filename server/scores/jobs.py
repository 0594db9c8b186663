"""RQ jobs of scores. The queue calls run_refresh_subject by name in an application context; it may run twice."""

from __future__ import annotations

import uuid

from server import clock
from server.scores.service import refresh_subject


def run_refresh_subject(subject_id: str) -> None:
    refresh_subject(uuid.UUID(subject_id), clock.now())
