"""Fixtures for the server: a migrated database copied per test, an application, named people, and small factories.

`--database postgresql` runs everything on a private PostgreSQL; tests marked ``both_databases`` run on both anyway.
anna is an inspector paired with the mine, ben supervises the town 巴公镇, chen is the county office, dora is nobody's.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from server.accounts.service import create_user, hash_password
from server.app import create_app
from server.changes import Change
from server.db import db, transaction
from server.pairings.changes import add_member, add_rule, begin_pairing
from server.pairings.models import Pairing, PairingGroup
from server.prepare import prepare_data
from server.register.changes import enter_subject
from server.register.memberships import Membership
from server.register.models import Area, Department, Subject
from server.register.names import initials
from server.settings import Settings
from server.work.outbox import OutboxNote
from tests.server.contract import check_answer
from tests.server.interleaving import Interleaving, interleaved
from tests.server.postgresql import Cluster, running_cluster
from vocabulary import Role, ScopeKind

COUNTY = "140525"
BAGONG, GAODU = "140525108", "140525107"
PASSWORD = "correct horse"
START = date(2026, 1, 1)
RECORDED = datetime(2026, 1, 1, 1, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="what the server's tests run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on."""
    chosen: str = getattr(request, "param", request.config.getoption("--database"))
    return chosen


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL, started for the first test that needs it."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A prepared PostgreSQL database that tests copy."""
    name = cluster.create_database()
    settings = Settings(data_dir=tmp_path_factory.mktemp("prepared"), database_url=cluster.url(name))
    prepare_data(settings)
    return name


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder (schema and checklists) that tests copy."""
    folder = tmp_path_factory.mktemp("migrated")
    prepare_data(Settings(data_dir=folder))
    return folder


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def settings(tmp_path: Path, migrated: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    folder = tmp_path / "data"
    shutil.copytree(migrated, folder)
    if database == "sqlite":
        yield Settings(data_dir=folder, redis_url="redis://127.0.0.1:1")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.create_database(request.getfixturevalue("postgresql_template"))
    yield Settings(data_dir=folder, database_url=cluster.url(name), redis_url="redis://127.0.0.1:1")
    cluster.drop_database(name)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def interleaving(app: Flask) -> Iterator[Interleaving]:
    """Two use cases at once, the first held at its commit."""
    with interleaved() as story:
        yield story


@dataclass(frozen=True)
class County:
    """The rows that most tests need, by name."""

    mine: uuid.UUID
    chemical_store: uuid.UUID
    far_village: uuid.UUID
    mine_pairing: uuid.UUID
    bureau: uuid.UUID
    users: dict[str, uuid.UUID]


@pytest.fixture
def county(app: Flask, password_hash: str) -> County:
    return build_county(password_hash)


def build_county(password_hash: str) -> County:
    """巴公镇 with a mine and a chemical store, 高都镇 with a village; anna is paired with the first two."""
    with transaction() as session:
        add_area(COUNTY, "泽州县", "county", None)
        add_area(BAGONG, "巴公镇", "town", COUNTY)
        add_area(GAODU, "高都镇", "town", COUNTY)
        session.flush()
        bureau = Department(
            id=uuid.uuid4(), county_code=COUNTY, name="泽州县应急管理局", short_name="应急局", kind="industry_department",
            town_code=None, sectors=["coal_mine"], valid_from=START,
        )  # fmt: skip
        session.add(bureau)
        session.flush()
        users = {
            "anna": _user("anna", "安娜", password_hash, Role.INSPECTOR, ScopeKind.SELF, ""),
            "ben": _user("ben", "本", password_hash, Role.SUPERVISOR, ScopeKind.TOWN, BAGONG),
            "chen": _user("chen", "陈", password_hash, Role.COUNTY_OFFICE, ScopeKind.COUNTY, COUNTY),
            "dora": _user("dora", "多拉", password_hash, Role.INSPECTOR, ScopeKind.SELF, ""),
        }
        session.flush()
        mine = add_subject("巴公示例煤业一号井", "enterprise", BAGONG, ["coal_mine"], bureau.id)
        store = add_subject("示例化工仓储有限公司", "enterprise", BAGONG, ["hazardous_chemicals", "fire_safety"], bureau.id)
        village = add_subject("渠头村（示例）", "village", GAODU, ["fire_safety"], None)
        session.flush()
        pairing = add_pairing(mine, users["anna"], bureau.id)
        add_pairing(store, users["anna"], bureau.id)
        session.flush()
        add_rule(session.get_one(Pairing, pairing), 1, "month", START, RECORDED)
        # What the county begins with waits for no job.
        session.execute(delete(OutboxNote))
        session.execute(delete(Change))
    return County(mine, store, village, pairing, bureau.id, users)


def add_area(code: str, name: str, kind: str, parent: str | None) -> None:
    db.session.add(Area(code=code, county_code=COUNTY, name=name, kind=kind, parent_code=parent, aliases=[], valid_from=START))


def add_subject(name: str, kind: str, town: str, sectors: list[str], department_id: uuid.UUID | None, **values: Any) -> uuid.UUID:
    """Adds a subject at a place in the county, on the books since START, and returns its id."""
    facts: dict[str, Any] = {"lng": 112.8991, "lat": 35.6172, "profile": {}} | values
    first, last = facts.pop("valid_from", START), facts.pop("valid_to", None)
    target_group = "village" if kind == "village" else "enterprise_institution"
    membership = Membership(town, facts.pop("village_code", None), department_id, tuple(sectors), kind, target_group)
    subject = Subject(id=uuid.uuid4(), county_code=COUNTY, name=name, initials=initials(name), **facts)
    enter_subject(subject, membership, first, last, RECORDED)
    return subject.id


def add_pairing(
    subject_id: uuid.UUID, officer_id: uuid.UUID, org_id: uuid.UUID, *, start: date = START, end: date | None = None
) -> uuid.UUID:
    """A group of one person looks after the subject; returns the pairing's id."""
    group = PairingGroup(id=uuid.uuid4(), county_code=COUNTY, name="包联组", layer="industry_department", org_id=org_id)
    db.session.add(group)
    db.session.flush()
    add_member(group, officer_id, start, RECORDED)
    return begin_pairing(group, subject_id, start, RECORDED, last=end).id


def _user(username: str, name: str, password_hash: str, role: Role, kind: ScopeKind, scope: str) -> uuid.UUID:
    user = create_user(
        county_code=COUNTY, username=username, name=name, password="", password_hash=password_hash,
        grants=[(role, kind, scope, "")], valid_from=START,
    )  # fmt: skip
    return user.id


class Person:
    """A signed-in client: `anna.get(...)`, `anna.post(...)` carry the bearer token; answers keep to the OpenAPI document."""

    def __init__(self, app: Flask, username: str) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        answer = self.client.post("/api/accounts/session", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.token: str = answer.json["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **options: Any) -> Any:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.request("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.request("DELETE", path, **options)

    def request(self, method: str, path: str, **options: Any) -> Any:
        answer = self.client.open(path, method=method, headers=self.headers | options.pop("headers", {}), **options)
        return check_answer(self.app, answer)


@pytest.fixture
def anna(app: Flask, county: County) -> Person:
    return Person(app, "anna")


@pytest.fixture
def ben(app: Flask, county: County) -> Person:
    return Person(app, "ben")


@pytest.fixture
def chen(app: Flask, county: County) -> Person:
    return Person(app, "chen")


@pytest.fixture
def dora(app: Flask, county: County) -> Person:
    return Person(app, "dora")
