"""an author is a person, a subject's link or the service; a photo that a draft names belongs to whoever wrote the draft

What the service has found in a checklist by itself stood under the name of the checklist's author; it is the service's own.
"""

from __future__ import annotations

import re
import uuid

import sqlalchemy as sa
from alembic import op

from server.migrations.codes import allow

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("user", "subject_link", "service")
ONE_AUTHOR = "(author_id IS NOT NULL) = (author_kind = 'user') AND (author_link_id IS NOT NULL) = (author_kind = 'subject_link')"
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def upgrade() -> None:
    for name in ("record", "hazard_event"):
        op.add_column(name, sa.Column("author_kind", sa.String(12), nullable=False, server_default="user"))
        op.add_column(name, sa.Column("author_link_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE hazard_event SET author_kind = 'service', author_id = NULL WHERE kind = 'item_failed' OR author_id IS NULL"
    )
    for name in ("record", "hazard_event"):
        with op.batch_alter_table(name) as table:
            table.alter_column("author_id", existing_type=sa.Uuid(), nullable=True)
            table.create_check_constraint(op.f(f"ck_{name}_one_author"), ONE_AUTHOR)
        allow(name, {"author_kind": ("author_kind", KINDS)})
    with op.batch_alter_table("quarantine_resolution") as table:
        table.alter_column("by", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "draft_photo",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_draft_photo_author_id_user_account")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_draft_photo")),
    )
    op.create_index(op.f("ix_draft_photo_county_code"), "draft_photo", ["county_code"])
    _claim_photos_of_drafts()


def downgrade() -> None:
    op.drop_table("draft_photo")
    with op.batch_alter_table("quarantine_resolution") as table:
        table.alter_column("by", existing_type=sa.Uuid(), nullable=False)
    # What only this step can hold is the service's; before it stood under the name of whoever had filled in the checklist.
    op.execute(
        "UPDATE hazard_event SET author_kind = 'user', author_id = (SELECT visit.officer_id FROM visit "
        "WHERE visit.id = hazard_event.visit_id) WHERE author_kind = 'service' AND visit_id IN (SELECT id FROM visit)"
    )
    for name in ("hazard_event", "record"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_author_kind"), type_="check")
            table.drop_constraint(op.f(f"ck_{name}_one_author"), type_="check")
            table.drop_column("author_link_id")
            table.drop_column("author_kind")
            if name == "record":
                table.alter_column("author_id", existing_type=sa.Uuid(), nullable=False)


def _claim_photos_of_drafts() -> None:
    draft = sa.table(
        "visit_draft", sa.column("visit_id", sa.Uuid()), sa.column("author_id", sa.Uuid()), sa.column("county_code", sa.String()),
        sa.column("content", sa.JSON()),
    )  # fmt: skip
    claim = sa.table(
        "draft_photo", sa.column("photo_id", sa.Uuid()), sa.column("visit_id", sa.Uuid()), sa.column("author_id", sa.Uuid()),
        sa.column("county_code", sa.String()),
    )  # fmt: skip
    claims: dict[str, dict[str, object]] = {}
    for visit_id, author_id, county_code, content in op.get_bind().execute(sa.select(*draft.c)):
        photos = content.get("photos") if isinstance(content, dict) else None
        for photo in photos if isinstance(photos, list) else ():
            name = photo.get("id") if isinstance(photo, dict) else None
            if isinstance(name, str) and _UUID.fullmatch(name):
                key = {"visit_id": visit_id, "author_id": author_id, "county_code": county_code}
                claims.setdefault(name, {"photo_id": uuid.UUID(name), **key})
    if claims:
        op.bulk_insert(claim, list(claims.values()))
