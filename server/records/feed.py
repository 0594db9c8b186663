"""The change feed that phones pull: the log of changes in commit order, its numbering, and keeping it short.

The order is (xid, seq). On PostgreSQL a row becomes readable only when every transaction that began before its own has
ended: sequence numbers are handed out before commit, so a cursor over seq alone would skip a row that commits late. SQLite
has one writer at a time and needs no xid.

Positions hold for one numbering, the generation: transaction ids are the cluster's own, and a database that was restored from
a dump would hide its changes from the phones for months. Renumbering makes every phone pull anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Uuid, and_, delete, func, literal, or_, select, text, true, tuple_, update
from sqlalchemy.orm import aliased

from server.changes import Change
from server.db import db, transaction
from server.paging import not_by_index
from server.records.cursors import Place, Position
from server.records.models import FeedState

# Rows looked at, and so rows deleted at most, in one transaction of the compaction.
WINDOW = 2000

_XMIN = text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
# What a change without a subject is compared as, so that no index by subject can drive the query.
_NOBODY = uuid.UUID(int=0)


class Entry(NamedTuple):
    """One line of the feed."""

    xid: int
    seq: int
    kind: str
    entity_id: str
    subject_id: uuid.UUID | None

    @property
    def position(self) -> Position:
        return Position(self.xid, self.seq)


_COLUMNS = (Change.xid, Change.seq, Change.kind, Change.entity_id, Change.subject_id)


def generation() -> str:
    return db.session.scalars(select(FeedState.generation)).one()


def head() -> Position:
    """What is readable now ends here; everything that becomes readable later comes after it."""
    if _is_postgresql():
        return Position(db.session.scalars(select(_XMIN)).one(), 0)
    return Position(0, db.session.scalar(select(func.max(Change.seq))) or 0)


def changes_after(position: Position, county_code: str, subjects: Any, limit: int) -> list[Entry]:
    """At most ``limit`` changes after the position, oldest first, of these subjects (a SELECT of ids) and of none."""
    readable = [Change.xid < _XMIN] if _is_postgresql() else []
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(
            _after(position),
            not_by_index(Change.county_code) == county_code,
            or_(Change.subject_id.is_(None), func.coalesce(Change.subject_id, literal(_NOBODY, Uuid())).in_(subjects)),
            *readable,
        )
        .order_by(Change.xid, Change.seq)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def changes_of_nobody(position: Position, county_code: str, limit: int) -> list[Entry]:
    """At most ``limit`` changes of no subject after the position, oldest first."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(Change.subject_id.is_(None), _after(position), not_by_index(Change.county_code) == county_code)
        .order_by(Change.xid, Change.seq)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def changes_of(subject_ids: Sequence[uuid.UUID], place: Place, county_code: str, limit: int) -> list[Entry]:
    """At most ``limit`` changes of these subjects by subject and then oldest first, after a place.

    Also those that are not readable in commit order yet: they come again there.
    """
    rest: ColumnElement[bool] = true()
    if place.subject_id is not None:
        rest = or_(Change.subject_id > place.subject_id, and_(Change.subject_id == place.subject_id, _after(place.after)))
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(Change.subject_id.in_(subject_ids), rest, not_by_index(Change.county_code) == county_code)
        .order_by(Change.subject_id, Change.xid, Change.seq)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def lag_s(now: datetime) -> float:
    """For how long the oldest change that is committed has been waiting for a transaction that is still open."""
    if not _is_postgresql():
        return 0.0
    oldest = db.session.scalar(select(func.min(Change.at)).where(Change.xid >= _XMIN))
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def compact(now: datetime) -> int:
    """Deletes all but the newest change of each entity, as far as they are readable; returns how many.

    Looks only at what has come since the last time. Whoever reads meanwhile misses nothing: the newest one comes later.
    """
    deleted = 0
    while True:
        with transaction():
            state = db.session.scalars(select(FeedState).with_for_update()).one()
            window = _window(Position(state.compacted_xid, state.compacted_seq))
            if not window:
                return deleted
            deleted += _delete_older(window)
            state.compacted_xid, state.compacted_seq, state.compacted_at = window[-1].xid, window[-1].seq, now


def renumber() -> str:
    """A new generation, in the open transaction: every position given out before is void. Returns its name."""
    if _is_postgresql():
        db.session.execute(update(Change).values(xid=0))
    state = db.session.scalars(select(FeedState).with_for_update()).one()
    state.generation, state.origin = new_generation(), _origin()
    state.compacted_xid, state.compacted_seq = 0, 0
    return state.generation


def renumber_if_moved() -> bool:
    """Renumbers a feed whose database has come to another cluster, under another name, or back in time.

    PostgreSQL only: what identifies it is not in a dump. A copied SQLite file shows nothing of the kind.
    """
    with transaction():
        state = db.session.scalars(select(FeedState).with_for_update()).one()
        origin = _origin()
        if state.origin == origin:
            return False
        if state.origin is None and not db.session.scalar(select(Change.seq).limit(1)):
            state.origin = origin
            return False
        renumber()
        return True


def new_generation() -> str:
    return uuid.uuid4().hex[:12]


def _after(position: Position) -> ColumnElement[bool]:
    if _is_postgresql():
        return tuple_(Change.xid, Change.seq) > (position.xid, position.seq)
    # SQLite goes by the first column of a pair alone, and that is the same in every row: each page would begin at the start.
    return and_(Change.xid == 0, Change.seq > position.seq)


def _window(after: Position) -> list[Entry]:
    readable = [Change.xid < _XMIN] if _is_postgresql() else []
    rows = db.session.execute(select(*_COLUMNS).where(_after(after), *readable).order_by(Change.xid, Change.seq).limit(WINDOW))
    return [Entry(*row) for row in rows]


def _delete_older(window: Sequence[Entry]) -> int:
    """Deletes what the changes of the window replace; subject by subject, since there is an index of these."""
    newer, older = aliased(Change), aliased(Change)
    first, last = window[0].position, window[-1].position
    within = and_(tuple_(newer.xid, newer.seq) >= (first.xid, first.seq), tuple_(newer.xid, newer.seq) <= (last.xid, last.seq))
    replaced = and_(
        older.kind == newer.kind, older.entity_id == newer.entity_id, older.county_code == newer.county_code,
        tuple_(older.xid, older.seq) < tuple_(newer.xid, newer.seq),
    )  # fmt: skip
    gone: set[int] = set()
    for same in (older.subject_id == newer.subject_id, and_(older.subject_id.is_(None), newer.subject_id.is_(None))):
        gone |= set(db.session.scalars(select(older.seq).join(newer, and_(same, replaced)).where(within)))
    _delete(gone)
    return len(gone)


def _delete(seqs: Iterable[int]) -> None:
    rows = sorted(seqs)
    for start in range(0, len(rows), 500):
        db.session.execute(delete(Change).where(Change.seq.in_(rows[start : start + 500])))


def _origin() -> str | None:
    """What tells this database from a restored copy of it: cluster, timeline (it grows when one is recovered), database."""
    if not _is_postgresql():
        return None
    return db.session.scalars(
        text(
            "SELECT concat_ws('/', system_identifier, timeline_id, pg_database.oid) FROM pg_control_system(), "
            "pg_control_checkpoint(), pg_database WHERE datname = current_database()"
        )
    ).one()


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
