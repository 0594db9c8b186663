"""indexes that no query needs, and that each photo and each note had to write"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEEDLESS = (
    ("outbox_note", "county_code"), ("outbox_note", "enqueued_at"), ("outbox_note", "failed_at"), ("receipt", "county_code"),
    ("photo", "county_code"),
)  # fmt: skip


def upgrade() -> None:
    for table, column in NEEDLESS:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)


def downgrade() -> None:
    for table, column in NEEDLESS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
