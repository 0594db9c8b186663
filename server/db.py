"""The database: typed base model, portable column types, and the one way to open a writing transaction.

No table lives here. SQLite (WAL) and PostgreSQL behave the same for callers.
"""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Engine,
    Enum,
    MetaData,
    String,
    bindparam,
    column,
    event,
    func,
    select,
)  # fmt: skip
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import JSON, TypeDecorator

from server.prepared import Link, Prepared, link_of
from server.settings import Settings
from server.writing import ATTEMPTS, WRITING, Work, Writer, pause, was_broken_off
from vocabulary import Code, set_name

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

# SQLite has one writer at a time, and PostgreSQL 100 connections for all web processes and workers.
POOL_SIZE = 16
# A transaction that nobody goes on with holds back every phone's changes. And pages of this size of database lie in memory:
# going to one of them costs little more than reading on.
POSTGRESQL_OPTIONS = "-c idle_in_transaction_session_timeout=60s -c random_page_cost=1.1"
# What SQLite looks at of an index to tell how many rows it holds.
ROWS_COUNTED = 1000
# Who waits longer for a connection is told to come again; the web server's threads are needed for others.
POOL_TIMEOUT_S = 10

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: always with zone in Python, UTC in the database (SQLite keeps no zone of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def codes(enum: type[Code], length: int) -> Enum:
    """A column that holds a code of a closed set: typed in Python, a text with a CHECK constraint in the database.

    ``length`` is the column's; a set that outgrows it fails here, not at the first long code on PostgreSQL.
    """
    return Enum(
        enum,
        name=set_name(enum),
        length=length,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of all models."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: JSON, list[Any]: JSON},
    )


class InCounty:
    """Every row carries the 6-digit county code, so that the tables can be partitioned by it."""

    @declared_attr
    def county_code(cls) -> Mapped[str]:
        return mapped_column(String(6), index=True)


# Longer than any job thinks between two statements.
IDLE_IN_TRANSACTION_S = 600

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def open_database(app: Flask, settings: Settings) -> None:
    """Gives an application the database of the settings. Opens no connection."""
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.resolved_database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
    )
    db.init_app(app)


@contextlib.contextmanager
def transaction() -> Iterator[Any]:
    """One use case, one transaction: commits once at the end, rolls everything back on any exception.

    On SQLite the lock is taken at the start (BEGIN IMMEDIATE): a read transaction that turns into a writing one fails at
    once when another writer came between, however long the busy timeout is.
    Raises: RuntimeError when opened inside another one; a use case never nests.
    """
    if WRITING.get():
        raise RuntimeError("a transaction is already open")
    db.session.commit()
    with writer().turn():
        token = WRITING.set(True)
        try:
            yield db.session
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            WRITING.reset(token)


def write(unit: Work[T]) -> T:
    """Runs a unit of work on a connection of its own (`server.writing`); for prepared statements, without the session.

    Raises: RuntimeError when opened inside a transaction.
    """
    if WRITING.get():
        raise RuntimeError("a transaction is already open")
    if db.session.registry.has():
        # Else this thread would hold two connections of a small pool.
        db.session.rollback()
    return writer().run(unit)


def retried(use_case: F) -> F:
    """Declares a use case of one transaction that runs again when PostgreSQL has broken it off for the sake of another one."""

    @functools.wraps(use_case)
    def run(*args: Any, **kwargs: Any) -> Any:
        for attempt in range(1, ATTEMPTS):
            try:
                return use_case(*args, **kwargs)
            except DBAPIError as error:
                if not was_broken_off(error):
                    raise
                pause(attempt)
        return use_case(*args, **kwargs)

    return run  # type: ignore[return-value]


def writer() -> Writer:
    """How this application writes."""
    if "writer" not in current_app.extensions:
        current_app.extensions["writer"] = Writer(db.engine)
    found: Writer = current_app.extensions["writer"]
    return found


def count_rows(_now: datetime | None = None) -> None:
    """Tells SQLite how many rows its indexes hold: of two indexes of the same columns it takes the smaller one only then.

    PostgreSQL counts by itself. Looks at about a thousand rows of each index.
    """
    if db.engine.dialect.name == "sqlite":
        write(lambda link: count_rows_of(link.driver))


def count_rows_of(driver: Any) -> None:
    """The same for a connection of SQLite."""
    driver.execute(f"PRAGMA analysis_limit = {ROWS_COUNTED}")
    driver.execute("ANALYZE")


def in_transaction() -> bool:
    """Whether a writing transaction of :func:`transaction` is open in this context."""
    return WRITING.get()


_LOCK = Prepared(
    select(func.pg_advisory_xact_lock(column("key"))).select_from(
        func.unnest(bindparam("keys", type_=ARRAY(BigInteger), required=True)).alias("key")
    )
)


@contextlib.contextmanager
def reading() -> Iterator[Link]:
    """A connection for a query or two by prepared statements, without the session."""
    connection = db.engine.raw_connection()
    try:
        yield Link(connection.driver_connection, db.engine.dialect)
    finally:
        connection.close()


def session_link() -> Link:
    """The connection of the session, for prepared statements in its transaction."""
    return link_of(db.session.connection())


def lock_ids(ids: Iterable[uuid.UUID], link: Link | None = None) -> None:
    """Makes every other transaction that locks one of these ids wait until the open one has ended.

    For rules over rows that may not exist yet (a visit and its last photo, a hazard and its first event), where no row can be
    locked. What the caller reads afterwards is what the one before has committed. On SQLite the whole transaction is a lock.
    """
    link = link or session_link()
    if link.dialect.name != "postgresql":
        return
    keys = sorted({int.from_bytes(id_.bytes[:8], signed=True) for id_ in ids})
    if keys:
        # Sorted, so that two transactions that want the same ids take them in the same order.
        _LOCK.rows(link, keys=keys)


def _engine_options(settings: Settings) -> dict[str, Any]:
    """Few connections for many threads: most threads wait for slow phones' bytes and hold none meanwhile."""
    pool = {
        "pool_size": min(settings.web_threads, POOL_SIZE),
        "max_overflow": 0,
        "pool_timeout": POOL_TIMEOUT_S,
        "json_serializer": lambda value: orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode(),
        "json_deserializer": orjson.loads,
    }
    if settings.resolved_database_url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}, **pool}
    return {"pool_pre_ping": True, "connect_args": {"options": POSTGRESQL_OPTIONS}, **pool}


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    # Python's own transaction control would open transactions late and hide BEGIN IMMEDIATE from us.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000", "cache_size=-32000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _configure_postgresql(connection: Any, _record: Any) -> None:
    """A process that was stopped within a transaction holds up every feed (`server.records.feed`), and its locks, for so long."""
    if "psycopg" not in type(connection).__module__:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S}s'")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if WRITING.get() else "BEGIN")
