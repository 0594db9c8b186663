"""A push as one unit of work: its statements do not grow with it, one bad record harms only itself, chains close as a whole."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import forms
from server import clock
from server.authors import Author
from server.db import db
from server.hazards.models import Hazard, HazardEvent
from server.pairings.reach import of_service
from server.prepared import Prepared
from server.records.intake import receive_records
from server.records.models import QuarantineResolution, Record
from server.visits.models import Submission, Visit
from tests.conftest import COUNTY, County, Person
from tests.records import batch, event, found, new_id, seal, store_small_checklist, submission, visit
from vocabulary import AuthorKind

BROKEN: dict[str, Any] = {"exit": {"result": "perhaps"}}
FAILED: dict[str, Any] = {"exit": {"result": "fail"}, "alarm": {"result": "pass"}, "gas": {"value": "0.40"}}


@pytest.fixture(autouse=True)
def small_checklist(app: Flask) -> None:
    store_small_checklist()


def push(person: Person, *records: object) -> list[dict[str, Any]]:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def whole_visit(county: County) -> list[dict[str, Any]]:
    visit_id = new_id()
    record = submission(county.mine, visit_id, FAILED)
    hazard = found(county.mine, visit_id, new_id(), submission_id=record["id"], item_path="exit")
    return [record, hazard, visit(county.mine, visit_id, [record, hazard])]


def test_a_push_costs_as_many_statements_whether_it_brings_one_visit_or_ten(
    anna: Person, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Prepared] = []
    send, run = Prepared.send, Prepared.run
    monkeypatch.setattr(Prepared, "send", lambda self, *given: (sent.append(self), send(self, *given))[1])
    monkeypatch.setattr(Prepared, "run", lambda self, link, rows: rows and (sent.append(self), run(self, link, rows))[1])
    push(anna, *whole_visit(county))  # what is compiled and kept for later is compiled here
    counts = []
    for visits in (1, 10):
        sent.clear()
        records = list(itertools.chain.from_iterable(whole_visit(county) for _ in range(visits)))
        assert set(statuses(push(anna, *records))) == {"accepted"}
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 18, counts
    assert db.session.query(Hazard).count() == 12


@pytest.mark.both_databases
def test_a_record_that_fails_as_nobody_foresaw_is_kept_and_the_others_go_on(
    anna: Person, chen: Person, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = [submission(county.mine, new_id()) for _ in range(3)]
    score = forms.score

    def score_or_break(checklist: Any, reading: Any) -> Any:
        result = score(checklist, reading)
        if result.grade != "excellent":
            raise ZeroDivisionError
        return result

    bad = submission(county.mine, new_id(), FAILED)
    monkeypatch.setattr(forms, "score", score_or_break)

    results = push(anna, good[0], bad, *good[1:])

    assert statuses(results) == ["accepted", "quarantined", "accepted", "accepted"]
    assert results[1]["problem"]["type"] == "/problems/unforeseen"
    assert db.session.query(Submission).count() == 3
    monkeypatch.undo()
    assert statuses(push(anna, bad)) == ["already_accepted"]
    assert chen.post(f"/api/quarantine/{bad['id']}/accept", json={"reason": "已修好"}).status_code == 200
    assert db.session.query(Submission).count() == 4


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_a_chain_of_corrections_closes_as_a_whole_whatever_came_first(
    anna: Person, county: County, order: tuple[int, ...]
) -> None:
    """Two that do not fit, one that does, and one that does not: the one that fits takes the place of those before it."""
    visit_id = new_id()
    chain = [submission(county.mine, visit_id, BROKEN)]
    for answers in (BROKEN, None, BROKEN):
        chain.append(submission(county.mine, visit_id, answers, revises=chain[-1]["id"]))

    for place in order:
        push(anna, chain[place])

    db.session.rollback()
    states = {str(row.id): row.state for row in db.session.scalars(select(Record))}
    assert [states[record["id"]] for record in chain] == ["resolved", "resolved", "accepted", "quarantined"]
    corrections = {str(row.record_id): str(row.correction_id) for row in db.session.scalars(select(QuarantineResolution))}
    assert corrections == {chain[0]["id"]: chain[2]["id"], chain[1]["id"]: chain[2]["id"]}
    assert [row.superseded for row in db.session.scalars(select(Submission))] == [False]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
@pytest.mark.parametrize("together", [True, False])
def test_every_failed_item_in_force_has_its_hazard_in_every_order_of_arrival(
    anna: Person, county: County, order: tuple[int, ...], together: bool
) -> None:
    """A visit, a submission that passes, its late revision that fails, and another submission that fails."""
    visit_id = new_id()
    first, extra = submission(county.mine, visit_id), submission(county.mine, visit_id, FAILED)
    late = submission(county.mine, visit_id, FAILED, revises=first["id"])
    records = [visit(county.mine, visit_id, [first]), first, late, extra]

    for group in [[*order]] if together else [[place] for place in order]:
        assert set(statuses(push(anna, *(records[place] for place in group)))) == {"accepted"}

    db.session.rollback()
    rows = db.session.execute(select(Hazard.submission_id, Hazard.item_path, Hazard.state))
    assert sorted(rows) == sorted((uuid.UUID(record["id"]), "exit", "draft") for record in (late, extra))


def test_the_service_and_a_subject_by_its_link_act_on_hazards_and_make_no_visits(anna: Person, county: County) -> None:
    hazard_id, link_id = new_id(), uuid.uuid4()
    push(anna, found(county.mine, None, hazard_id))
    authors = [Author(AuthorKind.SERVICE, COUNTY), Author(AuthorKind.SUBJECT_LINK, COUNTY, link_id)]
    db.session.rollback()

    for author, at in zip(authors, ("2026-11-21T08:00:00+08:00", "2026-11-21T09:00:00+08:00"), strict=True):
        records = [event(county.mine, hazard_id, "noted", at, text="已看"), visit(county.mine, new_id(), [])]
        results, _ = receive_records(records, device_id="service", author=author, scope=of_service(COUNTY), now=clock.now())
        assert statuses(results) == ["accepted", "quarantined"]

    rows = db.session.execute(
        select(HazardEvent.author_kind, HazardEvent.author_id, HazardEvent.author_link_id, HazardEvent.capacity)
        .where(HazardEvent.kind == "noted")
        .order_by(HazardEvent.at)
    ).all()
    assert rows == [("service", None, None, "service"), ("subject_link", None, link_id, "subject")]
    assert db.session.query(Visit).count() == 0


def test_a_record_of_no_known_subject_is_for_the_county_office(anna: Person, ben: Person, chen: Person, county: County) -> None:
    record = seal("photo", uuid.uuid4(), {"photo_id": "x"})

    assert statuses(push(anna, record)) == ["quarantined"]

    path = f"/api/quarantine/{record['id']}"
    assert (chen.get(path).status_code, ben.get(path).status_code) == (200, 404)
    assert chen.post(f"{path}/accept", json={"reason": "对"}).status_code == 422
    assert chen.post(f"{path}/set-aside", json={"reason": "没有这个单位"}).status_code == 200
