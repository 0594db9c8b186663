"""A database of ten thousand to a million rows: copies of a few rows that the product itself has written.

Beside the benchmarks, the tests of lists use it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text

from bench.rows import Sql, bound_values, multiply
from server.db import count_rows_of
from server.search import searchable
from server.settings import Settings

SUBJECT, PAIRING, MEMBERSHIP, VALIDITY, TERM = 1, 2, 4, 5, 6
VISIT, SUBMISSION, HAZARD, EVENT, PHOTO, QUARANTINED, DOWNLOAD = 16, 17, 18, 19, 20, 21, 22
ROWS_PER_SUBJECT = 25
CHUNK = 50_000
# Words that one hazard in so many is found by; all have those of the model.
RARE, SOME = ("氧气瓶倾倒", 5000), ("爬梯破损", 100)


@dataclass(frozen=True)
class Model:
    """What is multiplied: a subject with a pairing, and the group that looks after its copies. ``subjects``: copies there are.

    The subject has a complete visit with a submission, a hazard and a photo, a quarantined record, and one download was ordered.
    """

    subject_id: uuid.UUID
    pairing_id: uuid.UUID
    group_id: uuid.UUID
    subjects: int = 0


class Filler:
    """Fills a database that nobody writes to meanwhile."""

    def __init__(self, settings: Settings, model: Model, *, only_lists: bool = False) -> None:
        """``only_lists``: no rows that only figures read."""
        self._only_lists = only_lists
        self._engine = create_engine(settings.resolved_database_url)
        self._sql = Sql(self._engine.dialect.name)
        self._model = model
        self._subjects = model.subjects
        self._rows = 0

    def fill_to(self, rows: int) -> None:
        """So many rows in each large table, on one subject for each 25 of them."""
        with self._engine.connect() as connection:
            if self._sql.dialect == "sqlite":
                # Past SQLAlchemy, which would begin a transaction first.
                driver = connection.connection.driver_connection
                for pragma in ("cache_size=-600000", "busy_timeout=60000", "synchronous=OFF", "wal_autocheckpoint=100000"):
                    driver.execute(f"PRAGMA {pragma}")
            self._add_subjects(connection, rows // ROWS_PER_SUBJECT)
            while self._rows < rows:
                last = min(self._rows + CHUNK, rows)
                self._add_rows(connection, self._rows + 1, last)
                connection.commit()
                self._rows = last
        self._tidy()

    def close(self) -> None:
        self._engine.dispose()

    def _add_subjects(self, connection: Connection, count: int) -> None:
        if count <= self._subjects:
            return
        towns = list(connection.scalars(text("SELECT code FROM area WHERE kind = 'town' ORDER BY code")))
        add_subjects(connection, self._model, self._subjects + 1, count, towns)
        connection.commit()
        self._subjects = count

    def _add_rows(self, connection: Connection, first: int, last: int) -> None:
        sql = self._sql
        hazard = self._scalar(
            connection, "SELECT id FROM hazard WHERE visit_id IS NOT NULL AND subject_id = :id ORDER BY found_at LIMIT 1",
            id=self._model.subject_id,
        )  # fmt: skip
        visit = self._scalar(connection, "SELECT visit_id FROM hazard WHERE id = :id", id=hazard)
        subject = sql.uuid(SUBJECT, f"1 + i % {self._subjects}")
        ids = {"visit_id": sql.uuid(VISIT), "subject_id": subject}

        def earlier(column: str) -> dict[str, str]:
            return {column: sql.earlier(f"original.{column}", "i * 31")}

        multiply(
            connection, "record", "original.id = :visit", first, last,
            {"id": sql.uuid(VISIT), **ids, **earlier("received_at"), "body": "'{}'"}, visit=visit,
        )  # fmt: skip
        multiply(
            connection, "visit", "original.id = :visit", first, last,
            {
                "id": sql.uuid(VISIT), "subject_id": subject, "pairing_id": "NULL", **earlier("finished_at"),
                **earlier("received_at"),
            },
            visit=visit,
        )  # fmt: skip
        self._add_hazards(connection, first, last, hazard, ids)
        multiply(
            connection, "photo", "original.visit_id = :visit", first, last,
            {"id": sql.uuid(PHOTO), **ids, "hazard_id": sql.uuid(HAZARD), "submission_id": sql.uuid(SUBMISSION),
             "review_state": sql.one_of(["pending", "approved", "approved", "returned"], "(i / 7)"), **earlier("uploaded_at")},
            visit=visit,
        )  # fmt: skip
        quarantined = self._scalar(connection, "SELECT id FROM record WHERE state = 'quarantined' ORDER BY id LIMIT 1")
        multiply(
            connection, "record", "original.id = :record", first // 10 + 1, last // 10,
            {"id": sql.uuid(QUARANTINED), "subject_id": subject, **earlier("received_at")}, record=quarantined,
        )  # fmt: skip
        multiply(
            connection, "download", "original.id = (SELECT id FROM download ORDER BY created_at LIMIT 1)",
            first // 10 + 1, last // 10, {"id": sql.uuid(DOWNLOAD), "state": "'failed'", **earlier("created_at")},
        )  # fmt: skip
        self._add_changes(connection, ("visit",) if self._only_lists else ("hazard", "submission", "visit"), first, last)
        if self._only_lists:
            return
        multiply(
            connection, "submission", "original.visit_id = :visit", first, last,
            {"id": sql.uuid(SUBMISSION), **ids, **earlier("finished_at")}, visit=visit,
        )  # fmt: skip
        multiply(
            connection, "hazard_event", "original.hazard_id = :hazard", first, last,
            {"id": sql.uuid(EVENT), "hazard_id": sql.uuid(HAZARD), "visit_id": sql.uuid(VISIT), **earlier("at")},
            hazard=hazard,
        )  # fmt: skip

    def _add_changes(self, connection: Connection, kinds: tuple[str, ...], first: int, last: int) -> None:
        numbers = {"hazard": HAZARD, "submission": SUBMISSION, "visit": VISIT}
        subject = self._sql.uuid(SUBJECT, f"1 + i % {self._subjects}")
        for kind in kinds:
            _multiply_numbered(
                connection, "change", "seq = (SELECT min(seq) FROM change WHERE kind = :kind)", first, last,
                {"entity_id": self._sql.uuid_text(numbers[kind]), "subject_id": subject}, kind=kind,
            )  # fmt: skip

    def _add_hazards(self, connection: Connection, first: int, last: int, hazard: object, ids: dict[str, str]) -> None:
        sql = self._sql
        due = sql.days_earlier("original.deadline", "i % 120")
        multiply(
            connection, "hazard", "original.id = :hazard", first, last,
            {
                "id": sql.uuid(HAZARD), "number": sql.numbered("2026-"), **ids, "submission_id": sql.uuid(SUBMISSION),
                "state": sql.one_of(["rectifying", "closed", "closed", "submitted", "draft"], "(i / 7)"),
                "grade": "CASE i % 50 WHEN 0 THEN 'major' ELSE 'general' END",
                "source": "CASE i % 40 WHEN 0 THEN 'tip_off' ELSE 'pairing_visit' END",
                "sector": sql.one_of(["coal_mine", "fire_safety", "hazardous_chemicals"]),
                "refused_events": "CASE i % 1000 WHEN 0 THEN 1 ELSE 0 END",
                "description": self._by_words("original.description", lambda words: words),
                "found_at": sql.earlier("original.found_at", "i * 31"), "deadline": due, "deadline_order": due,
            },
            hazard=hazard,
        )  # fmt: skip
        _multiply_numbered(
            connection, "search_text", "kind = 'hazard' AND entity_id = :hazard", first, last,
            {"entity_id": sql.uuid(HAZARD), "text": self._by_words("original.text", searchable)}, hazard=hazard,
        )  # fmt: skip

    def _by_words(self, others: str, written: Callable[[str], str]) -> str:
        cases = " ".join(f"WHEN i % {every} = 0 THEN '{written(words)}'" for words, every in (RARE, SOME))
        return f"CASE {cases} ELSE {others} END"

    def _tidy(self) -> None:
        """What PostgreSQL does by itself over days and the service for SQLite each day, done now and not while it is measured."""
        if self._sql.dialect == "sqlite":
            with self._engine.begin() as connection:
                count_rows_of(connection.connection.driver_connection)
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
            alone.exec_driver_sql("VACUUM ANALYZE")
            alone.exec_driver_sql("CHECKPOINT")

    def _scalar(self, connection: Connection, statement: str, **values: object) -> object:
        return connection.execute(text(statement), bound_values(values, self._sql.dialect)).scalar()


def add_subjects(connection: Connection, model: Model, first: int, last: int, towns: list[str] | None = None) -> None:
    """Copies of the model's subject with where it belongs, its figures and one pairing, in the towns in turn."""
    sql = Sql(connection.dialect.name)
    subject = sql.uuid(SUBJECT)
    differing = {
        "id": subject, "name": sql.numbered("量测示例单位"), "initials": sql.numbered("lcsldw"),
        "membership_id": sql.uuid(MEMBERSHIP),
    }  # fmt: skip
    if towns:
        # Not in step with anything else that is dealt out in turn.
        differing["town_code"] = sql.one_of(towns, "(i / 11)")
    multiply(connection, "subject", "original.id = :model", first, last, differing, model=model.subject_id)
    for table, own in (
        ("membership", {"id": sql.uuid(MEMBERSHIP)}), ("subject_validity", {"id": sql.uuid(VALIDITY)}), ("subject_sector", {}),
        ("subject_period", {}), ("counted_span", {}), ("counted_paired", {}), ("counted_subject", {}),
    ):  # fmt: skip
        differing = own | {"subject_id": subject}
        multiply(connection, table, "original.subject_id = :model", first, last, differing, model=model.subject_id)
    multiply(
        connection, "pairing", "original.id = :pairing", first, last,
        {"id": sql.uuid(PAIRING), "subject_id": subject, "group_id": ":group"}, pairing=model.pairing_id, group=model.group_id,
    )  # fmt: skip
    multiply(
        connection, "pairing_term", "original.pairing_id = :pairing", first, last,
        {"id": sql.uuid(TERM), "pairing_id": sql.uuid(PAIRING)}, pairing=model.pairing_id,
    )  # fmt: skip
    text_ = f"'{searchable('量测示例单位')}' || {sql.doubled_number()}"
    _multiply_numbered(
        connection, "search_text", "kind = 'subject' AND entity_id = :model", first, last,
        {"entity_id": subject, "text": text_}, model=model.subject_id,
    )  # fmt: skip


def _multiply_numbered(
    connection: Connection, table: str, where: str, first: int, last: int, differing: dict[str, str], **values: object
) -> None:
    """Copies in a table whose ids are a sequence."""
    after = int(connection.scalar(text(f"SELECT coalesce(max(seq), 0) FROM {table}"))) - first + 1
    one = f"original.seq = (SELECT min(seq) FROM {table} WHERE {where})"
    multiply(connection, table, one, first, last, {"seq": f"i + {after}", **differing}, **values)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT setval('{table}_seq_seq', (SELECT max(seq) FROM {table}))"))
