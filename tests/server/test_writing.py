"""Writing transactions: what waits together is committed together, nobody starves, and what PostgreSQL broke off runs again."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from flask import Flask
from sqlalchemy import BigInteger, bindparam, event, func, select, text
from sqlalchemy.exc import OperationalError

from server import writing
from server.db import db, retried, transaction, write, writer
from server.prepared import Link, Prepared, insertion, link_of
from server.problems import Refusal
from server.register.models import Holiday
from server.work.schedule import run_periodic
from tests.conftest import COUNTY, County
from tests.server.interleaving import Interleaving
from vocabulary import Periodic

HOLD = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


ADD_DAY = insertion(Holiday.__table__)
LOCK = Prepared(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger, required=True))))


def add_day(number: int) -> Callable[[Link], int]:
    def unit(link: Link) -> int:
        ADD_DAY.run(link, [{"county_code": COUNTY, "day": day(number), "works": False, "name": "x"}])
        return number

    return unit


def day(number: int) -> Any:
    from datetime import date, timedelta

    return date(2030, 1, 1) + timedelta(days=number)


def days() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Holiday)) or 0


def seen(name: str) -> list[object]:
    """The events of this name that the test's engine tells from now on."""
    told: list[object] = []
    event.listen(db.engine, name, told.append)
    return told


def in_threads(app: Flask, calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call answers or raises, all at once in threads of their own."""

    def run(call: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                return call()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.both_databases
def test_a_unit_that_raises_leaves_nothing_behind(app: Flask) -> None:
    def fails(link: Link) -> None:
        add_day(1)(link)
        raise LookupError("no")

    with pytest.raises(LookupError):
        write(fails)

    assert (write(add_day(2)), days()) == (2, 1)


@pytest.mark.both_databases
def test_a_unit_does_not_open_inside_a_transaction(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError):
        write(add_day(1))


def test_units_that_wait_for_the_same_turn_share_one_commit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def first(link: Link) -> int:
        entered.set()
        assert go_on.wait(20)
        return add_day(0)(link)

    def fails(link: Link) -> None:
        add_day(98)(link)
        raise LookupError("only mine")

    commits: list[object] = []
    monkeypatch.setattr(writing, "commit", lambda driver: (commits.append(driver), driver.commit()))
    with ThreadPoolExecutor(1) as pool:
        leading = pool.submit(in_threads, app, [lambda: write(first)])
        assert entered.wait(20)
        others = [lambda number=number: write(add_day(number)) for number in range(1, 6)]
        with ThreadPoolExecutor(1) as behind:
            following = behind.submit(in_threads, app, [*others, lambda: write(fails)])
            wait_until(lambda: len(app.extensions["writer"]._lane._waiting) == 6)
            go_on.set()
            answers = following.result(20)
        assert leading.result(20) == [0]

    assert answers[:5] == [1, 2, 3, 4, 5]
    assert isinstance(answers[5], LookupError)
    assert (len(commits), days()) == (2, 6)


def test_when_there_are_too_many_one_more_is_told_to_come_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "UNITS_WAITING", 2)
    entered, go_on = threading.Event(), threading.Event()

    def first(link: Link) -> int:
        entered.set()
        assert go_on.wait(20)
        return add_day(0)(link)

    with ThreadPoolExecutor(2) as pool:
        leading = pool.submit(in_threads, app, [lambda: write(first)])
        assert entered.wait(20)
        waiting = pool.submit(in_threads, app, [lambda n=n: write(add_day(n)) for n in (1, 2)])
        wait_until(lambda: len(app.extensions["writer"]._lane._waiting) == 2)
        with pytest.raises(Refusal) as refused:
            write(add_day(3))
        go_on.set()
        assert (leading.result(20), waiting.result(20)) == ([0], [1, 2])

    assert (refused.value.slug, refused.value.status) == ("unavailable", 503)
    assert 2 <= int(refused.value.headers["Retry-After"]) <= 8


@pytest.mark.parametrize("way", ["unit", "transaction"])
def test_another_process_is_waited_for_outside_the_database(app: Flask, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it holds the turn nothing of ours has begun, so nothing of ours sleeps in the database."""
    lock, path = writer()._lock, Path(f"{db.engine.url.database}-writer")
    assert lock is not None
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    begun, begin = seen("begin"), writing.Writer._begun
    monkeypatch.setattr(writing.Writer, "_begun", lambda self, opened: (begun.append(opened), begin(self, opened))[1])

    with ThreadPoolExecutor(1) as pool:
        writing_ = pool.submit(in_threads, app, [lambda: write(add_day(1)) if way == "unit" else add_by_session()])
        wait_until(lock._mutex.locked)
        before = list(begun)
        other.communicate("\n", 20)
        answers = writing_.result(20)

    assert (before, answers, days()) == ([], [1], 1)


def add_by_session() -> int:
    with transaction() as session:
        session.add(Holiday(county_code=COUNTY, day=day(1), works=False, name="x"))
    return 1


def test_whoever_waits_too_long_for_a_transaction_is_told_to_come_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 0.05)
    with transaction():
        [answer] = in_threads(app, [lambda: write(add_day(1))])

    assert isinstance(answer, Refusal)
    assert (answer.slug, write(add_day(2)), days()) == ("unavailable", 2, 1)


