"""Refreshing one subject's scores beside 10 thousand and beside 1 million submissions of others.

Method: two SQLite databases with the same county of 4,000 subjects, one holding 10,000 submissions and visits, the other
1,000,000, written by SQL. In both the same subject has 24 visits with a submission each. Blocks of refreshes of that subject
alternate between the two; CPU and wall time are medians over blocks, the ratio is taken block by block. Afterwards every
figure of the subject is equal in both.
"""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from bench.report import Table, write_report
from server import clock
from server.accounts.models import User
from server.app import create_app
from server.checklists.service import current_versions
from server.db import db, transaction
from server.demo.county import add_county
from server.prepare import prepare_data
from server.register.models import Subject
from server.scores.models import SubjectPeriod
from server.scores.service import refresh_subject
from server.settings import Settings

FEW, MANY = 10_000, 1_000_000
SUBJECTS = 4_000
BLOCKS = 9
REFRESHES = 20

_SUBJECTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO subject ({columns}) SELECT {values} FROM subject JOIN n WHERE subject.id = :like
"""
_VISITS = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO visit (id, county_code, subject_id, officer_id, started_at, finished_at, representative, signature, expected,
  received_at)
SELECT printf('00000000000040008%015x', i), :county, printf('11111111000040008%015x', 1 + i % :subjects), :officer, :at, :at,
  '{}', '{}', '{"records":[],"photos":[]}', :at FROM n
"""
_SUBMISSIONS = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO submission (id, county_code, visit_id, subject_id, author_id, checklist_id, checklist_hash, superseded, finished_at,
  answers, score_numerator, score_denominator, score_sort, provisional, checked, total, veto_paths, insufficient_sample,
  received_at)
SELECT printf('22222222000040008%015x', i), :county, printf('00000000000040008%015x', i),
  printf('11111111000040008%015x', 1 + i % :subjects), :officer, :checklist, :hash, 0, :at, '{}', '4', '5', 80.0, 0, 40, 40,
  '[]', 0, :at FROM n
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        subject_id = _prepare(few)
        shutil.copytree(few, many)
        apps = [create_app(Settings(data_dir=path, redis_url="redis://127.0.0.1:1")) for path in (few, many)]
        for app, count in zip(apps, (FEW, MANY), strict=True):
            started = time.monotonic()
            _fill(app, subject_id, count)
            print(f"{count} submissions and visits written in {time.monotonic() - started:.0f} s", flush=True)
        blocks = [[_refresh(app, subject_id) for app in apps] for _ in range(BLOCKS)]
        figures = [_figures(app, subject_id) for app in apps]
        if figures[0] != figures[1] or not any(row[1] for row in figures[0]):
            raise RuntimeError("the subject's figures differ")
    _report(blocks)


def _prepare(folder: Path) -> uuid.UUID:
    """A county of 4,000 subjects, of which one is refreshed."""
    settings = Settings(data_dir=folder, redis_url="redis://127.0.0.1:1")
    prepare_data(settings)
    with create_app(settings).app_context():
        profiles = {str(v.sector): v.document.get("profile", []) for v in current_versions() if v.sector}
        with transaction():
            add_county(random.Random(1), clock.county_date(clock.now()), profiles)
        subject_id = db.session.scalars(db.select(Subject.id).order_by(Subject.name).limit(1)).one()
        columns = [column.name for column in Subject.__table__.columns]
        values = ["printf('11111111000040008%015x', n.i)" if name == "id" else f"subject.{name}" for name in columns]
        with transaction() as session:
            statement = _SUBJECTS.format(columns=", ".join(columns), values=", ".join(values))
            session.execute(text(statement), {"count": SUBJECTS, "like": subject_id.hex})
        db.session.remove()
        db.engine.dispose()
    return subject_id


def _fill(app: Flask, subject_id: uuid.UUID, count: int) -> None:
    """``count`` submissions of other subjects, and 24 of ours among them."""
    with app.app_context():
        officer = db.session.scalars(db.select(User.id).limit(1)).one()
        version = current_versions()[0]
        values = {
            "county": version.county_code, "officer": officer.hex, "subjects": SUBJECTS, "checklist": version.checklist_id,
            "hash": version.hash, "at": clock.now().strftime("%Y-%m-%d %H:%M:%S.%f"),
        }  # fmt: skip
        db.session.execute(text("PRAGMA cache_size=-400000"))
        db.session.commit()
        for statement in (_VISITS, _SUBMISSIONS):
            with transaction() as session:
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                session.execute(text(statement), used | {"first": 1, "last": count})
        every = count // 24
        ours = ", ".join(f"'00000000000040008{i:015x}'" for i in range(every, 24 * every + 1, every))
        with transaction() as session:
            for name, key in (("visit", "id"), ("submission", "visit_id")):
                session.execute(
                    text(f"UPDATE {name} SET subject_id = :subject WHERE {key} IN ({ours})"), {"subject": subject_id.hex}
                )
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _refresh(app: Flask, subject_id: uuid.UUID) -> tuple[float, float]:
    """CPU and wall milliseconds of one refresh."""
    with app.app_context():
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(REFRESHES):
            refresh_subject(subject_id, clock.now())
        spent = (time.process_time() - cpu) * 1000 / REFRESHES, (time.perf_counter() - wall) * 1000 / REFRESHES
        db.session.remove()
    return spent


def _figures(app: Flask, subject_id: uuid.UUID) -> list[tuple[str, int]]:
    with app.app_context():
        rows = db.session.scalars(db.select(SubjectPeriod).where(SubjectPeriod.subject_id == subject_id)).all()
        return sorted((row.period, row.submissions) for row in rows)


def _report(blocks: list[list[tuple[float, float]]]) -> None:
    table = Table("Submissions in the table", "CPU ms", "wall ms", "CPU ÷ beside 10,000")
    ratio = statistics.median(many[0] / few[0] for few, many in blocks)
    for count, index, shown in ((FEW, 0, "1"), (MANY, 1, f"{ratio:.2f}")):
        cpu = statistics.median(block[index][0] for block in blocks)
        wall = statistics.median(block[index][1] for block in blocks)
        table.add(f"{count:,}", f"{cpu:.2f}", f"{wall:.2f}", shown)
    write_report("scores", __doc__ or "", table)
