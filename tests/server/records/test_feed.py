"""The feed: a first pull goes by subject, later ones in commit order; it is kept short, and a restored one begins anew."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text

from server import clock
from server.accounts.models import RoleGrant
from server.app import create_app
from server.changes import Change, record_changes
from server.cli import main
from server.db import db, transaction
from server.pairings.changes import end_pairing
from server.prepare import prepare_data
from server.records import feed
from server.records.cursors import Cursor, Position, decode_cursor, encode_cursor
from server.records.models import FeedState
from server.records.moves import tell_moves_by_date
from server.settings import Settings
from tests.conftest import COUNTY, County, Person, add_pairing
from tests.records import batch, found, new_id, store_small_checklist, submission, visit
from tests.server.interleaving import Interleaving
from tests.server.postgresql import Cluster, running_cluster

pytestmark = pytest.mark.both_databases


def page(person: Person, cursor: str, limit: int = 500) -> Any:
    answer = person.get("/api/sync/changes", query_string={"cursor": cursor, "limit": limit})
    assert answer.status_code == 200, answer.text
    return answer.json


def pull_all(person: Person, cursor: str = "", limit: int = 500) -> tuple[list[dict[str, Any]], str]:
    changes: list[dict[str, Any]] = []
    while True:
        answer = page(person, cursor, limit)
        changes += answer["changes"]
        cursor = answer["cursor"]
        if not answer["more"]:
            return changes, cursor


def announce(*subjects: uuid.UUID) -> None:
    with transaction():
        record_changes("subject", COUNTY, [(subject, subject) for subject in subjects])


def ids(changes: list[dict[str, Any]], kind: str) -> list[str]:
    return [change["id"] for change in changes if change["kind"] == kind and not change["deleted"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a_first_pull_brings_everything_once_whatever_the_page(anna: Person, county: County, limit: int) -> None:
    hazards = [new_id() for _ in range(5)]
    announce(county.mine, county.chemical_store)
    for number, hazard in enumerate(hazards):
        anna.post("/api/sync/records", json=batch(found([county.mine, county.chemical_store][number % 2], None, hazard)))

    changes, _ = pull_all(anna, limit=limit)

    assert sorted(ids(changes, "hazard")) == sorted(hazards)
    assert sorted(ids(changes, "subject")) == sorted([str(county.mine), str(county.chemical_store)])
    subjects = [change["body"].get("subject_id", change["id"]) for change in changes if change["kind"] in {"hazard", "subject"}]
    assert [subject for subject, before in zip(subjects, [None, *subjects], strict=False) if subject != before] == sorted(
        {str(county.mine), str(county.chemical_store)}
    )


def test_checklists_come_before_any_subject(anna: Person, county: County) -> None:
    announce(county.mine)
    store_small_checklist()

    changes, _ = pull_all(anna)

    kinds = [change["kind"] for change in changes]
    assert set(kinds[: kinds.index("subject")]) == {"checklist"}
    assert "checklist" not in kinds[kinds.index("subject") :]


def test_what_changes_during_a_first_pull_comes_after_it(anna: Person, county: County) -> None:
    announce(county.mine, county.chemical_store)
    first = page(anna, "", limit=13)
    hazard = new_id()

    anna.post("/api/sync/records", json=batch(found(min(county.mine, county.chemical_store), None, hazard)))
    rest, cursor = pull_all(anna, first["cursor"], limit=1)

    assert ids(rest, "hazard")[-1] == hazard
    assert page(anna, cursor)["changes"] == []


def test_one_long_transaction_does_not_hide_what_there_is_from_a_phone_that_starts(
    anna: Person, county: County, interleaving: Interleaving
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time; nothing waits for it in the feed")
    dead = batch(found(county.chemical_store, None, new_id()))
    held = interleaving.first(lambda: anna.post("/api/sync/records", json=dead))
    announce(county.mine)

    changes, _ = pull_all(anna)
    interleaving.go_on.set()
    held.result(20)

    assert ids(changes, "subject") == [str(county.mine)]


def test_the_feed_says_for_how_long_it_has_been_held_up(anna: Person, county: County, interleaving: Interleaving) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time; its feed is never held up")
    assert feed.lag_s(clock.now()) == 0
    db.session.rollback()
    held = interleaving.first(lambda: anna.post("/api/sync/records", json=batch(found(county.mine, None, new_id()))))
    announce(county.mine)

    lag_s = feed.lag_s(clock.now() + timedelta(seconds=90))
    db.session.rollback()
    interleaving.go_on.set()
    held.result(20)

    assert 90 <= lag_s < 120
    assert feed.lag_s(clock.now()) == 0


def test_a_feed_that_is_held_up_is_a_warning_of_readyz(
    app: Flask, anna: Person, county: County, interleaving: Interleaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time; its feed is never held up")
    held = interleaving.first(lambda: anna.post("/api/sync/records", json=batch(found(county.mine, None, new_id()))))
    announce(county.mine)
    later = clock.now() + timedelta(seconds=90)

    with monkeypatch.context() as shifted:
        shifted.setattr("server.clock.now", lambda: later)
        health = app.test_client().get("/readyz").json
    db.session.rollback()
    interleaving.go_on.set()
    held.result(20)

    [warning] = health["warnings"]
    assert warning["code"] == "feed-held-up"
    assert 90 <= warning["for_s"] < 120
    assert app.test_client().get("/readyz").json["warnings"] == []


def test_a_transaction_that_is_idle_for_long_is_ended_by_the_database(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite ends a transaction with the process that holds it")

    assert db.session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10min"


def test_only_the_newest_change_of_an_entity_stays(anna: Person, county: County) -> None:
    announce(county.mine)
    announce(county.chemical_store)
    announce(county.mine)
    before, cursor = pull_all(anna)
    for _ in range(3):
        announce(county.mine)
    late, _ = pull_all(anna, cursor)

    deleted = feed.compact(clock.now())

    assert deleted == 4
    newest = db.session.execute(select(Change.entity_id, func.count()).where(Change.kind == "subject").group_by(Change.entity_id))
    assert {entity: count for entity, count in newest} == {str(county.mine): 1, str(county.chemical_store): 1}
    assert pull_all(anna)[0] == before
    assert pull_all(anna, cursor)[0] == late
    assert feed.compact(clock.now()) == 0


def test_compaction_looks_only_at_what_has_come_since(anna: Person, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW", 2)
    for _ in range(3):
        announce(county.mine, county.chemical_store)
    feed.compact(clock.now())
    reached = db.session.scalars(select(FeedState.compacted_seq)).one()
    announce(county.mine)

    assert reached == db.session.scalars(select(func.max(Change.seq))).one() - 1
    assert feed.compact(clock.now()) == 1


def test_a_cursor_of_another_numbering_is_told_to_pull_anew(anna: Person, county: County) -> None:
    announce(county.mine)
    _, cursor = pull_all(anna)

    with transaction():
        feed.renumber()
    answer = anna.get(f"/api/sync/changes?cursor={cursor}")

    assert answer.status_code == 410
    assert answer.json["type"] == "/problems/feed-restarted"
    assert ids(pull_all(anna)[0], "subject") == [str(county.mine)]


def test_a_cursor_beyond_the_head_is_told_to_pull_anew(anna: Person, county: County) -> None:
    for _ in range(3):
        announce(county.mine)
    _, cursor = pull_all(anna)
    with transaction() as session:
        newest = session.scalar(select(func.max(Change.seq)))
        session.execute(text("DELETE FROM change WHERE seq = :seq"), {"seq": newest})
    if db.engine.dialect.name == "postgresql":
        # A cluster that is younger than the one that gave the cursor out.
        read = decode_cursor(cursor)
        cursor = encode_cursor(Cursor(read.generation, read.grants, Position(read.position.xid + 1000, 0)))

    assert anna.get(f"/api/sync/changes?cursor={cursor}").status_code == 410


def test_a_cursor_of_an_earlier_release_is_told_to_pull_anew(anna: Person, county: County) -> None:
    assert anna.get("/api/sync/changes?cursor=MS4wLjQwNTU").status_code == 410


def test_another_grant_makes_a_phone_pull_anew(anna: Person, county: County) -> None:
    """What a grant opens has been in the feed for long; no change tells of it."""
    announce(county.far_village)
    _, cursor = pull_all(anna)
    with transaction() as session:
        session.add(
            RoleGrant(
                county_code=COUNTY, user_id=county.users["anna"], role="supervisor", scope_kind="county",
                scope_id=COUNTY, scope_name="泽州县", valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip

    assert anna.get(f"/api/sync/changes?cursor={cursor}").status_code == 410
    assert str(county.far_village) in ids(pull_all(anna)[0], "subject")


def test_a_cursor_of_somebody_else_is_told_to_pull_anew(anna: Person, ben: Person, county: County) -> None:
    _, cursor = pull_all(anna)

    assert ben.get(f"/api/sync/changes?cursor={cursor}").status_code == 410


def test_a_subject_that_moved_leaves_one_phone_and_comes_to_another(anna: Person, dora: Person, county: County) -> None:
    hazard = new_id()
    announce(county.mine)
    anna.post("/api/sync/records", json=batch(found(county.mine, None, hazard)))
    (_, of_anna), (_, of_dora) = pull_all(anna), pull_all(dora)

    with transaction():
        end_pairing(county.mine_pairing, clock.county_date(clock.now()) - timedelta(days=1), clock.now())
        add_pairing(county.mine, county.users["dora"], county.bureau)
    left, of_anna = pull_all(anna, of_anna)
    came, _ = pull_all(dora, of_dora)

    assert left == [
        {
            "kind": "left_subject",
            "id": str(county.mine),
            "deleted": False,
            "body": {
                "id": str(county.mine),
                "name": "巴公示例煤业一号井",
                "pairings": [{"layer": "industry_department", "org_name": "泽州县应急管理局", "officer_name": "多拉"}],
            },
        }
    ]
    assert ids(came, "subject") == [str(county.mine)]
    assert ids(came, "hazard") == [hazard]
    assert ids(came, "left_subject") == []


def test_a_move_is_no_business_of_those_who_never_had_the_subject(ben: Person, dora: Person, county: County) -> None:
    (_, of_dora), (_, of_ben) = pull_all(dora), pull_all(ben)
    with transaction():
        end_pairing(county.mine_pairing, clock.county_date(clock.now()) - timedelta(days=1), clock.now())

    assert pull_all(dora, of_dora)[0] == []
    assert [change["kind"] for change in pull_all(ben, of_ben)[0]] == ["subject"]


def test_a_pairing_that_ends_by_date_is_told_the_day_after(anna: Person, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(county.mine)
    noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert tell_moves_by_date(noon) == 0
    with transaction():
        end_pairing(county.mine_pairing, date(2026, 11, 21), noon)
    _, cursor = pull_all(anna)

    quiet = [tell_moves_by_date(noon + timedelta(hours=hours)) for hours in (0, 12, 24)]
    still_hers, cursor = pull_all(anna, cursor)
    midnight = noon + timedelta(hours=36)
    monkeypatch.setattr(clock, "now", lambda: midnight)
    told = tell_moves_by_date(midnight)
    again = tell_moves_by_date(midnight + timedelta(hours=1))
    left, _ = pull_all(anna, cursor)

    assert (quiet, told, again) == ([0, 0, 0], 1, 0)
    assert still_hers == []
    assert ids(left, "left_subject") == [str(county.mine)]
    assert ids(left, "subject") == []


def test_a_pairing_that_begins_by_date_brings_the_subject_on_its_day(
    dora: Person, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(county.mine)
    noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    tell_moves_by_date(noon)
    with transaction():
        add_pairing(county.mine, county.users["dora"], county.bureau, start=date(2026, 11, 22))
    _, cursor = pull_all(dora)
    before, cursor = pull_all(dora, cursor)

    later = noon + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    tell_moves_by_date(later)
    came, _ = pull_all(dora, cursor)

    assert before == []
    assert ids(came, "subject") == [str(county.mine)]


def test_two_counties_in_one_database_do_not_hear_of_each_other(anna: Person, county: County) -> None:
    _, cursor = pull_all(anna)
    with transaction() as session:
        for kind, subject in (("subject", county.mine), ("checklist", None)):
            session.add(
                Change(xid=1, county_code="140581", kind=kind, entity_id=str(new_id()), subject_id=subject, at=clock.now())
            )

    assert pull_all(anna, cursor)[0] == []
    assert all(change["kind"] == "checklist" for change in pull_all(anna)[0])


@pytest.fixture
def other_cluster() -> Iterator[Cluster]:
    """A cluster that has seen few transactions."""
    with running_cluster() as cluster:
        yield cluster


def test_a_restored_database_reaches_old_phones_and_new_ones(
    app: Flask, anna: Person, county: County, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Dump, more work, restore: the phone that saw the lost work pulls anew, and nothing is hidden from anybody."""
    store_small_checklist()
    announce(county.mine, county.chemical_store)
    kept = send_visit(anna, county)
    _, at_dump = pull_all(anna)
    restore = dump_sqlite if settings.database_url == "" else dump_postgresql
    finish_restore = restore(settings, tmp_path, request)
    lost = send_visit(anna, county)
    _, cursor = pull_all(anna, at_dump)

    restored = finish_restore()
    prepare_data(restored)
    if restored.database_url == "":
        environment = {"DATA_DIR": str(restored.data_dir)}
        assert CliRunner().invoke(main, ["renumber-feed"], env=environment, catch_exceptions=False).exit_code == 0
    other = create_app(restored)
    with other.app_context():
        old_phone = Person(other, "anna")
        refused = [old_phone.get(f"/api/sync/changes?cursor={text}").status_code for text in (at_dump, cursor)]
        everything, cursor = pull_all(old_phone, limit=7)
        new = send_visit(old_phone, county)
        then, _ = pull_all(old_phone, cursor)
        db.session.remove()
        db.engine.dispose()

    assert refused == [410, 410]
    assert set(ids(everything, "visit")) == {kept}
    assert set(ids(everything, "subject")) == {str(county.mine), str(county.chemical_store)}
    assert ids(then, "visit") == [new]
    assert lost not in {*ids(everything, "visit"), *ids(then, "visit")}


