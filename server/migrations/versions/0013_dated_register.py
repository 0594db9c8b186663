"""a register with a past: dated memberships, groups that look after subjects, the moment at which a fact counts

What was kept on the row itself becomes a dated row that has been known since its first day: the old schema did not say when it
was entered. A visit of a phone whose clock was off by more than a day counts at its receipt, as do its submissions and hazards.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

import server.db
from server.migrations.codes import allow, allow_anything

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Table → columns with the set that each takes its codes from, and the codes of today.
_LAYERS = ("pairing_layer", ("territorial_town", "lead_unit", "industry_department", "bureau_leader"))
_UNITS = ("frequency_unit", ("days", "week", "month", "quarter", "half_year", "year"))
_KINDS = ("subject_kind", ("village", "enterprise", "unit"))
_GROUPS = ("target_group", ("village", "enterprise_institution"))
_CODES: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "membership": {"kind": _KINDS, "target_group": _GROUPS},
    "pairing_group": {"layer": _LAYERS},
    "frequency_term": {"unit": _UNITS},
    "target": {"target_group": _GROUPS},
}
_MOMENT = server.db.UtcDateTime(timezone=True)
_BEIJING = timezone(timedelta(hours=8))
_CLOCK_LIMIT_MS = 86_400_000
_BATCH = 1000
# SQLite keeps a UUID as 32 digits.
_HYPHENATED = (
    "substr(id, 1, 8) || '-' || substr(id, 9, 4) || '-' || substr(id, 13, 4) || '-' || substr(id, 17, 4) || '-' || substr(id, 21)"
)


def upgrade() -> None:
    _make_tables()
    _date_subjects()
    _date_pairings()
    _date_targets()
    for name, columns in _CODES.items():
        allow(name, columns)
    with op.batch_alter_table("record") as table:
        table.add_column(sa.Column("clock_offset_s", sa.BigInteger(), nullable=False, server_default="0"))
    _count_visits()
    _count_hazards()
    _tell_phones()


def downgrade() -> None:
    _undo_hazards()
    _undo_visits()
    with op.batch_alter_table("record") as table:
        table.drop_column("clock_offset_s")
    _undo_targets()
    _undo_pairings()
    with op.batch_alter_table("subject") as table:
        table.drop_index(table.f("ix_subject_membership_id"))
        table.drop_column("membership_id")
    op.execute(sa.text("UPDATE subject SET target_group = 'enterprise_institution' WHERE target_group IS NULL"))
    with op.batch_alter_table("subject") as table:
        table.alter_column("target_group", existing_type=sa.String(length=24), nullable=False)
    for name in (
        "visit_officer", "policy_value", "frequency_term", "pairing_term", "group_member", "pairing_group", "membership",
        "subject_validity",
    ):  # fmt: skip
        op.drop_table(name)


def _recorded() -> list[sa.Column[Any]]:
    return [sa.Column("recorded_at", _MOMENT, nullable=False), sa.Column("superseded_at", _MOMENT, nullable=True)]


def _dated(name: str) -> list[Any]:
    return [
        *_recorded(),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{name}_dates_in_order")),
    ]


def _reference(name: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{name}_{column}_{other}"))


def _table(name: str, *parts: Any, indexes: Iterable[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in ("county_code", *indexes):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _make_tables() -> None:
    _table(
        "subject_validity",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        *_dated("subject_validity"),
        _reference("subject_validity", "subject_id", "subject"),
        indexes=["subject_id"],
    )
    _table(
        "membership",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("town_code", sa.String(length=12), nullable=False),
        sa.Column("village_code", sa.String(length=12), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_group", sa.String(length=24), nullable=True),
        *_dated("membership"),
        _reference("membership", "subject_id", "subject"),
        _reference("membership", "town_code", "area", "code"),
        _reference("membership", "village_code", "area", "code"),
        _reference("membership", "department_id", "department"),
        indexes=["subject_id"],
    )
    _table(
        "pairing_group",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("layer", sa.String(length=24), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        _reference("pairing_group", "org_id", "department"),
        indexes=[],
    )
    _table(
        "group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_dated("group_member"),
        _reference("group_member", "group_id", "pairing_group"),
        _reference("group_member", "user_id", "user_account"),
        indexes=["group_id", "user_id"],
    )
    _table(
        "pairing_term",
        sa.Column("pairing_id", sa.Uuid(), nullable=False),
        *_dated("pairing_term"),
        _reference("pairing_term", "pairing_id", "pairing"),
        indexes=["pairing_id"],
    )
    _table(
        "frequency_term",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        *_dated("frequency_term"),
        sa.CheckConstraint("count BETWEEN 1 AND 366", name=op.f("ck_frequency_term_count_in_range")),
        _reference("frequency_term", "rule_id", "frequency_rule"),
        indexes=["rule_id"],
    )
    _table(
        "policy_value",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        *_dated("policy_value"),
        indexes=[],
    )
    op.create_index("ix_policy_value_county_key", "policy_value", ["county_code", "key"], unique=False)
    op.create_table(
        "visit_officer",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        _reference("visit_officer", "visit_id", "visit"),
        _reference("visit_officer", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("visit_id", "user_id", name=op.f("pk_visit_officer")),
    )
    op.create_index(op.f("ix_visit_officer_county_code"), "visit_officer", ["county_code"], unique=False)


def _date_subjects() -> None:
    connection = op.get_bind()
    sectors: dict[uuid.UUID, list[str]] = defaultdict(list)
    of_subject = _read("subject_sector", subject_id=sa.Uuid(), sector=sa.String(), position=sa.Integer())
    for row in connection.execute(of_subject.select().order_by(of_subject.c.subject_id, of_subject.c.position)):
        sectors[row.subject_id].append(row.sector)
    subject = _read(
        "subject", id=sa.Uuid(), county_code=sa.String(), kind=sa.String(), target_group=sa.String(), town_code=sa.String(),
        village_code=sa.String(), industry_department_id=sa.Uuid(), valid_from=sa.Date(), valid_to=sa.Date(),
    )  # fmt: skip
    with op.batch_alter_table("subject") as table:
        table.add_column(sa.Column("membership_id", sa.Uuid(), nullable=True))
        table.alter_column("target_group", existing_type=sa.String(length=24), nullable=True)
        table.create_index(table.f("ix_subject_membership_id"), ["membership_id"], unique=False)
    validity = _read("subject_validity", id=sa.Uuid(), county_code=sa.String(), subject_id=sa.Uuid(), **_DATED)
    membership = _read(
        "membership", id=sa.Uuid(), county_code=sa.String(), subject_id=sa.Uuid(), town_code=sa.String(),
        village_code=sa.String(), department_id=sa.Uuid(), sectors=sa.JSON(), kind=sa.String(), target_group=sa.String(), **_DATED,
    )  # fmt: skip
    changed = _read("subject", id=sa.Uuid(), membership_id=sa.Uuid())
    for rows in _batches(connection.execute(subject.select()).all()):
        days = [_holding(row.valid_from, row.valid_to) for row in rows]
        connection.execute(
            validity.insert(),
            [
                {"id": uuid.uuid4(), "county_code": row.county_code, "subject_id": row.id, **day}
                for row, day in zip(rows, days, strict=True)
            ],
        )
        memberships = [
            {
                "id": uuid.uuid4(), "county_code": row.county_code, "subject_id": row.id, "town_code": row.town_code,
                "village_code": row.village_code, "department_id": row.industry_department_id, "sectors": sectors[row.id],
                "kind": row.kind, "target_group": row.target_group, **day,
            }
            for row, day in zip(rows, days, strict=True)
        ]  # fmt: skip
        connection.execute(membership.insert(), memberships)
        connection.execute(
            changed.update().where(changed.c.id == sa.bindparam("subject")).values(membership_id=sa.bindparam("membership")),
            [{"subject": one["subject_id"], "membership": one["id"]} for one in memberships],
        )


def _date_pairings() -> None:
    """Each person of a layer and body becomes a group of one, which looks after what was paired with them."""
    connection = op.get_bind()
    pairing = _read(
        "pairing", id=sa.Uuid(), county_code=sa.String(), layer=sa.String(), org_id=sa.Uuid(), officer_id=sa.Uuid(),
        valid_from=sa.Date(), valid_to=sa.Date(),
    )  # fmt: skip
    names: dict[uuid.UUID, str] = dict(connection.execute(_read("user_account", id=sa.Uuid(), name=sa.String()).select()).all())
    rows = connection.execute(pairing.select()).all()
    groups: dict[tuple[str, str, uuid.UUID, uuid.UUID], uuid.UUID] = {}
    since: dict[uuid.UUID, date] = {}
    for row in rows:
        group_id = groups.setdefault((row.county_code, row.layer, row.org_id, row.officer_id), uuid.uuid4())
        since[group_id] = min(row.valid_from, since.get(group_id, row.valid_from))
    group = _read("pairing_group", id=sa.Uuid(), county_code=sa.String(), name=sa.String(), layer=sa.String(), org_id=sa.Uuid())
    member = _read("group_member", id=sa.Uuid(), county_code=sa.String(), group_id=sa.Uuid(), user_id=sa.Uuid(), **_DATED)
    for (county, layer, org_id, officer_id), group_id in groups.items():
        connection.execute(
            group.insert(),
            {"id": group_id, "county_code": county, "name": names[officer_id], "layer": layer, "org_id": org_id},
        )
        days = _holding(since[group_id], None)
        connection.execute(
            member.insert(), {"id": uuid.uuid4(), "county_code": county, "group_id": group_id, "user_id": officer_id, **days}
        )
    with op.batch_alter_table("pairing") as table:
        table.add_column(sa.Column("group_id", sa.Uuid(), nullable=True))
    changed = _read("pairing", id=sa.Uuid(), group_id=sa.Uuid())
    term = _read("pairing_term", id=sa.Uuid(), county_code=sa.String(), pairing_id=sa.Uuid(), **_DATED)
    for some in _batches(rows):
        connection.execute(
            changed.update().where(changed.c.id == sa.bindparam("pairing")).values(group_id=sa.bindparam("its_group")),
            [{"pairing": row.id, "its_group": groups[row.county_code, row.layer, row.org_id, row.officer_id]} for row in some],
        )
        connection.execute(
            term.insert(),
            [
                {"id": uuid.uuid4(), "county_code": row.county_code, "pairing_id": row.id}
                | _holding(row.valid_from, row.valid_to)
                for row in some
            ],
        )
    allow_anything("pairing", ["pairing_layer"])
    with op.batch_alter_table("pairing") as table:
        table.drop_index("ix_pairing_officer_subject")
        table.drop_constraint(op.f("ck_pairing_dates_in_order"), type_="check")
        table.drop_constraint(op.f("fk_pairing_officer_id_user_account"), type_="foreignkey")
        table.drop_constraint(op.f("fk_pairing_org_id_department"), type_="foreignkey")
        for column in ("layer", "org_id", "officer_id", "valid_from", "valid_to"):
            table.drop_column(column)
        table.alter_column("group_id", existing_type=sa.Uuid(), nullable=False)
        table.create_foreign_key(op.f("fk_pairing_group_id_pairing_group"), "pairing_group", ["group_id"], ["id"])
        table.create_index("ix_pairing_group_subject", ["group_id", "subject_id"], unique=False)

    rule = _read(
        "frequency_rule", id=sa.Uuid(), county_code=sa.String(), count=sa.Integer(), unit=sa.String(), valid_from=sa.Date(),
        valid_to=sa.Date(),
    )  # fmt: skip
    frequency = _read(
        "frequency_term", id=sa.Uuid(), county_code=sa.String(), rule_id=sa.Uuid(), count=sa.Integer(), unit=sa.String(),
        **_DATED,
    )  # fmt: skip
    for some in _batches(connection.execute(rule.select()).all()):
        connection.execute(
            frequency.insert(),
            [
                {"id": uuid.uuid4(), "county_code": row.county_code, "rule_id": row.id, "count": row.count, "unit": row.unit}
                | _holding(row.valid_from, row.valid_to)
                for row in some
            ],
        )
    allow_anything("frequency_rule", ["frequency_unit"])
    with op.batch_alter_table("frequency_rule") as table:
        for column in ("count", "unit", "valid_from", "valid_to"):
            table.drop_column(column)


def _date_targets() -> None:
    connection = op.get_bind()
    old = _read("target", year=sa.Integer(), target_group=sa.String(), permille=sa.Integer(), county_code=sa.String())
    rows = connection.execute(old.select()).all()
    op.drop_table("target")
    _table(
        "target",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(length=32), nullable=False),
        sa.Column("target_group", sa.String(length=24), nullable=True),
        sa.Column("value", sa.String(length=12), nullable=True),
        sa.Column("text", sa.String(length=40), nullable=False),
        *_recorded(),
        indexes=[],
    )
    op.create_index("ix_target_county_year", "target", ["county_code", "year"], unique=False)
    target = _read(
        "target", id=sa.Uuid(), county_code=sa.String(), year=sa.Integer(), figure=sa.String(), target_group=sa.String(),
        value=sa.String(), text=sa.String(), recorded_at=_MOMENT,
    )  # fmt: skip
    for row in rows:
        connection.execute(
            target.insert(),
            {
                "id": uuid.uuid4(), "county_code": row.county_code, "year": row.year, "figure": "zero_accident_rate",
                "target_group": row.target_group, "value": f"{row.permille / 10:g}", "text": "",
                "recorded_at": _midnight(date(row.year, 1, 1)),
            },
        )  # fmt: skip


def _count_visits() -> None:
    connection = op.get_bind()
    wrong = _visits_with_a_wrong_clock(connection)
    for name in ("visit", "submission"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("counted_at", _MOMENT, nullable=True))
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("day", sa.Date(), nullable=True))
        table.add_column(sa.Column("clock_wrong", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, key in (("visit", "id"), ("submission", "visit_id")):
        op.execute(sa.text(f"UPDATE {name} SET counted_at = finished_at"))
        _stand_in(connection, name, key, wrong)
    op.execute(sa.text(f"UPDATE visit SET day = {_day_of('counted_at')}"))
    visit = _read("visit", id=sa.Uuid(), clock_wrong=sa.Boolean())
    for some in _batches(wrong):
        connection.execute(visit.update().where(visit.c.id.in_(some)).values(clock_wrong=True))
    op.execute(
        sa.text("INSERT INTO visit_officer (visit_id, user_id, county_code) SELECT id, officer_id, county_code FROM visit")
    )
    for name, columns in (("visit", ("counted_at", "day")), ("submission", ("counted_at",))):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.alter_column(column, existing_type=_MOMENT if column == "counted_at" else sa.Date(), nullable=False)


def _count_hazards() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("hazard_event") as table:
        table.add_column(sa.Column("counted_at", _MOMENT, nullable=True))
    op.execute(sa.text("UPDATE hazard_event SET counted_at = at"))
    _stand_in(connection, "hazard_event", "visit_id", _visits_with_a_wrong_clock(connection))
    with op.batch_alter_table("hazard_event") as table:
        table.alter_column("counted_at", existing_type=_MOMENT, nullable=False)
    with op.batch_alter_table("hazard") as table:
        table.add_column(sa.Column("found_on", sa.Date(), nullable=True))
        for column in ("original_deadline", "submitted_on", "deadline_then", "closed_on"):
            table.add_column(sa.Column(column, sa.Date(), nullable=True))
        table.add_column(sa.Column("department_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("merged_into", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("known_at", _MOMENT, nullable=True))
        # Below every version of the rules: each is folded again at the next start.
        table.add_column(sa.Column("rules_version", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.text(f"UPDATE hazard SET found_on = {_day_of('found_at')}"))
    op.execute(
        sa.text(
            "UPDATE hazard SET known_at = COALESCE((SELECT max(received_at) FROM hazard_event"
            " WHERE hazard_event.hazard_id = hazard.id), found_at)"
        )
    )
    with op.batch_alter_table("hazard") as table:
        table.alter_column("found_on", existing_type=sa.Date(), nullable=False)
        table.alter_column("known_at", existing_type=_MOMENT, nullable=False)
        table.create_index(table.f("ix_hazard_rules_version"), ["rules_version"], unique=False)


def _tell_phones() -> None:
    """What a subject's body says of its pairings has another shape; every phone reads it again."""
    xid = "pg_current_xact_id()::text::bigint" if op.get_bind().dialect.name == "postgresql" else "0"
    text = "CAST(id AS text)" if op.get_bind().dialect.name == "postgresql" else _HYPHENATED
    statement = sa.text(
        f"INSERT INTO change (xid, kind, entity_id, subject_id, at, county_code)"
        f" SELECT {xid}, 'subject', {text}, id, :now, county_code FROM subject"
    )
    op.execute(statement.bindparams(sa.bindparam("now", datetime.now(UTC), type_=_MOMENT)))


