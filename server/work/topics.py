"""The kinds of background work: which queue serves each and how long a job may take. What is done stands in the wiring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vocabulary import QueueName, Topic


@dataclass(frozen=True)
class Handling:
    """``at_most`` keys go into one job."""

    queue: QueueName
    timeout_s: int
    at_most: int = 1


HANDLING: Mapping[Topic, Handling] = {
    Topic.REFRESH_SUBJECT: Handling(QueueName.SCORES, 120, at_most=200),
    Topic.INSPECT_PHOTO: Handling(QueueName.EVIDENCE, 600, at_most=30),
    Topic.BUILD_DOWNLOAD: Handling(QueueName.DOWNLOADS, 1800),
}
