"""The change feed that phones pull: one row per change of something a phone may hold, in commit order.

The order is (xid, seq). On PostgreSQL a row becomes readable only when every transaction that began before its own has
ended: sequence numbers are handed out before commit, so a cursor over seq alone would skip a row that commits late. SQLite
has one writer at a time and needs no xid.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, Index, Integer, String, Uuid, insert, literal_column, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import InCounty, db
from server.permissions import Actor

Cursor = tuple[int, int]
BodyLoader = Callable[[list[str], Actor], dict[str, Any]]


class Change(InCounty, db.Model):
    __tablename__ = "change"
    __table_args__ = (Index("ix_change_xid_seq", "xid", "seq"), Index("ix_change_subject", "subject_id", "xid", "seq"))

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(24))
    entity_id: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime]


# Filled by create_app: each slice says how the bodies of its kind are loaded for an actor; an id it leaves out is "deleted".
_loaders: dict[str, BodyLoader] = {}
_extensions: dict[str, dict[str, Callable[[dict[str, Any]], None]]] = {}


def register_bodies(kind: str, loader: BodyLoader) -> None:
    _loaders[kind] = loader


def extend_bodies(kind: str, add: Callable[[dict[str, Any]], None]) -> None:
    """Lets a later slice add its fields to the bodies of an earlier one; ``add`` changes the bodies by id in place."""
    _extensions.setdefault(kind, {})[f"{add.__module__}.{add.__qualname__}"] = add


def load_bodies(kind: str, entity_ids: list[str], actor: Actor) -> dict[str, Any]:
    """Bodies by entity id as the actor may see them now; an id that is missing is gone or no longer theirs."""
    if kind not in _loaders:
        return {}
    return extend(kind, _loaders[kind](entity_ids, actor))


def extend(kind: str, bodies: dict[str, Any]) -> dict[str, Any]:
    """The same bodies with the fields that later slices add."""
    for add in _extensions.get(kind, {}).values():
        add(bodies)
    return bodies


def record_changes(kind: str, entries: Iterable[tuple[object, uuid.UUID | None]]) -> None:
    """Notes in the open transaction that these entities changed; ``entries`` are (entity id, subject it belongs to)."""
    xid: Any = literal_column("0")
    if db.session.get_bind().dialect.name == "postgresql":
        xid = literal_column("pg_current_xact_id()::text::bigint")
    now = clock.now()
    county_code = current_app.config["SETTINGS"].county_code
    rows = [
        {"county_code": county_code, "kind": kind, "entity_id": str(entity), "subject_id": subject, "at": now}
        for entity, subject in dict.fromkeys(entries)
    ]
    if rows:
        db.session.execute(insert(Change.__table__).values(xid=xid), rows)


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