def _undo_hazards() -> None:
    with op.batch_alter_table("hazard") as table:
        table.drop_index(table.f("ix_hazard_rules_version"))
        for column in (
            "rules_version", "known_at", "merged_into", "department_id", "closed_on", "deadline_then", "submitted_on",
            "original_deadline", "found_on",
        ):  # fmt: skip
            table.drop_column(column)
    with op.batch_alter_table("hazard_event") as table:
        table.drop_column("counted_at")


def _undo_visits() -> None:
    with op.batch_alter_table("submission") as table:
        table.drop_column("counted_at")
    with op.batch_alter_table("visit") as table:
        for column in ("clock_wrong", "day", "counted_at"):
            table.drop_column(column)


def _undo_targets() -> None:
    connection = op.get_bind()
    old = _read("target", county_code=sa.String(), year=sa.Integer(), figure=sa.String(), target_group=sa.String(),
                value=sa.String(), superseded_at=_MOMENT)  # fmt: skip
    rows = connection.execute(
        old.select().where(
            old.c.figure == "zero_accident_rate", old.c.target_group.is_not(None), old.c.value.is_not(None),
            old.c.superseded_at.is_(None),
        )
    ).all()  # fmt: skip
    op.drop_table("target")
    op.create_table(
        "target",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("target_group", sa.String(length=24), nullable=False),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("year", "target_group", name=op.f("pk_target")),
    )
    op.create_index(op.f("ix_target_county_code"), "target", ["county_code"], unique=False)
    allow("target", {"target_group": _GROUPS})
    new = _read("target", year=sa.Integer(), target_group=sa.String(), permille=sa.Integer(), county_code=sa.String())
    for row in {(row.year, row.target_group): row for row in rows}.values():
        permille = round(float(row.value) * 10)
        connection.execute(
            new.insert(),
            {"year": row.year, "target_group": row.target_group, "permille": permille, "county_code": row.county_code},
        )


