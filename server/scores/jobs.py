"""RQ jobs of scores, called by the queue in an application context; they may run twice."""

from __future__ import annotations

import uuid

from server import clock
from server.scores.service import refresh_subjects


def run_refresh_subjects(subject_ids: list[str]) -> None:
    refresh_subjects(map(uuid.UUID, subject_ids), clock.now())
