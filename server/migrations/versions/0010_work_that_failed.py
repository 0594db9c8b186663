"""work that fails is tried again ever later, and ends as work that could not be done; uploads that are unfinished have an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_note") as table:
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("not_before", UtcDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reason", sa.String(300), nullable=True))
        table.add_column(sa.Column("failed_at", UtcDateTime(timezone=True), nullable=True))
        table.create_index(op.f("ix_outbox_note_failed_at"), ["failed_at"])
    op.create_index(
        "ix_upload_unfinished", "upload", ["owner_id", "created_at"],
        sqlite_where=sa.text("finished_at IS NULL"), postgresql_where=sa.text("finished_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_upload_unfinished", "upload")
    with op.batch_alter_table("outbox_note") as table:
        table.drop_index(op.f("ix_outbox_note_failed_at"))
        for column in ("failed_at", "reason", "not_before", "attempts"):
            table.drop_column(column)
