"""Prepared statements: the values of the models' types go in and come out as through SQLAlchemy, on both databases."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, delete, insert, select, text, update

from server.changes import Change
from server.db import db, transaction
from server.prepared import Among, Prepared, link_of
from server.records.models import Record
from tests.conftest import COUNTY, County

pytestmark = pytest.mark.both_databases

record = Record.__table__
INSERT = Prepared(insert(record))
STATES = Prepared(select(record.c.id, record.c.state).where(Among(record.c.id, "ids")).order_by(record.c.state))
MOMENT = datetime(2026, 11, 30, 8, 30, 0, 250_000, timezone(timedelta(hours=8)))


COMPILE_ALL = """
import gc, server.app
from sqlalchemy.dialects import postgresql, sqlite
from server.prepared import Prepared
statements = [one for one in gc.get_objects() if isinstance(one, Prepared)]
for one in statements:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        one._form(dialect)
print(len(statements))
"""


def row(county: County, **values: Any) -> dict[str, Any]:
    return {column.name: None for column in record.c if column.nullable} | {
        "id": uuid.uuid4(), "county_code": COUNTY, "kind": "visit", "subject_id": county.mine,
        "author_kind": "user", "author_id": county.users["anna"], "device_id": "d", "made_at": MOMENT, "received_at": MOMENT,
        "content_hash": "0" * 64, "receipt_code": "0000-0000-0000",
        "body": {"text": "“零事故”", "number": 1.5, "nothing": None}, "state": "accepted",
        "faults": [], "clock_offset_s": 0,
    } | values  # fmt: skip


def test_every_statement_knows_its_types_in_a_process_of_its_own() -> None:
    """The column of a foreign key learns its type when the table is imported that it points to: here, as the service does."""
    made = subprocess.run([sys.executable, "-c", COMPILE_ALL], capture_output=True, text=True, timeout=120)

    assert made.returncode == 0, made.stderr
    assert int(made.stdout) > 40


def test_rows_come_back_as_the_models_know_them(app: Flask, county: County) -> None:
    rows = [row(county), row(county, visit_id=uuid.uuid4(), state="quarantined", faults=[{"code": "x"}])]

    with transaction() as session:
        INSERT.run(link_of(session.connection()), rows)

    stored = {found.id: found for found in db.session.scalars(select(Record))}
    assert {id_: {name: getattr(found, name) for name in rows[0]} for id_, found in stored.items()} == {
        given["id"]: given for given in rows
    }


def test_query_answers_values_of_the_models_types(app: Flask, county: County) -> None:
    given = row(county)
    query = Prepared(
        select(record.c.id, record.c.made_at, record.c.body, record.c.visit_id).where(record.c.id == bindparam("id"))
    )
    with transaction() as session:
        INSERT.run(link_of(session.connection()), [given])

        [found] = query.rows(link_of(session.connection()), id=given["id"])

    assert found == (given["id"], MOMENT.astimezone(UTC), given["body"], None)
    assert found[1].tzinfo is not None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_of_any_length_is_one_parameter(app: Flask, county: County, count: int) -> None:
    rows = [row(county, state=state) for state in ("accepted", "quarantined", "resolved")]
    with transaction() as session:
        INSERT.run(link_of(session.connection()), rows)

        found = STATES.rows(link_of(session.connection()), ids=[uuid.uuid4(), *(given["id"] for given in rows[:count])])

    assert found == [(given["id"], given["state"]) for given in rows[:count]]


def test_a_list_is_looked_up_by_the_index(app: Flask, county: County, database: str) -> None:
    with transaction() as session:
        connection = session.connection()
        form = STATES._form(connection.dialect)
        if database == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        cursor = connection.connection.driver_connection.cursor()
        explain = "EXPLAIN QUERY PLAN " if database == "sqlite" else "EXPLAIN "
        cursor.execute(explain + form.text, form.parameters({"ids": [uuid.uuid4()]}))
        plan = " ".join(str(line) for line in cursor.fetchall())

    assert ("SEARCH record USING INDEX" if database == "sqlite" else "pk_record") in plan


def test_a_row_that_lacks_a_column_is_not_filled_in(app: Flask, county: County) -> None:
    given = row(county)
    del given["state"]

    with pytest.raises(KeyError, match="state"), transaction() as session:
        INSERT.run(link_of(session.connection()), [given])


def test_statements_that_return_change_and_delete(app: Flask, county: County) -> None:
    given = [row(county), row(county)]
    mark = Prepared(update(record).where(record.c.id == bindparam("key")).values(state=bindparam("new", required=True)))
    gone = Prepared(delete(record).where(Among(record.c.id, "ids")).returning(record.c.id, record.c.made_at))
    with transaction() as session:
        link = link_of(session.connection())
        INSERT.run(link, given)

        mark.run(link, [{"key": given[0]["id"], "new": "resolved"}])
        mark.run(link, [])
        states = STATES.rows(link, ids=[one["id"] for one in given])
        taken = gone.rows(link, ids=[given[1]["id"]])

    assert states == [(given[1]["id"], "accepted"), (given[0]["id"], "resolved")]
    assert taken == [(given[1]["id"], MOMENT.astimezone(UTC))]


def test_expressions_of_the_database_stand_beside_values(app: Flask, county: County) -> None:
    change = Change.__table__
    values = {name: bindparam(name, required=True) for name in ("county_code", "kind", "entity_id", "subject_id", "at")}
    log = Prepared(insert(change).values(values | {"xid": text("1 + 1")}))

    with transaction() as session:
        log.run(
            link_of(session.connection()),
            [{"county_code": COUNTY, "kind": "visit", "entity_id": "a", "subject_id": None, "at": MOMENT}],
        )

    assert db.session.execute(select(change.c.xid).where(change.c.entity_id == "a")).all() == [(2,)]
