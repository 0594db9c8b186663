"""Tables of users, role grants with validity dates, and sessions."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.db import InCounty, codes, db
from vocabulary import Role, ScopeKind


class User(InCounty, db.Model):
    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("username"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    username: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    is_demo: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list[RoleGrant]] = relationship(lazy="selectin", back_populates="user")


class RoleGrant(InCounty, db.Model):
    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(codes(Role, 24))
    scope_kind: Mapped[ScopeKind] = mapped_column(codes(ScopeKind, 16))
    scope_id: Mapped[str] = mapped_column(String(64))
    scope_name: Mapped[str] = mapped_column(String(80), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="grants")


class Session(InCounty, db.Model):
    """A sign-in. Only the SHA-256 of the token is stored, so that a copied database opens no door."""

    __tablename__ = "session"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class KnownDevice(InCounty, db.Model):
    """A browser that has signed in as this user, by the SHA-256 of its cookie: strangers' guesses do not count against it."""

    __tablename__ = "known_device"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    seen_at: Mapped[datetime]
