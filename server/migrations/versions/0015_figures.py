"""figures of an instant: rows that say where they belong, editions of past instants, accidents, declarations and campaigns

What was kept per subject and period were caches of the old definitions; they go, and the sweep that looks for subjects without
rows counts every subject anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.db
from server.migrations.codes import allow

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = server.db.UtcDateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Table → columns with the set that each takes its codes from, and the codes of today.
_CODES: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "belonging": {
        "sector": (
            "sector",
            (
                "coal_mine",
                "hazardous_chemicals",
                "non_coal_mine",
                "fire_safety",
                "road_transport",
                "transportation",
                "urban_construction",
                "industrial_park",
                "hazardous_waste",
                "special_equipment",
            ),
        ),
        "kind": ("subject_kind", ("village", "enterprise", "unit")),
        "target_group": ("target_group", ("village", "enterprise_institution")),
    },
    "counted_duty": {"unit": ("frequency_unit", ("days", "week", "month", "quarter", "half_year", "year"))},
}
_COUNTS = (
    "visits", "hazards_found", "hazards_closed", "hazards_due", "hazards_on_time", "hazards_overdue", "majors_found",
    "majors_closed", "majors_due", "majors_on_time", "majors_overdue", "carried_closed", "subjects", "to_visit", "visited",
    "covered", "visits_due", "visits_due_to_date", "visits_overdue",
)  # fmt: skip
_COUNTED = (
    "figure_edition", "belonging", "counted_subject", "counted_span", "counted_paired", "counted_visit", "counted_hazard",
    "counted_duty", "counted_obligation", "counted_accident", "subject_period",
)  # fmt: skip
_PROGRAMME = ("accident_attribution", "accident", "zero_declaration", "campaign")
_OLD_COUNTS = (
    "to_visit", "visits_due", "visits", "submissions", "found", "closed", "due", "on_time", "overdue", "major_found",
    "major_closed", "major_open", "major_overdue", "carried_closed",
)  # fmt: skip


def upgrade() -> None:
    op.drop_table("subject_day")
    op.drop_table("subject_period")
    _make_counted()
    _make_amounts()
    _make_programme()
    for name, columns in _CODES.items():
        allow(name, columns)
    with op.batch_alter_table("hazard") as table:
        # Every hazard is folded again when the service starts, and gets its own.
        table.add_column(sa.Column("in_doubt", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("hazard") as table:
        table.drop_column("in_doubt")
    for name in (*_PROGRAMME, *reversed(_COUNTED)):
        op.drop_table(name)
    _make_old_period()
    _make_old_day()


def _make_counted() -> None:
    op.create_table(
        "figure_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_edition")),
    )
    op.create_index(op.f("ix_figure_edition_county_code"), "figure_edition", ["county_code"], unique=False)
    op.create_table(
        "belonging",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.Column("town_code", sa.String(length=12), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("sector", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_group", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_belonging")),
    )
    op.create_index(op.f("ix_belonging_county_town"), "belonging", ["county_code", "town_code"], unique=False)
    op.create_table(
        "counted_subject",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "edition_id", name=op.f("pk_counted_subject")),
    )
    op.create_index(op.f("ix_counted_subject_holds"), "counted_subject", ["edition_id", "holds_until"], unique=False)
    op.create_table(
        "counted_span",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("next_first", sa.Date(), nullable=False),
        sa.Column("belonging_id", _NUMBER, nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "first", "edition_id", name=op.f("pk_counted_span")),
    )
    op.create_index(op.f("ix_counted_span_county"), "counted_span", ["edition_id", "county_code", "first"], unique=False)
    op.create_table(
        "counted_paired",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "first", "edition_id", name=op.f("pk_counted_paired")),
    )
    op.create_table(
        "counted_visit",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("belonging_id", _NUMBER, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("clock_wrong", sa.Boolean(), nullable=False),
        sa.Column("score_numerator", sa.String(length=160), nullable=True),
        sa.Column("score_denominator", sa.String(length=160), nullable=True),
        sa.Column("score_sort", sa.Double(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("is_core", sa.Boolean(), nullable=False),
        sa.Column("is_insufficient", sa.Boolean(), nullable=False),
        sa.Column("vetoed_by", sa.JSON(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", "edition_id", name=op.f("pk_counted_visit")),
    )
    op.create_index(op.f("ix_counted_visit_county"), "counted_visit", ["edition_id", "county_code", "day"], unique=False)
    op.create_index(op.f("ix_counted_visit_subject"), "counted_visit", ["edition_id", "subject_id", "day"], unique=False)
    op.create_table(
        "counted_hazard",
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("belonging_id", _NUMBER, nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("is_major", sa.Boolean(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("original_deadline", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("deadline_then", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("is_due", sa.Boolean(), nullable=False),
        sa.Column("is_on_time", sa.Boolean(), nullable=False),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("hazard_id", "edition_id", name=op.f("pk_counted_hazard")),
    )
    op.create_index(op.f("ix_counted_hazard_closed"), "counted_hazard", ["edition_id", "county_code", "closed_on"], unique=False)
    op.create_index(op.f("ix_counted_hazard_county"), "counted_hazard", ["edition_id", "county_code", "day"], unique=False)
    op.create_index(op.f("ix_counted_hazard_subject"), "counted_hazard", ["edition_id", "subject_id", "day"], unique=False)
    op.create_table(
        "counted_duty",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("pairing_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("satisfied", sa.Integer(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "first", "edition_id", name=op.f("pk_counted_duty")),
    )
    op.create_index(op.f("ix_counted_duty_due"), "counted_duty", ["edition_id", "county_code", "next_due"], unique=False)
    op.create_index(op.f("ix_counted_duty_subject"), "counted_duty", ["edition_id", "subject_id"], unique=False)
    op.create_table(
        "counted_obligation",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("visit_day", sa.Date(), nullable=True),
        sa.Column("is_overdue", sa.Boolean(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "first", "number", "edition_id", name=op.f("pk_counted_obligation")),
    )
    op.create_index(
        op.f("ix_counted_obligation_county"), "counted_obligation", ["edition_id", "county_code", "due"], unique=False
    )
    op.create_index(
        op.f("ix_counted_obligation_subject"), "counted_obligation", ["edition_id", "subject_id", "due"], unique=False
    )
    op.create_table(
        "counted_accident",
        sa.Column("accident_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("accident_id", "subject_id", "edition_id", name=op.f("pk_counted_accident")),
    )
    op.create_index(op.f("ix_counted_accident_subject"), "counted_accident", ["edition_id", "subject_id", "day"], unique=False)


def _make_amounts() -> None:
    op.create_table(
        "subject_period",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("belonging_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("is_stock", sa.Boolean(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("score_visit_id", sa.Uuid(), nullable=True),
        sa.Column("score_numerator", sa.String(length=160), nullable=True),
        sa.Column("score_denominator", sa.String(length=160), nullable=True),
        sa.Column("score_sort", sa.Double(), nullable=True),
        sa.Column("score_is_final", sa.Boolean(), nullable=True),
        sa.Column("score_is_core", sa.Boolean(), nullable=True),
        sa.Column("score_is_insufficient", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("subject_id", "period", "belonging_id", "is_stock", "edition_id", name=op.f("pk_subject_period")),
    )
    op.create_index(op.f("ix_subject_period_county"), "subject_period", ["edition_id", "county_code", "period"], unique=False)


def _make_programme() -> None:
    op.create_table(
        "accident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("town_code", sa.String(length=12), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("injuries", sa.Integer(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("superseded_at", _MOMENT, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["town_code"], ["area.code"], name=op.f("fk_accident_town_code_area")),
        sa.ForeignKeyConstraint(["village_code"], ["area.code"], name=op.f("fk_accident_village_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accident")),
    )
    op.create_index(op.f("ix_accident_county_code"), "accident", ["county_code"], unique=False)
    op.create_table(
        "accident_attribution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("accident_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("attributed_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("superseded_at", _MOMENT, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["accident_id"], ["accident.id"], name=op.f("fk_accident_attribution_accident_id_accident")),
        sa.ForeignKeyConstraint(
            ["attributed_by"], ["user_account.id"], name=op.f("fk_accident_attribution_attributed_by_user_account")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_accident_attribution_subject_id_subject")),
        sa.ForeignKeyConstraint(["village_code"], ["area.code"], name=op.f("fk_accident_attribution_village_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accident_attribution")),
    )
    op.create_index(op.f("ix_accident_attribution_accident_id"), "accident_attribution", ["accident_id"], unique=False)
    op.create_index(op.f("ix_accident_attribution_county_code"), "accident_attribution", ["county_code"], unique=False)
    op.create_index(op.f("ix_accident_attribution_subject_id"), "accident_attribution", ["subject_id"], unique=False)
    op.create_table(
        "zero_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("town_code", sa.String(length=12), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("superseded_at", _MOMENT, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_zero_declaration_department_id_department")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_zero_declaration_subject_id_subject")),
        sa.ForeignKeyConstraint(["town_code"], ["area.code"], name=op.f("fk_zero_declaration_town_code_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zero_declaration")),
    )
    op.create_index(op.f("ix_zero_declaration_county_code"), "zero_declaration", ["county_code"], unique=False)
    op.create_index(op.f("ix_zero_declaration_county_period"), "zero_declaration", ["county_code", "period"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("majors_only", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("superseded_at", _MOMENT, nullable=True),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_county_code"), "campaign", ["county_code"], unique=False)


def _make_old_period() -> None:
    op.create_table(
        "subject_period",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _OLD_COUNTS),
        sa.Column("score_submission_id", sa.Uuid(), nullable=True),
        sa.Column("score_numerator", sa.String(length=80), nullable=True),
        sa.Column("score_denominator", sa.String(length=80), nullable=True),
        sa.Column("score_sort", sa.Double(), nullable=True),
        sa.Column("score_grade", sa.String(length=16), nullable=True),
        sa.Column("score_provisional", sa.Boolean(), nullable=False),
        sa.Column("score_insufficient", sa.Boolean(), nullable=False),
        sa.Column("stale_after", sa.Date(), nullable=True),
        sa.Column("as_of", _MOMENT, nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_subject_period_subject_id_subject")),
        sa.PrimaryKeyConstraint("subject_id", "period", name=op.f("pk_subject_period")),
    )
    for name, columns in (
        ("county_code", ["county_code"]), ("county_period", ["county_code", "period"]), ("stale_after", ["stale_after"]),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_subject_period_{name}"), "subject_period", columns, unique=False)


def _make_old_day() -> None:
    op.create_table(
        "subject_day",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("found_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("found", "closed", "due", "on_time")),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_subject_day_subject_id_subject")),
        sa.PrimaryKeyConstraint("subject_id", "found_year", "day", name=op.f("pk_subject_day")),
    )
    for name, columns in (("county_code", ["county_code"]), ("county_year", ["county_code", "found_year", "day"])):
        op.create_index(op.f(f"ix_subject_day_{name}"), "subject_day", columns, unique=False)
