"""Schema migrations (Alembic), the same for SQLite and PostgreSQL; run inside an application context."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from server.db import db

FOLDER = Path(__file__).resolve().parent


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(revision: str = "head") -> None:
    """Brings the schema to a revision, on one connection and in one transaction."""
    with db.engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(revision: str) -> None:
    with db.engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
