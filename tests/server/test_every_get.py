"""Every address that can be read answers as the OpenAPI document says, over a county in which something has happened."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from server.db import db
from server.evidence.jobs import run_inspect_photos
from server.openapi import document_text
from server.scores.service import rebuild_all
from tests.conftest import County, Person
from tests.records import batch, new_id, store_small_checklist, submission, visit
from tests.server.evidence.photos import begin, photo_bytes, photo_record, send
from tests.server.scores.factories import NOW, tell_november


@pytest.fixture
def known(app: Flask, anna: Person, chen: Person, county: County) -> dict[str, str]:
    """Something to put into each placeholder of an address."""
    store_small_checklist()
    hazards = tell_november(anna, county)
    data, photo_id, visit_id = photo_bytes(), new_id(), new_id()
    answered = submission(county.mine, visit_id)
    whole = visit(county.mine, visit_id, [answered])
    anna.post("/api/sync/records", json=batch(photo_record(county.mine, photo_id, data), answered, whole))
    send(anna, data, photo_id)
    run_inspect_photos([photo_id])
    receipt = anna.get(f"/api/evidence/photos/{photo_id}").json["receipt"]["code"]
    draft_id = new_id()
    draft: dict[str, Any] = {
        "subject_id": str(county.mine), "device_id": "phone", "based_on": None, "saved_at": "2026-11-20T09:00:00+08:00",
        "content": {"step": 1},
    }  # fmt: skip
    assert anna.request("PUT", f"/api/visits/drafts/{draft_id}", json=draft).status_code == 200
    unfit = submission(county.mine, new_id(), {"nonsense": {}})
    anna.post("/api/sync/records", json=batch(unfit))
    rebuild_all(NOW)
    download = chen.post("/api/downloads", json={"kind": "hazard_ledger", "format": "csv"})
    upload = begin(chen, new_id(), data).headers["Location"].rsplit("/", 1)[1]
    digest = chen.get("/api/forms/checklists").json["checklists"][0]["hash"]
    return {
        "subject_id": str(county.mine), "visit_id": visit_id, "hazard_id": hazards["late"], "photo_id": photo_id,
        "code": receipt, "download_id": download.json["id"], "upload_id": upload, "draft": draft_id,
        "digest": digest, "record_id": unfit["id"], "submission_id": answered["id"], "figure": "mean_score",
        "standard_id": "gb-45067-2024",
        "draft_id": chen.post("/api/forms/drafts", json={"from": digest}).json["draft_id"],
    }  # fmt: skip


def test_every_get_answers_as_documented(app: Flask, anna: Person, chen: Person, known: dict[str, str]) -> None:
    """`Person` compares the answers with the document; here it counts that each address was really tried."""
    seen = {}
    for path, operations in json.loads(document_text(app))["paths"].items():
        if "get" not in operations:
            continue
        if path == "/api/forms/diff":
            seen[path] = chen.get(f"{path}?from={known['digest']}&to={known['draft_id']}").status_code
        elif path.endswith("/law/replacement"):
            seen[path] = chen.get(f"{path}?standard={known['standard_id']}&on=2026-12-01").status_code
        elif path.endswith("/law"):
            seen[path] = chen.get(f"{path.format(**known)}?day=2026-09-30").status_code
        elif "/visits/drafts" in path:
            seen[path] = anna.get(path.format(visit_id=known["draft"])).status_code
        else:
            seen[path] = chen.get(path.format(**known), buffered=True).status_code

    not_yet_built = {"/api/downloads/{download_id}/file": 409}
    assert seen == dict.fromkeys(seen, 200) | not_yet_built
    assert len(seen) >= 28


def _told(app: Flask, chen: Person, known: dict[str, str]) -> dict[str, str]:
    """What the office is told at every address, but for the time of the answer; files and the quarantine itself left out."""
    rebuild_all(NOW)
    db.session.rollback()
    paths = [path for path, operations in json.loads(document_text(app))["paths"].items() if "get" in operations]
    own = ("/api/quarantine", "/api/sync/", "/api/forms/", "/api/visits/drafts", "/api/accounts/", "/api/evidence/")
    counting = [path for path in paths if not path.startswith(own) and not path.endswith(("/file", "/law", "/law/replacement"))]
    return {path: re.sub(r'"as_of":"[^"]*"', "", chen.get(path.format(**known)).text) for path in counting}


@pytest.mark.parametrize(
    ("gas", "status", "counted"), [("0.50", "accepted", True), ("150", "quarantined", False)], ids=["fits", "does not fit"]
)
def test_a_quarantined_record_is_counted_at_no_address(
    app: Flask, anna: Person, chen: Person, county: County, known: dict[str, str], gas: str, status: str, counted: bool
) -> None:
    """One answer beyond what can be measured, everything else as a record that counts: the office's figures stay as they were."""
    before = _told(app, chen, known)
    answers = {"exit": {"result": "fail"}, "alarm": {"result": "fail"}, "gas": {"value": gas}}
    record = submission(county.mine, known["visit_id"], answers, made_at="2026-11-24T10:00:00+08:00")

    [result] = anna.post("/api/sync/records", json=batch(record)).json["results"]

    assert result["status"] == status
    after = _told(app, chen, known)
    changed = {path for path in before if before[path] != after[path]}
    assert {"/api/scores/overview", "/api/scores/by", "/api/scores/subjects/{subject_id}"} <= before.keys()
    assert ("/api/scores/overview" in changed) if counted else (changed == set()), changed