def send_visit(person: Person, county: County) -> str:
    visit_id = new_id()
    record = submission(county.mine, visit_id)
    answer = person.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record])))
    assert {result["status"] for result in answer.json["results"]} == {"accepted"}
    return visit_id


def dump_sqlite(settings: Settings, tmp_path: Path, _request: pytest.FixtureRequest) -> Any:
    copy = tmp_path / "backup.sqlite"
    with sqlite3.connect(settings.data_dir / "service.sqlite") as source, sqlite3.connect(copy) as target:
        source.backup(target)

    def restore() -> Settings:
        folder = tmp_path / "restored"
        folder.mkdir()
        shutil.copy(copy, folder / "service.sqlite")
        return Settings(data_dir=folder, redis_url=settings.redis_url)

    return restore


def dump_postgresql(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    cluster: Cluster = request.getfixturevalue("cluster")
    name = settings.database_url.partition("@/")[2].partition("?")[0]
    # The old cluster has lived for long: its transaction ids are far beyond those of the new one.
    for _ in range(300):
        with transaction() as session:
            session.execute(text("SELECT pg_current_xact_id()"))
    program = cluster.programs / "pg_dump"
    dumped = subprocess.run(
        [program, "-h", cluster.folder, "-U", "service", name], check=True, capture_output=True, timeout=60
    ).stdout

    def restore() -> Settings:
        other: Cluster = request.getfixturevalue("other_cluster")
        database = other.create_database()
        subprocess.run(
            [other.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", other.folder, "-U", "service", "-d", database],
            input=dumped, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        return Settings(data_dir=settings.data_dir, database_url=other.url(database), redis_url=settings.redis_url)

    return restore


def test_a_database_that_stays_where_it_is_keeps_its_numbering(app: Flask, county: County, settings: Settings) -> None:
    announce(county.mine)
    before = feed.generation()
    db.session.rollback()

    prepare_data(settings)

    assert feed.generation() == before or db.engine.dialect.name == "postgresql"
    db.session.rollback()
    settled = feed.generation()
    db.session.rollback()
    prepare_data(settings)
    assert feed.generation() == settled
