"""The kinds of background work: which queue serves each and how long a job may take. What is done stands in the wiring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class QueueName(StrEnum):
    """Queues in the order in which a worker empties them."""

    SCORES = "scores"
    EVIDENCE = "evidence"
    DOWNLOADS = "downloads"


class Topic(StrEnum):
    """A kind of work; a note in the outbox names one and the row it is about."""

    REFRESH_SUBJECT = "refresh_subject"
    INSPECT_PHOTO = "inspect_photo"
    BUILD_DOWNLOAD = "build_download"


class Periodic(StrEnum):
    """Work that is due every so often; `server.work.schedule` says when."""

    STALE_SCORES = "stale_scores"
    SWEEP_UPLOADS = "sweep_uploads"
    LOST_DOWNLOADS = "lost_downloads"
    OLD_DOWNLOADS = "old_downloads"
    MOVES_BY_DATE = "moves_by_date"
    COMPACT_FEED = "compact_feed"


@dataclass(frozen=True)
class Handling:
    """``at_most`` keys go into one job."""

    queue: QueueName
    timeout_s: int
    at_most: int = 1


HANDLING: Mapping[Topic, Handling] = {
    Topic.REFRESH_SUBJECT: Handling(QueueName.SCORES, 30),
    Topic.INSPECT_PHOTO: Handling(QueueName.EVIDENCE, 120),
    Topic.BUILD_DOWNLOAD: Handling(QueueName.DOWNLOADS, 1800),
}
