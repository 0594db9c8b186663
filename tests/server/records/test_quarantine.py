"""Quarantine: what does not fit its checklist is kept whole, counted nowhere, and seen until somebody resolves it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import forms
from server.audit import AuditEntry
from server.checklists.service import add_version
from server.db import db, transaction
from server.hazards.models import Hazard
from server.records.models import Record
from server.visits.models import Submission
from server.work.outbox import OutboxNote
from tests.conftest import County, Person
from tests.records import SMALL, batch, judgement, new_id, store_small_checklist, submission, visit

BROKEN = {"exit": {"result": "splendid"}, "gas": {"value": "much"}, "nonsense": {}}


@pytest.fixture(autouse=True)
def small_checklist(app: Flask) -> None:
    store_small_checklist()


@pytest.fixture
def later() -> dict[str, Any]:
    """A version that is not stored yet. Of its own in each test, since compiled versions stay in the process."""
    title = {"zh": new_id(), "en": "later"}
    return SMALL | {"version": "2", "title": title, "sections": [SMALL["sections"][0] | {"items": [judgement("exit", 6)]}]}


def reference(document: dict[str, Any]) -> dict[str, Any]:
    return {"id": document["id"], "version": document["version"], "hash": forms.content_hash(document)}


def push(person: Person, *records: object) -> list[str]:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    return [result["status"] for result in answer.json["results"]]


def listed(person: Person, state: str = "open") -> list[str]:
    answer = person.get(f"/api/quarantine?state={state}")
    assert answer.status_code == 200, answer.text
    return [entry["id"] for entry in answer.json["items"]]


def entry_of(person: Person, record: dict[str, Any]) -> dict[str, Any]:
    answer = person.get(f"/api/quarantine/{record['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json


def resolve(person: Person, record: dict[str, Any], way: str, **body: Any) -> Any:
    return person.post(f"/api/quarantine/{record['id']}/{way}", json=body)


def store(document: dict[str, Any]) -> None:
    with transaction():
        add_version(document, forms.content_hash(document), source="repository")


def count(model: type, *conditions: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_author_and_office_see_the_record_whole_with_every_fault(anna: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)

    assert push(anna, record) == ["quarantined"]

    for person, mine in ((anna, True), (chen, False)):
        entry = entry_of(person, record)
        assert (entry["body"], entry["mine"], entry["state"]) == (record["body"], mine, "open")
        assert entry["receipt"]["sha256"] == record["content_hash"]
        assert (entry["subject_name"], entry["author"]["name"]) == ("巴公示例煤业一号井", "安娜")
        assert [(fault["pointer"], fault["code"]) for fault in entry["faults"]] == [
            ("#/body/answers/exit/result", "not-an-option"),
            ("#/body/answers/gas/value", "wrong-type"),
            ("#/body/answers/nonsense", "unknown-item"),
        ]
        assert entry["faults_now"] == entry["faults"]


def test_a_fault_says_in_words_what_is_wrong_with_which_answer_to_which_item(anna: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)

    first, second, last = entry_of(anna, record)["faults"]

    assert (first["item"], first["answer"]) == ({"zh": "exit 完好", "en": "exit 完好"}, {"result": "splendid"})
    assert second["text"] == {"zh": "内容的类型不对，应为数字", "en": "This must be a number"}
    assert (last["item"], last["answer"]) == (None, {})
    assert last["text"] == {"zh": "检查表中没有此项", "en": "The checklist has no such item"}


def test_only_author_and_office_see_it(anna: Person, ben: Person, dora: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)

    for person in (ben, dora):
        assert listed(person) == []
        assert person.get(f"/api/quarantine/{record['id']}").status_code == 404
        assert person.get("/api/quarantine/count").json == {"open": 0, "more": False}
    assert listed(anna) == listed(chen) == [record["id"]]
    assert anna.get("/api/quarantine/count").json == {"open": 1, "more": False}


def test_only_the_office_resolves(anna: Person, ben: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)

    assert entry_of(anna, record)["may_resolve"] is False
    for person in (anna, ben):
        assert resolve(person, record, "accept").status_code == 403
        assert resolve(person, record, "set-aside", reason="x").status_code == 403


def test_a_record_that_is_in_no_quarantine_is_not_shown_there(anna: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id())
    push(anna, record)

    assert listed(chen, "all") == []
    assert chen.get(f"/api/quarantine/{record['id']}").status_code == 404
    assert resolve(chen, record, "accept").status_code == 404


def test_a_record_is_accepted_once_its_checklist_is_published_and_counts_from_then_on(
    anna: Person, chen: Person, county: County, later: dict[str, Any]
) -> None:
    record = submission(county.mine, new_id(), {"exit": {"result": "fail"}}, checklist=reference(later))
    assert push(anna, record) == ["quarantined"]
    early = resolve(chen, record, "accept")
    store(later)

    answer = resolve(chen, record, "accept", reason="检查表已发布")

    assert (early.status_code, early.json["type"]) == (422, "/problems/unknown-checklist")
    assert answer.status_code == 200, answer.text
    assert (answer.json["state"], answer.json["resolution"]["by"]["name"]) == ("accepted", "陈")
    stored = db.session.get(Submission, uuid.UUID(record["id"]))
    assert (stored.score_numerator, str(stored.author_id)) == ("0", str(county.users["anna"]))
    assert count(OutboxNote, OutboxNote.topic == "refresh_subject", OutboxNote.key == str(county.mine)) == 1
    assert count(AuditEntry, AuditEntry.action == "quarantine:accepted", AuditEntry.resource_id == record["id"]) == 1
    assert (listed(chen), listed(anna, "resolved")) == ([], [record["id"]])
    assert resolve(chen, record, "accept").status_code == 409


def test_a_record_that_still_does_not_fit_is_not_accepted(anna: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)

    answer = resolve(chen, record, "accept")

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/answers-invalid")
    assert len(answer.json["errors"]) == 3
    assert (count(Submission), listed(chen)) == (0, [record["id"]])


def test_failed_items_of_a_record_accepted_late_open_their_hazards(
    anna: Person, chen: Person, county: County, later: dict[str, Any]
) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, {"exit": {"result": "fail"}}, checklist=reference(later))
    assert push(anna, record, visit(county.mine, visit_id, [record])) == ["quarantined", "accepted"]
    assert count(Hazard) == 0
    store(later)

    resolve(chen, record, "accept")

    assert count(Hazard, Hazard.submission_id == uuid.UUID(record["id"]), Hazard.item_path == "exit") == 1


def test_a_quarantined_record_does_not_hold_its_visit_on_the_phone(anna: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, BROKEN)

    answer = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record])))

    assert [state["complete"] for state in answer.json["visits"]] == [True]


@pytest.mark.parametrize("correction_first", [False, True])
def test_a_correction_by_its_author_ends_the_matter(anna: Person, chen: Person, county: County, correction_first: bool) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, BROKEN)
    correction = submission(county.mine, visit_id, revises=record["id"])

    for each in (correction, record) if correction_first else (record, correction):
        push(anna, each)

    entry = entry_of(chen, record)
    assert (entry["state"], entry["resolution"]["record_id"]) == ("corrected", correction["id"])
    assert entry["resolution"]["by"]["id"] == str(county.users["anna"])
    assert (listed(chen), count(Submission)) == ([], 1)
    assert resolve(chen, record, "accept").status_code == 409


def test_a_correction_that_does_not_fit_either_settles_nothing(anna: Person, chen: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, BROKEN)
    again = submission(county.mine, visit_id, BROKEN, revises=record["id"])

    push(anna, record, again)

    assert sorted(listed(chen)) == sorted([record["id"], again["id"]])


def test_a_record_of_another_subject_corrects_nothing(anna: Person, chen: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(county.mine, visit_id, BROKEN)

    push(anna, record, submission(county.chemical_store, visit_id, revises=record["id"]))

    assert listed(chen) == [record["id"]]


def test_what_is_set_aside_is_kept_with_its_reason_and_not_counted(anna: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)

    without_reason = resolve(chen, record, "set-aside", reason="  ")
    answer = resolve(chen, record, "set-aside", reason="测试数据")

    assert (without_reason.status_code, without_reason.json["errors"][0]["pointer"]) == (422, "#/reason")
    assert (answer.json["state"], answer.json["resolution"]["reason"]) == ("set_aside", "测试数据")
    assert entry_of(anna, record)["body"] == record["body"]
    assert (count(Submission), count(Record)) == (0, 1)
    assert resolve(chen, record, "set-aside", reason="noch einmal").status_code == 409


def test_the_authors_phone_hears_of_the_resolution_and_nobody_elses(
    anna: Person, chen: Person, ben: Person, county: County
) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)
    cursors = {person: person.get("/api/sync/changes?limit=500").json["cursor"] for person in (anna, ben)}

    resolve(chen, record, "set-aside", reason="测试数据")

    def heard(person: Person) -> list[dict[str, Any]]:
        changes = person.get(f"/api/sync/changes?cursor={cursors[person]}").json["changes"]
        return [change for change in changes if change["kind"] == "quarantine"]

    [change] = heard(anna)
    assert (change["id"], change["body"]["state"]) == (record["id"], "set_aside")
    assert (change["body"]["resolution"]["by"]["name"], change["body"]["resolution"]["reason"]) == ("陈", "测试数据")
    assert [change["body"] for change in heard(ben)] == [None]


def test_the_same_record_sent_again_after_its_resolution_gets_the_same_receipt(
    anna: Person, chen: Person, county: County
) -> None:
    record = submission(county.mine, new_id(), BROKEN)
    push(anna, record)
    receipt = entry_of(anna, record)["receipt"]
    resolve(chen, record, "set-aside", reason="测试数据")

    [result] = anna.post("/api/sync/records", json=batch(record)).json["results"]

    assert (result["status"], result["receipt"]) == ("already_accepted", receipt)


def test_a_revision_in_quarantine_leaves_what_it_revises_counted(
    anna: Person, chen: Person, county: County, later: dict[str, Any]
) -> None:
    visit_id = new_id()
    first = submission(county.mine, visit_id)
    second = submission(county.mine, visit_id, {"exit": {"result": "pass"}}, checklist=reference(later), revises=first["id"])
    push(anna, first, second)
    assert db.session.get(Submission, uuid.UUID(first["id"])).superseded is False
    store(later)

    resolve(chen, second, "accept")

    db.session.rollback()
    assert db.session.get(Submission, uuid.UUID(first["id"])).superseded is True


STRANGE: list[tuple[str, dict[str, Any]]] = [
    ("answers", {"answers": []}),
    ("checklist", {"checklist": "small"}),
    ("checklist/hash", {"checklist": {"id": "small", "version": "1", "hash": "x"}}),
    ("repeats", {"repeats": "all"}),
    ("revises", {"revises": "that one"}),
    ("finished_at", {"finished_at": None}),
    ("repeats/rooms", {"repeats": {"rooms": [{"key": "1", "answers": {}}]}}),
    ("repeats/all", {"repeats": {"all": 3}}),
    ("profile/colour", {"profile": {"colour": "red"}}),
    ("answers/exit", {"answers": {"exit": None}}),
]


@pytest.mark.parametrize(("pointer", "part"), STRANGE, ids=[pointer for pointer, _ in STRANGE])
def test_every_kind_of_strange_body_is_kept_and_shown(
    anna: Person, chen: Person, county: County, pointer: str, part: dict[str, Any]
) -> None:
    record = submission(county.mine, new_id(), **part)

    assert push(anna, record) == ["quarantined"]

    entry = entry_of(chen, record)
    assert any(fault["pointer"].startswith(f"#/body/{pointer}") for fault in entry["faults"]), entry["faults"]
    assert all(fault["text"]["zh"] and fault["text"]["en"] for fault in entry["faults"])
    assert resolve(chen, record, "accept").status_code == 422


def test_a_submission_without_a_visit_is_kept_too(anna: Person, chen: Person, county: County) -> None:
    record = submission(county.mine, new_id())
    from tests.records import seal

    homeless = seal("submission", county.mine, record["body"])

    assert push(anna, homeless) == ["quarantined"]
    assert [fault["pointer"] for fault in entry_of(chen, homeless)["faults"]] == ["#/visit_id"]


def test_a_record_of_a_subject_that_is_not_theirs_is_kept_for_the_office(anna: Person, chen: Person, county: County) -> None:
    """docs/architecture.md, intake: an authentic record is never answered "no"."""
    record = submission(county.far_village, new_id())

    assert push(anna, record) == ["quarantined"]

    entry = entry_of(chen, record)
    assert [(fault["pointer"], fault["code"]) for fault in entry["faults"]] == [("#/subject_id", "not-yours")]
    assert (listed(anna), count(Submission)) == ([record["id"]], 0)
    assert resolve(chen, record, "accept", reason="包联关系登记晚了").status_code == 200
    assert count(Submission) == 1


def test_the_list_is_paged_newest_first(anna: Person, chen: Person, county: County) -> None:
    records = [submission(county.mine, new_id(), BROKEN) for _ in range(3)]
    for record in records:
        push(anna, record)

    first = chen.get("/api/quarantine?page_size=2&count=true").json
    second = chen.get(f"/api/quarantine?page_size=2&cursor={first['next']}").json
    elsewhere = chen.get(f"/api/quarantine?subject_id={county.chemical_store}&count=true").json

    assert [page["count"] and page["count"]["n"] for page in (first, second, elsewhere)] == [3, None, 0]
    assert (len(first["items"]), len(second["items"]), first["previous"], second["next"]) == (2, 1, None, None)
    assert [entry["id"] for entry in [*first["items"], *second["items"]]] == [record["id"] for record in records[::-1]]
