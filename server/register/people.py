"""Adding a person who can sign in: one validated use case for the command line and the desk."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from server import clock
from server.accounts.models import User
from server.accounts.passwords import check_password
from server.accounts.service import create_user
from server.audit import write_audit
from server.db import db, transaction
from server.problems import FieldError, Refusal
from server.register.models import Area, Department
from vocabulary import AreaKind, FaultCode, ProblemCode, Role, ScopeKind, Sector

# What can be typed on any keyboard and read out over a telephone.
_USERNAME = re.compile(r"[\w.@-]{2,64}")
_NAME_AT_MOST = 64

# Within what each role may be given; an inspector's own pairings say which subjects are theirs.
SCOPES: dict[Role, tuple[ScopeKind, ...]] = {
    Role.INSPECTOR: (ScopeKind.SELF,),
    Role.SUPERVISOR: (ScopeKind.COUNTY, ScopeKind.TOWN, ScopeKind.DEPARTMENT, ScopeKind.SECTOR),
    Role.COUNTY_OFFICE: (ScopeKind.COUNTY,),
    Role.ADMINISTRATOR: (ScopeKind.COUNTY,),
}


@dataclass(frozen=True)
class NewPerson:
    """Who is to be added. ``scope`` as it is written: county, self, town:<code>, department:<id> or sector:<code>; blank is the
    usual one of the role."""

    username: str
    name: str
    password: str
    role: Role
    scope: str = ""


def add_person(person: NewPerson, *, county_code: str, actor_id: uuid.UUID | None, now: datetime) -> User:
    """Adds a person with one role. Raises: Refusal invalid with everything that is wrong, conflict (the user name is taken)."""
    username, name = person.username.strip(), person.name.strip()
    errors: list[FieldError] = []
    if not _USERNAME.fullmatch(username):
        errors.append(FieldError("#/username", FaultCode.NOT_A_USERNAME))
    if not name or len(name) > _NAME_AT_MOST or not name.isprintable():
        errors.append(FieldError("#/name", FaultCode.NOT_A_NAME, params={"maximum": _NAME_AT_MOST}))
    try:
        check_password(person.password, [username, name])
    except Refusal as refusal:
        errors += refusal.errors
    with transaction() as session:
        scope = _scope(person, county_code, errors)
        if errors or scope is None:
            raise Refusal(ProblemCode.INVALID, errors=errors)
        if session.scalar(select(exists().where(User.username == username))):
            raise _taken(username)
        user = create_user(
            county_code=county_code, username=username, name=name, password=person.password,
            grants=[(person.role, *scope)], valid_from=clock.county_date(now),
        )  # fmt: skip
        try:
            session.flush()
        except IntegrityError:
            # Somebody else took the name a moment ago. What the database says of it holds the password's hash.
            raise _taken(username) from None
        write_audit("user:add", "user", user.id, county_code=county_code, actor_id=actor_id, role=person.role, scope=person.scope)
    return user


def _taken(username: str) -> Refusal:
    return Refusal(ProblemCode.USERNAME_TAKEN, username=username, errors=[FieldError("#/username", FaultCode.USERNAME_TAKEN)])


def _scope(person: NewPerson, county_code: str, errors: list[FieldError]) -> tuple[ScopeKind, str, str] | None:
    """The scope's kind, id and name; None, with the reason added to ``errors``, when there is none such."""
    written, _, id_ = (person.scope.strip() or SCOPES[person.role][0]).partition(":")
    kind = next((kind for kind in SCOPES[person.role] if kind == written), None)
    if kind is None:
        offered = "、".join(SCOPES[person.role])
        errors.append(FieldError("#/scope", FaultCode.NOT_FOR_ROLE, params={"offered": offered}))
        return None
    found = _found(kind, id_, county_code)
    if found is None:
        errors.append(FieldError("#/scope", FaultCode.UNKNOWN_SCOPE, params={"scope": person.scope[:80]}))
        return None
    return kind, *found


def _found(kind: ScopeKind, id_: str, county_code: str) -> tuple[str, str] | None:
    match kind:
        case ScopeKind.COUNTY:
            return (county_code, "") if id_ in {"", county_code} else None
        case ScopeKind.SELF:
            return ("", "") if not id_ else None
        case ScopeKind.TOWN:
            town = db.session.get(Area, id_)
            return (town.code, town.name) if town and town.kind == AreaKind.TOWN and town.county_code == county_code else None
        case ScopeKind.DEPARTMENT:
            try:
                department = db.session.get(Department, uuid.UUID(id_))
            except ValueError:
                return None
            return (str(department.id), department.name) if department and department.county_code == county_code else None
        case ScopeKind.SECTOR:
            return (id_, Sector(id_).zh) if id_ in set(Sector) else None
