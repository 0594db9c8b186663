"""Every list beside a hundred thousand rows, on both databases: what a page reads, and that its place in the list is no matter.

Times would say what the machine does; counted are the plans and the rows that the database looks at.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event as engine_event
from sqlalchemy import select

from bench.filling import Filler, Model
from bench.lists import LISTS
from server import clock
from server.app import create_app
from server.changes import Change
from server.db import db, transaction
from server.pairings.models import PairingGroup
from server.records import feed
from server.records.cursors import Place, Position
from server.register.models import Subject
from server.scores.service import refresh_subjects
from server.settings import Settings
from tests.conftest import COUNTY, County, Person, build_county
from tests.records import batch, found, new_id, store_small_checklist, submission, visit
from tests.server.evidence.photos import photo_bytes, photo_record, send, sha256
from tests.server.postgresql import Cluster

ROWS = 100_000
# A page of 50 looks at its rows, at what it tells of them, and at those it passes over for a filter or a scope.
LOOKED_AT_MOST = 10_000
# Tables with that many rows; the text that is searched may be read on until there are too many hits.
LARGE = ("visit", "record", "hazard", "photo", "change")


@dataclass
class Seen:
    """A statement that a request ran, and how it was run."""

    statement: str
    parameters: Any
    plan: list[str] = field(default_factory=list)
    looked_at: int = 0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated: Path, password_hash: str
) -> Iterator[Flask]:
    """A county with a hundred thousand rows in every large table."""
    folder = tmp_path_factory.mktemp("many") / "data"
    shutil.copytree(migrated, folder)
    settings, drop = Settings(data_dir=folder, redis_url="redis://127.0.0.1:1"), None
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        name = cluster.create_database(request.getfixturevalue("postgresql_template"))
        settings = Settings(data_dir=folder, database_url=cluster.url(name), redis_url="redis://127.0.0.1:1")
        drop = lambda: cluster.drop_database(name)  # noqa: E731
    app = create_app(settings)
    with app.app_context():
        county = build_county(password_hash)
        write_the_model(app, county)
        with transaction() as session:
            nobody = PairingGroup(id=uuid.uuid4(), county_code=COUNTY, name="无人", layer="lead_unit", org_id=county.bureau)
            session.add(nobody)
            nobodys = nobody.id
        db.session.remove()
        filler = Filler(settings, Model(county.mine, county.mine_pairing, nobodys), only_lists=True)
        filler.fill_to(ROWS)
        filler.close()
        yield app
        db.session.remove()
        db.engine.dispose()
    if drop is not None:
        drop()


def write_the_model(app: Flask, county: County) -> None:
    """One visit with everything, a quarantined record and an ordered download, as the product writes them."""
    store_small_checklist()
    anna, chen = Person(app, "anna"), Person(app, "chen")
    data, photo_id, visit_id, hazard_id = photo_bytes(), new_id(), new_id(), new_id()
    send(anna, data, photo_id)
    filled_in = submission(county.mine, visit_id)
    trouble = found(county.mine, visit_id, hazard_id)
    picture = photo_record(county.mine, photo_id, data, visit_id=visit_id, hazard_id=hazard_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    whole = visit(county.mine, visit_id, [filled_in, trouble, picture], expected)
    answer = anna.post("/api/sync/records", json=batch(filled_in, trouble, picture, whole)).json
    assert answer["visits"][0]["complete"], answer
    unknown = submission(county.mine, new_id(), checklist={"id": "small", "version": "9", "hash": "0" * 64})
    assert anna.post("/api/sync/records", json=batch(unknown)).json["results"][0]["status"] == "quarantined"
    order = {"kind": "town_comparison", "format": "json", "period": "2026"}
    assert chen.post("/api/downloads", json=order).status_code == 202
    refresh_subjects([county.mine], clock.now())


@pytest.fixture
def chen(filled: Flask) -> Person:
    return Person(filled, "chen")


@pytest.mark.parametrize("path", LISTS.values(), ids=LISTS.keys())
def test_a_page_is_read_by_an_index_and_looks_at_few_rows(chen: Person, path: str) -> None:
    seen = watched(chen, path)

    assert seen
    scans = [line for statement in seen for line in statement.plan if is_scan(line)]
    assert scans == []
    assert sum(statement.looked_at for statement in seen) < LOOKED_AT_MOST


@pytest.mark.parametrize(
    "path", ["/api/visits?", "/api/hazards?", "/api/hazards?sort=deadline&", "/api/evidence/reviews?state=pending&"]
)
def test_a_page_far_in_looks_at_as_many_rows_as_the_first(chen: Person, path: str) -> None:
    cursor = ""
    for _ in range(40):
        page = chen.get(f"{path}page_size=100&cursor={cursor}").json
        cursor = page["next"]

    first, far = (sum(s.looked_at for s in watched(chen, f"{path}page_size=20&cursor={at}")) for at in ("", cursor))

    assert far < 1.5 * first + 50


@pytest.mark.parametrize("who", ["anna", "ben"])
@pytest.mark.parametrize("path", ["/api/visits", "/api/hazards", "/api/hazards?sort=deadline", "/api/register/subjects"])
def test_a_narrow_scope_costs_no_walk_through_the_county(filled: Flask, who: str, path: str) -> None:
    seen = watched(Person(filled, who), path)

    assert sum(statement.looked_at for statement in seen) < LOOKED_AT_MOST


def test_a_count_ends_where_a_screen_stops_counting(chen: Person) -> None:
    seen = watched(chen, "/api/hazards?count=true")
    answer = chen.get("/api/hazards?count=true").json

    assert answer["count"] == {"n": 1000, "more": True}
    assert sum(statement.looked_at for statement in seen) < LOOKED_AT_MOST


@pytest.mark.parametrize("after", [0, ROWS - 1000], ids=["at the start", "far in"])
@pytest.mark.parametrize("part", ["after a place", "of some subjects", "of nobody"])
def test_a_page_of_the_feed_is_read_in_its_order_wherever_it_begins(filled: Flask, part: str, after: int) -> None:
    subjects = select(Subject.id).where(Subject.county_code == COUNTY)
    few = list(db.session.scalars(subjects.order_by(Subject.id).limit(50)))
    place = Position(
        *db.session.execute(select(Change.xid, Change.seq).order_by(Change.xid, Change.seq).offset(after)).first() or ()
    )
    pages = {
        "after a place": lambda: feed.changes_after(place, COUNTY, subjects, 100),
        "of some subjects": lambda: feed.changes_of(few, Place(few[3], place), COUNTY, 100),
        "of nobody": lambda: feed.changes_of_nobody(place, COUNTY, 100),
    }

    seen = questions_of(pages[part])

    plan = [line for statement in seen for line in statement.plan]
    # What concerns no subject is little: PostgreSQL may as well sort it.
    sorts = ("TEMP B-TREE",) if part == "of nobody" and db.engine.dialect.name == "postgresql" else ("TEMP B-TREE", "Sort")
    assert [line for line in plan if is_scan(line) or line.startswith(sorts) or "TEMP B-TREE" in line] == []
    assert sum(statement.looked_at for statement in seen) < LOOKED_AT_MOST


def watched(person: Person, path: str) -> list[Seen]:
    """What a request asked the database, with the plan of each question and how much was looked at."""
    path = quote(path, safe="/?&=,")
    person.get(path)

    def ask() -> None:
        answer = person.get(path)
        assert answer.status_code == 200, answer.text

    return questions_of(ask)


def questions_of(ask: Callable[[], object]) -> list[Seen]:
    seen: list[Seen] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(Seen(statement, parameters))

    engine_event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        engine_event.remove(db.engine, "before_cursor_execute", note)
    explain = explain_sqlite if db.engine.dialect.name == "sqlite" else explain_postgresql
    for statement in seen:
        explain(statement)
    return seen


def explain_sqlite(seen: Seen) -> None:
    """The plan; what is looked at is counted in steps of its machine, about twenty for each row."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        seen.plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {seen.statement}", seen.parameters)]
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        driver.set_progress_handler(step, 20)
        driver.execute(seen.statement, seen.parameters).fetchall()
        driver.set_progress_handler(None, 0)
        seen.looked_at = steps


def explain_postgresql(seen: Seen) -> None:
    with db.engine.connect() as connection:
        [[[explained]]] = connection.connection.cursor().execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {seen.statement}", seen.parameters
        )
        walk(explained["Plan"], seen)


def walk(node: dict[str, Any], seen: Seen) -> None:
    name = node.get("Relation Name", node.get("Index Name", ""))
    seen.plan.append(f"{node['Node Type']} {name}".strip())
    # What a bitmap of an index names is then counted where it is read.
    if "Scan" in node["Node Type"] and node["Node Type"] != "Bitmap Index Scan":
        passed_over = sum(value for key, value in node.items() if key.startswith("Rows Removed"))
        seen.looked_at += round((node["Actual Rows"] + passed_over) * node["Actual Loops"])
    for child in node.get("Plans", ()):
        walk(child, seen)


def is_scan(line: str) -> bool:
    """Whether a line of a plan reads a large table from end to end."""
    words = line.split()
    if words[0] == "SCAN":
        return words[1] in LARGE and "USING" not in words
    return line.startswith("Seq Scan") and words[-1] in LARGE
