"""The law-change report of a submission: two sides, and nothing changed."""

from __future__ import annotations

import copy
import uuid

import forms
from forms.check import CHECKLISTS_FOLDER, read_json
from server.db import db
from server.visits.models import Submission
from tests.conftest import County, Person
from tests.records import batch, new_id, submission, visit

CHEMICALS = read_json(CHECKLISTS_FOLDER / "hazardous_chemicals.json")
HASH = forms.content_hash(CHEMICALS)
MIXED = {"warehouse": [{"id": "w1", "key": "1", "answers": {"no_incompatible": {"result": "fail"}}}]}


def test_the_report_sets_the_law_of_another_day_beside_and_changes_nothing(anna: Person, county: County) -> None:
    visit_id = new_id()
    record = submission(
        county.mine, visit_id, {}, checklist={"id": CHEMICALS["id"], "version": CHEMICALS["version"], "hash": HASH},
        profile={"has_warehouse": True}, repeats=MIXED,
    )  # fmt: skip
    results = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record]))).json["results"]
    stored = db.session.get_one(Submission, uuid.UUID(record["id"]))
    before = copy.deepcopy((stored.answers, stored.score_numerator, stored.grade))
    address = f"/api/visits/submissions/{record['id']}/law"

    report = anna.get(f"{address}?day=2026-09-30")

    assert report.status_code == 200, (report.json, results)
    assert report.json["after"]["day"] == "2026-09-30"
    assert [each["suggested_only"] for each in report.json["after"]["determinations"] if each["id"] == "m121_20"] == [True]
    earlier = anna.get(f"{address}?day=2026-09-29").json
    assert earlier["gained"] + [each["id"] for each in earlier["before"]["determinations"] if not each["suggested_only"]] == [
        "m121_20"
    ]
    db.session.expire_all()
    assert (stored.answers, stored.score_numerator, stored.grade) == before


def test_a_stranger_a_wrong_day_and_another_checklist_are_refused(anna: Person, county: County) -> None:
    assert anna.get(f"/api/visits/submissions/{new_id()}/law?day=2026-09-30").status_code == 404
    assert anna.get(f"/api/visits/submissions/{new_id()}/law?day=yesterday").status_code in (400, 422)
