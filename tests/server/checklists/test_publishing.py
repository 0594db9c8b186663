"""Publishing: what is published never changes, says who approved it, drops nobody's answers and withstands restarts."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forms.standards import Standards, load_standards, standard_from
from server.audit import AuditEntry
from server.checklists import releases
from server.checklists.models import ChecklistVersion
from server.checklists.rules import Known, find_obstacles, next_version, published_hash
from server.db import db, transaction
from server.permissions import ALLOWED
from server.visits.models import Submission
from tests.conftest import County, Person
from tests.records import batch, new_id, submission
from tests.server.checklists.sample import (
    discard,
    drafted,
    ladders,
    offered,
    publish,
    published,
    reinstate,
    retire,
    send,
    without,
)
from vocabulary import Action, Role


def codes(answer: Any) -> list[str]:
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/not-publishable"), answer.text
    return [error["code"] for error in answer.json["errors"]]


def audit(action: str) -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_a_published_draft_is_what_phones_are_offered(chen: Person, anna: Person) -> None:
    start = anna.get("/api/sync/changes?limit=500").json["cursor"]

    version = published(chen, ladders(), note="第一次发布")

    assert offered(anna)["ladders"] == ("2026.1", "published")
    [change] = anna.get(f"/api/sync/changes?cursor={start}").json["changes"]
    assert (change["kind"], change["id"], change["body"]["hash"]) == ("checklist", "ladders", version["hash"])
    assert anna.get(f"/api/forms/checklists/{version['hash']}").json == ladders(status="published")


def test_a_version_tells_who_approved_and_who_published_it(chen: Person, county: County) -> None:
    version = published(chen, ladders(), note="第一次发布")

    assert (version["approved_by"], version["published_by"]["name"], version["note"]) == ("王主任", "陈", "第一次发布")
    assert version["published_at"].endswith("+08:00")
    [entry] = audit("checklist:publish")
    assert (entry.actor_id, entry.resource_id) == (county.users["chen"], version["hash"])
    assert entry.detail["approved_by"] == "王主任"


@pytest.mark.parametrize("name", ["", "   "])
def test_nobody_publishes_without_a_name(chen: Person, name: str) -> None:
    answer = publish(chen, drafted(chen, ladders()), approved_by=name)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/approved_by")
    assert "ladders" not in offered(chen)


def test_what_was_approved_is_what_is_published(chen: Person) -> None:
    draft = drafted(chen, ladders())
    chen.request("PUT", f"/api/forms/drafts/{draft['draft_id']}", json=ladders(points=9), headers={"If-Match": draft["hash"]})

    answer = publish(chen, draft)

    assert answer.status_code == 412
    assert "ladders" not in offered(chen)


def test_a_draft_is_published_once(chen: Person) -> None:
    draft = drafted(chen, ladders())
    publish(chen, draft)

    assert publish(chen, draft).status_code == 410


def test_a_number_that_is_used_with_other_content_is_refused(chen: Person) -> None:
    published(chen, ladders())

    answer = publish(chen, drafted(chen, ladders(points=9)))

    assert codes(answer) == ["version-taken"]
    assert "2026.2" in answer.json["errors"][0]["params"]["mend"]["zh"]


def test_an_older_number_is_refused(chen: Person) -> None:
    published(chen, ladders("2026.10"))

    assert codes(publish(chen, drafted(chen, ladders("2026.9", points=9)))) == ["version-not-newer"]


def test_the_same_content_is_not_published_twice(chen: Person) -> None:
    version = published(chen, ladders())
    retire(chen, version["hash"])

    assert codes(publish(chen, drafted(chen, ladders()))) == ["unchanged"]


def test_what_would_drop_answers_is_refused_and_named(chen: Person, anna: Person) -> None:
    published(chen, ladders())
    changed = without(ladders("2026.2"), "rungs")
    changed["sections"][0]["items"][1]["number"]["maximum"] = 80

    answer = publish(chen, drafted(chen, changed))

    assert codes(answer) == ["drops-answers", "drops-answers"]
    assert [error["params"]["subject"] for error in answer.json["errors"]] == ["angle", "rungs"]
    assert "删去“踏棍完好”" in answer.json["errors"][1]["params"]["what"]["zh"]
    assert offered(anna)["ladders"] == ("2026.1", "published")


def test_only_what_the_approver_confirms_by_name_may_be_dropped(chen: Person) -> None:
    published(chen, ladders())
    changed = without(ladders("2026.2"), "rungs")
    changed["sections"][0]["items"][1]["number"]["maximum"] = 80
    draft = drafted(chen, changed)

    half = publish(chen, draft, confirm_drops=["rungs", "feet"])
    whole = publish(chen, draft, confirm_drops=["rungs", "angle"])

    assert [error["params"]["subject"] for error in half.json["errors"]] == ["angle"]
    assert whole.status_code == 201
    assert whole.json["report"]["breaking"] == 2
    assert audit("checklist:publish")[-1].detail["confirmed_drops"] == ["angle", "rungs"]


def test_all_obstacles_come_at_once(chen: Person) -> None:
    published(chen, ladders("2026.3"))
    changed = without(ladders("2026.3", valid_from="2099-01-01"), "rungs")
    changed["title"] = {"zh": "（待译）Ladders", "en": "Ladders"}

    draft = drafted(chen, changed)

    assert codes(publish(chen, draft)) == ["version-taken", "not-yet-valid", "unfinished", "drops-answers"]
    assert [obstacle["code"] for obstacle in draft["obstacles"]] == [
        "version-taken", "not-yet-valid", "unfinished", "drops-answers",
    ]  # fmt: skip


def test_a_standard_that_has_expired_since_stands_against_publishing() -> None:
    plain = {
        "name": {"zh": "准则", "en": "Criteria"}, "number": None, "kind": "rule", "source": {"zh": "原文", "en": "Text"},
        "last_checked_on": "2026-06-01",
    }  # fmt: skip
    replaced = {"standard": "new", "on": "2026-07-01"}
    old, new = (
        standard_from(
            plain | {"id": "old", "edition": "2020", "valid_from": None, "valid_to": "2026-06-30", "replaced_by": replaced}
        ),
        standard_from(
            plain | {"id": "new", "edition": "2026", "valid_from": "2026-07-01", "valid_to": None, "replaced_by": None}
        ),
    )
    document = ladders(valid_from="2026-06-01")
    for item in document["sections"][0]["items"]:
        item["basis"] = [{"standard": "old", "clause": "1"}]

    on_the_last_day = find_obstacles(document, None, [], Standards([old, new]), date(2026, 6, 30))
    a_day_later = find_obstacles(document, None, [], Standards([old, new]), date(2026, 7, 1))

    assert on_the_last_day == []
    assert [(obstacle.code, obstacle.pointer) for obstacle in a_day_later] == [
        ("standard-not-in-force", f"/sections/0/items/{index}/basis/0/standard") for index in (0, 1, 2)
    ]


def test_a_checklist_is_not_published_before_its_first_day() -> None:
    document = ladders(valid_from="2026-07-01")

    the_day_before = find_obstacles(document, None, [], load_standards(), date(2026, 6, 30))
    on_the_day = find_obstacles(document, None, [], load_standards(), date(2026, 7, 1))

    assert ([obstacle.code for obstacle in the_day_before], on_the_day) == (["not-yet-valid"], [])


@pytest.mark.parametrize(
    ("versions", "year", "following"),
    [([], 2026, "2026.1"), (["2026.9", "2026.10"], 2026, "2026.11"), (["2025.4"], 2026, "2026.1"), (["2027.2"], 2026, "2027.3")],
)
def test_the_next_number_counts_on(versions: list[str], year: int, following: str) -> None:
    assert next_version(versions, year) == following


def test_the_content_of_a_known_version_under_a_new_number_is_new() -> None:
    known = [Known("2026.1", published_hash(ladders()))]

    assert find_obstacles(ladders("2026.2"), ladders(), known, load_standards(), date(2026, 7, 1)) == []


def test_a_retired_version_is_offered_no_more_and_nothing_takes_its_place(chen: Person, anna: Person) -> None:
    published(chen, ladders())
    second = published(chen, ladders("2026.2", points=7))
    start = anna.get("/api/sync/changes?limit=500").json["cursor"]

    retired = retire(chen, second["hash"], reason="分值有误")

    assert retired.status_code == 200
    assert (retired.json["state"], retired.json["current"], retired.json["retire_reason"]) == ("retired", False, "分值有误")
    assert "ladders" not in offered(anna)
    assert anna.get(f"/api/sync/changes?cursor={start}").json["changes"][0]["deleted"] is True
    assert audit("checklist:retire")[0].detail["approved_by"] == "王主任"
    assert retire(chen, second["hash"]).status_code == 409


def test_an_older_version_can_be_put_into_use_again(chen: Person, anna: Person) -> None:
    first = published(chen, ladders())
    second = published(chen, ladders("2026.2", points=7))
    retire(chen, second["hash"])

    answer = reinstate(chen, first["hash"])

    assert (answer.status_code, answer.json["state"], answer.json["current"]) == (200, "published", True)
    assert offered(anna)["ladders"] == ("2026.1", "published")
    assert reinstate(chen, first["hash"]).status_code == 409
    assert reinstate(chen, "0" * 64).status_code == 404


def test_a_version_that_is_reinstated_takes_the_place_of_the_one_in_use(chen: Person, anna: Person) -> None:
    first = published(chen, ladders())
    published(chen, ladders("2026.2", points=7))

    assert reinstate(chen, first["hash"]).status_code == 200

    entry = next(each for each in chen.get("/api/forms/library").json["items"] if each["id"] == "ladders")
    assert [(each["version"], each["current"]) for each in entry["versions"]] == [("2026.2", False), ("2026.1", True)]
    assert [each["version"] for each in anna.get("/api/forms/checklists").json["checklists"] if each["id"] == "ladders"] == [
        "2026.1"
    ]


def test_the_library_keeps_retired_versions_with_who_and_why(chen: Person) -> None:
    version = published(chen, ladders())
    retire(chen, version["hash"], reason="分值有误")

    entry = next(each for each in chen.get("/api/forms/library").json["items"] if each["id"] == "ladders")

    assert entry["current"] is None
    assert [(each["state"], each["retire_approved_by"], each["retire_reason"]) for each in entry["versions"]] == [
        ("retired", "王主任", "分值有误")
    ]


@pytest.mark.parametrize("field", ["approved_by", "reason"])
def test_retiring_needs_a_name_and_a_reason(chen: Person, field: str) -> None:
    version = published(chen, ladders())

    assert retire(chen, version["hash"], **{field: " "}).json["errors"][0]["pointer"] == f"#/{field}"
    assert reinstate(chen, version["hash"], **{field: ""}).status_code == 422
    assert offered(chen)["ladders"] == ("2026.1", "published")


def test_submissions_on_older_and_on_retired_versions_are_accepted_and_scored_by_them(
    chen: Person, anna: Person, county: County
) -> None:
    first = published(chen, ladders(points=6))
    second = published(chen, ladders("2026.2", points=1))
    retire(chen, second["hash"])
    answers = {"feet": {"result": "pass"}, "rungs": {"result": "fail"}, "angle": {"value": "70"}}

    records = [
        submission(county.mine, new_id(), answers, checklist={key: version[key] for key in ("id", "version", "hash")})
        for version in (first, second)
    ]
    results = anna.post("/api/sync/records", json=batch(*records)).json["results"]

    assert [result["status"] for result in results] == ["accepted", "accepted"]
    stored = [db.session.get(Submission, uuid.UUID(record["id"])) for record in records]
    assert [(row.score_numerator, row.score_denominator) for row in stored] == [("2", "3"), ("3", "7")]


def test_the_library_lists_every_version_and_draft(chen: Person) -> None:
    published(chen, ladders())
    published(chen, ladders("2026.2", points=7))
    drafted(chen, without(ladders("2026.3", points=7), "feet"))

    library = {each["id"]: each for each in chen.get("/api/forms/library").json["items"]}

    assert len(library) == 13
    entry = library["ladders"]
    assert [(each["version"], each["state"], each["current"]) for each in entry["versions"]] == [
        ("2026.2", "published", True), ("2026.1", "published", False),
    ]  # fmt: skip
    assert [(each["version"], each["obstacle_count"], each["breaking"]) for each in entry["drafts"]] == [("2026.3", 1, 1)]
    assert library["nine_standards_village"]["current"]["source"] == "repository"


def test_any_two_versions_or_drafts_can_be_compared(chen: Person) -> None:
    first = published(chen, ladders())
    second = published(chen, ladders("2026.2", points=7))
    draft = drafted(chen, ladders("2026.3", points=8))

    forth = chen.get(f"/api/forms/diff?from={first['hash']}&to={second['hash']}").json
    back = chen.get(f"/api/forms/diff?from={second['hash']}&to={first['hash']}").json
    to_draft = chen.get(f"/api/forms/diff?from={first['hash']}&to={draft['draft_id']}").json

    assert forth["report"]["changes"][0]["text"]["en"] == "“The feet do not slip” changes from 6 to 7 points"
    assert back["report"]["changes"][0]["text"]["zh"] == "“梯脚防滑”的分值由 7 改为 6"
    assert (to_draft["to"]["version"], to_draft["report"]["counts"]) == ("2026.3", {"rescored": 1})


def test_different_checklists_are_not_compared(chen: Person) -> None:
    ladder, stairs = published(chen, ladders()), published(chen, ladders(id="stairs"))

    answer = chen.get(f"/api/forms/diff?from={ladder['hash']}&to={stairs['hash']}")

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")
    assert chen.get(f"/api/forms/diff?from={ladder['hash']}&to={'0' * 64}").status_code == 404
    assert chen.get(f"/api/forms/diff?from={ladder['hash']}&to={uuid.uuid4()}").status_code == 404


def test_only_the_office_publishes_and_retires(chen: Person, anna: Person, ben: Person) -> None:
    draft, version = drafted(chen, ladders("2026.2")), published(chen, ladders())

    for person in (anna, ben):
        assert publish(person, draft).status_code == 403
        assert retire(person, version["hash"]).status_code == 403
        assert reinstate(person, version["hash"]).status_code == 403
    assert {role for role in Role if Action.PUBLISH_FORMS in ALLOWED[role]} == {Role.COUNTY_OFFICE}


# What a restart or a new release may do


def test_a_restart_changes_nothing_that_the_office_decided(app: Flask, chen: Person) -> None:
    fire = chen.get("/api/forms/library").json["items"]
    digest = next(each["current"]["hash"] for each in fire if each["id"] == "fire_safety")
    retire(chen, digest)

    assert releases.store_repository_checklists() == []

    assert "fire_safety" not in offered(chen)


def _release(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, document: dict[str, Any]) -> list[str]:
    from tests.server.checklists.sample import json_bytes

    (tmp_path / "checklists").mkdir(exist_ok=True)
    (tmp_path / "checklists" / f"{document['id']}.json").write_bytes(json_bytes(document))
    monkeypatch.setattr(releases, "FORMS_DIR", tmp_path)
    return releases.store_repository_checklists()


def test_a_release_brings_new_versions_of_what_the_office_left_alone(
    app: Flask, chen: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    _release(monkeypatch, tmp_path, ladders("2026.1", status="published"))

    assert _release(monkeypatch, tmp_path, ladders("2026.2", status="published", points=8)) == ["ladders"]

    assert offered(chen)["ladders"] == ("2026.2", "published")


@pytest.mark.parametrize(
    ("released", "reason"),
    [
        (ladders("2026.3", status="published", points=9), "the office has published one"),
        (ladders("2026.2", status="published", points=9), "the number is taken"),
        (ladders("2026.1", status="published", points=9), "it is older"),
    ],
    ids=["newer", "same number", "older"],
)
def test_a_release_only_proposes_when_the_office_has_published_its_own(
    app: Flask, chen: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, released: dict[str, Any], reason: str
) -> None:
    published(chen, ladders("2026.2"))

    assert _release(monkeypatch, tmp_path, released) == [], reason
    assert _release(monkeypatch, tmp_path, released) == []

    assert offered(chen)["ladders"] == ("2026.2", "published")
    entry = next(each for each in chen.get("/api/forms/library").json["items"] if each["id"] == "ladders")
    assert [(draft["version"], draft["source"]) for draft in entry["drafts"]] == [(released["version"], "repository")]


def test_a_proposal_that_was_thrown_away_does_not_come_again(
    app: Flask, chen: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    published(chen, ladders("2026.2"))
    released = ladders("2026.3", status="published", points=9)
    _release(monkeypatch, tmp_path, released)
    entry = next(each for each in chen.get("/api/forms/library").json["items"] if each["id"] == "ladders")
    discard(chen, entry["drafts"][0])

    _release(monkeypatch, tmp_path, released)

    entry = next(each for each in chen.get("/api/forms/library").json["items"] if each["id"] == "ladders")
    assert entry["drafts"] == []


def test_a_release_marked_draft_does_not_withdraw_what_is_in_use(
    app: Flask, chen: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    _release(monkeypatch, tmp_path, ladders("2026.1", status="published"))

    _release(monkeypatch, tmp_path, ladders("2026.2", status="draft", points=8))

    assert offered(chen)["ladders"] == ("2026.1", "published")


def test_a_checklist_released_as_a_draft_is_put_into_use_by_publishing_it(
    app: Flask, chen: Person, anna: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    _release(monkeypatch, tmp_path, ladders("2026.1", status="draft"))
    assert offered(anna)["ladders"] == ("2026.1", "draft")
    library = chen.get("/api/forms/library").json["items"]
    released = next(each["current"] for each in library if each["id"] == "ladders")

    draft = send(chen, {"from": released["hash"]}).json
    version = publish(chen, draft).json

    assert released["state"] == "draft"
    assert reinstate(chen, released["hash"]).status_code == 409
    assert (version["version"], version["state"]) == ("2026.2", "published")
    assert offered(anna)["ladders"] == ("2026.2", "published")


def test_a_published_document_cannot_be_changed_behind_its_address(app: Flask, chen: Person) -> None:
    """Every way in that could name a published version writes a draft; the row keeps its bytes."""
    version = published(chen, ladders())

    drafted(chen, ladders(points=9))
    chen.request("PUT", f"/api/forms/drafts/{uuid.uuid4()}", json=ladders(points=9), headers={"If-Match": version["hash"]})

    with transaction() as session:
        row = session.get(ChecklistVersion, version["hash"])
        assert published_hash(row.document) == version["hash"]
