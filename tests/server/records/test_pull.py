"""Pulling: a person gets what is theirs, once, and later only what changed."""

from __future__ import annotations

from datetime import date

from flask import Flask

from server import clock
from server.changes import record_changes
from server.db import transaction
from server.register.changes import end_subject
from tests.conftest import COUNTY, County, Person, add_pairing
from tests.records import batch, found, new_id, store_small_checklist, submission, visit


def pull_all(person: Person, cursor: str = "") -> tuple[list[dict], str]:
    changes: list[dict] = []
    while True:
        answer = person.get(f"/api/sync/changes?cursor={cursor}&limit=3").json
        changes += answer["changes"]
        cursor = answer["cursor"]
        if not answer["more"]:
            return changes, cursor


def announce(county: County) -> None:
    with transaction():
        record_changes("subject", COUNTY, [(id_, id_) for id_ in (county.mine, county.chemical_store, county.far_village)])


def test_inspector_gets_only_paired_subjects(anna: Person, dora: Person, county: County) -> None:
    announce(county)

    changes, _ = pull_all(anna)
    foreign, _ = pull_all(dora)

    names = {change["body"]["name"] for change in changes if change["kind"] == "subject"}
    assert names == {"巴公示例煤业一号井", "示例化工仓储有限公司"}
    assert [change for change in foreign if change["kind"] == "subject"] == []


def test_subject_body_says_what_is_due(anna: Person, county: County) -> None:
    announce(county)

    changes, _ = pull_all(anna)

    [mine] = [change["body"] for change in changes if change["id"] == str(county.mine)]
    assert mine["initials"] == "bgslmyyhj"
    assert mine["pairings"][0]["mine"] is True
    assert mine["pairings"][0]["frequencies"] == [{"count": 1, "unit": "month"}]
    assert mine["pairings"][0]["members"] == [{"id": str(county.users["anna"]), "name": "安娜"}]
    assert mine["duties"] == [
        {
            "pairing_id": str(county.mine_pairing), "first": "2026-01-01", "last": None, "count": 1, "unit": "month",
            "span_shares": [{"from": "2000-01-01", "numerator": 1, "denominator": 2}], "satisfied": 0, "next_due": "2026-01-31",
        }
    ]  # fmt: skip
    assert mine["town_name"] == "巴公镇"


def test_second_pull_brings_only_what_changed(anna: Person, county: County) -> None:
    store_small_checklist()
    announce(county)
    _, cursor = pull_all(anna)
    visit_id, hazard_id = new_id(), new_id()
    first = submission(county.mine, visit_id)
    trouble = found(county.mine, visit_id, hazard_id)

    anna.post("/api/sync/records", json=batch(first, trouble, visit(county.mine, visit_id, [first, trouble])))
    changes, cursor = pull_all(anna, cursor)
    nothing, _ = pull_all(anna, cursor)

    kinds = {change["kind"]: change for change in changes}
    assert set(kinds) == {"subject", "submission", "hazard", "visit"}
    assert kinds["hazard"]["body"]["description"] == "安全出口被堵"
    assert kinds["visit"]["body"]["receipt"]["kind"] == "visit"
    assert kinds["subject"]["body"]["open_hazards"] == 1
    assert nothing == []


def test_new_pairing_brings_the_subject_and_what_hangs_on_it(anna: Person, dora: Person, county: County, app: Flask) -> None:
    hazard_id = new_id()
    anna.post("/api/sync/records", json=batch(found(county.mine, None, hazard_id)))
    _, cursor = pull_all(dora)

    with transaction():
        add_pairing(county.mine, county.users["dora"], county.bureau, start=date(2026, 1, 1))
    changes, _ = pull_all(dora, cursor)

    assert {change["kind"] for change in changes} == {"subject", "hazard"}


def test_subject_that_ended_is_told_as_deleted(anna: Person, county: County) -> None:
    announce(county)
    _, cursor = pull_all(anna)
    with transaction():
        end_subject(county.mine, date(2026, 11, 1), clock.now())
    [change], _ = pull_all(anna, cursor)

    assert change == {"kind": "subject", "id": str(county.mine), "deleted": True, "body": None}


def test_cursor_that_is_not_ours_is_refused(anna: Person) -> None:
    answer = anna.get("/api/sync/changes?cursor=%3Bdrop")

    assert answer.status_code == 422
