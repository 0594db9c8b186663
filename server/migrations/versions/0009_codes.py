"""closed sets are closed in the database too

Every column that holds a code of the vocabulary gets a CHECK constraint with the codes of today. A later step that adds a code
calls `server.migrations.codes.allow` for its column.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.migrations.codes import allow, allow_anything

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SETS = {
    "area_kind": ("county", "town", "village"),
    "capacity": ("officer", "supervisor", "subject", "service"),
    "change_kind": (
        "subject",
        "left_subject",
        "checklist",
        "hazard",
        "visit",
        "submission",
        "photo_review",
        "quarantine",
        "visit_draft",
    ),
    "checklist_origin": ("repository", "office"),
    "checklist_status": ("draft", "published", "retired"),
    "datum": ("WGS-84", "GCJ-02", "BD-09", "CGCS2000"),
    "department_kind": ("industry_department", "lead_unit", "town_government", "committee_office"),
    "download_format": ("xlsx", "csv", "json", "geojson"),
    "download_kind": ("subject_scores", "town_comparison", "hazard_ledger"),
    "download_state": ("queued", "running", "done", "failed"),
    "draft_outcome": ("published", "discarded"),
    "flag_code": (
        "no_position",
        "far_from_subject",
        "positions_disagree",
        "outside_county",
        "outside_visit",
        "clock_off",
        "exif_time_off",
        "album",
        "edited_by_software",
        "same_bytes_elsewhere",
        "near_same_elsewhere",
        "after_like_before",
        "broken_picture",
    ),
    "flag_severity": ("info", "notice", "warning"),
    "frequency_unit": ("days", "week", "month", "quarter", "half_year", "year"),
    "hazard_event_kind": (
        "found",
        "item_failed",
        "confirmed",
        "regraded",
        "assigned",
        "deadline_set",
        "transferred",
        "transfer_accepted",
        "extended",
        "accepted",
        "submitted",
        "rechecked",
        "closed",
        "voided",
        "merged",
        "photo_added",
        "noted",
    ),
    "hazard_grade": ("general", "major"),
    "hazard_source": ("self_check", "pairing_visit", "department_check", "tip_off", "handed_down"),
    "hazard_state": ("draft", "confirmed", "assigned", "rectifying", "submitted", "closed", "voided"),
    "pairing_layer": ("territorial_town", "lead_unit", "industry_department", "bureau_leader"),
    "photo_role": ("overview", "close_up", "name_plate", "before", "after", "signature", "paper", "item", "measure"),
    "photo_source": ("camera", "album"),
    "quarantine_outcome": ("accepted", "corrected", "set_aside"),
    "record_kind": ("visit", "submission", "hazard_event", "photo"),
    "record_state": ("accepted", "quarantined", "resolved"),
    "review_decision": ("approved", "returned", "second_opinion", "withdrawn"),
    "review_state": ("pending", "approved", "returned", "second_opinion"),
    "risk_color": ("red", "orange", "yellow", "blue"),
    "role": ("inspector", "supervisor", "county_office", "administrator"),
    "scope_kind": ("county", "town", "department", "sector", "self"),
    "sector": (
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
    "subject_kind": ("village", "enterprise", "unit"),
    "target_group": ("village", "enterprise_institution"),
    "topic": ("refresh_subject", "inspect_photo", "build_download"),
    "village_kind": ("village", "community"),
    "visit_scope": ("core", "full"),
}

# Table → columns with the set that each takes its codes from.
COLUMNS = {
    "area": {"kind": "area_kind", "village_kind": "village_kind"},
    "change": {"kind": "change_kind"},
    "checklist_draft": {"sector": "sector", "source": "checklist_origin", "outcome": "draft_outcome"},
    "checklist_version": {"status": "checklist_status", "sector": "sector", "source": "checklist_origin"},
    "department": {"kind": "department_kind"},
    "download": {"kind": "download_kind", "format": "download_format", "state": "download_state"},
    "frequency_rule": {"unit": "frequency_unit"},
    "hazard": {"sector": "sector", "source": "hazard_source", "state": "hazard_state", "grade": "hazard_grade"},
    "hazard_event": {"kind": "hazard_event_kind", "capacity": "capacity"},
    "outbox_note": {"topic": "topic"},
    "pairing": {"layer": "pairing_layer"},
    "photo": {"role": "photo_role", "source": "photo_source", "review_state": "review_state"},
    "photo_flag": {"code": "flag_code", "severity": "flag_severity"},
    "photo_review": {"decision": "review_decision"},
    "quarantine_resolution": {"outcome": "quarantine_outcome"},
    "record": {"kind": "record_kind", "state": "record_state"},
    "role_grant": {"role": "role", "scope_kind": "scope_kind"},
    "subject": {"kind": "subject_kind", "target_group": "target_group", "datum": "datum", "risk_color": "risk_color"},
    "subject_sector": {"sector": "sector"},
    "submission": {"scope": "visit_scope"},
    "target": {"target_group": "target_group"},
}

# Codes outgrew two columns.
WIDER = {"hazard_event": ("kind", 16, 24), "frequency_rule": ("unit", 8, 12)}


def upgrade() -> None:
    for table, (column, before, after) in WIDER.items():
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.String(before), type_=sa.String(after))
    for table, columns in COLUMNS.items():
        allow(table, {column: (name, SETS[name]) for column, name in columns.items()})


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        allow_anything(table, columns.values())
    for table, (column, before, after) in WIDER.items():
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.String(after), type_=sa.String(before))
