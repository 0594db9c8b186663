"""Nobody is alone with a hazard: who reports does not accept, times are believed within bounds, and the desk says what it must.

Who may do what is the matrix of tests/vectors/sync/duties.json; here it counts that the server enforces it. On both databases.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from server import clock
from tests.conftest import County, Person
from tests.records import batch, event, found, new_id, seal, visit
from tests.server.evidence.photos import photo_bytes, photo_record, send

pytestmark = pytest.mark.both_databases

PUSH = "/api/sync/records"
FIVE = {
    "responsible_person": "李强", "measures": "更换", "funds_wan": "2", "deadline": "2026-12-20", "contingency_plan": "有",
}  # fmt: skip


def today(**since: float) -> str:
    """The time some hours or minutes from now, as a phone writes it."""
    return str(clock.isoformat(clock.now() + timedelta(**since)))


def push(person: Person, *records: dict[str, Any]) -> list[str]:
    answer = person.post(PUSH, json=batch(*records))
    assert answer.status_code == 200, answer.text
    return [result["status"] for result in answer.json["results"]]


def detail(person: Person, hazard_id: str) -> dict[str, Any]:
    body: dict[str, Any] = person.get(f"/api/hazards/{hazard_id}").json
    return body


def act(person: Person, hazard_id: str, **document: Any) -> Any:
    return person.post(f"/api/hazards/{hazard_id}/events", json=document)


@pytest.mark.parametrize("grade", ["general", "major"])
def test_one_persons_single_push_closes_nothing(anna: Person, ben: Person, county: County, grade: str) -> None:
    hazard_id, mine = new_id(), county.mine

    statuses = push(
        anna,
        found(mine, None, hazard_id, at=today(minutes=-3), grade=grade, deadline="2099-01-01"),
        event(mine, hazard_id, "submitted", today(minutes=-2), commitments=FIVE),
        event(mine, hazard_id, "rechecked", today(minutes=-1), result="pass"),
    )

    assert statuses == ["accepted"] * 3
    hazard = detail(ben, hazard_id)
    assert (hazard["state"], hazard["closed_at"]) == ("submitted", None)
    reasons = {"general": "own_rectification", "major": "needs_supervisor"}
    assert [(entry["kind"], entry["ineffective"]) for entry in hazard["events"]] == [
        ("found", None), ("submitted", None), ("rechecked", reasons[grade]),
    ]  # fmt: skip


def test_what_the_rules_refuse_from_a_phone_is_listed_for_the_desk(anna: Person, ben: Person, county: County) -> None:
    """Kept with its reason, and found without knowing the hazard."""
    refused, plain = new_id(), new_id()
    push(anna, found(county.mine, None, refused), found(county.mine, None, plain))
    push(anna, event(county.mine, refused, "confirmed", today(), grade="general"))

    listed = ben.get("/api/hazards?without_effect=true").json["items"]

    assert [item["id"] for item in listed] == [refused]


def test_a_supervisors_phone_acts_as_a_supervisor_within_the_scope_alone(ben: Person, chen: Person, county: County) -> None:
    hazard_id = new_id()
    push(ben, found(county.mine, None, hazard_id), event(county.mine, hazard_id, "confirmed", today(), grade="general"))

    assert detail(chen, hazard_id)["state"] == "confirmed"


def test_nobody_closes_a_major_hazard_that_was_not_confirmed(anna: Person, ben: Person, county: County) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id, grade="major", at=today(minutes=-5)))
    push(anna, event(county.mine, hazard_id, "submitted", today(minutes=-4), commitments=FIVE))

    refused = act(ben, hazard_id, kind="rechecked", result="pass")

    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "not_confirmed")
    assert act(ben, hazard_id, kind="confirmed", grade="major").status_code == 201
    assert act(ben, hazard_id, kind="rechecked", result="pass").json["state"] == "closed"


def test_who_reported_at_the_desk_does_not_accept_at_the_desk(ben: Person, chen: Person, county: County, anna: Person) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id, at=today(minutes=-5)))
    act(ben, hazard_id, kind="submitted", completed_on="2026-11-24", note="已更换")

    refused = act(ben, hazard_id, kind="rechecked", result="pass")

    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "own_rectification")
    assert act(chen, hazard_id, kind="rechecked", result="pass").json["state"] == "closed"


def test_fixed_on_the_spot_is_closed_at_the_finding(anna: Person, ben: Person, county: County) -> None:
    shown, unshown = new_id(), new_id()
    before_and_after = [{"id": new_id(), "role": "before"}, {"id": new_id(), "role": "after"}]
    push(
        anna,
        found(county.mine, None, shown, fixed_on_spot=True, photos=before_and_after, no_photo_reason=None),
        found(county.mine, None, unshown, fixed_on_spot=True, photos=before_and_after[:1], no_photo_reason=None),
    )

    assert [detail(ben, id_)["state"] for id_ in (shown, unshown)] == ["closed", "submitted"]
    assert act(ben, shown, kind="confirmed", grade="major").json["state"] == "confirmed"


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        ({"kind": "extended", "deadline": "2099-01-01", "reason": "停电"}, ["#/approver"]),
        ({"kind": "extended"}, ["#/deadline", "#/reason", "#/approver"]),
        ({"kind": "regraded", "grade": "major"}, ["#/reason"]),
        ({"kind": "voided"}, ["#/reason", "#/approver"]),
        ({"kind": "confirmed"}, ["#/grade"]),
        ({"kind": "assigned", "deadline": "2099-01-01"}, ["#/responsible_unit"]),
        ({"kind": "transferred", "to_org": "住建局"}, ["#/reason"]),
        ({"kind": "rechecked", "result": "return"}, ["#/reason"]),
        ({"kind": "submitted"}, ["#/note"]),
        ({"kind": "noted"}, ["#/text"]),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_the_desk_says_what_each_act_must(
    anna: Person, ben: Person, county: County, document: dict[str, Any], missing: list[str]
) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id))

    answer = act(ben, hazard_id, **document)

    assert answer.status_code == 422, answer.text
    assert sorted(error["pointer"] for error in answer.json["errors"]) == sorted(missing)
    assert len(detail(ben, hazard_id)["events"]) == 1


def test_an_act_of_a_phone_that_does_not_say_what_it_must_waits_for_a_person(anna: Person, chen: Person, county: County) -> None:
    hazard_id = new_id()
    finding = found(county.mine, None, hazard_id)
    incomplete = event(county.mine, hazard_id, "rechecked", today(), result="return")
    stand_in = seal("hazard_event", county.mine, finding["body"] | {"kind": "item_failed", "hazard_id": new_id()})

    assert push(anna, finding, incomplete, stand_in) == ["accepted", "quarantined", "quarantined"]
    assert {entry["id"] for entry in chen.get("/api/quarantine").json["items"]} == {incomplete["id"], stand_in["id"]}


def on_time(chen: Person) -> tuple[int, int]:
    """Of the hazards of the year with a limit that has passed: how many kept it, and how many there are."""
    from server.scores.service import rebuild_all

    rebuild_all(clock.now())
    rate = chen.get("/api/scores/overview?period=2026").json["figures"]["on_time_rate"]
    return rate["numerator"], rate["denominator"]


def doubts_of(hazard: dict[str, Any], record: dict[str, Any]) -> list[str]:
    return [entry["reason"] for entry in hazard["time_doubts"] if entry["event_id"] == record["id"]]


def closed_with(anna: Person, ben: Person, county: County, submitted: dict[str, Any], *others: dict[str, Any]) -> str:
    """A hazard of the year with the limit of 23 November, reported as said and accepted by ben."""
    hazard_id = submitted["body"]["hazard_id"]
    push(anna, found(county.mine, None, hazard_id, deadline="2026-11-23"), submitted, *others)
    answer = act(ben, hazard_id, kind="rechecked", result="pass")
    assert answer.status_code == 201, answer.text
    return str(hazard_id)


def test_a_report_of_days_ago_is_kept_and_flagged_and_not_on_time(
    anna: Person, ben: Person, chen: Person, county: County
) -> None:
    """It names no visit, so whoever made it was online, and it happened when it came."""
    backdated = event(county.mine, new_id(), "submitted", "2026-11-22T09:00:00+08:00")

    hazard_id = closed_with(anna, ben, county, backdated)

    hazard = detail(chen, hazard_id)
    assert (hazard["state"], hazard["submission_in_doubt"]) == ("closed", True)
    assert doubts_of(hazard, backdated) == ["outside_visit"]
    assert on_time(chen) == (0, 1)


@pytest.mark.parametrize(
    ("at", "doubts", "kept"),
    [
        ("2026-11-22T09:30:00+08:00", [], 1),
        ("2026-11-22T08:00:00+08:00", ["outside_visit"], 0),
        ("2026-11-20T09:00:00+08:00", ["outside_visit"], 0),
        ("2026-11-22T11:00:00+08:00", ["outside_visit"], 0),
    ],
    ids=["within", "an hour before", "days before", "after"],
)
@pytest.mark.parametrize("visit_first", [True, False])
def test_an_act_is_believed_within_its_visit(
    anna: Person, ben: Person, chen: Person, county: County, at: str, doubts: list[str], kept: int, visit_first: bool
) -> None:
    visit_id, hazard_id = new_id(), new_id()
    body = {"hazard_id": hazard_id, "kind": "submitted", "at": at, "note": "已更换"}
    report = seal("hazard_event", county.mine, body, visit_id=visit_id, made_at="2026-11-22T10:00:00+08:00")
    trip = visit(county.mine, visit_id, [report])
    trip["body"] |= {"started_at": "2026-11-22T09:00:00+08:00", "finished_at": "2026-11-22T10:00:00+08:00"}
    trip = seal("visit", county.mine, trip["body"], visit_id=visit_id, record_id=visit_id)
    for each in (trip, report) if visit_first else (report, trip):
        if each is report:
            push(anna, found(county.mine, None, hazard_id, deadline="2026-11-23"), each)
        else:
            push(anna, each)

    assert act(ben, hazard_id, kind="rechecked", result="pass").status_code == 201

    assert doubts_of(detail(chen, hazard_id), report) == doubts
    assert on_time(chen) == (kept, 1)


def test_an_act_of_tomorrow_happened_when_it_came(anna: Person, ben: Person, county: County) -> None:
    """A clock that is fast must not hold back what others do now."""
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id, at=today(minutes=-5)))
    early = event(county.mine, hazard_id, "submitted", "2027-08-01T09:00:00+08:00")
    push(anna, early)

    passed = act(ben, hazard_id, kind="rechecked", result="pass").json

    assert passed["state"] == "closed"
    assert passed["closed_at"] < "2027"
    assert passed["time_doubts"] == [{"event_id": early["id"], "reason": "after_receipt"}]


def test_a_phone_cannot_say_who_made_its_events(anna: Person, ben: Person, county: County) -> None:
    hazard_id = new_id()
    supervisor = {"id": new_id(), "capacity": "supervisor"}
    push(anna, found(county.mine, None, hazard_id))
    push(anna, event(county.mine, hazard_id, "confirmed", today(), grade="general", by=supervisor))

    assert detail(ben, hazard_id)["state"] == "draft"


def test_a_server_clock_set_back_a_day_changes_nothing(anna: Person, ben: Person, chen: Person, county: County) -> None:
    hazard_id = new_id()
    push(anna, found(county.mine, None, hazard_id, at=today(minutes=-5)))
    act(ben, hazard_id, kind="confirmed", grade="general")
    act(ben, hazard_id, kind="submitted", completed_on="2026-11-24", note="已更换")

    with set_back(timedelta(days=1)):
        returned = act(chen, hazard_id, kind="rechecked", result="return", reason="仍有堆物")
        again = act(ben, hazard_id, kind="submitted", completed_on="2026-11-24", note="已清理")
        passed = act(chen, hazard_id, kind="rechecked", result="pass")

    assert [answer.json.get("state") for answer in (returned, again, passed)] == ["rectifying", "submitted", "closed"]
    hazard = detail(ben, hazard_id)
    assert [entry["kind"] for entry in hazard["events"]] == [
        "found", "confirmed", "submitted", "rechecked", "submitted", "rechecked",
    ]  # fmt: skip
    assert {entry["ineffective"] for entry in hazard["events"]} == {None}
    assert hazard["time_doubts"] == []


def set_back(by: timedelta) -> Any:
    real = clock.now

    def earlier() -> datetime:
        return real() - by

    return mock.patch("server.clock.now", earlier)


def test_nobody_reviews_their_own_photo(ben: Person, chen: Person, county: County) -> None:
    photo_id, data = new_id(), photo_bytes()
    push(ben, photo_record(county.mine, photo_id, data))
    send(ben, data, photo_id)
    path = f"/api/evidence/photos/{photo_id}/reviews"

    own = ben.post(path, json={"decision": "approved"})

    assert (own.status_code, own.json["type"]) == (403, "/problems/not-allowed")
    assert ben.get("/api/evidence/reviews").json["items"] == []
    assert chen.post(path, json={"decision": "approved"}).status_code == 201
