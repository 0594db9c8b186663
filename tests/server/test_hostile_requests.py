"""Bad input over a real web server: each gets a problem document that says what is wrong, and no table changes.

What records and photos themselves may contain is tested beside the slices; here it is about requests.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from server.db import db
from server.settings import Settings
from tests.conftest import County, Person
from tests.media.pictures import png_header
from tests.records import batch, new_id, store_small_checklist, submission, visit
from tests.server.evidence.live import LiveServer
from tests.server.evidence.photos import CHUNK, TUS, begin, metadata, photo_bytes, photo_record, send

JSON = {"Content-Type": "application/json"}
PUSH = "/api/sync/records"
FRAME = b'{"device_id":"phone","device_time":"2026-11-20T09:00:00+08:00","records":[%s]}'
OVERRIDE = {"X-HTTP-Method-Override": "GET"}
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Attempt:
    """A request that must be refused; ``code`` is the code of its first error where it has any."""

    name: str
    method: str
    path: str
    status: int
    slug: str
    body: bytes | Iterator[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None


def push(name: str, body: Any, status: int, slug: str, code: str | None = None, **headers: str) -> Attempt:
    return Attempt(name, "POST", PUSH, status, slug, body, JSON | headers, code)


def get(name: str, path: str, status: int, slug: str) -> Attempt:
    return Attempt(name, "GET", path, status, slug)


UNREADABLE = [
    push("half a document", b'{"device_id', 400, "malformed-request", "not-json"),
    push("nothing", b"", 400, "malformed-request", "not-json"),
    push("200,000 brackets", b"[" * 200_000, 400, "malformed-request", "too-deep"),
    push("records within records", FRAME % (b"[" * 400 + b"]" * 400), 400, "malformed-request", "too-deep"),
    push("not a number", FRAME % b"NaN", 400, "malformed-request", "not-json"),
    push("a number without end", FRAME % b"1e999", 400, "malformed-request", "not-json"),
    push("bytes that are no UTF-8", FRAME % b'"\xff\xfe"', 400, "malformed-request", "not-json"),
    push("half a surrogate pair", FRAME % b'"\\ud800"', 400, "malformed-request", "not-json"),
    push("UTF-16", FRAME.decode().encode("utf-16"), 400, "malformed-request", "not-json"),
    push("a key twice", FRAME % b'{"id":1,"id":2}', 400, "malformed-request", "key-twice"),
    push("a key twice, spaced", FRAME % b'{"id" :1,"id":2}', 400, "malformed-request", "key-twice"),
    push("compressed", b"\x1f\x8b\x08", 400, "malformed-request", "not-json", **{"Content-Encoding": "gzip"}),
    push("an array", b"[]", 422, "invalid", "wrong-type"),
    push("null", b"null", 422, "invalid", "wrong-type"),
    push("no records", FRAME % b"", 422, "invalid", "too-few-values"),
    push("plain text", FRAME % b"1", 415, "unsupported-media-type", **{"Content-Type": "text/plain"}),
    push("a form", b"device_id=phone", 415, "unsupported-media-type", **{"Content-Type": "application/x-www-form-urlencoded"}),
    push("100 MB", b" " * (100 * MEGABYTE), 413, "too-large"),
    push("9 MB without a length", iter([b" " * MEGABYTE] * 9), 413, "too-large"),
]

ADDRESSES = [
    get("a path out of the folder", "/..%2f..%2fserver/app.py", 404, "not-found"),
    get("a path with a NUL", "/secret%00.txt", 404, "not-found"),
    get("a name longer than a file system allows", f"/{'a' * 3000}.txt", 404, "not-found"),
    get("a checklist by path", "/api/forms/checklists/..%2f..%2fforms", 404, "not-found"),
    get("a checklist nobody has", f"/api/forms/checklists/{'0' * 64}", 404, "not-found"),
    get("an id that is none", "/api/visits/1", 404, "not-found"),
    get("a NUL in a query", "/api/register/subjects?q=%00", 400, "malformed-request"),
    get("a page beyond numbers", "/api/register/subjects?page_size=99999999999999999999", 422, "invalid"),
    get("the first day of the calendar", "/api/visits?from=0001-01-01", 422, "invalid"),
    get("the last day of the calendar", "/api/hazards?to=9999-12-31", 422, "invalid"),
    get("a cursor of somebody else's making", "/api/sync/changes?cursor=1e9", 422, "invalid"),
    get("an address that only takes records", PUSH, 405, "method-not-allowed"),
    Attempt("another method", "PUT", PUSH, 405, "method-not-allowed", FRAME % b"1", JSON),
    Attempt("a method by header", "POST", "/api/register/areas", 405, "method-not-allowed", b"{}", {**JSON, **OVERRIDE}),
    Attempt("a method nobody knows", "BREW", PUSH, 405, "method-not-allowed"),
]

UPLOADS = [
    Attempt("no tus version", "POST", "/api/evidence/uploads", 412, "precondition-failed"),
    Attempt("no length", "POST", "/api/evidence/uploads", 400, "malformed-request", headers=TUS),
    Attempt("a length beyond the largest photo", "POST", "/api/evidence/uploads", 413, "too-large",
            headers={**TUS, "Upload-Length": "60000000", "Upload-Metadata": metadata(new_id(), b"x")}),
    Attempt("metadata that is not base64", "POST", "/api/evidence/uploads", 400, "malformed-request",
            headers={**TUS, "Upload-Length": "5", "Upload-Metadata": "photo_id %%%"}),
    Attempt("an upload nobody began", "PATCH", f"/api/evidence/uploads/{new_id()}", 404, "not-found", b"x",
            {**CHUNK, "Upload-Offset": "0"}),
]  # fmt: skip


@pytest.fixture
def live(settings: Settings, anna: Person) -> Iterator[LiveServer]:
    store_small_checklist()
    server = LiveServer(settings.data_dir)
    server.start()
    yield server
    server.kill()


def ask(server: LiveServer, person: Person | None, attempt: Attempt) -> tuple[int, str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        chunked = not isinstance(attempt.body, (bytes, type(None)))
        headers = attempt.headers | (person.headers if person else {})
        connection.request(attempt.method, attempt.path, attempt.body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, answer.headers.get_content_type(), json.loads(text) if text else None
    finally:
        connection.close()


def counts() -> dict[str, int]:
    """The number of rows of every table; sign-in failures count, sessions and their audit are of the tests themselves."""
    db.session.rollback()
    tables = (table for table in db.metadata.sorted_tables if table.name not in {"session", "audit_entry"})
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def refused(server: LiveServer, person: Person | None, attempt: Attempt) -> None:
    before = counts()

    status, media_type, problem = ask(server, person, attempt)

    assert (status, media_type) == (attempt.status, "application/problem+json"), problem
    assert problem["type"] == f"/problems/{attempt.slug}"
    assert problem["title"]
    if attempt.code is not None:
        assert problem["errors"][0]["code"] == attempt.code
    assert counts() == before


def test_requests_that_cannot_be_read_change_nothing(live: LiveServer, anna: Person, subtests: pytest.Subtests) -> None:
    for attempt in UNREADABLE:
        with subtests.test(attempt.name):
            refused(live, anna, attempt)


def test_addresses_that_lead_nowhere_are_problems(live: LiveServer, anna: Person, subtests: pytest.Subtests) -> None:
    for attempt in ADDRESSES:
        with subtests.test(attempt.name):
            refused(live, anna, attempt)


def test_uploads_that_cannot_begin_leave_no_row(live: LiveServer, anna: Person, subtests: pytest.Subtests) -> None:
    for attempt in UPLOADS:
        with subtests.test(attempt.name):
            refused(live, anna, attempt)


@pytest.mark.parametrize(
    "content",
    [b"This is a text file that somebody renamed to IMG_0001.jpg.\n" * 40, png_header(30_000, 30_000) + bytes(4000)],
    ids=["a text file named .jpg", "a picture of 30,000 by 30,000 pixels"],
)
def test_file_that_is_no_photo_is_refused_and_gone(live: LiveServer, anna: Person, settings: Settings, content: bytes) -> None:
    before = counts()
    headers = {**CHUNK, "Upload-Length": str(len(content)), "Upload-Metadata": metadata(new_id(), content)}

    status, media_type, problem = ask(live, anna, Attempt("", "POST", "/api/evidence/uploads", 0, "", content, headers))

    assert (status, media_type, problem["type"]) == (422, "application/problem+json", "/problems/not-a-photo")
    assert counts() == before
    assert [path for path in settings.photo_dir.rglob("*") if path.is_file()] == []


def test_what_is_somebody_elses_does_not_exist(
    live: LiveServer, app: Flask, anna: Person, chen: Person, dora: Person, county: County, subtests: pytest.Subtests
) -> None:
    """dora is an inspector with no subject; anna's and chen's things answer her as if they were not there."""
    visit_id, data = new_id(), photo_bytes()
    answered = submission(county.mine, visit_id)
    photo_id = new_id()
    whole = visit(county.mine, visit_id, [answered])
    anna.post(PUSH, json=batch(answered, photo_record(county.mine, photo_id, data), whole))
    send(anna, data, photo_id)
    upload = begin(anna, new_id(), photo_bytes(2)).headers["Location"]
    code = anna.get(f"/api/evidence/photos/{photo_id}").json["receipt"]["code"]

    for attempt in [
        get("subject", f"/api/register/subjects/{county.mine}", 404, "not-found"),
        get("pairings of a subject", f"/api/pairings?subject_id={county.mine}", 404, "not-found"),
        get("visit", f"/api/visits/{visit_id}", 404, "not-found"),
        get("photo", f"/api/evidence/photos/{photo_id}", 404, "not-found"),
        get("original", f"/api/evidence/photos/{photo_id}/original", 404, "not-found"),
        get("receipt", f"/api/evidence/receipts/{code}", 404, "not-found"),
        get("scores", f"/api/scores/subjects/{county.mine}", 403, "not-allowed"),
        get("downloads", "/api/downloads", 403, "not-allowed"),
        Attempt("goes on with an upload", "PATCH", upload, 404, "not-found", b"x", {**CHUNK, "Upload-Offset": "0"}),
        Attempt("takes an upload back", "DELETE", upload, 404, "not-found", headers=TUS),
        Attempt("a photo for a subject", "POST", "/api/evidence/uploads", 404, "not-found",
                headers={**TUS, "Upload-Length": "5", "Upload-Metadata": metadata(new_id(), data, subject_id=str(county.mine))}),
    ]:  # fmt: skip
        with subtests.test(attempt.name):
            refused(live, dora, attempt)
    with subtests.test("submission for a subject"):
        # Somebody wrote it in good faith: it waits for the office, and nothing of the subject is told or changed.
        before = counts()
        body = json.dumps(batch(submission(county.mine, new_id()))).encode()
        status, _, answer = ask(live, dora, push("", body, 200, ""))
        assert (status, answer["results"][0]["status"]) == (200, "quarantined")
        assert (counts()["record"], counts()["submission"]) == (before["record"] + 1, before["submission"])
        assert "巴公" not in json.dumps(answer, ensure_ascii=False)
    with subtests.test("nobody is signed in"):
        refused(live, None, get("", f"/api/evidence/photos/{photo_id}/original", 401, "not-signed-in"))


def test_record_with_a_nul_is_refused_alone(live: LiveServer, anna: Person, county: County) -> None:
    """PostgreSQL cannot store the character; the other record of the batch comes in."""
    visit_id = new_id()
    whole = submission(county.mine, visit_id, finished_at="2026-11-20T09:15:02+08:00", remark="a\0b")

    status, _, answer = ask(live, anna, push("", json.dumps(batch(whole, submission(county.mine, visit_id))).encode(), 200, ""))

    assert status == 200
    assert [result["status"] for result in answer["results"]] == ["refused", "accepted"]
    assert answer["results"][0]["problem"]["errors"][0]["code"] == "nul-character"


def test_hostile_headers_are_not_believed(live: LiveServer, anna: Person) -> None:
    """A forwarded host or scheme, a second cookie, an oversized header: nothing of it comes back."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.sendall(
            b"GET /api/accounts/session HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
            b"X-Forwarded-For: 127.0.0.1\r\nX-Original-URL: /api/downloads\r\nAuthorization: Bearer "
            + anna.token.encode()
            + b"\r\nConnection: close\r\n\r\n"
        )
        answer = b""
        while piece := connection.recv(65536):
            answer += piece

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"evil.example" not in answer


def test_two_lengths_and_smuggled_requests_are_refused(live: LiveServer, anna: Person) -> None:
    for head in (
        b"Content-Length: 5\r\nContent-Length: 50\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ):
        with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
            connection.sendall(b"POST /api/sync/records HTTP/1.1\r\nHost: x\r\n" + head + b"\r\nhello")
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)

        assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 501"}, answer
