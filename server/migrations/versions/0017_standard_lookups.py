"""what the office looks up about standards is kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standard_lookup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("standard_id", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("looked_up_on", sa.Date(), nullable=False),
        sa.Column("replaced_by", sa.String(200), nullable=True),
        sa.Column("replaced_from", sa.Date(), nullable=True),
        sa.Column("source", sa.String(500), nullable=False),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.CheckConstraint("outcome IN ('in_force', 'replaced')", name=op.f("ck_standard_lookup_lookup_outcome")),
        sa.ForeignKeyConstraint(["noted_by"], ["user_account.id"], name=op.f("fk_standard_lookup_noted_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_lookup")),
    )
    for column in ("county_code", "noted_at", "standard_id"):
        op.create_index(op.f(f"ix_standard_lookup_{column}"), "standard_lookup", [column])


def downgrade() -> None:
    op.drop_table("standard_lookup")
