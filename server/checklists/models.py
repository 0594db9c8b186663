"""Table of checklist versions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, db


class ChecklistVersion(InCounty, db.Model):
    """One version of a checklist. A row's document never changes; only ``status`` moves draft → published → retired."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("checklist_id", "version"),)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    checklist_id: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(12))  # draft | published | retired
    is_current: Mapped[bool] = mapped_column(default=False)
    title: Mapped[dict[str, Any]]
    sector: Mapped[str | None] = mapped_column(String(32))
    applies_to: Mapped[dict[str, Any]]
    # Large, and needed only when a version is compiled or served.
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    item_count: Mapped[int]
    source: Mapped[str] = mapped_column(String(12))  # repository | office
    report: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
