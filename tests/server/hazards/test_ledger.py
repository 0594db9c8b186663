"""The hazard ledger: filters, scopes, desk actions, timeline."""

from __future__ import annotations

import pytest

from tests.conftest import County, Person
from tests.records import batch, event, found, new_id


@pytest.fixture
def hazard_id(anna: Person, county: County) -> str:
    identifier = new_id()
    anna.post("/api/sync/records", json=batch(found(county.mine, None, identifier)))
    return identifier


def test_supervisor_of_the_town_sees_the_hazard(ben: Person, hazard_id: str) -> None:
    ledger = ben.get("/api/hazards").json

    assert [item["id"] for item in ledger["items"]] == [hazard_id]
    assert ledger["items"][0]["subject"]["town_name"] == "巴公镇"
    assert ledger["items"][0]["sector"] == "coal_mine"


def test_person_without_scope_sees_neither_list_nor_detail(dora: Person, hazard_id: str) -> None:
    assert dora.get("/api/hazards").json["items"] == []
    assert dora.get(f"/api/hazards/{hazard_id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("state=open", 1),
        ("state=draft", 1),
        ("state=closed", 0),
        ("grade=major", 0),
        ("town=140525108", 1),
        ("town=140525107", 0),
        ("sector=coal_mine", 1),
        ("sector=fire_safety", 0),
        ("source=pairing_visit", 1),
        ("source=tip_off", 0),
        ("from=2026-11-20&to=2026-11-20", 1),
        ("from=2026-11-21", 0),
        ("to=2026-11-19", 0),
        ("q=安全出口", 1),
        ("q=出口", 1),
        ("q=口", 1),
        ("q=示例煤业", 1),
        ("q=口 被堵", 1),
        ("q=堵东", 0),
        ("q=100%25", 0),
        ("q=*", 0),
        ("q=%20", 1),
    ],
)
def test_filters_of_the_ledger(chen: Person, hazard_id: str, query: str, total: int) -> None:
    ledger = chen.get(f"/api/hazards?{query}&count=true").json

    assert [item["id"] for item in ledger["items"]] == [hazard_id] * total
    assert ledger["count"] == {"n": total, "more": False}


def test_unknown_filter_value_is_a_problem(chen: Person) -> None:
    answer = chen.get("/api/hazards?state=sleeping")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/state"


def test_hazard_goes_round_the_loop_and_is_closed(anna: Person, ben: Person, county: County, hazard_id: str) -> None:
    path = f"/api/hazards/{hazard_id}/events"

    assert ben.post(path, json={"kind": "confirmed", "grade": "general"}).json["state"] == "confirmed"
    assigned = ben.post(path, json={"kind": "assigned", "responsible_unit": "一号井", "deadline": "2026-12-01"})
    assert assigned.json["state"] == "assigned"
    done = event(county.mine, hazard_id, "submitted", "2027-01-02T10:00:00+08:00", note="已清理", photos=[])
    assert anna.post("/api/sync/records", json=batch(done)).json["results"][0]["status"] == "accepted"
    returned = event(county.mine, hazard_id, "rechecked", "2027-01-03T10:00:00+08:00", result="return", reason="仍有堆物")
    anna.post("/api/sync/records", json=batch(returned))

    hazard = ben.get(f"/api/hazards/{hazard_id}").json

    assert hazard["state"] == "rectifying"
    assert hazard["returned_count"] == 1
    assert [entry["kind"] for entry in hazard["events"]] == ["found", "confirmed", "assigned", "submitted", "rechecked"]
    assert hazard["events"][0]["author_name"] == "安娜"


def test_event_that_the_state_does_not_allow_is_refused_at_the_desk(ben: Person, hazard_id: str) -> None:
    answer = ben.post(f"/api/hazards/{hazard_id}/events", json={"kind": "rechecked", "result": "pass"})

    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/event-not-possible"
    assert len(ben.get(f"/api/hazards/{hazard_id}").json["events"]) == 1


def test_inspector_may_not_act_at_the_desk(anna: Person, hazard_id: str) -> None:
    answer = anna.post(f"/api/hazards/{hazard_id}/events", json={"kind": "confirmed", "grade": "general"})

    assert answer.status_code == 403


