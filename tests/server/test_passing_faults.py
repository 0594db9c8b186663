"""What is of the machine and not of the request is 503 with Retry-After, and /readyz names it. On both databases."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg.errors
import pytest
import redis.exceptions
import sqlalchemy.exc
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from server.db import db
from server.passing_faults import AWAY, FULL, PassingFault, passing_fault
from server.records.models import Record
from server.settings import Settings
from tests.conftest import County, Person
from tests.records import batch, new_id, store_small_checklist, submission

PUSH = "/api/sync/records"


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


def wrapped(error: Exception) -> Exception:
    """As SQLAlchemy raises it."""
    try:
        raise sqlalchemy.exc.OperationalError("UPDATE", {}, error) from error
    except sqlalchemy.exc.OperationalError as outer:
        return outer


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (OSError(errno.ENOSPC, "no space"), FULL),
        (OSError(errno.EDQUOT, "quota"), FULL),
        (OSError(errno.EROFS, "read-only"), AWAY),
        (OSError(errno.ENOENT, "no file"), None),
        (wrapped(sqlite_error(sqlite3.SQLITE_FULL)), FULL),
        (wrapped(sqlite_error(sqlite3.SQLITE_BUSY)), AWAY),
        (wrapped(sqlite_error(sqlite3.SQLITE_BUSY | (2 << 8))), AWAY),
        (wrapped(sqlite_error(sqlite3.SQLITE_READONLY)), AWAY),
        (wrapped(sqlite_error(sqlite3.SQLITE_ERROR)), None),
        (wrapped(sqlite_error(sqlite3.SQLITE_CONSTRAINT)), None),
        (wrapped(psycopg.errors.DiskFull("x")), FULL),
        (wrapped(psycopg.errors.DeadlockDetected("x")), AWAY),
        (wrapped(psycopg.errors.SerializationFailure("x")), AWAY),
        (wrapped(psycopg.errors.TooManyConnections("x")), AWAY),
        (wrapped(psycopg.errors.AdminShutdown("x")), AWAY),
        (wrapped(psycopg.errors.ReadOnlySqlTransaction("x")), AWAY),
        (wrapped(psycopg.OperationalError("connection refused")), AWAY),
        (wrapped(psycopg.errors.StringDataRightTruncation("x")), None),
        (wrapped(psycopg.errors.UniqueViolation("x")), None),
        (sqlalchemy.exc.TimeoutError("QueuePool limit"), AWAY),
        (redis.exceptions.ConnectionError("away"), AWAY),
        (ValueError("x"), None),
    ],
    ids=repr,
)
def test_a_fault_of_the_moment_is_told_from_one_that_comes_again(error: Exception, fault: PassingFault | None) -> None:
    assert passing_fault(error) == fault


@pytest.fixture
def push(anna: Person, county: County) -> Any:
    store_small_checklist()
    record = submission(county.mine, new_id())

    def push() -> Any:
        return anna.post(PUSH, json=batch(record))

    return push


def comes_again(answer: Any) -> bool:
    return (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable") and int(answer.headers["Retry-After"]) > 0


@pytest.fixture
def hasty(app: Flask) -> None:
    """Connections that wait a tenth of a second for a lock, so that the tests need not wait twenty."""
    database_is_sqlite = db.engine.dialect.name == "sqlite"
    statement = "PRAGMA busy_timeout=100" if database_is_sqlite else "SET lock_timeout = 100"

    @sqlalchemy.event.listens_for(db.engine, "checkout")
    def hurry(connection: Any, *_: Any) -> None:
        connection.execute(statement)
        if not database_is_sqlite:
            connection.commit()


@contextmanager
def locked_by_another_process(settings: Settings) -> Iterator[None]:
    """A backup, a console, a migration: somebody else holds what every write needs."""
    other = create_engine(settings.resolved_database_url)
    with other.connect() as connection:
        if other.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            raw.isolation_level = None
            raw.execute("BEGIN IMMEDIATE")
            yield
            raw.execute("ROLLBACK")
        else:
            connection.execute(text("LOCK TABLE record, alembic_version IN ACCESS EXCLUSIVE MODE"))
            yield
            connection.rollback()
    other.dispose()


@pytest.mark.both_databases
def test_a_database_that_another_process_holds_is_a_503_and_is_named(
    app: Flask, settings: Settings, push: Any, hasty: None
) -> None:
    with locked_by_another_process(settings):
        refused, health = push(), app.test_client().get("/readyz")

    assert comes_again(refused), refused.text
    assert health.json["parts"]["database"] == "locked"
    assert [result["status"] for result in push().json["results"]] == ["accepted"]


@pytest.mark.both_databases
def test_a_full_pool_is_a_503(app: Flask, push: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.1)
    held = [db.engine.connect() for _ in range(app.config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_size"])]

    with ThreadPoolExecutor(1) as other_thread:
        refused = other_thread.submit(push).result(20)
    for connection in held:
        connection.close()

    assert comes_again(refused), refused.text
    assert push().status_code == 200


@pytest.mark.both_databases
def test_a_database_that_takes_no_writes_is_a_503_and_is_named(app: Flask, push: Any, database: str) -> None:
    statement, back = ("PRAGMA query_only=1", "PRAGMA query_only=0")
    if database == "postgresql":
        statement, back = "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
    on = [True]

    @sqlalchemy.event.listens_for(db.engine, "checkout")
    def forbid(connection: Any, *_: Any) -> None:
        connection.execute(statement if on[0] else back)
        if database == "postgresql":
            connection.commit()

    db.session.remove()
    refused, health = push(), app.test_client().get("/readyz")
    on[0] = False
    db.session.remove()

    assert comes_again(refused), refused.text
    assert (health.status_code, health.json["parts"]["database"]) == (503, "read_only")
    assert db.session.scalar(select(func.count()).select_from(Record)) == 0
    assert push().status_code == 200


def test_a_full_disk_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr("server.readiness.os.fsync", _no_space)
        health = app.test_client().get("/readyz")

    assert (health.status_code, health.json["parts"]["store"]) == (503, "full")


def _no_space(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_store_that_is_nearly_full_counts_as_full(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.readiness.shutil.disk_usage", lambda _: _Usage(free=1000))

    assert app.test_client().get("/readyz").json["parts"]["store"] == "full"


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_an_answer_is_kept_for_those_who_ask_again_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    first = client.get("/readyz").json["parts"]
    monkeypatch.setattr("server.readiness._database", lambda: pytest.fail("asked again"))

    assert client.get("/readyz").json["parts"] == first
    assert first == {"database": "ok", "queue": "away", "store": "ok"}
