"""Drafts: what the office sends is stored whole or refused with every fault, and never reaches a phone."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forms.xlsform import read_workbook, write_workbook
from server.checklists.models import ChecklistDraft
from server.db import db
from tests.conftest import Person
from tests.server.checklists.sample import discard, drafted, json_bytes, ladders, offered, published, send, send_file, without


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ChecklistDraft)) or 0


def test_a_checklist_that_is_right_becomes_a_draft(chen: Person) -> None:
    draft = drafted(chen, ladders())

    assert (draft["id"], draft["version"], draft["item_count"]) == ("ladders", "2026.1", 3)
    assert draft["created_by"]["name"] == "陈"
    assert draft["document"] == ladders(status="draft")
    assert (draft["obstacles"], draft["base"]) == ([], None)


def test_all_faults_come_at_once_and_nothing_is_stored(chen: Person) -> None:
    document = ladders(valid_from="2026-02-30")
    document["sections"][0]["items"][0]["basis"][0]["standard"] = "no-such-law"
    document["sections"][0]["items"][2]["number"]["maximum"] = 0

    answer = send(chen, document)

    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/checklist-invalid"
    assert {(error["pointer"], error["code"]) for error in answer.json["errors"]} == {
        ("#/valid_from", "no-such-day"),
        ("#/sections/0/items/2/number", "range-reversed"),
        ("#/sections/0/items/2/number/limits/0/at_most", "limit-out-of-range"),
    }
    assert answer.json["errors"][0]["params"]["mend"]["zh"]
    assert count() == 0


def test_a_standard_that_is_not_registered_is_named_with_its_place(chen: Person) -> None:
    document = ladders()
    document["sections"][0]["items"][0]["basis"][0]["standard"] = "no-such-law"

    [error] = send(chen, document).json["errors"]

    assert (error["pointer"], error["code"]) == ("#/sections/0/items/0/basis/0/standard", "unknown-standard")


def test_a_workbook_becomes_the_same_draft_as_its_document(chen: Person) -> None:
    from_json = drafted(chen, ladders())

    from_excel = send_file(chen, write_workbook(ladders()), "梯子.xlsx")

    assert from_excel.status_code == 201
    assert from_excel.json["draft_id"] == from_json["draft_id"]
    assert count() == 1


def test_a_fault_of_a_workbook_names_sheet_row_and_cell(chen: Person) -> None:
    document = ladders()
    document["sections"][0]["items"][1]["points"] = -4

    answer = send_file(chen, write_workbook(document), "梯子.xlsx")

    [error] = answer.json["errors"]
    assert answer.status_code == 422
    assert (error["params"]["sheet"], error["params"]["header"]) == ("survey", "points")
    assert error["pointer"] == f"survey!{error['params']['column']}{error['params']['row']}"
    assert error["params"]["what"]["zh"]


def test_what_a_foreign_form_lacks_can_be_given_beside_it(chen: Person) -> None:
    rows = ["survey", ",type,name,label", ",select_one yn,exit,The exit is free", "choices", ",list_name,name,label"]
    csv = "\n".join([*rows, ",yn,yes,Yes", ",yn,no,No"])
    given = {"checklist_id": "exits", "title": "出口", "version": "2026.1", "valid_from": "2024-01-01", "deadline_days": "3"}

    refused = send_file(chen, csv.encode(), "exits.csv", **given)
    taken = send_file(chen, csv.encode(), "exits.csv", **given, basis_standard="work-safety-law-2021", basis_clause="第41条")

    assert refused.status_code == 422
    assert {error["code"] for error in refused.json["errors"] if error["params"]["severity"] == "error"} == {"basis-missing"}
    assert taken.status_code == 201, taken.text
    assert taken.json["id"] == "exits"
    assert {obstacle["code"] for obstacle in taken.json["obstacles"]} == {"unfinished"}


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"valid_from": "soon"}, "#/valid_from"),
        ({"checklist_id": "Not An Id"}, "#/checklist_id"),
        ({"deadline_days": "-1"}, "#/deadline_days"),
        ({"basis_standard": "work-safety-law-2021"}, "#/basis_clause"),
        ({"colour": "red"}, "#/colour"),
    ],
)
def test_a_field_beside_the_file_that_cannot_be_used_is_refused(chen: Person, fields: dict[str, str], pointer: str) -> None:
    answer = send_file(chen, write_workbook(ladders()), "梯子.xlsx", **fields)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "unexpected end of data"),
        (b'{"id": "a", "id": "b"}', "the key 'id' stands twice"),
        (b'{"id": NaN}', "unexpected character"),
        (b'{"id": 1e999}', "the number 1e999 is too large"),
        (b'{"id": 99999999999999999999}', "is too large"),
        (b'{"id": ' + b"9" * 5000 + b"}", "is too large"),
        (b'{"id": "\\ud800"}', "lone surrogate"),
        (b'{"id": "\\u0000"}', "NUL character"),
        (b"[" * 100_000, "levels deep"),
        (b'{"id": ' + b"[" * 60 + b"]" * 60 + b"}", "levels deep"),
        (b'{"id": "\xff"}', "not valid UTF-8"),
    ],
    ids=["cut", "twin", "nan", "infinite", "unsafe", "digits", "surrogate", "nul", "deep", "deeper", "bytes"],
)
def test_what_is_no_json_is_refused_with_its_reason(chen: Person, data: bytes, words: str) -> None:
    answer = chen.post("/api/forms/drafts", data=data, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/checklist-invalid")
    assert words in answer.json["errors"][0]["params"]["what"]["en"]
    assert count() == 0


@pytest.mark.parametrize("document", [[], 3, "x", {}, [[]], {"id": {}}, {"sections": [None]}])
def test_json_that_is_no_checklist_is_refused(chen: Person, document: Any) -> None:
    answer = send(chen, document)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/checklist-invalid")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04 broken", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_other_files_are_refused_with_a_reason(chen: Person, data: bytes) -> None:
    answer = send_file(chen, data, "checklist.xlsx")

    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["params"]["mend"]["zh"]
    assert count() == 0


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(chen: Person, content_type: str) -> None:
    answer = chen.post("/api/forms/drafts", data=b"x" * (9 << 20), content_type=content_type)

    assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-large")


def test_a_request_without_a_file_or_of_another_type_is_refused(chen: Person) -> None:
    no_file = chen.post("/api/forms/drafts", data={"title": "x"}, content_type="multipart/form-data")
    other = chen.post("/api/forms/drafts", data="a: b", content_type="application/yaml")

    assert (no_file.status_code, no_file.json["errors"][0]["pointer"]) == (422, "#/file")
    assert other.status_code == 415


def test_a_draft_can_begin_from_a_version_under_the_next_number(chen: Person) -> None:
    version = published(chen, ladders("2026.9"))

    draft = drafted(chen, {"from": version["hash"]})

    assert draft["version"] == "2026.10"
    assert draft["report"]["changes"] == []
    assert send(chen, {"from": "0" * 64}).status_code == 404


def test_a_draft_is_replaced_only_by_who_has_read_what_is_there(chen: Person) -> None:
    draft = drafted(chen, ladders())
    address = f"/api/forms/drafts/{draft['draft_id']}"

    blind = chen.request("PUT", address, json=ladders(points=7))
    replaced = chen.request("PUT", address, json=ladders(points=7), headers={"If-Match": f'"{draft["hash"]}"'})
    late = chen.request("PUT", address, json=ladders(points=8), headers={"If-Match": draft["hash"]})

    assert (blind.status_code, late.status_code) == (412, 412)
    assert replaced.status_code == 200
    assert replaced.json["hash"] != draft["hash"]
    assert chen.get(address).json["document"]["sections"][0]["items"][0]["points"] == 7


def test_a_draft_is_not_replaced_by_another_checklist(chen: Person) -> None:
    draft = drafted(chen, ladders())

    answer = chen.request(
        "PUT", f"/api/forms/drafts/{draft['draft_id']}", json=ladders(id="stairs"), headers={"If-Match": draft["hash"]}
    )

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/id")


def test_a_draft_that_was_thrown_away_is_gone(chen: Person) -> None:
    draft = drafted(chen, ladders())
    address = f"/api/forms/drafts/{draft['draft_id']}"

    assert chen.delete(address).status_code == 412
    assert discard(chen, draft).status_code == 204

    assert chen.get(address).status_code == 410
    assert discard(chen, draft).status_code == 410
    assert chen.get("/api/forms/drafts/" + str(uuid.uuid4())).status_code == 404
    assert "ladders" not in {each["id"] for each in chen.get("/api/forms/library").json["items"]}


def test_a_draft_tells_what_it_changes_in_plain_words(chen: Person) -> None:
    published(chen, ladders())

    draft = drafted(chen, without(ladders("2026.2", points=5), "rungs"))

    assert [(change["kind"], change["breaking"], change["text"]["zh"]) for change in draft["report"]["changes"]] == [
        ("rescored", False, "“梯脚防滑”的分值由 6 改为 5"),
        ("removed", True, "删去“踏棍完好”"),
    ]
    assert draft["base"]["version"] == "2026.1"


def test_no_draft_reaches_phones(chen: Person, anna: Person) -> None:
    before, start = offered(anna), anna.get("/api/sync/changes?limit=500").json["cursor"]

    draft = drafted(chen, ladders())

    assert offered(anna) == before
    assert anna.get(f"/api/sync/changes?cursor={start}").json["changes"] == []
    assert anna.get(f"/api/forms/checklists/{draft['hash']}").status_code == 404


def test_only_the_office_sees_and_writes_drafts(chen: Person, anna: Person, ben: Person) -> None:
    draft = drafted(chen, ladders())
    address = f"/api/forms/drafts/{draft['draft_id']}"

    for person in (anna, ben):
        assert send(person, ladders("2026.2")).status_code == 403
        assert person.get(address).status_code == 403
        assert person.get(address + "/file").status_code == 403
        assert person.request("PUT", address, json=ladders(), headers={"If-Match": draft["hash"]}).status_code == 403
        assert discard(person, draft).status_code == 403
        assert person.get("/api/forms/library").status_code == 403


@pytest.mark.parametrize("format_", ["xlsx", "json"])
def test_what_is_exported_comes_back_equal(chen: Person, format_: str) -> None:
    draft = drafted(chen, ladders())

    answer = chen.get(f"/api/forms/drafts/{draft['draft_id']}/file?format={format_}")

    assert f"_2026.1.{format_}" in answer.headers["Content-Disposition"]
    exported = read_workbook(answer.data).document if format_ == "xlsx" else json.loads(answer.data)
    assert exported == ladders(status="draft")


def test_an_upload_whose_name_is_a_path_keeps_only_the_name(chen: Person) -> None:
    data = {"file": (BytesIO(json_bytes(ladders())), "../../表/梯子.json")}

    answer = chen.post("/api/forms/drafts", data=data)

    assert answer.json["file_name"] == "梯子.json"


def test_the_office_of_another_language_reads_english(app: Flask, chen: Person) -> None:
    answer = chen.post("/api/forms/drafts", json=ladders(valid_from="2026-02-30"), headers={"Accept-Language": "en"})

    assert answer.json["errors"][0]["detail"] == "there is no day 2026-02-30; mend the date"


def test_a_condition_of_a_thousand_tests_is_stored_and_not_searched_to_the_end(chen: Person) -> None:
    document = ladders()
    either = {"any": [{"item": "feet", "result": "pass"}, {"item": "feet", "result": "fail"}]}
    document["sections"][0]["items"][2]["relevant"] = {"all": [either] * 1200}

    assert send(chen, document).status_code == 201
