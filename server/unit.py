"""A unit of work: what one use case writes with prepared statements, in one transaction.

Rows are gathered while the use case decides, and written together at its end, so that there is one statement for a table however
many records a request carries. What has become of them before that is in memory, not in the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from server.audit import ADD_ENTRY
from server.changes import LOG_CHANGE
from server.prepared import Link, Prepared, together
from server.work.outbox import ADD_NOTE
from vocabulary import ChangeKind, Topic

Rows = list[Mapping[str, Any]]


class Unit:
    """In the open transaction of ``link``; nothing is written before :meth:`write`."""

    def __init__(self, link: Link, now: datetime, request_id: str = "") -> None:
        self.link = link
        self.now = now
        self._request_id = request_id
        self._writes: dict[Prepared, Rows] = {}
        self._notes: dict[tuple[Topic, str, str], None] = {}
        self._changes: dict[tuple[ChangeKind, str, str, uuid.UUID | None], None] = {}

    def add(self, statement: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Runs the statement for these rows at the end; statements keep the order in which they were first given."""
        self._writes.setdefault(statement, []).extend(rows)

    def note(self, topic: Topic, county_code: str, keys: Iterable[object]) -> None:
        """Work to do once this is committed (`server.work.outbox`)."""
        self._notes |= dict.fromkeys((topic, county_code, str(key)) for key in keys)

    def tell(self, kind: ChangeKind, county_code: str, entries: Iterable[tuple[object, uuid.UUID | None]]) -> None:
        """What phones hear of (`server.changes`); ``entries`` are (entity id, subject it belongs to)."""
        self._changes |= dict.fromkeys((kind, county_code, str(entity), subject) for entity, subject in entries)

    def audit(
        self, action: str, resource_kind: str, resource_id: object, *, county_code: str, actor_id: uuid.UUID | None, **detail: Any
    ) -> None:
        """An entry of the audit log, as `server.audit.write_audit` writes one."""
        entry = {
            "county_code": county_code,
            "at": self.now,
            "actor_id": actor_id,
            "action": action,
            "resource_kind": resource_kind,
            "resource_id": str(resource_id),
            "detail": detail,
            "request_id": self._request_id,
        }
        self.add(ADD_ENTRY, [entry])

    def write(self) -> None:
        """Writes what was gathered, once."""
        notes = [
            {"topic": topic.value, "county_code": county, "key": key, "created_at": self.now}
            for topic, county, key in self._notes
        ]
        changes = [
            {"kind": kind.value, "county_code": county, "entity_id": entity, "subject_id": subject, "at": self.now}
            for kind, county, entity, subject in self._changes
        ]
        with together(self.link):
            for statement, rows in self._writes.items():
                statement.run(self.link, rows)
            ADD_NOTE.run(self.link, notes)
            LOG_CHANGE.run(self.link, changes)
        self._writes, self._notes, self._changes = {}, {}, {}
