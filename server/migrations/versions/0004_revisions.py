"""what a record revises, as a column: a correction is found by it whichever kind of record it is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEX = "[0-9a-f]"
_GLOB = "-".join(_HEX * length for length in (8, 4, 4, 4, 12))


def upgrade() -> None:
    op.add_column("record", sa.Column("revises_id", sa.Uuid(), nullable=True))
    # A quarantined body is kept as it came: whatever stands there instead of an id revises nothing.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"UPDATE record SET revises_id = CAST(body->>'revises' AS uuid) WHERE kind = 'submission' AND body->>'revises' ~ '^{_UUID}$'"
        )
    else:
        op.execute(
            "UPDATE record SET revises_id = replace(json_extract(body, '$.revises'), '-', '') "
            f"WHERE kind = 'submission' AND json_extract(body, '$.revises') GLOB '{_GLOB}'"
        )
    here = sa.text("revises_id IS NOT NULL")
    op.create_index(op.f("ix_record_revises_id"), "record", ["revises_id"], sqlite_where=here, postgresql_where=here)


def downgrade() -> None:
    op.drop_index(op.f("ix_record_revises_id"), "record")
    with op.batch_alter_table("record") as table:
        table.drop_column("revises_id")
