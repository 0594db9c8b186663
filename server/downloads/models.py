"""Table of downloads: who asked for which file, how far it is, where it lies, why it failed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, codes, db
from vocabulary import DownloadFormat, DownloadKind, DownloadState


class Download(InCounty, db.Model):
    """In the download folder the file is named by id and format; ``file_name`` is what a browser saves it as."""

    __tablename__ = "download"
    __table_args__ = (Index("ix_download_owner_created", "owner_id", "created_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[DownloadKind] = mapped_column(codes(DownloadKind, 24))
    format: Mapped[DownloadFormat] = mapped_column(codes(DownloadFormat, 8))
    period: Mapped[str | None] = mapped_column(String(8))
    filters: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[DownloadState] = mapped_column(codes(DownloadState, 8), index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(500))
    file_name: Mapped[str | None] = mapped_column(String(200))
    size_bytes: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    # The last sign of life of the request or its job; a running one that gives none for minutes is lost.
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
