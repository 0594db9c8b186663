"""Alembic's entry: uses the connection that server.migrations hands over."""

from __future__ import annotations

from alembic import context

from server.db import db

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
