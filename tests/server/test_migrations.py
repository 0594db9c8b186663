"""Migrations: the schema they make is the one the models mean, and the way down works with rows in the tables."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from server.db import db
from server.migrations import downgrade, upgrade


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
