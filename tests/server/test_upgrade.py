"""Upgrades: what has landed is frozen, and the database of every earlier main opens with its rows, or is refused untouched."""

from __future__ import annotations

import hashlib
import lzma
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from server.app import create_app
from server.changes import Change
from server.db import db
from server.hazards.models import Hazard
from server.migrations import FOLDER, SchemaDiffers
from server.pairings.duties import load_duties
from server.prepare import prepare_data
from server.register.models import Membership, Subject
from server.register.today import subjects_to_begin
from server.settings import Settings
from server.visits.models import Visit, VisitOfficer
from sync.hazards import RULES_VERSION
from sync.times import shanghai_date

KEPT = Path(__file__).resolve().parents[1] / "data" / "databases"

# Small cuts of what the mains of these days wrote with their demo data; the first one has a 0001 without two of its tables.
ROWS = {
    "2026-11-24-first-day": {"subject": 8, "visit": 24, "submission": 33, "hazard": 108, "photo": 95, "photo_review": 64},
    "2026-11-24": {"subject": 8, "visit": 24, "submission": 33, "hazard": 103, "photo": 87, "photo_review": 66},
    "2026-11-27": {"subject": 8, "visit": 24, "submission": 35, "hazard": 114, "photo": 73, "photo_review": 51},
}

# A migration that has landed never changes; a new one is added here when it lands.
FROZEN = {
    "0001_first_schema.py": "ec068e2a2ae3fa14619aa3dec787efe8e864878a0afc0c9f74fd1d1cab9d986d",
    "0002_authoring.py": "d4cc2e5ed2aa61dbab03e18ee0b1fa290db4a6d9135dae1984742f0aac0632a9",
    "0003_tables_of_the_first_day.py": "842bf8c1df48bf500effbff1ae7aa842754bab893e7dfa7dbfe714b1eccc1ff3",
    "0004_revisions.py": "4c3e6f0f2c7c3bcfc65f1544641bb9a19a8d38cb438e4ecd5a19ccc8a2e9d105",
    "0005_submission_scope.py": "f4c6f2d887c2d4390352a16d37693240432262a2619c37f314e3412ec2d5176d",
    "0006_duties.py": "78ea363105556498fd95c20bf1f146e379e4f9f734dbae591e19ba374bb81fd5",
    "0007_feed_state.py": "26c909608a47d92c45cdc63bd15f0c70e8e7ae1f0002bbbc78f80e753da9e3eb",
    "0008_known_devices.py": "d0293b988b4716995df2eef6c9696d39bc198303c9412fc477e122fd91b56afb",
    "0009_codes.py": "80c79e54d1eabdf9287d6c9f8d5f4e8ffdc832dc55f1dcfecc39a77a44f47f93",
    "0010_work_that_failed.py": "b5b71dd4142a152c16ddd7b1c1c9fae904f8f1f11f93e3d69588a7d1334dde93",
    "0011_judged_photos.py": "f7b530da78d232143f4942321961b47064f1a5ea4603ea7bd8a0025cbc86ed3b",
    "0012_fewer_indexes.py": "820b9b149c459abfc21e2d15c5818cac1a26839794c81c08ff1d036c6398d45a",
    "0013_dated_register.py": "2723a43cad5e9db31c90be2e15ca30e590da9b87996d47eccafc4c8392ad2b1c",
    "0014_lists.py": "ce0e1bbd6f95df9f05af06145e8d1206640c4ac56c87bd5c71d0e13545a3e9cb",
    "0015_figures.py": "ce9fadebd349e83f57c6ac5b3e9debca270a030aca2885f85483fd90ac401fa6",
    "0016_authors.py": "dbdb8e4d42450a266191cbe709fdde7aa3a946e48fe15e23291c938296a9a7ef",
    "0017_standard_lookups.py": "9e227587cd4c180476e33a01622f4b6058d1d9d1f0cc702129c49f3420ee0bc0",
}


def test_a_migration_that_has_landed_stays_as_it_is() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FOLDER / "versions").glob("*.py")}

    assert found == FROZEN


def test_every_kept_database_is_named_here() -> None:
    assert {path.name.removesuffix(".sql.xz") for path in KEPT.glob("*.sql.xz")} == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_database_of_an_earlier_main_opens_with_its_rows(name: str, tmp_path: Path) -> None:
    settings = restored(name, tmp_path)

    prepare_data(settings)

    assert counts(settings, ROWS[name]) == ROWS[name]


@pytest.mark.parametrize("name", ROWS)
def test_what_stood_on_the_rows_of_an_earlier_main_is_dated_and_known_since_its_first_day(name: str, tmp_path: Path) -> None:
    settings = restored(name, tmp_path)
    prepared_from = datetime.now(UTC).replace(microsecond=0)

    prepare_data(settings)

    with create_app(settings).app_context():
        session = db.session
        subjects = session.scalars(select(Subject)).all()
        members = {row.subject_id: row for row in session.scalars(select(Membership))}
        for subject in subjects:
            row = members[subject.id]
            assert (row.town_code, row.department_id, row.sectors) == (
                subject.town_code, subject.industry_department_id, subject.sectors,
            )  # fmt: skip
            assert (row.valid_from, row.superseded_at, subject.membership_id) == (subject.valid_from, None, row.id)
            assert shanghai_date(row.recorded_at) == subject.valid_from
        assert subjects_to_begin(date(2026, 11, 30)) == []
        visits = session.scalars(select(Visit)).all()
        assert all(visit.day == shanghai_date(visit.counted_at) for visit in visits)
        officers = set(session.execute(select(VisitOfficer.visit_id, VisitOfficer.user_id)).all())
        assert officers == {(visit.id, visit.officer_id) for visit in visits}
        duties = load_duties([subject.id for subject in subjects])
        assert {one.duty.unit for rows in duties.values() for one in rows} <= {"month", "quarter"}
        assert len(duties) == len(subjects)
        hazards = session.scalars(select(Hazard)).all()
        assert {hazard.rules_version for hazard in hazards} == {RULES_VERSION}
        assert all(hazard.projection["merged_into"] is None for hazard in hazards)
        told = set(session.scalars(select(Change.entity_id).where(Change.kind == "subject", Change.at >= prepared_from)))
        assert told >= {str(subject.id) for subject in subjects}
        session.remove()
        db.engine.dispose()


def test_a_schema_that_differs_from_the_models_is_refused_by_name(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    prepare_data(settings)
    execute(tmp_path, "DROP TABLE visit_draft")

    with pytest.raises(SchemaDiffers, match="visit_draft"):
        prepare_data(settings)


def test_a_database_of_a_later_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    prepare_data(settings)
    execute(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    before = (tmp_path / "service.sqlite").read_bytes()

    with pytest.raises(SchemaDiffers, match="revision 9999 is of a later release"):
        prepare_data(settings)

    assert (tmp_path / "service.sqlite").read_bytes() == before


def restored(name: str, folder: Path) -> Settings:
    """Settings of a data folder with the kept database in it."""
    with sqlite3.connect(folder / "service.sqlite") as connection:
        connection.executescript(lzma.decompress((KEPT / f"{name}.sql.xz").read_bytes()).decode())
    connection.close()
    return Settings(data_dir=folder)


def counts(settings: Settings, tables: dict[str, int]) -> dict[str, int]:
    with create_app(settings).app_context():
        found = {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}
        db.session.remove()
        db.engine.dispose()
    return found


def execute(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "service.sqlite")
    with connection:
        connection.execute(statement)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
