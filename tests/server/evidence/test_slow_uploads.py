"""Slow phones before front, web server and uploads process: they hold no thread, keep their bytes, and cannot stay for ever."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.settings import Settings
from server.uploads_app import WRITE_EVERY_S
from tests.conftest import Person
from tests.e2e.service import wait_for
from tests.records import new_id
from tests.server.evidence.live import LiveFront
from tests.server.evidence.photos import CHUNK, TUS, metadata, photo_bytes, sha256
from tests.server.evidence.test_cut_uploads import files, talk

PHONES = 300


@pytest.fixture(scope="module")
def picture() -> bytes:
    return photo_bytes(5, (640, 480))


@pytest.fixture
def server(settings: Settings, anna: Person) -> Iterator[LiveFront]:
    live = LiveFront(settings.data_dir, threads=4)
    live.start()
    yield live
    live.kill()


def begun(server: LiveFront, person: Person, photo_id: str, data: bytes) -> str:
    """The path of an upload without bytes."""
    creation = {**TUS, "Content-Length": "0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata(photo_id, data)}
    return talk(server, person, "POST /api/evidence/uploads", creation)["location"]


def connected(server: LiveFront, person: Person, request_line: str, headers: dict[str, str]) -> socket.socket:
    """A connection on which the head of a request has been sent."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    lines = [f"{name}: {value}" for name, value in (person.headers | {"Host": "localhost"} | headers).items()]
    connection.sendall("\r\n".join([f"{request_line} HTTP/1.1", *lines, "", ""]).encode())
    return connection


def position(server: LiveFront, person: Person, path: str) -> int:
    return int(talk(server, person, f"HEAD {path}", TUS)["upload-offset"])


def part(settings: Settings, path: str) -> Path:
    return settings.photo_dir / "uploads" / f"{path.rsplit('/', 1)[1]}.part"


def test_bytes_that_came_before_a_cut_are_kept(server: LiveFront, settings: Settings, anna: Person, picture: bytes) -> None:
    path = begun(server, anna, new_id(), picture)
    rest = {**CHUNK, "Upload-Offset": "0", "Content-Length": str(len(picture))}

    with connected(server, anna, f"PATCH {path}", rest) as line:
        line.sendall(picture[:777])
        wait_for(lambda: part(settings, path).stat().st_size == 777, 4 * WRITE_EVERY_S, what="a slow phone's bytes are written")
        line.sendall(picture[777:1000])
        time.sleep(0.5)

    assert position(server, anna, path) == 1000
    more = {**CHUNK, "Upload-Offset": "1000", "Content-Length": str(len(picture) - 1000)}
    assert "upload-receipt" in talk(server, anna, f"PATCH {path}", more, picture[1000:])
    assert files(settings.photo_dir) == {sha256(picture)}


def test_phone_takes_over_from_its_own_lost_connection(server: LiveFront, anna: Person, picture: bytes) -> None:
    """A phone that went from one network to another has lost a connection that nobody has told the server about."""
    path = begun(server, anna, new_id(), picture)
    rest = {**CHUNK, "Upload-Offset": "0", "Content-Length": str(len(picture))}

    with connected(server, anna, f"PATCH {path}", rest) as lost:
        lost.sendall(picture[:5000])
        time.sleep(0.5)
        offset = position(server, anna, path)
        more = {**CHUNK, "Upload-Offset": str(offset), "Content-Length": str(len(picture) - offset)}
        answer = talk(server, anna, f"PATCH {path}", more, picture[offset:])

    assert offset == 5000
    assert "upload-receipt" in answer


def test_nobody_takes_over_another_persons_connection(server: LiveFront, anna: Person, dora: Person, picture: bytes) -> None:
    path = begun(server, anna, new_id(), picture)
    rest = {**CHUNK, "Upload-Offset": "0", "Content-Length": str(len(picture))}

    with connected(server, anna, f"PATCH {path}", rest) as line:
        line.sendall(picture[:5000])
        time.sleep(0.5)
        stranger = talk(server, dora, f"HEAD {path}", TUS)
        line.sendall(picture[5000:])
        answer = line.recv(65536)

    assert stranger[":status"] == "404"
    assert b"upload-receipt" in answer.lower()


def test_photo_that_comes_in_one_request_leaves_no_row(
    server: LiveFront, settings: Settings, anna: Person, picture: bytes
) -> None:
    photo_id = new_id()
    whole = {
        **CHUNK, "Content-Length": str(len(picture)), "Upload-Length": str(len(picture)),
        "Upload-Metadata": metadata(photo_id, picture),
    }  # fmt: skip

    answer = talk(server, anna, "POST /api/evidence/uploads", whole, picture)
    again = talk(server, anna, f"HEAD {answer['location']}", TUS)

    assert answer["location"].endswith(photo_id)
    assert (again["upload-offset"], again["upload-receipt"]) == (str(len(picture)), answer["upload-receipt"])
    assert files(settings.photo_dir) == {sha256(picture)}


def test_slow_phones_hold_no_thread(server: LiveFront, settings: Settings, anna: Person, picture: bytes) -> None:
    """The web server has four threads and the uploads process eight; 300 phones send at once, and 50 sign-ins are half sent."""
    ids = [new_id() for _ in range(PHONES)]
    head = {**CHUNK, "Content-Length": str(len(picture)), "Upload-Length": str(len(picture))}
    lines = [
        connected(server, anna, "POST /api/evidence/uploads", head | {"Upload-Metadata": metadata(id_, picture)}) for id_ in ids
    ]
    half_sent = [
        connected(server, anna, "POST /api/accounts/session", {"Content-Type": "application/json", "Content-Length": "60"})
        for _ in range(50)
    ]
    for line in (*lines, *half_sent):
        line.sendall(picture[:9] if line in lines else b'{"user')

    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        health = answer.status
    me = json.loads(get(server, anna, "/api/accounts/session"))
    for line in lines:
        line.sendall(picture[9:])
    answers = [received(line) for line in lines]
    for line in (*lines, *half_sent):
        line.close()

    assert health == 200
    assert me["user"]["username"] == "anna"
    assert [answer.split(b" ", 2)[1] for answer in answers] == [b"201"] * PHONES
    assert files(settings.photo_dir) == {sha256(picture)}


def get(server: LiveFront, person: Person, path: str) -> bytes:
    asked = urllib.request.Request(f"{server.url}{path}", headers=person.headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def received(line: socket.socket) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer and (piece := line.recv(4096)):
        answer += piece
    return answer
