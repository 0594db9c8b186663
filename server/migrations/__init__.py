"""Schema migrations (Alembic), the same for SQLite and PostgreSQL; run inside an application context."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from server.db import db

FOLDER = Path(__file__).resolve().parent


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(revision: str = "head") -> None:
    """Brings the schema to a revision, on one connection and in one transaction."""
    with _open_config() as config:
        command.upgrade(config, revision)


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
