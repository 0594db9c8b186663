"""The log of changes that phones pull: one row per change of something a phone may hold, written with the change itself.

Any slice may note what it has changed; `server.records.feed` reads the log.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Uuid, bindparam, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from server import clock
from server.db import InCounty, codes, db
from server.prepared import Prepared
from vocabulary import ChangeKind


class Change(InCounty, db.Model):
    __tablename__ = "change"
    __table_args__ = (Index("ix_change_xid_seq", "xid", "seq"), Index("ix_change_subject", "subject_id", "xid", "seq"))

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[ChangeKind] = mapped_column(codes(ChangeKind, 24))
    entity_id: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime]


class _current_xid(FunctionElement[int]):
    """The open transaction's id. SQLite has one writer at a time and needs none."""

    inherit_cache = True
    type = BigInteger()


@compiles(_current_xid, "postgresql")
def _of_postgresql(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


@compiles(_current_xid, "sqlite")
def _of_sqlite(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "0"


_GIVEN = ("county_code", "kind", "entity_id", "subject_id", "at")
# One row for each change: (county code, kind, entity id, subject it belongs to, moment).
LOG_CHANGE = Prepared(
    insert(Change.__table__).values({name: bindparam(name, required=True) for name in _GIVEN} | {"xid": _current_xid()})
)


def record_changes(kind: ChangeKind, county_code: str, entries: Iterable[tuple[object, uuid.UUID | None]]) -> None:
    """Notes in the open transaction what changed in a county; ``entries`` are (entity id, subject it belongs to)."""
    now = clock.now()
    rows = [
        {"county_code": county_code, "kind": kind, "entity_id": str(entity), "subject_id": subject, "at": now}
        for entity, subject in dict.fromkeys(entries)
    ]
    if rows:
        db.session.execute(insert(Change.__table__).values(xid=_current_xid()), rows)
