"""Uploads cut several times at any byte, over a real socket, end with exactly one copy that has the right hash."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from media.store import PhotoStore
from server.settings import Settings
from tests.conftest import Person
from tests.records import new_id
from tests.server.evidence.live import LIVE, LiveFront, LiveServer
from tests.server.evidence.photos import CHUNK, TUS, metadata, photo_bytes, sha256

PICTURE = photo_bytes(3, (640, 480))
# Every example uploads bytes of its own: what the server already has is not asked for again.
LENGTH = len(PICTURE) + 4
numbers = itertools.count(1)
anywhere = st.lists(st.integers(0, LENGTH - 1), min_size=1, max_size=4, unique=True).map(sorted)


@pytest.fixture(params=LIVE)
def server(request: pytest.FixtureRequest, settings: Settings, anna: Person) -> Iterator[LiveServer]:
    live = LIVE[request.param](settings.data_dir)
    live.start()
    yield live
    live.kill()


def talk(server: LiveServer, person: Person, request_line: str, headers: dict[str, str], body: bytes = b"") -> dict[str, str]:
    """Sends a request, closes the sending side, and returns the answer's headers; `:status` is the status."""
    lines = [f"{request_line} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (person.headers | headers).items()]
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    if not answer:
        # The front tells nothing to a connection that was cut.
        return {}
    status, *rest = answer.split(b"\r\n\r\n")[0].decode().split("\r\n")
    return {":status": status.split()[1]} | {
        name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rest)
    }


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@profile(
    max_examples=20, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=anywhere)
@example(cuts=[0, 1, LENGTH - 1])
@example(cuts=[63, 64, 4096, 16384])
def test_upload_cut_several_times_leaves_one_copy(cuts: list[int], server: LiveServer, settings: Settings, anna: Person) -> None:
    data = PICTURE + next(numbers).to_bytes(4)
    before = files(settings.photo_dir)
    creation = {**TUS, "Content-Length": "0", "Upload-Length": str(LENGTH), "Upload-Metadata": metadata(new_id(), data)}
    location = talk(server, anna, "POST /api/evidence/uploads", creation)["location"]
    path = "/" + location.split("://")[-1].split("/", 1)[1]

    offset = 0
    for cut in [*cuts, LENGTH]:
        # The length announces the whole rest; the line breaks before it.
        announced = {**CHUNK, "Upload-Offset": str(offset), "Content-Length": str(LENGTH - offset)}
        answer = talk(server, anna, f"PATCH {path}", announced, data[offset:cut])
        offset = int(talk(server, anna, f"HEAD {path}", TUS)["upload-offset"])
        # What reaches the front together with the end of its connection is sent again; the web server itself keeps that too.
        assert offset <= cut if isinstance(server, LiveFront) else offset == cut

    assert answer[":status"] == "204"
    assert "upload-receipt" in answer
    assert files(settings.photo_dir) - before == {sha256(data)}
    assert len(files(settings.photo_dir)) == len(before) + 1
    assert PhotoStore(settings.photo_dir).matches(sha256(data))
