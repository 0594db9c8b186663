"""tables that a database made on the first day lacks

The first schema was changed in place on the day it was written: a database made before that says 0001 and has neither
`rescue_import` nor `visit_draft`. Where they are missing they are made here, as 0001 makes them now; elsewhere nothing happens.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = server.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    present = set(sa.inspect(op.get_bind()).get_table_names())
    if "rescue_import" not in present:
        _make_rescue_import()
    if "visit_draft" not in present:
        _make_visit_draft()


def downgrade() -> None:
    """Nothing to take away: 0001 drops both tables."""


def _make_rescue_import() -> None:
    op.create_table(
        "rescue_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_rescue_import_author_id_user_account")),
        sa.ForeignKeyConstraint(["imported_by"], ["user_account.id"], name=op.f("fk_rescue_import_imported_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescue_import")),
    )
    for column in ("county_code", "file_sha256"):
        op.create_index(op.f(f"ix_rescue_import_{column}"), "rescue_import", [column], unique=False)


def _make_visit_draft() -> None:
    op.create_table(
        "visit_draft",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_visit_draft_author_id_user_account")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_visit_draft_subject_id_subject")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_draft")),
    )
    for column in ("author_id", "county_code", "subject_id"):
        op.create_index(op.f(f"ix_visit_draft_{column}"), "visit_draft", [column], unique=False)
