"""RQ jobs of scores, called by the queue in an application context; they may run twice."""

from __future__ import annotations

import uuid

from server import clock
from server.scores.service import refresh_subject


def run_refresh_subjects(subject_ids: list[str]) -> None:
    for subject_id in subject_ids:
        refresh_subject(uuid.UUID(subject_id), clock.now())
