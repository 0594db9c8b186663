"""browsers that have signed in as a person are known; failed sign-ins are counted in the queue's store and not in a table"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_device",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_known_device_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_sha256", "user_id", name=op.f("pk_known_device")),
    )
    op.create_index(op.f("ix_known_device_user_id"), "known_device", ["user_id"])
    op.create_index(op.f("ix_known_device_county_code"), "known_device", ["county_code"])
    op.drop_table("sign_in_failure")


def downgrade() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    for column in ("username", "at", "county_code"):
        op.create_index(op.f(f"ix_sign_in_failure_{column}"), "sign_in_failure", [column])
    op.drop_index(op.f("ix_known_device_county_code"), "known_device")
    op.drop_index(op.f("ix_known_device_user_id"), "known_device")
    op.drop_table("known_device")
