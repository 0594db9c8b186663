"""Dated changes of the register: the past stays as it was known, today follows, and exactly the touched subjects are marked."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from server.db import db, transaction
from server.register.changes import change_membership, end_subject, register_changed
from server.register.dated import known
from server.register.memberships import Membership as Values
from server.register.models import Membership, Subject, SubjectValidity
from server.register.today import subjects_to_begin
from server.work.outbox import OutboxNote
from tests.conftest import BAGONG, COUNTY, GAODU, RECORDED, START, County

NOW = datetime(2026, 6, 12, 2, tzinfo=UTC)
MOVED = Values(GAODU, None, None, ("fire_safety", "coal_mine"), "enterprise", "enterprise_institution")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.clock.now", lambda: NOW)


def rows(subject_id: uuid.UUID, as_of: datetime | None = None) -> list[tuple[str, str, str | None]]:
    found = db.session.scalars(
        select(Membership).where(Membership.subject_id == subject_id, known(Membership, as_of)).order_by(Membership.valid_from)
    )
    return [(row.town_code, row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else None) for row in found]


def marked() -> set[str]:
    return set(db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == "refresh_subject")))


def test_move_keeps_what_was_known_before(app: Flask, county: County) -> None:
    with transaction():
        change_membership(county.mine, MOVED, date(2026, 6, 15), NOW)

    assert rows(county.mine) == [(BAGONG, "2026-01-01", "2026-06-14"), (GAODU, "2026-06-15", None)]
    assert rows(county.mine, NOW - timedelta(seconds=1)) == [(BAGONG, "2026-01-01", None)]
    assert rows(county.mine, NOW) == rows(county.mine)
    assert marked() == {str(county.mine)}


def test_todays_values_follow_on_the_day_and_not_before(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        change_membership(county.mine, MOVED, date(2026, 6, 15), NOW)
    subject = db.session.get_one(Subject, county.mine)
    assert (subject.town_code, subject.sectors) == (BAGONG, ["coal_mine"])
    assert subjects_to_begin(date(2026, 6, 14)) == []

    begun = subjects_to_begin(date(2026, 6, 15))
    monkeypatch.setattr("server.clock.now", lambda: NOW + timedelta(days=3))
    with transaction():
        register_changed(COUNTY, begun, NOW + timedelta(days=3))

    assert begun == [county.mine]
    assert (subject.town_code, subject.sectors) == (GAODU, ["fire_safety", "coal_mine"])
    assert subjects_to_begin(date(2026, 6, 15)) == []


def test_change_holds_until_the_next_one_that_is_known(app: Flask, county: County) -> None:
    with transaction():
        change_membership(county.mine, MOVED, date(2026, 9, 1), NOW)
        change_membership(county.mine, MOVED, date(2026, 7, 1), NOW)

    assert rows(county.mine) == [
        (BAGONG, "2026-01-01", "2026-06-30"), (GAODU, "2026-07-01", "2026-08-31"), (GAODU, "2026-09-01", None),
    ]  # fmt: skip


def test_correction_from_the_first_day_leaves_nothing_of_the_old_row(app: Flask, county: County) -> None:
    with transaction():
        change_membership(county.mine, MOVED, START, NOW)

    assert rows(county.mine) == [(GAODU, "2026-01-01", None)]
    assert rows(county.mine, RECORDED) == [(BAGONG, "2026-01-01", None)]


def test_subject_that_ends_ends_its_memberships_and_loses_later_ones(app: Flask, county: County) -> None:
    with transaction():
        change_membership(county.mine, MOVED, date(2026, 9, 1), NOW)
        end_subject(county.mine, date(2026, 8, 20), NOW)

    assert rows(county.mine) == [(BAGONG, "2026-01-01", "2026-08-20")]
    books = db.session.scalars(select(SubjectValidity).where(SubjectValidity.subject_id == county.mine, known(SubjectValidity)))
    assert [(row.valid_from, row.valid_to) for row in books] == [(START, date(2026, 8, 20))]
    assert db.session.get_one(Subject, county.mine).valid_to == date(2026, 8, 20)


def test_change_before_the_subject_began_is_an_error(app: Flask, county: County) -> None:
    with pytest.raises(ValueError, match="not begun"), transaction():
        change_membership(county.mine, MOVED, date(2025, 12, 31), NOW)
    with pytest.raises(ValueError, match="not begun"), transaction():
        end_subject(county.mine, date(2025, 12, 31), NOW)
    with pytest.raises(LookupError), transaction():
        end_subject(uuid.uuid4(), date(2026, 12, 31), NOW)