class TestOnPostgresql:
    @pytest.fixture
    def database(self) -> str:
        return "postgresql"

    def test_a_unit_that_was_broken_off_runs_again(self, app: Flask) -> None:
        """A real deadlock: each holds what the other wants."""
        met = threading.Barrier(2)
        runs = {1: 0, 2: 0}

        def unit(mine: int, others: int) -> Callable[[Link], int]:
            def run(link: Link) -> int:
                runs[mine] += 1
                LOCK.rows(link, key=mine)
                if runs[mine] == 1:
                    met.wait(20)
                LOCK.rows(link, key=others)
                return add_day(mine)(link)

            return run

        answers = in_threads(app, [lambda: write(unit(1, 2)), lambda: write(unit(2, 1))])

        assert (sorted(answers), sorted(runs.values()), days()) == ([1, 2], [1, 2], 2)

    def test_a_unit_that_is_broken_off_every_time_fails_in_the_end(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(writing, "pause", lambda _attempt: None)
        runs = []

        def unit(_link: Link) -> None:
            runs.append(1)
            raise broken_off()

        with pytest.raises(OperationalError):
            write(unit)

        assert len(runs) == 4

    def test_a_use_case_that_was_broken_off_runs_again(self, app: Flask) -> None:
        runs = []

        @retried
        def use_case(number: int) -> str:
            with transaction() as session:
                add_day(number)(link_of(session.connection()))
                runs.append(number)
                if len(runs) < 3:
                    raise broken_off()
            return "done"

        assert (use_case(7), runs, days()) == ("done", [7, 7, 7], 1)

    def test_two_units_at_once_have_a_transaction_each(self, app: Flask, interleaving: Interleaving) -> None:
        def run(number: int) -> Callable[[], int]:
            def call() -> int:
                with app.app_context():
                    return write(add_day(number))

            return call

        held = interleaving.first(run(1))
        assert (write(add_day(2)), days()) == (2, 1)
        interleaving.go_on.set()

        assert (held.result(20), days()) == (1, 2)


def broken_off() -> OperationalError:
    return OperationalError("SELECT", {}, psycopg.errors.DeadlockDetected(str(uuid.uuid4())))


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


@pytest.mark.both_databases
def test_rows_are_counted_for_the_choice_of_indexes(app: Flask, county: County, database: str) -> None:
    run_periodic(Periodic.COUNT_ROWS)
    run_periodic(Periodic.COUNT_ROWS)

    if database == "sqlite":
        counted = {name for (name,) in db.session.execute(text("SELECT idx FROM sqlite_stat1 WHERE tbl = 'subject'"))}
        assert "ix_subject_town_code" in counted
