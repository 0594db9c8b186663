"""Sign-in, sign-out, and the actor behind a token."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app
from sqlalchemy import and_, bindparam, delete, func, or_, select

from server import clock
from server.accounts.models import RoleGrant, Session, SignInFailure, User
from server.audit import write_audit
from server.db import db, transaction
from server.permissions import Actor, Grant, Role, ScopeKind
from server.problems import Refusal

_hasher = PasswordHasher()
# Verified against when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_hex(16))

FAILURES_ALLOWED = 8
FAILURE_WINDOW = timedelta(minutes=10)


_session, _user, _grant = Session.__table__.c, User.__table__.c, RoleGrant.__table__.c
# Built once, over tables instead of classes: the same as a query of rows costs a third of the time of a small request.
_ACTOR = (
    select(_user.id, _user.name, _user.county_code, _grant.role, _grant.scope_kind, _grant.scope_id)
    .select_from(Session.__table__)
    .join(User.__table__, _user.id == _session.user_id)
    .outerjoin(
        RoleGrant.__table__,
        and_(
            _grant.user_id == _user.id,
            _grant.valid_from <= bindparam("today"),
            or_(_grant.valid_to.is_(None), _grant.valid_to >= bindparam("today")),
        ),
    )
    .where(_session.token_sha256 == bindparam("digest"), _session.expires_at > bindparam("now"), _user.active)
    .order_by(_grant.id)
)


@dataclass(frozen=True)
class SignedIn:
    token: str
    session: Session
    user: User


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def sign_in(username: str, password: str, device_label: str, session_days: int, now: datetime) -> SignedIn:
    """Opens a session. Raises: Refusal sign-in-failed (the same for unknown name and wrong password), too-many-requests."""
    failures = db.session.scalar(
        select(func.count())
        .select_from(SignInFailure)
        .where(SignInFailure.username == username, SignInFailure.at > now - FAILURE_WINDOW)
    )
    if (failures or 0) >= FAILURES_ALLOWED:
        raise Refusal(
            "too-many-requests", "密码错误次数过多，请 10 分钟后再试。", "Too many wrong passwords; try again in 10 minutes.",
            headers={"Retry-After": str(int(FAILURE_WINDOW.total_seconds()))},
        )  # fmt: skip
    user = db.session.scalar(select(User).where(User.username == username))
    if not _password_fits(user, password):
        with transaction() as session:
            session.execute(delete(SignInFailure).where(SignInFailure.at < now - FAILURE_WINDOW))
            session.add(SignInFailure(county_code=_county_of(user), username=username, at=now))
        raise Refusal("sign-in-failed", "用户名或密码不对，请再试一次。", "User name or password is wrong.")
    assert user is not None
    token = secrets.token_urlsafe(32)
    opened = Session(
        county_code=user.county_code,
        token_sha256=_digest(token),
        user_id=user.id,
        device_label=device_label,
        created_at=now,
        expires_at=now + timedelta(days=session_days),
    )
    with transaction() as session:
        session.execute(delete(Session).where(Session.expires_at < now))
        session.add(opened)
        write_audit("session:open", "user", user.id, county_code=user.county_code, actor_id=user.id, device=device_label)
    return SignedIn(token, opened, user)


def sign_out(token: str, actor: Actor) -> None:
    with transaction() as session:
        session.execute(delete(Session).where(Session.token_sha256 == _digest(token)))
        write_audit("session:close", "user", actor.user_id, county_code=actor.county_code, actor_id=actor.user_id)


def find_actor(token: str, now: datetime) -> Actor | None:
    """The actor behind a token, with the grants in force today; in one query, since every request asks."""
    rows = db.session.execute(_ACTOR, {"digest": _digest(token), "now": now, "today": clock.county_date(now)}).all()
    if not rows:
        return None
    user_id, name, county_code = rows[0][:3]
    grants = tuple(Grant(Role(role), ScopeKind(kind), scope_id) for *_, role, kind, scope_id in rows if role is not None)
    return Actor(user_id=user_id, name=name, county_code=county_code, grants=grants)


def find_session(token: str, now: datetime) -> tuple[Session, User] | None:
    """The live session of a token with its active user."""
    row = db.session.execute(
        select(Session, User)
        .join(User, User.id == Session.user_id)
        .where(Session.token_sha256 == _digest(token), Session.expires_at > now, User.active)
    ).first()
    return (row[0], row[1]) if row else None


def actor_of(user: User, today: date) -> Actor:
    grants = tuple(Grant(Role(grant.role), ScopeKind(grant.scope_kind), grant.scope_id) for grant in live_grants(user, today))
    return Actor(user_id=user.id, name=user.name, county_code=user.county_code, grants=grants)


def live_grants(user: User, today: date) -> list[RoleGrant]:
    """The grants in force on a day."""
    return [grant for grant in user.grants if grant.valid_from <= today and (grant.valid_to is None or grant.valid_to >= today)]


def create_user(
    *,
    county_code: str,
    username: str,
    name: str,
    password: str,
    title: str = "",
    phone: str = "",
    grants: list[tuple[Role, ScopeKind, str, str]] | None = None,
    valid_from: date | None = None,
    is_demo: bool = False,
    password_hash: str | None = None,
) -> User:
    """Adds a user with grants to the open transaction; the caller commits."""
    start = valid_from or clock.county_date(clock.now())
    user = User(
        id=uuid.uuid4(), county_code=county_code, username=username, name=name, title=title, phone=phone,
        password_hash=password_hash or hash_password(password), is_demo=is_demo,
    )  # fmt: skip
    user.grants = [
        RoleGrant(county_code=county_code, role=role, scope_kind=kind, scope_id=scope, scope_name=label, valid_from=start)
        for role, kind, scope, label in grants or []
    ]
    db.session.add(user)
    return user


def _password_fits(user: User | None, password: str) -> bool:
    stored = user.password_hash if user and user.active else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return user is not None and user.active


def _county_of(user: User | None) -> str:
    settings: Any = current_app.config["SETTINGS"]
    return user.county_code if user else settings.county_code


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
