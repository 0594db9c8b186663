"""Whatever intake takes in, every reader can read: list, detail, feed, quarantine, export and score. On both databases.

Records as a phone makes them, with parts replaced by what no phone would write; each is pushed as it is. What is refused is
refused alone; what is accepted or quarantined must not break a page, a file or a figure, its own or another's.
"""

from __future__ import annotations

import copy
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server import clock
from server.db import db
from server.downloads.service import build_download, download_folder
from server.scores.service import rebuild_all
from tests.conftest import County, Person
from tests.records import batch, event, found, new_id, seal, store_small_checklist, submission, visit
from tests.server.evidence.photos import photo_bytes, photo_record
from vocabulary import DownloadFormat

pytestmark = pytest.mark.both_databases

PUSH = "/api/sync/records"
# What stands in the way of readers: other types, other lengths, characters that XML, CSV or a database take amiss.
ODD_TEXTS = st.sampled_from(
    ["", " ", "x" * 300, "长" * 2000, "\ufffe\uffff", "=1+1", "\ufeff@SUM(A1)", "\u202e", "😀", "a\r\nb\tc", "\x0b\x1f", "null",
     "0001-01-01", "9999-12-31T23:59:59+14:00", "2026-13-45", "general", "NaN", "1e400", "%s{}{0}", "<a>&b;", "_x000B_"]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15, allow_nan=False) | ODD_TEXTS
    | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXTS, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def places(document: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, by its keys."""
    found_places = [here] if here else []
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in inner:
        found_places += places(value, (*here, key))
    return found_places


def spoilt(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    """The body with one to three of its parts replaced, removed or added."""
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(places(body)))
        parent: Any = body
        try:
            for key in way:
                parent = parent[key]
            match draw(st.sampled_from(["replace", "replace", "remove", "add"])):
                case "replace":
                    parent[last] = draw(ODD)
                case "remove":
                    del parent[last]
                case "add":
                    body[draw(ODD_TEXTS)] = draw(ODD)
        except (KeyError, IndexError, TypeError):
            continue
    return body


@st.composite
def pushes(draw: st.DrawFn, subject_id: str) -> list[dict[str, Any]]:
    """What one visit sends: the whole of it, each part perhaps spoilt, in any order."""
    visit_id, hazard_id, photo_id = new_id(), new_id(), new_id()
    failing = {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}
    parts = [
        submission(subject_id, visit_id, draw(st.sampled_from([None, failing]))),
        found(
            subject_id, visit_id, hazard_id, fixed_on_spot=draw(st.booleans()), grade=draw(st.sampled_from(["general", "major"]))
        ),
        photo_record(subject_id, photo_id, photo_bytes(), visit_id=visit_id, hazard_id=hazard_id),
        *(
            event(subject_id, hazard_id, kind, "2026-11-21T09:00:00+08:00", **values)
            for kind, values in draw(st.lists(st.sampled_from(EVENTS), max_size=4))
        ),
    ]  # fmt: skip
    whole = visit(subject_id, visit_id, parts[:2])
    sealed = [
        seal(part["kind"], subject_id, spoilt(draw, part["body"]), visit_id=part["visit_id"], record_id=part["id"])
        for part in (*parts, whole)
    ]
    return draw(st.permutations(sealed))


EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("confirmed", {"grade": "major", "basis": [{"standard": "gb-1", "clause": "4.1"}]}),
    ("regraded", {"grade": "general", "reason": "复核"}),
    ("assigned", {"responsible_unit": "一号井", "owner": {"name": "李强", "title": "科长"}, "deadline": "2026-12-01"}),
    ("deadline_set", {"deadline": "2026-12-02"}),
    ("transferred", {"to_org": "住建局", "reason": "属其监管"}),
    ("transfer_accepted", {}),
    ("extended", {"deadline": "2026-12-30", "reason": "停电", "approver": "本"}),
    ("accepted", {"commitments": {"responsible_person": "李强", "measures": "换", "funds_wan": "2"}}),
    ("submitted", {"note": "已更换", "completed_on": "2026-11-21", "photos": []}),
    ("rechecked", {"result": "return", "reason": "仍无盖"}),
    ("rechecked", {"result": "pass"}),
    ("closed", {"opinion": "同意"}),
    ("voided", {"reason": "重复", "approver": "本"}),
    ("merged", {"into": "00000000-0000-4000-8000-000000000077"}),
    ("photo_added", {"photos": [{"id": "00000000-0000-4000-9000-000000000001", "role": "after"}]}),
    ("noted", {"text": "已电话告知"}),
]


def read_everything(anna: Person, chen: Person, records: list[dict[str, Any]]) -> None:
    """Every list, and the details of what was pushed."""
    lists = [
        "/api/visits", "/api/hazards", "/api/hazards?sort=deadline", "/api/hazards?without_effect=true",
        "/api/quarantine?state=all",
        "/api/register/subjects", "/api/evidence/reviews", "/api/sync/changes", "/api/scores/overview",
    ]  # fmt: skip
    for person in (anna, chen):
        for path in lists:
            answer = person.get(path)
            assert answer.status_code in {200, 403}, (path, answer.text)
            assert len(answer.data) < 2_000_000, path
    for record in records:
        visit_id, hazard_id = record["visit_id"], record["body"].get("hazard_id")
        for path in (f"/api/quarantine/{record['id']}", f"/api/visits/{visit_id}", f"/api/hazards/{hazard_id}"):
            if "\0" not in path and "/" not in path.rsplit("/", 1)[1]:
                answer = chen.get(path.encode("utf-8", "surrogatepass").decode("utf-8"))
                assert answer.status_code in {200, 404, 308}, (path, answer.text)


def build_everything(chen: Person) -> None:
    """Every figure anew, and the ledger in every format, read back."""
    rebuild_all(clock.now())
    for format_ in DownloadFormat:
        ordered = chen.post("/api/downloads", json={"kind": "hazard_ledger", "format": format_.value})
        assert ordered.status_code in {201, 202}, ordered.text
        download_id = ordered.json["id"]
        build_download(uuid.UUID(download_id), clock.now())
        data = download_folder().path(uuid.UUID(download_id), format_.value).read_bytes()
        READERS[format_.value](data)


def _read_xlsx(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            if name.endswith(".xml"):
                ElementTree.fromstring(book.read(name))


READERS: dict[str, Callable[[bytes], object]] = {
    "xlsx": _read_xlsx,
    "csv": lambda data: data.decode("utf-8-sig"),
    "json": json.loads,
    "geojson": json.loads,
}


def test_whatever_is_taken_in_can_be_read(app: Flask, anna: Person, ben: Person, chen: Person, county: County) -> None:
    store_small_checklist()

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(records=pushes(str(county.mine)), by_supervisor=st.booleans())
    def push_and_read(records: list[dict[str, Any]], by_supervisor: bool) -> None:
        db.session.rollback()
        who = ben if by_supervisor else anna

        answer = who.post(PUSH, json=batch(*records))

        assert answer.status_code == 200, answer.text
        problems = [result["problem"]["type"] for result in answer.json["results"] if result["problem"]]
        assert "/problems/internal" not in problems, answer.text
        read_everything(anna, chen, records)

    push_and_read()
    build_everything(chen)
