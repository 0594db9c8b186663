"""Which failures are of the machine at this moment and not of the request: the same request will do later.

They are answered 503 with Retry-After, never 500, and keep no record from being stored another time. Knows nothing of HTTP.
"""

from __future__ import annotations

import errno
import sqlite3
from dataclasses import dataclass

import redis.exceptions
import sqlalchemy.exc

from vocabulary import ProblemCode


@dataclass(frozen=True)
class PassingFault:
    """``code`` is the problem that it is answered with."""

    code: ProblemCode
    retry_after_s: int


FULL = PassingFault(ProblemCode.STORAGE_FULL, 60)
AWAY = PassingFault(ProblemCode.UNAVAILABLE, 5)

_FULL_ERRNO = {errno.ENOSPC, errno.EDQUOT}
_AWAY_ERRNO = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS, errno.EIO, errno.ESTALE}
# SQLite's primary result codes; an extended one carries its own in the upper bits.
_AWAY_SQLITE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip
# https://www.postgresql.org/docs/current/errcodes-appendix.html: 08 connection, 53 no resources, 57 stopped by an operator or
# by a time limit, 40 rolled back because of another transaction, 55P03 lock not available, 25006 a standby.
_AWAY_POSTGRESQL = ("08", "53", "57", "40", "55P03", "25006")
_FULL_POSTGRESQL = "53100"


def passing_fault(error: BaseException | None) -> PassingFault | None:
    """What kind of passing fault an exception is, however deep it is wrapped; None for one that will happen again."""
    while error is not None:
        if (found := _of_one(error)) is not None:
            return found
        error = error.__cause__
    return None


def _of_one(error: BaseException) -> PassingFault | None:
    if isinstance(error, OSError) and error.errno is not None:
        return FULL if error.errno in _FULL_ERRNO else AWAY if error.errno in _AWAY_ERRNO else None
    if isinstance(error, (sqlalchemy.exc.TimeoutError, redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)):
        return AWAY
    if isinstance(error, sqlalchemy.exc.DBAPIError) and error.connection_invalidated:
        return AWAY
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return FULL if code == sqlite3.SQLITE_FULL else AWAY if code in _AWAY_SQLITE else None
    return _of_postgresql(error)


def _of_postgresql(error: BaseException) -> PassingFault | None:
    """psycopg is asked for by its marks: an installation on SQLite need not have it."""
    if not type(error).__module__.startswith("psycopg"):
        return None
    state = getattr(error, "sqlstate", None)
    if state is None:
        # Without a code no server has answered: it is away, or it is starting.
        return AWAY if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else None
    return FULL if state == _FULL_POSTGRESQL else AWAY if state.startswith(_AWAY_POSTGRESQL) else None
