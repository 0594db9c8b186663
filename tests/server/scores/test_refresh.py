"""Aggregates stay what a rebuild would make of them, and one subject costs the same however many others there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from server.db import db, transaction
from server.scores.models import (
    BelongingRow,
    CountedAccident,
    CountedDuty,
    CountedHazard,
    CountedObligation,
    CountedPaired,
    CountedSpan,
    CountedSubject,
    CountedVisit,
    SubjectPeriod,
)
from server.scores.service import note_stale_subjects, rebuild_all, refresh_subjects
from server.visits.models import Submission
from tests.conftest import County, Person
from tests.records import found, new_id, store_small_checklist, submission, visit
from tests.server.scores.factories import NOW, freeze, push, tell_november, work_off


@pytest.fixture(autouse=True)
def day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    store_small_checklist()


TABLES = (
    SubjectPeriod, CountedSpan, CountedPaired, CountedVisit, CountedHazard, CountedDuty, CountedObligation, CountedAccident,
    CountedSubject,
)  # fmt: skip


def table(model: Any) -> list[tuple[Any, ...]]:
    """All rows but the moment of which they are."""
    db.session.rollback()
    columns = [column for column in model.__table__.c if column.key != "as_of"]
    return sorted(map(tuple, db.session.execute(select(*columns))), key=str)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {model.__tablename__: table(model) for model in TABLES}


def row(subject_id: Any, period: str) -> dict[str, Any]:
    """What a subject amounts to in a period, under all belongings."""
    db.session.rollback()
    rows = db.session.scalars(select(SubjectPeriod).where(SubjectPeriod.subject_id == subject_id, SubjectPeriod.period == period))
    found: dict[str, Any] = {}
    for one in rows:
        for column in one.__table__.c:
            value = getattr(one, column.key)
            if isinstance(value, int) and not isinstance(value, bool):
                found[column.key] = found.get(column.key, 0) + value
            elif value is not None:
                found[column.key] = value
    return found


def test_pushed_records_are_scored_by_the_jobs_they_noted(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)

    work_off(app)

    mine = row(county.mine, "2026-Q4")
    assert [mine[f"hazards_{name}"] for name in ("found", "closed", "due", "on_time", "overdue")] == [3, 1, 2, 1, 1]
    assert [mine[f"majors_{name}"] for name in ("found", "closed", "due", "overdue")] == [1, 0, 0, 0]
    assert [mine[name] for name in ("visits", "visits_due", "to_visit", "visited", "covered")] == [1, 3, 1, 1, 1]
    assert (mine["score_numerator"], mine["score_denominator"], mine["score_is_final"]) == ("80", "1", True)
    store = row(county.chemical_store, "2026-11")
    assert [store[f"hazards_{name}"] for name in ("found", "closed", "due", "on_time", "overdue")] == [1, 1, 1, 0, 0]


def test_refreshing_again_writes_no_row_of_a_figure(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    before = everything()
    written: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def remember(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            written.append(statement.split()[2])

    refresh_subjects([county.mine], NOW + timedelta(minutes=5))
    event.remove(db.engine, "before_cursor_execute", remember)

    assert written == ["counted_subject"]
    assert everything() == before


def test_full_rebuild_gives_the_same_rows(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    rebuild_all(NOW)
    before = everything()
    with transaction() as session:
        for model in (*TABLES, BelongingRow):
            session.execute(delete(model))

    assert rebuild_all(NOW + timedelta(hours=1)) == 3

    assert everything() == before
    assert all(before[model.__tablename__] for model in TABLES if model is not CountedAccident)


def test_many_subjects_at_once_become_what_each_alone_becomes(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    subjects = [county.mine, county.chemical_store, county.far_village]
    for subject_id in subjects:
        refresh_subjects([subject_id], NOW)
    alone = everything()

    with transaction() as session:
        for model in TABLES:
            session.execute(delete(model))
    refresh_subjects(subjects, NOW)

    assert everything() == alone


def test_only_periods_in_which_something_changed_are_added_up(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    rebuild_all(NOW)
    work_off(app)
    push(anna, found(county.mine, None, new_id(), at="2026-11-20T09:00:00+08:00", deadline="2026-12-20"))
    deleted: list[Any] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def remember(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if "INSERT INTO subject_period" in statement:
            deleted.append([value for value in parameters if isinstance(value, str) and value.startswith("2026")])

    refresh_subjects([county.mine], NOW)
    event.remove(db.engine, "before_cursor_execute", remember)

    assert {value for values in deleted for value in values if len(value) < 10} == {"2026", "2026-H2", "2026-Q4", "2026-11"}


def test_deadline_that_passes_at_midnight_makes_the_subject_due_for_a_refresh(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    last_minute = NOW.replace(month=11, day=30, hour=15, minute=59)  # 23:59 in Shanghai
    work_off(app)
    rebuild_all(last_minute)
    assert note_stale_subjects(last_minute) == 0

    noted = note_stale_subjects(last_minute + timedelta(minutes=1))

    # December has begun as well, so every subject needs a row for it.
    assert noted == 3
    refresh_subjects([county.mine], last_minute + timedelta(minutes=1))
    assert row(county.mine, "2026-Q4")["hazards_overdue"] == 2
    assert row(county.mine, "2026-Q4")["majors_overdue"] == 1


def test_subject_is_noted_once_however_often_the_sweep_comes_by(app: Flask, county: County) -> None:
    assert note_stale_subjects(NOW) == 3

    assert note_stale_subjects(NOW + timedelta(minutes=5)) == 0


def test_nothing_is_stale_after_the_work_is_done(app: Flask, county: County) -> None:
    note_stale_subjects(NOW)

    work_off(app)

    assert note_stale_subjects(NOW) == 0


def test_voided_hazard_leaves_numerator_and_denominator(app: Flask, anna: Person, chen: Person, county: County) -> None:
    ids = tell_november(anna, county)
    work_off(app)

    chen.post(f"/api/hazards/{ids['overdue']}/events", json={"kind": "voided", "reason": "重复", "approver": "陈"})
    work_off(app)

    mine = row(county.mine, "2026-Q4")
    assert (mine["hazards_found"], mine["hazards_due"], mine["hazards_overdue"]) == (2, 1, 0)


def test_correction_replaces_the_score_of_what_it_revises(app: Flask, anna: Person, county: County) -> None:
    visit_id = new_id()
    at = "2026-11-10T09:00:00+08:00"
    first = submission(county.mine, visit_id, made_at=at)
    push(anna, first, visit(county.mine, visit_id, [first], made_at=at))
    answers = {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}

    push(anna, submission(county.mine, visit_id, answers, made_at=at, revises=first["id"]))
    work_off(app)

    mine = row(county.mine, "2026-11")
    assert (mine["score_numerator"], mine["score_denominator"], mine["visits"]) == ("40", "1", 1)


def test_subject_that_is_gone_is_a_quiet_return(app: Flask, county: County) -> None:
    refresh_subjects([county.mine_pairing], NOW)

    assert table(SubjectPeriod) == []


# Policy and accidents of a county are few; they are read whole.
SMALL = {"SCAN policy_value", "SCAN accident", "SCAN accident_attribution"}


def test_rates_of_one_subject_use_indexes_that_begin_with_the_subject(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    statements: list[tuple[str, Any]] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def remember(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append((statement, parameters))

    refresh_subjects([county.mine], NOW)
    event.remove(db.engine, "before_cursor_execute", remember)

    plans = []
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans += [step[3] for step in plan]
    assert [step for step in plans if step.startswith("SCAN") and step not in SMALL] == []


def test_submission_that_nobody_finished_is_provisional(app: Flask, anna: Person, county: County) -> None:
    visit_id = new_id()
    begun = submission(county.mine, visit_id, {"exit": {"result": "pass"}, "alarm": {"result": "pass"}})
    push(anna, begun, visit(county.mine, visit_id, [begun]))
    work_off(app)

    mine = row(county.mine, "2026-Q4")

    assert mine["score_is_final"] is False
    assert db.session.scalar(select(Submission.checked)) == 2


def test_hazard_found_late_in_the_evening_counts_on_its_shanghai_day(app: Flask, anna: Person, county: County) -> None:
    push(anna, found(county.mine, None, new_id(), at="2026-10-31T23:30:00+08:00"))
    push(anna, found(county.mine, None, new_id(), at="2026-11-01T00:30:00+08:00"))

    work_off(app)

    assert row(county.mine, "2026-10")["hazards_found"] == 1
    assert row(county.mine, "2026-11")["hazards_found"] == 1