def _undo_pairings() -> None:
    """A pairing gets back one person of its group and the dates that are known now; later rules and members are lost."""
    connection = op.get_bind()
    member = _read("group_member", group_id=sa.Uuid(), user_id=sa.Uuid(), superseded_at=_MOMENT, valid_from=sa.Date())
    officers: dict[uuid.UUID, uuid.UUID] = {}
    for row in connection.execute(member.select().where(member.c.superseded_at.is_(None)).order_by(member.c.valid_from)):
        officers.setdefault(row.group_id, row.user_id)
    groups = {row.id: row for row in connection.execute(
        _read("pairing_group", id=sa.Uuid(), layer=sa.String(), org_id=sa.Uuid()).select())}  # fmt: skip
    terms = _known_now(connection, "pairing_term", "pairing_id")
    with op.batch_alter_table("pairing") as table:
        table.add_column(sa.Column("layer", sa.String(length=24), nullable=True))
        for column in ("org_id", "officer_id"):
            table.add_column(sa.Column(column, sa.Uuid(), nullable=True))
        for column in ("valid_from", "valid_to"):
            table.add_column(sa.Column(column, sa.Date(), nullable=True))
    pairing = _read(
        "pairing", id=sa.Uuid(), group_id=sa.Uuid(), layer=sa.String(), org_id=sa.Uuid(), officer_id=sa.Uuid(),
        valid_from=sa.Date(), valid_to=sa.Date(),
    )  # fmt: skip
    for row in connection.execute(sa.select(pairing.c.id, pairing.c.group_id)).all():
        first, last = terms[row.id]
        connection.execute(
            pairing.update()
            .where(pairing.c.id == row.id)
            .values(
                layer=groups[row.group_id].layer, org_id=groups[row.group_id].org_id, officer_id=officers[row.group_id],
                valid_from=first, valid_to=last,
            )
        )  # fmt: skip
    with op.batch_alter_table("pairing") as table:
        table.drop_index("ix_pairing_group_subject")
        table.drop_constraint(op.f("fk_pairing_group_id_pairing_group"), type_="foreignkey")
        table.drop_column("group_id")
        table.alter_column("layer", existing_type=sa.String(length=24), nullable=False)
        table.alter_column("org_id", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("officer_id", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("valid_from", existing_type=sa.Date(), nullable=False)
        table.create_check_constraint(op.f("ck_pairing_dates_in_order"), "valid_to IS NULL OR valid_to >= valid_from")
        table.create_foreign_key(op.f("fk_pairing_officer_id_user_account"), "user_account", ["officer_id"], ["id"])
        table.create_foreign_key(op.f("fk_pairing_org_id_department"), "department", ["org_id"], ["id"])
        table.create_index("ix_pairing_officer_subject", ["officer_id", "subject_id"], unique=False)
    allow("pairing", {"layer": _LAYERS})

    rules = _known_now(connection, "frequency_term", "rule_id", "count", "unit")
    with op.batch_alter_table("frequency_rule") as table:
        table.add_column(sa.Column("count", sa.Integer(), nullable=True))
        table.add_column(sa.Column("unit", sa.String(length=12), nullable=True))
        for column in ("valid_from", "valid_to"):
            table.add_column(sa.Column(column, sa.Date(), nullable=True))
    rule = _read("frequency_rule", id=sa.Uuid(), count=sa.Integer(), unit=sa.String(), valid_from=sa.Date(), valid_to=sa.Date())
    for rule_id, (first, last, count, unit) in rules.items():
        connection.execute(
            rule.update().where(rule.c.id == rule_id).values(count=count, unit=unit, valid_from=first, valid_to=last)
        )
    connection.execute(rule.delete().where(rule.c.valid_from.is_(None)))
    with op.batch_alter_table("frequency_rule") as table:
        table.alter_column("count", existing_type=sa.Integer(), nullable=False)
        table.alter_column("unit", existing_type=sa.String(length=12), nullable=False)
        table.alter_column("valid_from", existing_type=sa.Date(), nullable=False)
    allow("frequency_rule", {"unit": _UNITS})


_DATED: dict[str, Any] = {
    "recorded_at": _MOMENT, "superseded_at": _MOMENT, "valid_from": sa.Date(), "valid_to": sa.Date(),
}  # fmt: skip


def _read(_table: str, /, **columns: Any) -> sa.TableClause:
    return sa.table(_table, *(sa.column(column, type_) for column, type_ in columns.items()))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    some = list(rows)
    for start in range(0, len(some), _BATCH):
        yield some[start : start + _BATCH]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_BEIJING).astimezone(UTC)


def _holding(first: date, last: date | None) -> dict[str, Any]:
    return {"valid_from": first, "valid_to": last, "recorded_at": _midnight(first), "superseded_at": None}


def _known_now(connection: sa.Connection, name: str, key: str, *more: str) -> dict[uuid.UUID, tuple[Any, ...]]:
    """The last row that is known now of each key: first day, last day, and what else is asked for."""
    types = {column: sa.Integer() if column == "count" else sa.String() for column in more}
    table = _read(name, **{key: sa.Uuid()}, superseded_at=_MOMENT, valid_from=sa.Date(), valid_to=sa.Date(), **types)
    rows = connection.execute(table.select().order_by(table.c.superseded_at.is_(None), table.c.valid_from))
    return {getattr(row, key): (row.valid_from, row.valid_to, *(getattr(row, column) for column in more)) for row in rows}


def _visits_with_a_wrong_clock(connection: sa.Connection) -> list[uuid.UUID]:
    record = _read("record", id=sa.Uuid(), kind=sa.String(), body=sa.JSON())
    found = []
    for row in connection.execute(record.select().where(record.c.kind == "visit")):
        body = json.loads(row.body) if isinstance(row.body, str) else row.body
        clock = body.get("clock") if isinstance(body, dict) else None
        offset = clock.get("server_offset_ms") if isinstance(clock, dict) else None
        if isinstance(offset, int | float) and abs(offset) > _CLOCK_LIMIT_MS:
            found.append(row.id)
    return found


def _stand_in(connection: sa.Connection, name: str, key: str, visits: list[uuid.UUID]) -> None:
    """The moment of receipt stands for what a phone with a wrong clock said."""
    table = _read(name, **{key: sa.Uuid()}, counted_at=_MOMENT, received_at=_MOMENT)
    for some in _batches(visits):
        connection.execute(table.update().where(table.c[key].in_(some)).values(counted_at=table.c.received_at))


def _day_of(column: str) -> str:
    """SQL for the county's day of a moment."""
    if op.get_bind().dialect.name == "postgresql":
        return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"
    return f"date({column}, '+8 hours')"