def test_what_an_inspectors_phone_may_not_do_is_kept_and_shown_with_its_reason(
    anna: Person, ben: Person, county: County, hazard_id: str
) -> None:
    record = event(county.mine, hazard_id, "voided", "2026-11-21T10:00:00+08:00", reason="误报", approver="无")

    [result] = anna.post("/api/sync/records", json=batch(record)).json["results"]

    assert result["status"] == "accepted"
    hazard = ben.get(f"/api/hazards/{hazard_id}").json
    assert hazard["state"] == "draft"
    assert [(entry["kind"], entry["ineffective"]) for entry in hazard["events"]] == [
        ("found", None), ("voided", "needs_supervisor"),
    ]  # fmt: skip


def test_event_on_another_subjects_hazard_is_refused(anna: Person, county: County, hazard_id: str) -> None:
    record = event(county.chemical_store, hazard_id, "noted", "2026-11-21T10:00:00+08:00", text="x")

    [result] = anna.post("/api/sync/records", json=batch(record)).json["results"]

    assert result["problem"]["type"] == "/problems/conflict"


def test_event_that_overtakes_its_finding_is_kept(anna: Person, county: County) -> None:
    identifier = new_id()
    early = event(county.mine, identifier, "submitted", "2026-11-21T10:00:00+08:00", note="已清理", photos=[])

    anna.post("/api/sync/records", json=batch(early))
    assert anna.get(f"/api/hazards/{identifier}").status_code == 404
    anna.post("/api/sync/records", json=batch(found(county.mine, None, identifier)))

    assert anna.get(f"/api/hazards/{identifier}").json["state"] == "submitted"


def test_overdue_is_derived_from_the_deadline(chen: Person, anna: Person, county: County) -> None:
    late, open_ = new_id(), new_id()
    anna.post(
        "/api/sync/records",
        json=batch(found(county.mine, None, late, deadline="2026-01-05"), found(county.mine, None, open_, deadline="2999-01-01")),
    )

    overdue = chen.get("/api/hazards?overdue=true").json

    assert [item["id"] for item in overdue["items"]] == [late]
    assert overdue["items"][0]["overdue"] is True


def test_transfer_counts_when_the_receiver_accepts_it(chen: Person, hazard_id: str) -> None:
    path = f"/api/hazards/{hazard_id}/events"
    department = next(row["id"] for row in chen.get("/api/register/departments").json["departments"])
    transfer = {"kind": "transferred", "to_org": "县应急局", "to_department_id": department, "reason": "不属本部门"}

    assert chen.post(path, json=transfer).json["department_id"] is None
    assert chen.post(path, json={"kind": "transfer_accepted"}).json["department_id"] == department
    assert chen.post(path, json={"kind": "transfer_accepted"}).status_code == 409


def test_transfer_to_a_department_that_is_not_there_is_refused(chen: Person, hazard_id: str) -> None:
    document = {"kind": "transferred", "to_org": "无", "to_department_id": new_id(), "reason": "x"}

    answer = chen.post(f"/api/hazards/{hazard_id}/events", json=document)

    assert answer.json["errors"][0]["pointer"] == "#/to_department_id"


def test_hazard_is_merged_only_into_another_of_its_subject(chen: Person, anna: Person, county: County, hazard_id: str) -> None:
    other, foreign = new_id(), new_id()
    anna.post("/api/sync/records", json=batch(found(county.mine, None, other), found(county.chemical_store, None, foreign)))
    path = f"/api/hazards/{hazard_id}/events"

    for into in (hazard_id, foreign, new_id()):
        assert chen.post(path, json={"kind": "merged", "into": into, "reason": "重复"}).status_code == 422
    merged = chen.post(path, json={"kind": "merged", "into": other, "reason": "重复"}).json

    assert (merged["state"], merged["merged_into"]) == ("voided", other)


def test_setting_a_deadline_is_no_way_round_an_extension(chen: Person, hazard_id: str) -> None:
    path = f"/api/hazards/{hazard_id}/events"
    chen.post(path, json={"kind": "deadline_set", "deadline": "2026-11-01"})

    later = chen.post(path, json={"kind": "deadline_set", "deadline": "2026-12-31"})

    assert later.status_code == 409
    assert later.json["errors"][0]["code"] == "needs_extension"
