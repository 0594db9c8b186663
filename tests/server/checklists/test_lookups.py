"""Standards looked up by the office: a note counts at once, may be taken back, and shows first what it would change."""

from __future__ import annotations

from typing import Any

import pytest

import forms
from forms.check import CHECKLISTS_FOLDER, read_json
from server import clock
from tests.conftest import County, Person
from tests.records import batch, new_id, submission, visit

EQUIPMENT = read_json(CHECKLISTS_FOLDER / "special_equipment.json")
NAMED = {"id": EQUIPMENT["id"], "version": EQUIPMENT["version"], "hash": forms.content_hash(EQUIPMENT)}
CITED = EQUIPMENT["determinations"][0]["standard"]
LOOKUPS = f"/api/forms/standards/{CITED}/lookups"
TODAY = clock.county_date(clock.now()).isoformat()


def known(person: Person) -> dict[str, Any]:
    standards = person.get("/api/forms/standards").json["standards"]
    return next(standard for standard in standards if standard["id"] == CITED)


def replaced(**values: Any) -> dict[str, Any]:
    return {
        "outcome": "replaced",
        "replaced_by": "新判定标准",
        "replaced_from": "2026-12-01",
        "source": "总局公告",
    } | values


def test_still_in_force_is_a_look_up_of_today(chen: Person, anna: Person) -> None:
    answer = chen.post(LOOKUPS, json={"outcome": "in_force", "source": "国家标准全文公开系统"})

    assert answer.status_code == 201, answer.text
    assert [(each["noted_by"], each["looked_up_on"]) for each in answer.json["lookups"]] == [("陈", TODAY)]
    assert (known(anna)["last_checked_on"], known(anna)["replaced_by"]) == (TODAY, None)


def test_a_replacement_counts_at_once_and_the_last_note_wins(chen: Person, anna: Person) -> None:
    assert chen.post(LOOKUPS, json=replaced()).status_code == 201

    assert known(anna)["replaced_by"] == {"standard": "新判定标准", "on": "2026-12-01"}
    assert chen.post(LOOKUPS, json={"outcome": "in_force", "source": "看错了"}).status_code == 201
    assert known(anna)["replaced_by"] is None
    assert [each["outcome"] for each in chen.get(LOOKUPS).json["lookups"]] == ["in_force", "replaced"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (replaced(replaced_by=None), "#/replaced_by"),
        (replaced(replaced_from=None), "#/replaced_from"),
        (replaced(replaced_by=CITED), "#/replaced_by"),
        (replaced(source=""), "#/source"),
        (replaced(replaced_from="0001-01-01"), "#/replaced_from"),
    ],
)
def test_a_replacement_needs_a_name_a_day_and_a_source(chen: Person, body: dict[str, Any], pointer: str) -> None:
    answer = chen.post(LOOKUPS, json=body)

    assert (answer.status_code, [error["pointer"] for error in answer.json["errors"]]) == (422, [pointer]), answer.text
    assert known(chen)["replaced_by"] is None


def test_only_the_office_notes_and_only_what_is_in_the_registry(anna: Person, ben: Person, chen: Person) -> None:
    for person in (anna, ben):
        assert person.post(LOOKUPS, json=replaced()).status_code == 403
    assert chen.post("/api/forms/standards/no-such/lookups", json=replaced()).json["type"] == "/problems/not-found"


def test_what_a_replacement_would_change_is_shown_before_it_counts(chen: Person, anna: Person, county: County) -> None:
    boiler = {"boiler_state": {"value": "in_use"}, "boiler_inspection": {"value": "failed"}}
    visit_id = new_id()
    record = submission(
        county.mine, visit_id, {}, checklist=NAMED,
        profile={"has_boiler": True}, repeats={"boiler": [{"id": "b1", "key": "1号炉", "answers": boiler}]},
    )  # fmt: skip
    results = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record]))).json["results"]

    effect = chen.get(f"/api/visits/law/replacement?standard={CITED}&on={TODAY}")

    assert effect.status_code == 200, (effect.text, results)
    assert {(use["kind"], use["id"]) for use in effect.json["uses"]} >= {("determination", "se_4_2_a")}
    [changed] = effect.json["visits"]
    assert (changed["submission_id"], changed["subject_name"]) == (record["id"], "巴公示例煤业一号井")
    assert decided(changed["before"]) - decided(changed["after"]) == {"se_4_2_a"}
    assert (effect.json["examined"], effect.json["more"]) == (1, False)
    assert known(chen)["replaced_by"] is None
    assert chen.get("/api/visits/law/replacement?standard=no-such&on=2026-12-01").status_code == 404
    assert anna.get(f"/api/visits/law/replacement?standard={CITED}&on={TODAY}").status_code == 403


def decided(side: dict[str, Any]) -> set[str]:
    return {each["id"] for each in side["determinations"] if not each["suggested_only"]}
