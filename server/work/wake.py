"""Wakes the relay when somebody may have noted work, so that it need not keep asking the database.

Only a hint: the relay looks by itself now and then, so a lost one costs a pause. Nobody waits for the queue to take it.
"""

from __future__ import annotations

import contextlib
import threading

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError

LIST = "zero-accident:wake"
# Those who note work within this time wake the relay once.
GATHERS_S = 0.05


class Waker:
    """Calls the relay from a thread, a moment after it was asked to."""

    def __init__(self, connection: Redis) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._is_about_to_call = False

    def wake(self) -> None:
        with self._lock:
            if self._is_about_to_call:
                return
            self._is_about_to_call = True
        timer = threading.Timer(GATHERS_S, self._call)
        timer.daemon = True
        timer.start()

    def _call(self) -> None:
        # Before the call: what is noted after it asks for another one.
        with self._lock:
            self._is_about_to_call = False
        with contextlib.suppress(RedisError):
            pipeline = self._connection.pipeline(transaction=False)
            pipeline.lpush(LIST, "1")
            pipeline.ltrim(LIST, 0, 0)
            pipeline.execute()


def wake_relay() -> None:
    """To be called after the commit. Without a queue nobody is there to be woken."""
    waker: Waker | None = current_app.extensions["waker"]
    if waker is not None:
        waker.wake()


def wait_for_a_call(connection: Redis, at_most_s: float) -> bool:
    """Whether somebody called. Raises: redis.exceptions.RedisError."""
    return connection.blpop([LIST], timeout=at_most_s) is not None
