"""Migrations: the schema they make is the one the models mean, and the way down works with rows in the tables."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from server.db import db
from server.migrations import FOLDER, downgrade, upgrade
from tests.conftest import County, Person
from tests.records import store_small_checklist
from tests.server.scores.factories import tell_november


@pytest.mark.both_databases
def test_the_migrated_schema_is_what_the_models_mean(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.metadata) == []


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
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        assert connection.execute(text("SELECT count(*) FROM subject")).scalar() == 0


def test_steps_are_one_ladder_whose_numbers_are_their_file_names() -> None:
    steps = list(ScriptDirectory(str(FOLDER)).walk_revisions())[::-1]
    files = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))

    assert [step.revision for step in steps] == [name[:4] for name in files]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
