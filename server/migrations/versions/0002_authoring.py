"""checklists authored by the office; quarantine that somebody resolves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = server.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "checklist_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checklist_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_checklist_draft_created_by_user_account")),
        sa.ForeignKeyConstraint(["changed_by"], ["user_account.id"], name=op.f("fk_checklist_draft_changed_by_user_account")),
        sa.ForeignKeyConstraint(["closed_by"], ["user_account.id"], name=op.f("fk_checklist_draft_closed_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_draft")),
    )
    with op.batch_alter_table("checklist_draft") as table:
        for column in ("checklist_id", "county_code", "hash", "outcome"):
            table.create_index(table.f(f"ix_checklist_draft_{column}"), [column], unique=False)

    op.create_table(
        "quarantine_resolution",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_quarantine_resolution_record_id_record")),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_quarantine_resolution_by_user_account")),
        sa.ForeignKeyConstraint(["correction_id"], ["record.id"], name=op.f("fk_quarantine_resolution_correction_id_record")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_quarantine_resolution")),
    )
    with op.batch_alter_table("quarantine_resolution") as table:
        table.create_index(table.f("ix_quarantine_resolution_county_code"), ["county_code"], unique=False)

    with op.batch_alter_table("checklist_version") as table:
        table.add_column(sa.Column("published_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("retired_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("retired_by", sa.Uuid(), nullable=True))
        for name, length in (("approved_by", 80), ("note", 1000), ("retire_approved_by", 80), ("retire_reason", 1000)):
            # The default is for the rows that are there; the application always says what it means.
            table.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_checklist_version_retired_by_user_account"), "user_account", ["retired_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("checklist_version") as table:
        table.drop_constraint(op.f("fk_checklist_version_retired_by_user_account"), type_="foreignkey")
        for name in (
            "retire_reason", "retire_approved_by", "note", "approved_by", "retired_by", "retired_at", "published_at",
        ):  # fmt: skip
            table.drop_column(name)
    op.drop_table("quarantine_resolution")
    op.drop_table("checklist_draft")
