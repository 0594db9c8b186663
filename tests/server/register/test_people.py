"""Adding people: one use case, from the command line as from the desk, that says what is wrong and writes nothing then."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from server import clock
from server.accounts.models import RoleGrant, User
from server.audit import AuditEntry
from server.cli import main
from server.db import db, transaction
from server.problems import Refusal
from server.register.models import Department
from server.register.people import SCOPES, NewPerson, add_person
from server.settings import Settings
from tests.conftest import BAGONG, COUNTY, PASSWORD, County, Person
from vocabulary import Role

GOOD = "blaue Kohle 77 fährt"


def add(username: str = "erika", password: str = GOOD, role: Role = Role.SUPERVISOR, scope: str = f"town:{BAGONG}") -> User:
    person = NewPerson(username, "艾丽卡", password, role, scope)
    return add_person(person, county_code=COUNTY, actor_id=None, now=clock.now())


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"password": "12"}, [("#/password", "password-length")]),
        ({"password": "1234567890"}, [("#/password", "password-guessable")]),
        ({"password": "passwordpassword"}, [("#/password", "password-guessable")]),
        ({"password": "erikaerika1"}, [("#/password", "password-guessable")]),
        ({"password": "qwertyuiop[]"}, [("#/password", "password-guessable")]),
        ({"password": "woaini1314"}, [("#/password", "password-guessable")]),
        ({"password": "x" * 73}, [("#/password", "password-length")]),
        ({"username": "e"}, [("#/username", "not-a-username")]),
        ({"username": "eri ka"}, [("#/username", "not-a-username")]),
        ({"username": "eri\0ka"}, [("#/username", "not-a-username")]),
        ({"scope": "town:999999999"}, [("#/scope", "unknown-scope")]),
        ({"scope": f"town:{COUNTY}"}, [("#/scope", "unknown-scope")]),
        ({"scope": "department:x"}, [("#/scope", "unknown-scope")]),
        ({"scope": "department:7d26f7dc-e3fd-43b9-81aa-0af37774e09e"}, [("#/scope", "unknown-scope")]),
        ({"scope": "sector:mining"}, [("#/scope", "unknown-scope")]),
        ({"scope": "county:999999"}, [("#/scope", "unknown-scope")]),
        ({"scope": "self"}, [("#/scope", "not-for-role")]),
        ({"scope": "everything"}, [("#/scope", "not-for-role")]),
        ({"role": Role.INSPECTOR, "scope": f"town:{BAGONG}"}, [("#/scope", "not-for-role")]),
        ({"password": "12", "username": "", "scope": "x"},
         [("#/username", "not-a-username"), ("#/password", "password-length"), ("#/scope", "not-for-role")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_said_all_at_once_and_nobody_is_added(
    county: County, changes: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    before = people()

    with pytest.raises(Refusal) as refused:
        add(**changes)  # type: ignore[arg-type]

    assert (refused.value.slug, [(error.pointer, error.code) for error in refused.value.errors]) == ("invalid", wrong)
    assert people() == before


@pytest.mark.parametrize(
    ("role", "scope", "stored"),
    [
        (Role.SUPERVISOR, f"town:{BAGONG}", ("town", BAGONG, "巴公镇")),
        (Role.SUPERVISOR, "sector:coal_mine", ("sector", "coal_mine", "煤矿")),
        (Role.SUPERVISOR, "", ("county", COUNTY, "")),
        (Role.COUNTY_OFFICE, "county", ("county", COUNTY, "")),
        (Role.INSPECTOR, "", ("self", "", "")),
        (Role.ADMINISTRATOR, "", ("county", COUNTY, "")),
    ],
)
def test_a_scope_that_exists_is_stored_with_its_name(county: County, role: Role, scope: str, stored: tuple[str, ...]) -> None:
    user = add(role=role, scope=scope)

    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (grant.scope_kind, grant.scope_id, grant.scope_name) == stored
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:add")).one()
    assert (entry.resource_id, entry.detail["role"]) == (str(user.id), role.value)


def test_a_department_is_a_scope_by_its_id(county: County) -> None:
    bureau = db.session.scalars(select(Department)).first()
    assert bureau is not None

    user = add(scope=f"department:{bureau.id}")

    assert [(grant.scope_id, grant.scope_name) for grant in user.grants] == [(str(bureau.id), "泽州县应急管理局")]


def test_every_role_has_its_scopes() -> None:
    assert set(SCOPES) == set(Role)


@pytest.mark.both_databases
def test_a_user_name_that_is_taken_is_a_conflict(county: County) -> None:
    with pytest.raises(Refusal) as refused:
        add("anna")

    assert (refused.value.slug, refused.value.errors[0].code) == ("conflict", "username-taken")


def run(settings: Settings, *arguments: str, password: str = GOOD) -> Result:
    environment = {"DATA_DIR": str(settings.data_dir)}
    return CliRunner().invoke(main, ["add-user", *arguments, "--password", password], env=environment)


def test_the_command_line_says_in_words_what_is_wrong(settings: Settings, app: Flask, county: County) -> None:
    taken = run(settings, "anna", "安娜", "--role", "inspector")
    weak = run(settings, "erika", "艾丽卡", "--role", "inspector", password="12")
    nowhere = run(settings, "erika", "艾丽卡", "--role", "supervisor", "--scope", "town:000")

    for result, words in ((taken, "已有人使用"), (weak, "密码要有"), (nowhere, "没有这个范围")):
        assert result.exit_code == 1
        assert words in result.output
        assert "argon2" not in result.output
        assert "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit)


def test_who_was_added_on_the_command_line_signs_in(settings: Settings, app: Flask, county: County) -> None:
    assert run(settings, "erika", "艾丽卡", "--role", "supervisor", "--scope", f"town:{BAGONG}", password=PASSWORD).exit_code == 0

    assert Person(app, "erika").get("/api/hazards").status_code == 200


@pytest.mark.parametrize(("role", "kind"), [("supervisor", "moon"), ("king", "county")])
def test_the_database_takes_no_role_and_no_kind_of_scope_that_there_is_not(county: County, role: str, kind: str) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(grant(county, role, kind, COUNTY))


def grant(county: County, role: str, kind: str, scope_id: str) -> RoleGrant:
    return RoleGrant(
        county_code=COUNTY, user_id=county.users["ben"], role=role, scope_kind=kind, scope_id=scope_id, scope_name="",
        valid_from=clock.county_date(clock.now()),
    )  # fmt: skip


def test_a_scope_that_no_code_of_ours_wrote_breaks_no_page(app: Flask, county: County, ben: Person) -> None:
    """Rows of before the scopes were checked, or written by hand."""
    with transaction() as session:
        for role, kind, id_ in (("supervisor", "department", "x"), ("supervisor", "town", "y"), ("inspector", "county", "z")):
            session.add(grant(county, role, kind, id_))

    for path in ("/api/hazards", "/api/visits", "/api/register/subjects", "/api/accounts/session", "/api/evidence/reviews"):
        assert ben.get(path).status_code == 200, path
