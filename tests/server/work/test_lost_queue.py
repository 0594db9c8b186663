"""Redis and worker die by SIGKILL while phones push: nothing is refused, and everything accepted is scored once they are back.

Real processes: gunicorn, Valkey, worker and relay as `make run` starts them.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import clock
from server.app import create_app
from server.demo.accounts import DEMO_PASSWORD, INSPECTOR, OFFICE
from sync.times import format_time
from tests.e2e.service import Service, wait_for
from tests.records import batch, new_id, store_small_checklist, submission, visit


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data")
    service.prepare()
    with create_app(service.settings()).app_context():
        store_small_checklist()
    yield service
    service.stop()


def call(service: Service, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(service.address + path, data, headers), timeout=120) as answer:
        return json.load(answer)


def sign_in(service: Service, username: str) -> str:
    token: str = call(service, "/api/accounts/session", {"username": username, "password": DEMO_PASSWORD})["token"]
    return token


def subjects_of(service: Service, token: str) -> list[str]:
    return [row["id"] for row in call(service, "/api/register/subjects", token=token)["items"]]


def push(service: Service, token: str, subject_id: str) -> str:
    """A visit with its checklist, as one push."""
    visit_id, made_at = new_id(), format_time(clock.now())
    answered = submission(subject_id, visit_id, made_at=made_at)
    whole = visit(subject_id, visit_id, [answered], made_at=made_at)
    results = call(service, "/api/sync/records", batch(answered, whole), token)["results"]
    [status] = {result["status"] for result in results}
    return str(status)


def scored(service: Service, token: str, subject_ids: list[str]) -> dict[str, int]:
    """Visits that the figures of this year count, by subject; empty while figures are being brought up to date."""
    year = clock.county_date(clock.now()).year
    if call(service, f"/api/scores/overview?period={year}", token=token)["refreshing"]:
        return {}
    rows = call(service, f"/api/scores/subjects?period={year}&page_size=500", token=token)["items"]
    return {row["subject"]["id"]: row["figures"]["visits"]["numerator"] for row in rows if row["subject"]["id"] in subject_ids}


def is_ready(service: Service) -> int:
    try:
        with urllib.request.urlopen(f"{service.address}/readyz", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_submissions_pushed_while_redis_and_worker_are_killed_are_all_scored(service: Service) -> None:
    service.start()
    anna, office = sign_in(service, INSPECTOR), sign_in(service, OFFICE)
    subjects = subjects_of(service, anna)[:4]
    statuses = [push(service, anna, subject) for subject in subjects * 3]

    service.kill("worker")
    statuses += [push(service, anna, subject) for subject in subjects * 3]
    service.kill("queue")
    statuses += [push(service, anna, subject) for subject in subjects * 3]
    service.start("queue")
    statuses += [push(service, anna, subject) for subject in subjects]
    service.kill("queue", "relay")
    service.start("queue", "relay", "worker")

    assert statuses == ["accepted"] * 40
    expected = dict.fromkeys(subjects, 10)
    wait_for(lambda: scored(service, office, subjects) == expected, 180, what="all submissions are scored")


def test_web_server_starts_and_accepts_while_redis_is_away(service: Service) -> None:
    service.start("web", "worker", "relay")
    anna, office = sign_in(service, INSPECTOR), sign_in(service, OFFICE)
    subject = subjects_of(service, anna)[0]

    status, ready = push(service, anna, subject), is_ready(service)
    service.start("queue")

    assert (status, ready) == ("accepted", 503)
    wait_for(lambda: scored(service, office, [subject]) == {subject: 1}, 180, what="the submission is scored")
    wait_for(lambda: is_ready(service) == 200, 60, what="the service is ready")
