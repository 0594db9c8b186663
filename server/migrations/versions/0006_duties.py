"""as whom somebody acted on a hazard, the order of what the desk did, and how many acts were not for their author to do

Events of before have neither: nothing says as whom they were made, and they are held against nobody.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hazard_event") as table:
        table.add_column(sa.Column("capacity", sa.String(12), nullable=True))
        table.add_column(sa.Column("desk_sequence", sa.Integer(), nullable=True))
    with op.batch_alter_table("hazard") as table:
        table.add_column(sa.Column("refused_events", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("hazard") as table:
        table.drop_column("refused_events")
    with op.batch_alter_table("hazard_event") as table:
        table.drop_column("desk_sequence")
        table.drop_column("capacity")
