"""Migrations: the schema they make is the one the models mean, and the way down works with rows in the tables."""

from __future__ import annotations

import re

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Enum, inspect, text
from sqlalchemy.exc import IntegrityError

from server.db import db
from server.migrations import FOLDER, differences, downgrade, upgrade
from tests.conftest import County, Person
from tests.records import store_small_checklist
from tests.server.scores.factories import tell_november


@pytest.mark.both_databases
def test_the_migrated_schema_is_what_the_models_mean(app: Flask) -> None:
    assert differences() == []


@pytest.mark.both_databases
def test_versions_of_the_first_schema_are_there_after_authoring_came_and_went(app: Flask) -> None:
    before = _versions()

    downgrade("0001")
    assert _versions() == before
    upgrade("head")

    assert len(before) == 12
    assert _versions() == before
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM checklist_version WHERE approved_by <> ''")).scalar() == 0


def _versions() -> list[tuple[str, ...]]:
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT hash, checklist_id, version, status FROM checklist_version ORDER BY hash"))
        return [tuple(row) for row in rows]


@pytest.mark.both_databases
def test_every_step_goes_down_with_rows_in_the_tables_and_up_again(app: Flask, county: County, anna: Person) -> None:
    """Down to an empty database and back: what a step makes it also takes away, indexes and rows included."""
    store_small_checklist()
    tell_november(anna, county)
    db.session.remove()

    downgrade("base")
    left = set(inspect(db.engine).get_table_names())
    upgrade("head")

    assert left == {"alembic_version"}
    assert differences() == []
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM subject")).scalar() == 0


@pytest.mark.both_databases
def test_every_column_of_codes_takes_the_codes_of_its_set_and_nothing_else(app: Flask) -> None:
    inspector = inspect(db.engine)
    columns = [column for table in db.metadata.tables.values() for column in table.columns if isinstance(column.type, Enum)]

    for column in columns:
        name = f"ck_{column.table.name}_{column.type.name}"
        [check] = [check for check in inspector.get_check_constraints(column.table.name) if check["name"] == name]
        assert set(re.findall(r"'([^']*)'", check["sqltext"])) == set(column.type.enums), name
    assert len(columns) >= 33


@pytest.mark.both_databases
def test_database_refuses_a_code_that_no_set_has(app: Flask, county: County) -> None:
    with db.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("UPDATE subject SET kind = 'castle'"))


@pytest.mark.both_databases
def test_a_row_with_a_foreign_code_stops_the_step_before_anything_is_changed(app: Flask, county: County) -> None:
    downgrade("0008")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE subject SET risk_color = 'purple'"))

    with pytest.raises(ValueError, match=r"subject\.risk_color holds purple"):
        upgrade("0009")

    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0008"
        connection.execute(text("UPDATE subject SET risk_color = NULL"))
    upgrade("head")


@pytest.mark.both_databases
def test_other_conditions_of_a_table_outlive_the_step(app: Flask, county: County) -> None:
    downgrade("0008")
    upgrade("0009")

    names = {check["name"] for check in inspect(db.engine).get_check_constraints("pairing")}
    assert names == {"ck_pairing_dates_in_order", "ck_pairing_pairing_layer"}
    upgrade("head")


def test_steps_are_one_ladder_whose_numbers_are_their_file_names() -> None:
    steps = list(ScriptDirectory(str(FOLDER)).walk_revisions())[::-1]
    files = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))

    assert [step.revision for step in steps] == [name[:4] for name in files]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
