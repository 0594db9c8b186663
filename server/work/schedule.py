"""What must happen from time to time: RQ's own cron hands it to the workers. What each does stands in the wiring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from redis import Redis
from rq.cron import CronScheduler

from server import clock
from server.wiring import wiring
from server.work.wake import wake_relay
from vocabulary import Periodic, QueueName


@dataclass(frozen=True)
class Slot:
    queue: QueueName
    every: timedelta


SCHEDULE: Mapping[Periodic, Slot] = {
    # Deadlines pass at midnight and a month may begin; asking every few minutes needs no clock of its own.
    Periodic.STALE_SCORES: Slot(QueueName.SCORES, timedelta(minutes=5)),
    Periodic.SWEEP_UPLOADS: Slot(QueueName.EVIDENCE, timedelta(minutes=30)),
    Periodic.LOST_DOWNLOADS: Slot(QueueName.DOWNLOADS, timedelta(minutes=1)),
    Periodic.OLD_DOWNLOADS: Slot(QueueName.DOWNLOADS, timedelta(hours=1)),
    # A pairing that begins or ends with the day is told to phones soon after midnight.
    Periodic.MOVES_BY_DATE: Slot(QueueName.SCORES, timedelta(minutes=10)),
    Periodic.COMPACT_FEED: Slot(QueueName.DOWNLOADS, timedelta(hours=1)),
    Periodic.COUNT_ROWS: Slot(QueueName.DOWNLOADS, timedelta(days=1)),
}


def new_scheduler(connection: Redis) -> CronScheduler:
    """A scheduler that knows the whole schedule; everything is due at its start. Two of them do no harm."""
    scheduler = CronScheduler(connection, logging_level="WARNING")
    for name, slot in SCHEDULE.items():
        every_s = int(slot.every.total_seconds())
        # Its turn comes again: what a busy worker has not begun by then need not wait as well.
        scheduler.register(
            run_periodic, slot.queue, args=(name.value,), name=name, interval=every_s, ttl=every_s, result_ttl=0,
            failure_ttl=24 * 3600,
        )  # fmt: skip
    return scheduler


def run_periodic(name: str) -> None:
    """What a worker runs; safe to run again at any time."""
    wiring().periodic[Periodic(name)](clock.now())
    wake_relay()
