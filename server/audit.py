"""The audit log: who did what to which row, written in the same transaction as the deed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import has_request_context
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import InCounty, db
from server.prepared import insertion
from server.problems import request_id


class AuditEntry(InCounty, db.Model):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    resource_kind: Mapped[str] = mapped_column(String(32))
    resource_id: Mapped[str] = mapped_column(String(64), index=True)
    detail: Mapped[dict[str, Any]]
    request_id: Mapped[str] = mapped_column(String(32))


ADD_ENTRY = insertion(AuditEntry.__table__, without=("id",))


def write_audit(
    action: str, resource_kind: str, resource_id: object, *, county_code: str, actor_id: uuid.UUID | None, **detail: Any
) -> None:
    """Adds an entry to the open transaction. ``detail`` holds plain JSON values and no answers or personal data."""
    db.session.add(
        AuditEntry(
            county_code=county_code,
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            resource_kind=resource_kind,
            resource_id=str(resource_id),
            detail=detail,
            request_id=current_request(),
        )
    )


def current_request() -> str:
    """The id of the request that this is done for; empty outside one."""
    return request_id() if has_request_context() else ""
