"""Two use cases at once, in two threads with two connections: the first is held at its commit while the second passes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from sqlalchemy import event as database_event

from server import writing
from server.db import db, in_transaction

# How long the second one may take to pass the first one; where it has to wait for it, this time is lost.
HEAD_START_S = 0.7


class Interleaving:
    """Holds the transaction of one thread at its commit."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(4)
        self._held_thread: int | None = None

    def hold_at_commit(self, _connection: object) -> None:
        if threading.get_ident() == self._held_thread and in_transaction():
            self._held_thread = None
            self.reached.set()
            assert self.go_on.wait(20)

    def first(self, call: Callable[[], Any]) -> Future[Any]:
        """Starts a call that is held when it commits; returns when it has got there."""

        def run() -> Any:
            self._held_thread = threading.get_ident()
            return call()

        future = self._pool.submit(run)
        while not self.reached.wait(0.05):
            assert not future.done(), future.result()
        return future

    def then(self, call: Callable[[], Any]) -> Future[Any]:
        """Starts a call beside the held one and gives it time to pass."""
        future = self._pool.submit(call)
        wait([future], HEAD_START_S)
        return future

    def both(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        """The answers of two calls of which the first began first and may end last."""
        held = self.first(first)
        passing = self.then(second)
        self.go_on.set()
        return held.result(20), passing.result(20)

    def close(self) -> None:
        self.go_on.set()
        self._pool.shutdown()


@contextlib.contextmanager
def interleaved() -> Iterator[Interleaving]:
    story = Interleaving()
    commit = writing.commit

    def commit_when_told(driver: object) -> None:
        story.hold_at_commit(driver)
        commit(driver)

    writing.commit = commit_when_told
    database_event.listen(db.engine, "commit", story.hold_at_commit)
    try:
        yield story
    finally:
        story.close()
        writing.commit = commit
        database_event.remove(db.engine, "commit", story.hold_at_commit)
