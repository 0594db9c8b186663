"""The change feed that phones pull: the log of changes in commit order.

The order is (xid, seq). On PostgreSQL a row becomes readable only when every transaction that began before its own has
ended: sequence numbers are handed out before commit, so a cursor over seq alone would skip a row that commits late. SQLite
has one writer at a time and needs no xid.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text, tuple_

from server.changes import Change
from server.db import db

Cursor = tuple[int, int]


def changes_after(cursor: Cursor, visible: Any, limit: int) -> list[Change]:
    """At most ``limit`` changes after the cursor, oldest first; ``visible`` is a condition on Change."""
    query = select(Change).where(tuple_(Change.xid, Change.seq) > cursor, visible).order_by(Change.xid, Change.seq).limit(limit)
    if db.session.get_bind().dialect.name == "postgresql":
        query = query.where(Change.xid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return list(db.session.scalars(query))


def head() -> Cursor:
    """The position after everything that is readable now."""
    query = select(Change.xid, Change.seq).order_by(Change.xid.desc(), Change.seq.desc()).limit(1)
    if db.session.get_bind().dialect.name == "postgresql":
        query = query.where(Change.xid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else (0, 0)
