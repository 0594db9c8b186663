"""lists go by indexes of their order, searches by an index of pieces of text"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN, MAJOR, REFUSED = "state NOT IN ('closed', 'voided')", "grade = 'major'", "refused_events > 0"
QUARANTINED, EVER_QUARANTINED = "state = 'quarantined'", "CAST(faults AS TEXT) <> '[]'"
WITH_BYTES = "uploaded_at IS NOT NULL"
FOUND, DEADLINE, RECEIVED, UPLOADED = (
    ["county_code", column, "id"] for column in ("found_at", "deadline_order", "received_at", "uploaded_at")
)

# (name, table, columns, condition)
NEW = (
    ("ix_visit_county_finished", "visit", ["county_code", "finished_at", "id"], None),
    ("ix_hazard_county_found", "hazard", FOUND, None),
    ("ix_hazard_county_deadline", "hazard", DEADLINE, None),
    ("ix_hazard_county_state", "hazard", ["county_code", "state", "found_at", "id"], None),
    ("ix_hazard_county_sector", "hazard", ["county_code", "sector", "found_at", "id"], None),
    ("ix_hazard_county_source", "hazard", ["county_code", "source", "found_at", "id"], None),
    ("ix_hazard_subject_open", "hazard", ["subject_id"], OPEN),
    ("ix_hazard_open_found", "hazard", FOUND, OPEN),
    ("ix_hazard_open_deadline", "hazard", DEADLINE, OPEN),
    ("ix_hazard_major_found", "hazard", FOUND, MAJOR),
    ("ix_hazard_refused_found", "hazard", FOUND, REFUSED),
    ("ix_photo_review_queue", "photo", ["county_code", "review_state", "uploaded_at", "id"], WITH_BYTES),
    ("ix_photo_subject_queue", "photo", ["subject_id", "review_state", "uploaded_at", "id"], WITH_BYTES),
    ("ix_photo_county_uploaded", "photo", UPLOADED, WITH_BYTES),
    ("ix_record_quarantined", "record", RECEIVED, QUARANTINED),
    ("ix_record_ever_quarantined", "record", RECEIVED, EVER_QUARANTINED),
    ("ix_quarantine_resolution_county_at", "quarantine_resolution", ["county_code", "at", "record_id"], None),
    ("ix_download_owner_created", "download", ["owner_id", "created_at", "id"], None),
    ("ix_subject_town", "subject", ["county_code", "town_code", "name", "id"], None),
)
OLD = (
    ("ix_visit_finished_at", "visit", ["finished_at"]),
    ("ix_hazard_county_found", "hazard", ["county_code", "found_at"]),
    ("ix_hazard_county_state", "hazard", ["county_code", "state", "deadline"]),
    ("ix_hazard_sector", "hazard", ["sector"]),
    ("ix_photo_review_queue", "photo", ["county_code", "review_state", "uploaded_at"]),
    ("ix_download_owner_created", "download", ["owner_id", "created_at"]),
    ("ix_subject_town", "subject", ["county_code", "town_code"]),
)

FTS = (
    "CREATE VIRTUAL TABLE search_text_fts USING fts5(text, content='search_text', content_rowid='seq', tokenize='trigram', detail='none')",
    "CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN "
    "INSERT INTO search_text_fts (rowid, text) VALUES (new.seq, new.text); END",
    "CREATE TRIGGER search_text_changed AFTER UPDATE OF text ON search_text BEGIN "
    "INSERT INTO search_text_fts (search_text_fts, rowid, text) VALUES ('delete', old.seq, old.text); "
    "INSERT INTO search_text_fts (rowid, text) VALUES (new.seq, new.text); END",
    "CREATE TRIGGER search_text_removed AFTER DELETE ON search_text BEGIN "
    "INSERT INTO search_text_fts (search_text_fts, rowid, text) VALUES ('delete', old.seq, old.text); END",
)


def upgrade() -> None:
    op.add_column("hazard", sa.Column("deadline_order", sa.Date(), server_default="9999-12-31", nullable=False))
    op.add_column("hazard", sa.Column("owner_name", sa.String(length=80), server_default="", nullable=False))
    op.add_column("hazard", sa.Column("owner_title", sa.String(length=80), server_default="", nullable=False))
    for name, table, _ in OLD:
        op.drop_index(name, table)
    _fill_hazards()
    for name, table, columns, condition in NEW:
        where = sa.text(condition) if condition else None
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    _make_search()
    _fill_search()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text_fts")
    op.drop_table("search_text")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP EXTENSION pg_trgm")
    for name, table, *_ in NEW:
        op.drop_index(name, table)
    with op.batch_alter_table("hazard") as hazard:
        for column in ("owner_title", "owner_name", "deadline_order"):
            hazard.drop_column(column)
    for name, table, columns in OLD:
        op.create_index(name, table, columns)


def _fill_hazards() -> None:
    """The deadline for the order, and who owns the rectification, as the projection says it."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE hazard SET deadline_order = deadline WHERE deadline IS NOT NULL"))
    rows = connection.execute(sa.text("SELECT id, projection FROM hazard"))
    while some := rows.fetchmany(1000):
        owners = []
        for hazard_id, projection in some:
            document = json.loads(projection) if isinstance(projection, str) else projection
            owner = document.get("owner")
            if isinstance(owner, dict):
                name, title = (str(owner.get(key) or "")[:80] for key in ("name", "title"))
                owners.append({"id": hazard_id, "name": name, "title": title})
        if owners:
            connection.execute(sa.text("UPDATE hazard SET owner_name = :name, owner_title = :title WHERE id = :id"), owners)


def _make_search() -> None:
    op.create_table(
        "search_text",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_search_text")),
        sa.UniqueConstraint("kind", "entity_id", name=op.f("uq_search_text_kind")),
    )
    op.create_index(op.f("ix_search_text_county_code"), "search_text", ["county_code"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in FTS:
            op.execute(statement)
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX ix_search_text_trigrams ON search_text USING gin (text gin_trgm_ops)")


def _fill_search() -> None:
    connection = op.get_bind()
    for kind, columns in (("subject", ("name", "short_name", "initials")), ("hazard", ("number", "description", "spot"))):
        rows = connection.execute(sa.text(f"SELECT id, county_code, {', '.join(columns)} FROM {kind}"))
        while some := rows.fetchmany(1000):
            texts = [
                {"kind": kind, "id": row[0], "county": row[1], "text": "|".join(_doubled(part or "") for part in row[2:])}
                for row in some
            ]
            connection.execute(
                sa.text("INSERT INTO search_text (kind, entity_id, county_code, text) VALUES (:kind, :id, :county, :text)"), texts
            )


def _doubled(part: str) -> str:
    return "".join(character * 2 for character in part.casefold() if not character.isspace())
