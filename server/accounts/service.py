"""Sign-in, sign-out, and the actor behind a token."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, bindparam, delete, or_, select

from server import clock
from server.accounts.guesses import Guesses
from server.accounts.models import KnownDevice, RoleGrant, Session, User
from server.accounts.passwords import Hashing, hash_password
from server.audit import write_audit
from server.db import db, reading, transaction
from server.permissions import Actor, Grant
from server.prepared import Prepared
from server.problems import Refusal
from server.settings import Settings
from vocabulary import ProblemCode, Role, ScopeKind

# A browser that signed in is known for as long as browsers keep a cookie (RFC 6265bis, 5.5).
DEVICE_KNOWN_FOR = timedelta(days=400)

_session, _user, _grant = Session.__table__.c, User.__table__.c, RoleGrant.__table__.c
_ACTOR = Prepared(
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
    device_token: str
    session: Session
    user: User


@dataclass(frozen=True)
class Asker:
    """From where somebody signs in: the client's address, and what its browser is known by if it has signed in before."""

    address: str
    device_token: str | None = None
    device_label: str = ""


def sign_in(username: str, password: str, asker: Asker, session_days: int, now: datetime) -> SignedIn:
    """Opens a session. No connection of the database is held while the password is looked at.

    Raises: Refusal sign-in-failed (the same for unknown name and wrong password), too-many-requests, unavailable,
    account-closed (said only to whoever knows the password).
    """
    settings: Settings = current_app.config["SETTINGS"]
    known = select(_user.id, _user.password_hash, _user.county_code, _user.active).where(_user.username == username)
    user_id, stored_hash, county_code, active = db.session.execute(known).first() or (None, None, settings.county_code, False)
    device = _known_device(user_id, asker.device_token, now)
    db.session.rollback()
    attempt = guesses().begin(username, asker.address, device)
    if not _hashing().verify(stored_hash, password):
        with transaction():
            # Not the name that was typed: it may be the password.
            write_audit(
                "session:refused", "user", user_id or "", county_code=county_code, actor_id=None, address=asker.address
            )  # fmt: skip
        raise Refusal(ProblemCode.SIGN_IN_FAILED, station=settings.town_station_name)
    guesses().was_right(attempt)
    if not active:
        raise _closed_account()
    return _open_session(user_id, asker, device, session_days, now)


def _open_session(user_id: Any, asker: Asker, device: str | None, session_days: int, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    device_token = asker.device_token if device is not None and asker.device_token else secrets.token_urlsafe(32)
    with transaction() as session:
        user = session.get_one(User, user_id)
        opened = Session(
            county_code=user.county_code,
            token_sha256=_digest(token),
            user_id=user.id,
            device_label=asker.device_label,
            created_at=now,
            expires_at=now + timedelta(days=session_days),
        )
        session.execute(delete(Session).where(Session.expires_at < now))
        session.execute(delete(KnownDevice).where(KnownDevice.seen_at < now - DEVICE_KNOWN_FOR))
        session.add(opened)
        known = session.get(KnownDevice, (_digest(device_token), user.id))
        if known is None:
            known = KnownDevice(county_code=user.county_code, token_sha256=_digest(device_token), user_id=user.id)
            session.add(known)
        known.seen_at = now
        write_audit(
            "session:open", "user", user.id, county_code=user.county_code, actor_id=user.id, device=asker.device_label
        )  # fmt: skip
    return SignedIn(token, device_token, opened, user)


def guesses() -> Guesses:
    """The application's counts of guesses."""
    counts: Guesses = current_app.extensions["guesses"]
    return counts


def _hashing() -> Hashing:
    hashing: Hashing = current_app.extensions["hashing"]
    return hashing


def _known_device(user_id: Any, token: str | None, now: datetime) -> str | None:
    """What the browser is known by that has signed in as this user before."""
    if user_id is None or not token:
        return None
    known = db.session.scalar(
        select(KnownDevice.token_sha256).where(
            KnownDevice.token_sha256 == _digest(token),
            KnownDevice.user_id == user_id,
            KnownDevice.seen_at > now - DEVICE_KNOWN_FOR,
        )
    )
    return f"{known}:{user_id}" if known is not None else None


def sign_out(token: str, actor: Actor) -> None:
    with transaction() as session:
        session.execute(delete(Session).where(Session.token_sha256 == _digest(token)))
        write_audit("session:close", "user", actor.user_id, county_code=actor.county_code, actor_id=actor.user_id)


def find_actor(token: str, now: datetime) -> Actor | None:
    """The actor behind a token, with the grants in force today; in one query, since every request asks."""
    with reading() as link:
        rows = _ACTOR.rows(link, digest=_digest(token), now=now, today=clock.county_date(now))
    if not rows:
        return None
    user_id, name, county_code = rows[0][:3]
    grants = tuple(grant for *_, role, kind, scope_id in rows if (grant := _grant_of(role, kind, scope_id)) is not None)
    return Actor(user_id=user_id, name=name, county_code=county_code, grants=grants)


def refuse_closed_account(token: str) -> None:
    """Raises: Refusal account-closed when the token was opened by somebody whose account has been closed since."""
    closed = select(User.id).join(Session, Session.user_id == User.id).where(Session.token_sha256 == _digest(token), ~User.active)
    if db.session.scalar(closed) is not None:
        raise _closed_account()


def find_session(token: str, now: datetime) -> tuple[Session, User] | None:
    """The live session of a token with its active user."""
    row = db.session.execute(
        select(Session, User)
        .join(User, User.id == Session.user_id)
        .where(Session.token_sha256 == _digest(token), Session.expires_at > now, User.active)
    ).first()
    return (row[0], row[1]) if row else None


def actor_of(user: User, today: date) -> Actor:
    live = (_grant_of(grant.role, grant.scope_kind, grant.scope_id) for grant in live_grants(user, today))
    grants = tuple(grant for grant in live if grant is not None)
    return Actor(user_id=user.id, name=user.name, county_code=user.county_code, grants=grants)


def live_grants(user: User, today: date) -> list[RoleGrant]:
    """The grants in force on a day."""
    live = [grant for grant in user.grants if grant.valid_from <= today and (grant.valid_to is None or grant.valid_to >= today)]
    return [grant for grant in live if _grant_of(grant.role, grant.scope_kind, grant.scope_id) is not None]


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


def _grant_of(role: str | None, kind: str, scope_id: str) -> Grant | None:
    """None for a row that no code of ours would have written: it gives nothing, and keeps nobody from the rest."""
    if role not in set(Role) or kind not in set(ScopeKind):
        return None
    return Grant(Role(role), ScopeKind(kind), scope_id)


def _closed_account() -> Refusal:
    return Refusal(
        ProblemCode.ACCOUNT_CLOSED,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
