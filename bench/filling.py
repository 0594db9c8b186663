"""A database of ten thousand to a million rows, and what is read from it."""

from __future__ import annotations

import time

import psutil
from sqlalchemy import Connection, create_engine, text

from bench.installation import Installation
from bench.records import PAIRING, SUBJECT, SUBJECTS
from bench.rows import Sql, multiply
from server import clock
from server.app import create_app
from server.demo.accounts import INSPECTOR

VISIT, SUBMISSION, HAZARD, EVENT, PHOTO, QUARANTINED = 16, 17, 18, 19, 20, 21
ROWS_PER_SUBJECT = 25
CHUNK = 50_000

LISTS = (
    ("visits", "/api/visits"),
    ("hazards", "/api/hazards"),
    ("open hazards", "/api/hazards?state=open&sort=deadline"),
    ("overdue", "/api/hazards?overdue=true"),
    ("searched hazards", "/api/hazards?q=0009"),
    ("review", "/api/evidence/reviews?state=pending"),
    ("quarantine", "/api/quarantine"),
    ("subjects", "/api/register/subjects"),
    ("searched subjects", "/api/register/subjects?q=0009"),
    ("checklists", "/api/forms/library"),
    ("downloads", "/api/downloads"),
)


class Filler:
    """Multiplies what the measured service itself has written; the first visit with a hazard and a photo is the model."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._engine = create_engine(installation.settings.resolved_database_url)
        self._sql = Sql(self._engine.dialect.name)
        self._rows = 0
        self._subjects = SUBJECTS

    def fill_to(self, rows: int) -> None:
        """So many rows in each large table, on one subject for each 25 of them."""
        started = time.monotonic()
        with self._engine.connect() as connection:
            if self._sql.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA cache_size=-600000")
                connection.exec_driver_sql("PRAGMA busy_timeout=60000")
                connection.commit()
            self._add_subjects(connection, max(SUBJECTS, rows // ROWS_PER_SUBJECT))
            while self._rows < rows:
                last = min(self._rows + CHUNK, rows)
                self._add_rows(connection, self._rows + 1, last)
                connection.commit()
                self._rows = last
            self._tidy(connection)
        self._installation.wait_until_done(900)
        print(f"  filled to {rows:,} rows in {time.monotonic() - started:.0f} s", flush=True)

    def _add_subjects(self, connection: Connection, count: int) -> None:
        sql, first = self._sql, self._subjects + 1
        if count < first:
            return
        model = self._scalar(connection, f"SELECT id FROM subject WHERE id = {sql.uuid(SUBJECT, '1')}")
        other = self._scalar(connection, f"SELECT id FROM user_account WHERE username = '{INSPECTOR}01'")
        subject = sql.uuid(SUBJECT)
        multiply(
            connection, "subject", "original.id = :model", first, count,
            {"id": subject, "name": sql.numbered("量测示例单位"), "initials": sql.numbered("lcsldw")}, model=model,
        )  # fmt: skip
        for table in ("subject_sector", "subject_period", "subject_day"):
            multiply(connection, table, "original.subject_id = :model", first, count, {"subject_id": subject}, model=model)
        multiply(
            connection, "pairing", "original.subject_id = :model", first, count,
            {"id": sql.uuid(PAIRING), "subject_id": subject, "officer_id": ":other"}, model=model, other=other,
        )  # fmt: skip
        connection.commit()
        self._subjects = count

    def _add_rows(self, connection: Connection, first: int, last: int) -> None:
        sql = self._sql
        hazard = self._scalar(connection, "SELECT id FROM hazard WHERE visit_id IS NOT NULL ORDER BY found_at LIMIT 1")
        visit = self._scalar(connection, "SELECT visit_id FROM hazard WHERE id = :id", id=hazard)
        subject = sql.uuid(SUBJECT, f"1 + i % {self._subjects}")
        ids = {"visit_id": sql.uuid(VISIT), "subject_id": subject}
        multiply(
            connection, "record", "original.id = :visit", first, last,
            {"id": sql.uuid(VISIT), **ids, "received_at": sql.earlier("original.received_at", "i * 31"), "body": "'{}'"},
            visit=visit,
        )  # fmt: skip
        multiply(
            connection, "visit", "original.id = :visit", first, last,
            {
                "id": sql.uuid(VISIT), "subject_id": subject, "pairing_id": "NULL",
                "finished_at": sql.earlier("original.finished_at", "i * 31"),
                "received_at": sql.earlier("original.received_at", "i * 31"),
            },
            visit=visit,
        )  # fmt: skip
        multiply(
            connection, "submission", "original.visit_id = :visit", first, last,
            {"id": sql.uuid(SUBMISSION), **ids, "finished_at": sql.earlier("original.finished_at", "i * 31")}, visit=visit,
        )  # fmt: skip
        multiply(
            connection, "hazard", "original.id = :hazard", first, last,
            {
                "id": sql.uuid(HAZARD), "number": sql.numbered("2026-"), **ids, "submission_id": sql.uuid(SUBMISSION),
                "state": sql.one_of(["rectifying", "closed", "closed", "submitted", "found"]),
                "found_at": sql.earlier("original.found_at", "i * 31"),
                "deadline": sql.days_earlier("original.deadline", "i % 120"),
            },
            hazard=hazard,
        )  # fmt: skip
        multiply(
            connection, "hazard_event", "original.hazard_id = :hazard", first, last,
            {"id": sql.uuid(EVENT), "hazard_id": sql.uuid(HAZARD), "visit_id": sql.uuid(VISIT),
             "at": sql.earlier("original.at", "i * 31")},
            hazard=hazard,
        )  # fmt: skip
        multiply(
            connection, "photo", "original.visit_id = :visit", first, last,
            {"id": sql.uuid(PHOTO), **ids, "hazard_id": sql.uuid(HAZARD), "submission_id": sql.uuid(SUBMISSION),
             "review_state": sql.one_of(["pending", "approved", "approved", "returned"]),
             "uploaded_at": sql.earlier("original.uploaded_at", "i * 31")},
            visit=visit,
        )  # fmt: skip
        quarantined = self._scalar(connection, "SELECT id FROM record WHERE state = 'quarantined' ORDER BY received_at LIMIT 1")
        multiply(
            connection, "record", "original.id = :record", first // 10 + 1, last // 10,
            {"id": sql.uuid(QUARANTINED), "subject_id": subject, "received_at": sql.earlier("original.received_at", "i * 31")},
            record=quarantined,
        )  # fmt: skip
        for kind, number in (("hazard", HAZARD), ("submission", SUBMISSION), ("visit", VISIT)):
            after = int(self._scalar(connection, "SELECT max(seq) FROM change")) - first + 1
            multiply(
                connection, "change", "original.seq = (SELECT min(seq) FROM change WHERE kind = :kind)", first, last,
                {"seq": f"i + {after}", "entity_id": sql.uuid_text(number), "subject_id": subject}, kind=kind,
            )  # fmt: skip
        if sql.dialect == "postgresql":
            connection.execute(text("SELECT setval('change_seq_seq', (SELECT max(seq) FROM change))"))

    def _tidy(self, connection: Connection) -> None:
        """What a database does by itself over days, done now, so that it does not do it while it is measured."""
        if self._sql.dialect == "sqlite":
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
            alone.exec_driver_sql("VACUUM ANALYZE")
            alone.exec_driver_sql("CHECKPOINT")

    def _scalar(self, connection: Connection, statement: str, **values: object) -> object:
        return connection.execute(text(statement), values).scalar()


def rebuild_cost_s(installation: Installation) -> tuple[float, int]:
    """CPU seconds of computing all figures anew, and of how many subjects."""
    from server.scores.service import rebuild_all

    app = create_app(installation.settings)
    with app.app_context():
        before, own, started = installation.usage(), psutil.Process().cpu_times(), time.monotonic()
        subjects = rebuild_all(clock.now())
        after, mine, seconds = installation.usage(), psutil.Process().cpu_times(), time.monotonic() - started
        from server.db import db

        db.session.remove()
        db.engine.dispose()
    idle = installation.idle_cpu_per_s * seconds
    return mine.user + mine.system - own.user - own.system + (after - before).cpu_s - idle, subjects


def bare_aggregation_cost_s(installation: Installation) -> float:
    """CPU seconds of one aggregation by SQL over the same facts: visits, submissions and hazards by subject and month."""
    engine = create_engine(installation.settings.resolved_database_url)
    month = "to_char({0}, 'YYYY-MM')" if engine.dialect.name == "postgresql" else "substr({0}, 1, 7)"
    before, own, started = installation.usage(), psutil.Process().cpu_times(), time.monotonic()
    with engine.connect() as connection:
        for statement in _AGGREGATIONS:
            filled = statement.replace("MONTH(finished_at)", month.format("finished_at"))
            connection.execute(text(filled.replace("MONTH(found_at)", month.format("found_at")))).all()
        after, mine, seconds = installation.usage(), psutil.Process().cpu_times(), time.monotonic() - started
    engine.dispose()
    idle = installation.idle_cpu_per_s * seconds
    return mine.user + mine.system - own.user - own.system + (after - before).cpu_s - idle


_AGGREGATIONS = (
    "SELECT subject_id, MONTH(finished_at), count(*) FROM visit GROUP BY 1, 2",
    "SELECT subject_id, MONTH(finished_at), count(*), avg(score_sort) FROM submission WHERE NOT superseded GROUP BY 1, 2",
    """SELECT subject_id, MONTH(found_at), count(*), sum(CASE WHEN state = 'closed' THEN 1 ELSE 0 END),
       sum(CASE WHEN deadline < CURRENT_DATE THEN 1 ELSE 0 END),
       sum(CASE WHEN state = 'closed' AND submitted_at IS NOT NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN grade = 'major' THEN 1 ELSE 0 END) FROM hazard WHERE state <> 'voided' GROUP BY 1, 2""",
)
