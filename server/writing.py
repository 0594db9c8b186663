"""Transactions that write, one after another where the database has one writer.

On SQLite whoever waits inside the database sleeps and tries again, and starves beside others who do not sleep. So whoever
writes takes a lock of this module first: a mutex among threads, a file lock among processes. Small units of work that wait
for it together are committed together, which spares each of them the wait for the disk. On PostgreSQL each unit has a
transaction of its own, and runs again when the database has broken it off for the sake of another one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.exc import DBAPIError

from server.prepared import Link
from server.problems import Refusal
from vocabulary import ProblemCode

T = TypeVar("T")
Work = Callable[[Link], T]

# Longer than any transaction of ours takes, and shorter than the patience of a phone.
PATIENCE_S = 15.0
UNITS_TOGETHER = 32
# More than these would wait longer than a phone does; they are told to come again.
UNITS_WAITING = 200
ATTEMPTS = 4
# PostgreSQL's codes for transactions it broke off for the sake of others: serialization failure and deadlock.
BROKEN_OFF = {"40001", "40P01"}

# Whether a transaction that writes is open in this context; server.db begins it accordingly.
WRITING: ContextVar[bool] = ContextVar("writing", default=False)


class Writer:
    """How a process writes to its database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = _WriteLock(Path(f"{engine.url.database}-writer")) if engine.dialect.name == "sqlite" else None
        self._lane = _Lane(self._lock, self._run_together) if self._lock else None
        # The lane's own: only whoever leads it uses it.
        self._kept: PoolProxiedConnection | None = None
        event.listen(engine, "engine_disposed", self._let_go)

    def run(self, unit: Work[T]) -> T:
        """What a unit of work answers, once all that it wrote is durable.

        A unit may run more than once, each time in a transaction of its own or apart from the others in the same one: it
        keeps nothing outside the database. Raises: what the unit raises; Refusal unavailable when its turn does not come.
        """
        if self._lane is not None:
            return self._lane.run(unit)
        for attempt in range(1, ATTEMPTS + 1):
            connection = self._engine.raw_connection()
            try:
                with self._begun(connection) as link:
                    return unit(link)
            except Exception as error:
                if attempt == ATTEMPTS or not was_broken_off(error):
                    raise
                pause(attempt)
            finally:
                connection.close()
        raise AssertionError("unreachable")

    def turn(self) -> contextlib.AbstractContextManager[None]:
        """The turn of a transaction that somebody else opens and commits. Raises: Refusal unavailable."""
        return self._lock.held() if self._lock is not None else contextlib.nullcontext()

    @contextlib.contextmanager
    def _begun(self, connection: PoolProxiedConnection) -> Iterator[Link]:
        driver, token = connection.driver_connection, WRITING.set(True)
        assert driver is not None, "it was just opened"
        try:
            if self._lock is not None:
                driver.execute("BEGIN IMMEDIATE")
            yield Link(driver, self._engine.dialect)
            commit(driver)
        except BaseException:
            driver.rollback()
            raise
        finally:
            WRITING.reset(token)

    def _run_together(self, tickets: list[_Ticket[Any]]) -> None:
        if self._kept is None:
            self._kept = self._engine.raw_connection()
        try:
            with self._begun(self._kept) as link:
                self._do(tickets, link)
        except sqlite3.Error:
            # What is wrong with this connection ends with it.
            self._let_go(self._engine)
            raise

    def _do(self, tickets: list[_Ticket[Any]], link: Link) -> None:
        if len(tickets) == 1:
            tickets[0].result = tickets[0].unit(link)
            return
        for ticket in tickets:
            # What one of them raises takes back its own writes only.
            link.driver.execute("SAVEPOINT unit")
            try:
                ticket.result = ticket.unit(link)
            except Exception as error:
                ticket.error = error
                link.driver.execute("ROLLBACK TO unit")
            link.driver.execute("RELEASE unit")

    def _let_go(self, _engine: Engine) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def commit(driver: Any) -> None:
    """The one place where a unit of work is committed."""
    driver.commit()


def was_broken_off(error: BaseException | None) -> bool:
    """Whether PostgreSQL ended a transaction that may simply be run again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in BROKEN_OFF


def pause(attempt: int) -> None:
    """Two that have met must not meet again at once."""
    time.sleep(random.uniform(0.2, 1) * 0.02 * 2**attempt)


@dataclass
class _Ticket(Generic[T]):
    """A unit that waits for its turn."""

    unit: Work[T]
    told: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    result: T | None = None
    error: BaseException | None = None


class _WriteLock:
    """One writer at a time among all threads and processes of a database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._file = -1
        self._opened_by = 0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        if not self._mutex.acquire(timeout=PATIENCE_S):
            raise _busy()
        try:
            file = self._descriptor()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._mutex.release()

    def _descriptor(self) -> int:
        # One that was inherited at a fork would share its lock with the parent.
        if self._opened_by != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._file


class _Lane:
    """The units of this process; one of the threads that wait leads, and runs its own with those behind it."""

    def __init__(self, lock: _WriteLock, commit: Callable[[list[_Ticket[Any]]], None]) -> None:
        self._lock = lock
        self._commit = commit
        self._mutex = threading.Lock()
        self._waiting: list[_Ticket[Any]] = []
        self._is_led = False

    def run(self, unit: Work[T]) -> T:
        ticket = _Ticket(unit)
        with self._mutex:
            if len(self._waiting) >= UNITS_WAITING:
                raise _busy()
            self._waiting.append(ticket)
            follows, self._is_led = self._is_led, True
        if follows:
            ticket.told.wait()
        if not ticket.done:
            self._lead(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]

    def _lead(self, own: _Ticket[Any]) -> None:
        taken = [own]
        try:
            with self._lock.held():
                with self._mutex:
                    taken, self._waiting = self._waiting[:UNITS_TOGETHER], self._waiting[UNITS_TOGETHER:]
                self._commit(taken)
        except BaseException as error:
            with self._mutex:
                self._waiting = [ticket for ticket in self._waiting if ticket is not own]
            for ticket in taken:
                ticket.error = ticket.error or error
        with self._mutex:
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        for ticket in taken:
            ticket.done = True
            ticket.told.set()
        if following is not None:
            following.told.set()


def _busy() -> Refusal:
    return Refusal(ProblemCode.UNAVAILABLE, headers={"Retry-After": str(random.randint(2, 8))})
