"""Whether the parts that a request needs would take it now: each is tried by really writing, since a full or read-only disk
answers every question. Knows nothing of HTTP.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolFull

from server.db import db
from server.passing_faults import FULL, passing_fault
from server.settings import Settings
from server.work.queue import redis_connection

# Whoever asks more often gets the last answer: the question is public and each answer costs a write.
KEPT_S = 2.0
PATIENCE_MS = 1000
# A row that every installation has and nobody minds being written again.
_TOUCH = "UPDATE alembic_version SET version_num = version_num"
_READ_ONLY_POSTGRESQL = "25006"
_LOCKED_POSTGRESQL = {"55P03", "57014"}
_PROBE_BYTES = 1 << 16


class Readiness:
    """The state of each part: ok, away, locked, full, read_only or busy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, str] = {}
        self._asked_at = float("-inf")

    def parts(self) -> dict[str, str]:
        with self._lock:
            if time.monotonic() - self._asked_at > KEPT_S:
                settings: Settings = current_app.config["SETTINGS"]
                self._parts = {"database": _database(), "queue": _queue(), "store": _store(settings)}
                self._asked_at = time.monotonic()
            return self._parts


def _database() -> str:
    try:
        _write_to_database()
    except PoolFull:
        return "busy"
    except (SQLAlchemyError, sqlite3.Error) as error:
        return _database_state(error)
    return "ok"


def _write_to_database() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # A connection of the pool waits for another writer much longer than a health check may take.
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection), "the driver of the dialect"
            [usual_ms] = raw.execute("PRAGMA busy_timeout").fetchone()
            raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            try:
                raw.execute("BEGIN IMMEDIATE")
                raw.execute(_TOUCH)
                raw.execute("COMMIT")
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raw.execute(f"PRAGMA busy_timeout={usual_ms}")
            return
        connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE_MS}"))
        connection.execute(text(f"SET LOCAL statement_timeout = {2 * PATIENCE_MS}"))
        connection.execute(text(_TOUCH))
        connection.commit()


def _database_state(error: Exception) -> str:
    cause = getattr(error, "orig", error)
    code, state = getattr(cause, "sqlite_errorcode", 0) & 0xFF, getattr(cause, "sqlstate", None)
    if code == sqlite3.SQLITE_READONLY or state == _READ_ONLY_POSTGRESQL:
        return "read_only"
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or state in _LOCKED_POSTGRESQL:
        return "locked"
    return "full" if passing_fault(error) is FULL else "away"


def _queue() -> str:
    try:
        redis_connection().ping()
    except (RedisError, ValueError):
        return "away"
    return "ok"


def _store(settings: Settings) -> str:
    try:
        _write_to(settings.photo_dir)
        free_bytes = shutil.disk_usage(settings.photo_dir).free
    except OSError as error:
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            return "read_only"
        return "full" if passing_fault(error) is FULL else "away"
    # Less than the next two photos may need is as good as full.
    return "ok" if free_bytes > 2 * settings.max_photo_bytes else "full"


def _write_to(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder, prefix=".probe-") as probe:
        probe.write(bytes(_PROBE_BYTES))
        probe.flush()
        os.fsync(probe.fileno())
