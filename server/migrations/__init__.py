"""Schema migrations (Alembic), the same for SQLite and PostgreSQL; run inside an application context."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.db import db

FOLDER = Path(__file__).resolve().parent


class SchemaDiffers(Exception):
    """The database is not the one that this release works on; it is left as it is. ``differences`` are in Alembic's words."""

    def __init__(self, differences: list[str]) -> None:
        shown = "\n".join(f"  - {difference}" for difference in differences[:20])
        super().__init__(
            "数据库与本版本不一致，服务未启动，数据未改动。请用写入该数据库的版本打开，或恢复升级前的备份后再升级。\n"
            "(the database is not what this release works on; nothing was changed. Open it with the release that wrote it,\n"
            f"or restore the backup from before the upgrade and upgrade again)\n{shown}"
        )
        self.differences = differences


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(revision: str = "head") -> None:
    """Brings the schema to a revision, on one connection and in one transaction."""
    with _open_config() as config:
        command.upgrade(config, revision)


def check_schema() -> None:
    """Holds the schema against the models, after an upgrade and before anything is written.

    Raises: SchemaDiffers, with every difference.
    """
    found = differences()
    if found:
        raise SchemaDiffers([repr(difference) for difference in found])


def differences() -> list[Any]:
    """Where the schema is not what the models mean."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _has_a_model})
        found: list[Any] = compare_metadata(context, db.metadata)
    return found


def _has_a_model(name: str | None, _kind: str, _parents: object) -> bool:
    """The index of searches is each database's own: a virtual table of SQLite with what belongs to it, or a GIN index."""
    return name is None or not name.startswith(("search_text_fts", "ix_search_text_trigrams"))


def check_release() -> None:
    """Refuses a database that a later release has upgraded: its steps are not known here.

    Raises: SchemaDiffers.
    """
    with db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    known = {step.revision for step in ScriptDirectory(str(FOLDER)).walk_revisions()}
    later = sorted(set(heads) - known)
    if later:
        raise SchemaDiffers([f"revision {revision} is of a later release" for revision in later])


def downgrade(revision: str) -> None:
    with _open_config() as config:
        command.downgrade(config, revision)


@contextlib.contextmanager
def _open_config() -> Iterator[Config]:
    with db.engine.connect() as connection, _foreign_keys_at_the_end(connection), connection.begin():
        config = alembic_config()
        config.attributes["connection"] = connection
        yield config
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration leaves references that lead nowhere: {broken[:5]}")


@contextlib.contextmanager
def _foreign_keys_at_the_end(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and checks references at each step; they are checked once, at the end.

    The switch works outside a transaction only, so it goes to the driver before SQLAlchemy begins one.
    """
    driver = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
