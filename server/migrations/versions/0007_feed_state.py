"""the numbering of the change feed, so that positions of another one can be told"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "feed_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=True),
        sa.Column("compacted_xid", sa.BigInteger(), nullable=False),
        sa.Column("compacted_seq", sa.BigInteger(), nullable=False),
        sa.Column("compacted_at", server.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_state")),
    )
    row = {"id": 1, "generation": uuid.uuid4().hex[:12], "compacted_xid": 0, "compacted_seq": 0}
    op.bulk_insert(table, [row])


def downgrade() -> None:
    op.drop_table("feed_state")
