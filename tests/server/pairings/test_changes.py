"""Dated changes of the duty ledger mark exactly the subjects that they touch, and what a person sees follows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select

from server.db import db, transaction
from server.pairings.changes import add_member, add_rule, begin_pairing, end_member, end_pairing, end_rule
from server.pairings.duties import load_duties, load_members
from server.pairings.models import FrequencyRule, Pairing, PairingGroup
from server.pairings.visibility import paired_subjects
from server.work.outbox import OutboxNote
from sync.obligations import Duty
from tests.conftest import RECORDED, START, County

NOW = datetime(2026, 6, 12, 2, tzinfo=UTC)
DAY = date(2026, 6, 15)


@pytest.fixture
def group(app: Flask, county: County) -> PairingGroup:
    """anna's group of the mine."""
    pairing = db.session.get_one(Pairing, county.mine_pairing)
    return db.session.get_one(PairingGroup, pairing.group_id)


def marked() -> set[str]:
    found = set(db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == "refresh_subject")))
    with transaction() as session:
        session.execute(delete(OutboxNote))
    return found


def sees(county: County, name: str, day: date) -> set:
    return set(db.session.scalars(paired_subjects(county.users[name], day)))


def test_pairing_that_begins_and_ends_marks_its_subject(county: County, group: PairingGroup) -> None:
    with transaction():
        pairing = begin_pairing(group, county.far_village, DAY, NOW)
    assert marked() == {str(county.far_village)}
    assert county.far_village not in sees(county, "anna", date(2026, 6, 14))
    assert county.far_village in sees(county, "anna", DAY)

    with transaction():
        end_pairing(pairing.id, date(2026, 6, 30), NOW)

    assert marked() == {str(county.far_village)}
    assert county.far_village in sees(county, "anna", date(2026, 6, 30))
    assert county.far_village not in sees(county, "anna", date(2026, 7, 1))


def test_member_marks_every_subject_of_the_group(county: County, group: PairingGroup) -> None:
    with transaction():
        begin_pairing(group, county.far_village, DAY, NOW)
    marked()

    with transaction():
        add_member(group, county.users["dora"], DAY, NOW)
    assert marked() == {str(county.mine), str(county.far_village)}
    assert sees(county, "dora", DAY) == {county.mine, county.far_village}

    with transaction():
        end_member(group, county.users["dora"], DAY, NOW)
    assert marked() == {str(county.mine), str(county.far_village)}
    assert sees(county, "dora", date(2026, 6, 16)) == set()
    members = load_members([group.id])
    assert members.has_any(group.id, [county.users["dora"]], DAY)
    assert not members.has_any(group.id, [county.users["dora"]], date(2026, 6, 16))


def test_duty_is_what_rule_pairing_and_subject_have_in_common(county: County, group: PairingGroup) -> None:
    pairing = db.session.get_one(Pairing, county.mine_pairing)
    with transaction():
        add_rule(pairing, 3, "quarter", date(2026, 2, 1), NOW, last=date(2026, 12, 31))
        end_pairing(pairing.id, date(2026, 10, 15), NOW)
    assert marked() == {str(county.mine)}

    duties = {(one.duty.first, one.duty.last, one.duty.count, one.duty.unit) for one in load_duties([county.mine])[county.mine]}

    assert duties == {
        (START, date(2026, 10, 15), 1, "month"),
        (date(2026, 2, 1), date(2026, 10, 15), 3, "quarter"),
    }


def test_duty_is_what_was_known_at_the_instant(county: County, group: PairingGroup) -> None:
    [rule] = db.session.scalars(select(FrequencyRule)).all()
    with transaction():
        end_rule(rule.id, date(2026, 3, 31), NOW)

    assert load_duties([county.mine], RECORDED)[county.mine][0].duty == Duty(START, None, 1, "month")
    assert load_duties([county.mine], NOW)[county.mine][0].duty == Duty(START, date(2026, 3, 31), 1, "month")


def test_rule_that_never_meets_its_pairing_is_no_duty(county: County, group: PairingGroup) -> None:
    pairing = db.session.get_one(Pairing, county.mine_pairing)
    with transaction():
        end_pairing(pairing.id, date(2026, 1, 31), NOW)
        add_rule(pairing, 1, "month", date(2026, 3, 1), NOW)

    assert [one.duty.last for one in load_duties([county.mine])[county.mine]] == [date(2026, 1, 31)]
