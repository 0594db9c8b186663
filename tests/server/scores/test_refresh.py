"""Aggregates stay what a rebuild would make of them, and one subject costs the same however many others there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from server.db import db, transaction
from server.scores.models import SubjectDay, SubjectPeriod
from server.scores.service import note_stale_subjects, rebuild_all, refresh_subject
from server.visits.models import Submission
from tests.conftest import County, Person
from tests.records import found, new_id, store_small_checklist, submission, visit
from tests.server.scores.factories import NOW, freeze, push, tell_november, work_off


@pytest.fixture(autouse=True)
def day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    store_small_checklist()


def table(model: Any) -> list[tuple[Any, ...]]:
    """All rows but the moment at which they were written."""
    db.session.rollback()
    columns = [column for column in model.__table__.c if column.key != "as_of"]
    return sorted(map(tuple, db.session.execute(select(*columns))), key=str)


def row(subject_id: Any, period: str) -> SubjectPeriod:
    db.session.rollback()
    return db.session.get_one(SubjectPeriod, (subject_id, period))


def test_pushed_records_are_scored_by_the_jobs_they_noted(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)

    work_off(app)

    mine = row(county.mine, "2026-Q4")
    assert (mine.found, mine.closed, mine.due, mine.on_time, mine.overdue) == (3, 1, 2, 1, 1)
    assert (mine.major_found, mine.major_closed, mine.major_open, mine.major_overdue) == (1, 0, 1, 0)
    assert (mine.visits, mine.visits_due, mine.submissions, mine.to_visit) == (1, 3, 1, 1)
    assert (mine.score_numerator, mine.score_denominator, mine.score_grade) == ("4", "5", "good")
    store = row(county.chemical_store, "2026-11")
    assert (store.found, store.closed, store.due, store.on_time, store.overdue) == (1, 1, 1, 0, 0)


def test_refreshing_again_changes_nothing(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    before, days = table(SubjectPeriod), table(SubjectDay)
    written_at = row(county.mine, "2026-Q4").as_of

    refresh_subject(county.mine, NOW + timedelta(minutes=5))

    assert table(SubjectPeriod) == before
    assert table(SubjectDay) == days
    assert row(county.mine, "2026-Q4").as_of == written_at


def test_full_rebuild_gives_equal_rows(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    rebuild_all(NOW)
    before, days = table(SubjectPeriod), table(SubjectDay)
    with transaction() as session:
        session.execute(delete(SubjectPeriod))
        session.execute(delete(SubjectDay))

    assert rebuild_all(NOW + timedelta(hours=1)) == 3

    assert table(SubjectPeriod) == before
    assert table(SubjectDay) == days


def test_deadline_that_passes_at_midnight_makes_the_subject_due_for_a_refresh(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    rebuild_all(NOW)
    work_off(app)
    last_minute = NOW.replace(month=11, day=30, hour=15, minute=59)  # 23:59 in Shanghai
    assert note_stale_subjects(last_minute) == 0

    noted = note_stale_subjects(last_minute + timedelta(minutes=1))

    # December has begun as well, so every subject needs a row for it.
    assert noted == 3
    refresh_subject(county.mine, last_minute + timedelta(minutes=1))
    assert row(county.mine, "2026-Q4").overdue == 2
    assert row(county.mine, "2026-Q4").major_overdue == 1


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
    assert (mine.found, mine.due, mine.overdue) == (2, 1, 0)


def test_correction_replaces_the_score_of_what_it_revises(app: Flask, anna: Person, county: County) -> None:
    visit_id = new_id()
    at = "2026-11-10T09:00:00+08:00"
    first = submission(county.mine, visit_id, made_at=at)
    push(anna, first, visit(county.mine, visit_id, [first], made_at=at))
    answers = {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}

    push(anna, submission(county.mine, visit_id, answers, made_at=at, revises=first["id"]))
    work_off(app)

    mine = row(county.mine, "2026-11")
    assert (mine.score_numerator, mine.score_denominator, mine.submissions) == ("2", "5", 1)


def test_subject_that_is_gone_is_a_quiet_return(app: Flask, county: County) -> None:
    refresh_subject(county.mine_pairing, NOW)

    assert table(SubjectPeriod) == []


def test_rates_of_one_subject_use_indexes_that_begin_with_the_subject(app: Flask, anna: Person, county: County) -> None:
    tell_november(anna, county)
    work_off(app)
    statements: list[tuple[str, Any]] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def remember(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append((statement, parameters))

    refresh_subject(county.mine, NOW)
    event.remove(db.engine, "before_cursor_execute", remember)

    plans = []
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            plans += [step[3] for step in plan]
    assert len(statements) == 9
    assert [step for step in plans if step.startswith("SCAN")] == []


def test_submission_that_nobody_finished_is_provisional(app: Flask, anna: Person, county: County) -> None:
    visit_id = new_id()
    push(anna, submission(county.mine, visit_id, {"exit": {"result": "pass"}, "alarm": {"result": "pass"}}))
    work_off(app)

    mine = row(county.mine, "2026-Q4")

    assert mine.score_provisional is True
    assert mine.score_grade is None
    assert db.session.scalar(select(Submission.checked)) == 2


def test_hazard_found_late_in_the_evening_counts_on_its_shanghai_day(app: Flask, anna: Person, county: County) -> None:
    push(anna, found(county.mine, None, new_id(), at="2026-10-31T23:30:00+08:00"))
    push(anna, found(county.mine, None, new_id(), at="2026-11-01T00:30:00+08:00"))

    work_off(app)

    assert row(county.mine, "2026-10").found == 1
    assert row(county.mine, "2026-11").found == 1
