"""the scope of a submission, as a column: figures say beside every score whether it is of a core or of a full visit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now every visit was a full one.
    op.add_column("submission", sa.Column("scope", sa.String(8), nullable=False, server_default="full"))


def downgrade() -> None:
    with op.batch_alter_table("submission") as table:
        table.drop_column("scope")
