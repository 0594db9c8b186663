"""Two people of the office at once: one wins, the other one is told what happened; nobody's work is overridden unread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.accounts.service import create_user
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.db import db, transaction
from tests.conftest import COUNTY, START, County, Person
from tests.server.checklists.sample import discard, drafted, ladders, offered, publish, published, send
from tests.server.interleaving import Interleaving
from vocabulary import Role, ScopeKind

pytestmark = pytest.mark.both_databases


@pytest.fixture
def dan(app: Flask, county: County, password_hash: str) -> Person:
    """A second clerk of the county office."""
    with transaction():
        create_user(
            county_code=COUNTY, username="dan", name="丹", password="", password_hash=password_hash,
            grants=[(Role.COUNTY_OFFICE, ScopeKind.COUNTY, COUNTY, "")], valid_from=START,
        )  # fmt: skip
    return Person(app, "dan")


def said(answer: Any) -> tuple[int, str | None]:
    """The status, and the kind of problem where it is one."""
    return answer.status_code, (answer.json or {}).get("type") if answer.status_code >= 400 else None


def stored() -> list[tuple[str, int, bool]]:
    """Versions of the checklist: number, points of its first item, whether it is the one in use."""
    db.session.rollback()
    rows = db.session.scalars(
        select(ChecklistVersion).where(ChecklistVersion.checklist_id == "ladders").order_by(ChecklistVersion.version)
    )
    return [(row.version, row.document["sections"][0]["items"][0]["points"], row.is_current) for row in rows]


def replace(person: Person, draft: dict[str, Any], document: dict[str, Any]) -> Any:
    address = f"/api/forms/drafts/{draft['draft_id']}"
    return person.request("PUT", address, json=document, headers={"If-Match": draft["hash"]})


def test_one_draft_is_published_by_one_of_two(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    draft = drafted(chen, ladders())

    first, second = interleaving.both(lambda: publish(chen, draft), lambda: publish(dan, draft, approved_by="李主任"))

    assert (said(first), said(second)) == ((201, None), (410, "/problems/gone"))
    assert stored() == [("2026.1", 6, True)]


@pytest.mark.parametrize("number", ["2026.2", "2026.3"], ids=["the same number", "the next number"])
def test_of_two_drafts_the_second_is_not_published_against_a_version_nobody_compared_it_with(
    chen: Person, dan: Person, interleaving: Interleaving, number: str
) -> None:
    published(chen, ladders())
    mine, theirs = drafted(chen, ladders("2026.2", points=7)), drafted(dan, ladders(number, points=8))

    first, second = interleaving.both(lambda: publish(chen, mine), lambda: publish(dan, theirs))

    assert (said(first), said(second)) == ((201, None), (412, "/problems/precondition-failed"))
    assert "2026.2" in second.json["detail"]
    assert stored() == [("2026.1", 6, False), ("2026.2", 7, True)]
    assert offered(chen)["ladders"] == ("2026.2", "published")


def test_a_draft_is_replaced_by_one_of_two(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    draft = drafted(chen, ladders())

    first, second = interleaving.both(
        lambda: replace(chen, draft, ladders(points=7)), lambda: replace(dan, draft, ladders(points=8))
    )

    assert (said(first), said(second)) == ((200, None), (412, "/problems/precondition-failed"))
    db.session.rollback()
    kept = chen.get(f"/api/forms/drafts/{draft['draft_id']}").json
    assert (kept["hash"], kept["changed_by"]["name"]) == (first.json["hash"], "陈")


def test_what_changes_while_it_is_published_is_not_published(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    draft = drafted(chen, ladders())

    first, second = interleaving.both(lambda: replace(chen, draft, ladders(points=7)), lambda: publish(dan, draft))

    assert (said(first), said(second)) == ((200, None), (412, "/problems/precondition-failed"))
    assert stored() == []


def test_what_is_published_meanwhile_is_not_replaced(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    draft = drafted(chen, ladders())

    first, second = interleaving.both(lambda: publish(chen, draft), lambda: replace(dan, draft, ladders(points=7)))

    assert (said(first), said(second)) == ((201, None), (410, "/problems/gone"))
    assert stored() == [("2026.1", 6, True)]


def test_a_draft_that_somebody_just_changed_is_not_thrown_away(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    draft = drafted(chen, ladders())

    first, second = interleaving.both(lambda: replace(chen, draft, ladders(points=7)), lambda: discard(dan, draft))

    assert (said(first), said(second)) == ((200, None), (412, "/problems/precondition-failed"))
    assert chen.get(f"/api/forms/drafts/{draft['draft_id']}").status_code == 200


def test_one_file_that_two_import_is_one_draft(chen: Person, dan: Person, interleaving: Interleaving) -> None:
    first, second = interleaving.both(lambda: send(chen, ladders()), lambda: send(dan, ladders()))

    assert first.json["draft_id"] == second.json["draft_id"]
    db.session.rollback()
    assert len(db.session.scalars(select(ChecklistDraft)).all()) == 1


def test_nobody_is_held_and_still_only_one_wins(chen: Person, dan: Person) -> None:
    """Both start at once and nothing slows the first one down, some times over."""
    for number in range(1, 6):
        drafts = [drafted(person, ladders(f"2026.{number}", points=number * 2 + at)) for at, person in enumerate((chen, dan))]
        start = threading.Barrier(2)

        def race(person: Person, draft: dict[str, Any], start: threading.Barrier = start) -> Any:
            start.wait(20)
            return publish(person, draft)

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(said(answer) for answer in pool.map(race, (chen, dan), drafts))

        assert answers == [(201, None), (412, "/problems/precondition-failed")]
        assert [version for version, _, current in stored() if current] == [f"2026.{number}"]
