"""tus 1.0.0 as this server speaks it; numbers of the specification's chapters where a test stands for one."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from media.errors import StoreFull
from media.store import PartWriter
from server import clock
from server.db import db, transaction
from server.evidence import uploads
from server.evidence.files import photo_store
from server.evidence.models import Photo, Receipt, Upload
from server.evidence.uploads import sweep_uploads
from server.problems import Refusal
from server.settings import Settings
from server.work.outbox import OutboxNote
from tests.conftest import County, Person
from tests.media.pictures import jpeg_of_size, png_header
from tests.records import batch, new_id, visit
from tests.server.evidence.photos import CHUNK, TUS, begin, head, metadata, patch, photo_bytes, photo_record, send, sha256
from vocabulary import ProblemCode


def files(settings: Settings) -> list[str]:
    folder = settings.photo_dir
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_server_says_what_it_can(app: Flask) -> None:
    answer = app.test_client().options("/api/evidence/uploads")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,checksum,termination"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert answer.headers["Tus-Max-Size"] == "52428800"


def test_photo_in_three_pieces_gets_its_receipt_with_the_last(anna: Person, settings: Settings) -> None:
    data, photo_id = photo_bytes(), new_id()
    location = begin(anna, photo_id, data).headers["Location"]

    first = patch(anna, location, 0, data[:5000])
    second = patch(anna, location, 5000, data[5000:9000])
    third = patch(anna, location, 9000, data[9000:])

    assert [answer.headers["Upload-Offset"] for answer in (first, second, third)] == ["5000", "9000", str(len(data))]
    assert "Upload-Receipt" not in second.headers
    code = hashlib.sha256(f"photo|{photo_id}|{sha256(data)}".encode()).hexdigest()[:12].upper()
    assert third.headers["Upload-Receipt"] == f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert third.headers["Tus-Resumable"] == "1.0.0"
    assert files(settings) == [f"objects/{sha256(data)[:2]}/{sha256(data)}"]


def test_head_says_where_to_go_on(anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data[:777])

    answer = head(anna, location)

    assert (answer.status_code, answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == (200, "777", str(len(data)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith(" GMT")


@pytest.mark.parametrize("cut", [0, 1, 63, 64, 4096, 16384, 20000])
def test_upload_cut_at_any_byte_goes_on_there(cut: int, anna: Person, app: Flask) -> None:
    data, photo_id = photo_bytes(size=(1024, 768)), new_id()
    location = begin(anna, photo_id, data).headers["Location"]
    # The body ends before its announced length, as when the line breaks.
    stopped = anna.request(
        "PATCH",
        location,
        headers={**CHUNK, "Upload-Offset": "0"},
        input_stream=io.BytesIO(data[:cut]),
        environ_overrides={"CONTENT_LENGTH": str(len(data)), "wsgi.input_terminated": True},
    )

    offset = int(head(anna, location).headers["Upload-Offset"])
    finished = patch(anna, location, offset, data[offset:])

    assert stopped.status_code == 408
    assert offset == cut
    assert "Upload-Receipt" in finished.headers
    with photo_store().open(sha256(data)) as stream:
        assert stream.read() == data


def test_creation_with_upload_takes_the_photo_at_once(anna: Person) -> None:
    data, photo_id = photo_bytes(), new_id()
    headers = {**CHUNK, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(photo_id, data)}

    answer = anna.post("/api/evidence/uploads", headers=headers, data=data)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(data)))
    assert "Upload-Receipt" in answer.headers


def test_photo_larger_than_any_document_is_taken(anna: Person) -> None:
    """The application refuses JSON bodies of more than 8 MB; photos have a limit of their own."""
    data = photo_bytes() + bytes(9 * 1024 * 1024)

    assert send(anna, data)


def test_same_photo_again_is_born_finished(anna: Person, settings: Settings) -> None:
    data = photo_bytes()
    photo_id = send(anna, data)

    again = begin(anna, photo_id, data)

    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(data)))
    assert "Upload-Receipt" in again.headers
    assert head(anna, again.headers["Location"]).headers["Upload-Offset"] == str(len(data))
    assert len(files(settings)) == 1
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 1


def test_two_uploads_of_one_photo_leave_one(anna: Person, settings: Settings) -> None:
    data, photo_id = photo_bytes(), new_id()
    locations = [begin(anna, photo_id, data).headers["Location"] for _ in range(2)]

    codes = {patch(anna, location, 0, data).headers["Upload-Receipt"] for location in locations}

    assert len(codes) == 1
    assert len(files(settings)) == 1
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 1


def test_last_piece_sent_twice_gets_the_receipt_twice(anna: Person) -> None:
    """The answer to the last byte may be lost; the phone asks again."""
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    first = patch(anna, location, 0, data)

    again = patch(anna, location, len(data), b"")

    assert again.status_code == 204
    assert again.headers["Upload-Receipt"] == first.headers["Upload-Receipt"]
    assert head(anna, location).headers["Upload-Receipt"] == first.headers["Upload-Receipt"]


def test_wrong_hash_is_refused_and_nothing_is_kept(anna: Person, settings: Settings) -> None:
    data, photo_id = photo_bytes(), new_id()
    location = begin(anna, photo_id, data).headers["Location"]

    answer = patch(anna, location, 0, data[:-1] + bytes([data[-1] ^ 1]))

    assert answer.status_code == 460
    assert answer.json["type"] == "/problems/checksum-mismatch"
    assert files(settings) == []
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    assert send(anna, data, photo_id) == photo_id


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_piece_with_wrong_checksum_is_taken_back(algorithm: str, anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    good = base64.b64encode(hashlib.new(algorithm, data[:1000]).digest()).decode()
    patch(anna, location, 0, data[:1000], **{"Upload-Checksum": f"{algorithm} {good}"})

    bad = patch(anna, location, 1000, data[1000:2000], **{"Upload-Checksum": f"{algorithm} {good}"})

    assert bad.status_code == 460
    assert head(anna, location).headers["Upload-Offset"] == "1000"


def test_piece_at_another_offset_is_told_the_right_one(anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data[:100])

    answer = patch(anna, location, 50, data[50:])

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "100")


def test_second_connection_on_one_upload_is_locked_out(anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]

    with photo_store().append(location.rsplit("/", 1)[1], 0, len(data)):
        answer = patch(anna, location, 0, data)

    assert answer.status_code == 423
    assert answer.headers["Retry-After"] == "2"


def test_more_bytes_than_announced_are_refused(anna: Person, settings: Settings) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data, length=1000).headers["Location"]

    answer = patch(anna, location, 0, data)

    assert answer.status_code == 413
    assert not [name for name in files(settings) if name.startswith("objects")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param("这是一份文本，不是照片。".encode() * 20, "not-a-photo", id="text named .jpg"),
        pytest.param(png_header(30_000, 30_000), "too-many-pixels", id="png bomb"),
        pytest.param(jpeg_of_size(30_000, 30_000), "too-many-pixels", id="jpeg bomb"),
    ],
)
def test_what_is_no_photo_is_refused_with_words_and_changes_nothing(
    data: bytes, code: str, anna: Person, settings: Settings
) -> None:
    location = begin(anna, new_id(), data).headers["Location"]

    answer = patch(anna, location, 0, data)

    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/not-a-photo"
    assert answer.json["errors"][0]["code"] == code
    assert answer.json["detail"] != ""
    assert files(settings) == []
    assert head(anna, location).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0


def test_text_is_refused_by_its_first_bytes(anna: Person) -> None:
    data = b"x" * 100_000
    location = begin(anna, new_id(), data).headers["Location"]

    assert patch(anna, location, 0, data[:64]).status_code == 422


def test_too_large_photo_is_refused_before_a_byte_is_sent(anna: Person, settings: Settings) -> None:
    answer = begin(anna, new_id(), b"", length=100 * 1024 * 1024)

    assert answer.status_code == 413
    assert answer.json["type"] == "/problems/too-large"
    assert answer.headers["Tus-Max-Size"] == "52428800"
    assert files(settings) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Metadata": "photo_id x"}, 400),
        ({"Upload-Metadata": ""}, 400),
    ],
)
def test_creation_that_cannot_be_read_is_refused(change: dict[str, str], status: int, anna: Person) -> None:
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": metadata(new_id(), b"x"), **change}

    answer = anna.post("/api/evidence/uploads", headers=headers)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_piece_of_another_content_type_is_refused(anna: Person) -> None:
    location = begin(anna, new_id(), photo_bytes()).headers["Location"]

    answer = anna.request("PATCH", location, headers={**TUS, "Upload-Offset": "0", "Content-Type": "image/jpeg"}, data=b"x")

    assert answer.status_code == 415


def test_upload_without_sign_in_is_refused(app: Flask) -> None:
    assert app.test_client().post("/api/evidence/uploads", headers=TUS).status_code == 401


def test_photo_of_someone_elses_subject_is_refused(anna: Person, county: County, settings: Settings) -> None:
    answer = begin(anna, new_id(), photo_bytes(), subject_id=str(county.far_village))

    assert answer.status_code == 404
    assert files(settings) == []


def test_someone_elses_upload_does_not_exist(anna: Person, dora: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]

    assert head(dora, location).status_code == 404
    assert patch(dora, location, 0, data).status_code == 404
    assert dora.request("DELETE", location, headers=TUS).status_code == 404


def test_other_bytes_under_a_stored_id_are_a_conflict(anna: Person) -> None:
    photo_id = send(anna, photo_bytes(1))

    answer = begin(anna, photo_id, photo_bytes(2))

    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/record-conflict"


def test_bytes_that_the_record_names_replace_wrong_ones_that_came_first(anna: Person, county: County) -> None:
    right, photo_id = photo_bytes(2), new_id()
    send(anna, photo_bytes(1), photo_id)
    anna.post("/api/sync/records", json=batch(photo_record(county.mine, photo_id, right)))

    send(anna, right, photo_id)

    db.session.expire_all()
    photo = db.session.get(Photo, uuid.UUID(photo_id))
    assert photo is not None
    assert photo.sha256 == sha256(right)


def test_upload_can_be_taken_back(anna: Person, settings: Settings) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data[:1000])

    answer = anna.request("DELETE", location, headers=TUS)

    assert answer.status_code == 204
    assert files(settings) == []
    assert head(anna, location).status_code == 404


def test_received_photo_cannot_be_taken_back(anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data)

    assert anna.request("DELETE", location, headers=TUS).status_code == 409


def test_expired_upload_is_gone_and_swept(anna: Person, settings: Settings) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data[:1000])
    later = clock.now() + timedelta(hours=settings.upload_expiry_hours, minutes=1)
    with pytest.raises(Refusal) as refused:
        uploads.upload_state(uuid.UUID(location.rsplit("/", 1)[1]), _actor(anna), later)

    swept = sweep_uploads(later)

    assert refused.value.slug == "gone"
    assert swept == 1
    assert files(settings) == []
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_sweep_keeps_photos_and_running_uploads(anna: Person, settings: Settings) -> None:
    send(anna, photo_bytes(1))
    location = begin(anna, new_id(), photo_bytes(2)).headers["Location"]

    assert sweep_uploads(clock.now()) == 0

    assert len(files(settings)) == 2
    assert head(anna, location).status_code == 200


def test_part_that_nobody_owns_is_swept_after_a_day(anna: Person, settings: Settings) -> None:
    photo_store().create_upload("00000000-0000-4000-8000-000000000000")

    assert sweep_uploads(clock.now()) == 0
    assert sweep_uploads(clock.now() + timedelta(days=1, minutes=1)) == 1
    assert files(settings) == []


def test_full_disk_is_503_and_the_upload_goes_on_later(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data[:1000])

    def full(_self: PartWriter, _piece: bytes) -> None:
        raise StoreFull()

    with monkeypatch.context() as broken:
        broken.setattr(PartWriter, "write", full)
        refused = patch(anna, location, 1000, data[1000:])

    assert refused.status_code == 503
    assert head(anna, location).headers["Upload-Offset"] == "1000"
    assert "Upload-Receipt" in patch(anna, location, 1000, data[1000:]).headers


def test_server_killed_between_rename_and_commit_still_gives_the_receipt(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    data, photo_id = photo_bytes(), new_id()
    location = begin(anna, photo_id, data).headers["Location"]

    def killed(*_: Any) -> str:
        raise Refusal(ProblemCode.UNAVAILABLE)

    with monkeypatch.context() as dying:
        dying.setattr(uploads, "finish_upload", killed)
        assert patch(anna, location, 0, data).status_code == 503

    answer = head(anna, location)

    assert answer.headers["Upload-Offset"] == str(len(data))
    assert "Upload-Receipt" in answer.headers


def test_body_is_read_without_a_database_connection(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    checked_out: list[int] = []
    write = PartWriter.write

    def noted(self: PartWriter, piece: bytes) -> None:
        checked_out.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        write(self, piece)

    monkeypatch.setattr(PartWriter, "write", noted)
    patch(anna, location, 0, data)

    assert set(checked_out) == {0}


def test_last_byte_notes_the_inspection_in_its_own_transaction(anna: Person) -> None:
    photo_id = send(anna, photo_bytes())

    notes = db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == "inspect_photo")).all()
    assert notes == [photo_id]


def test_visit_is_complete_when_its_last_photo_arrives(anna: Person, county: County) -> None:
    data, visit_id, photo_id = photo_bytes(), new_id(), new_id()
    record = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    pushed = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record], expected))).json

    send(anna, data, photo_id, visit_id=visit_id, subject_id=str(county.mine))

    assert pushed["visits"][0]["complete"] is False
    assert pushed["visits"][0]["missing"]["photos"] == [photo_id]
    state = anna.get(f"/api/visits/{visit_id}").json
    assert state["complete"] is True
    assert state["receipt"]["kind"] == "visit"


def test_visit_is_complete_when_its_bytes_came_before_its_records(anna: Person, county: County) -> None:
    data, visit_id, photo_id = photo_bytes(), new_id(), new_id()
    send(anna, data, photo_id, visit_id=visit_id, subject_id=str(county.mine))

    record = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    pushed = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record], expected))).json

    assert pushed["visits"][0]["complete"] is True


def _actor(person: Person) -> Any:
    from server.accounts.service import actor_of, find_session

    with transaction():
        found = find_session(person.token, clock.now())
    assert found is not None
    return actor_of(found[1], clock.county_date(clock.now()))


def test_no_upload_leaves_the_store_folder(settings: Settings, anna: Person) -> None:
    data = photo_bytes()
    send(anna, data, filename="../../../etc/cron.d/x")

    outside = [path for path in Path(settings.data_dir).rglob("*x") if "cron" in str(path)]
    assert outside == []


def test_photo_that_comes_whole_leaves_no_upload_row(anna: Person) -> None:
    data, photo_id = photo_bytes(), new_id()
    headers = {**CHUNK, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(photo_id, data)}

    answer = anna.post("/api/evidence/uploads", headers=headers, data=data)

    assert answer.headers["Location"] == f"/api/evidence/uploads/{photo_id}"
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0
    assert head(anna, answer.headers["Location"]).headers["Upload-Receipt"] == answer.headers["Upload-Receipt"]


def test_first_piece_of_a_photo_makes_an_upload_that_goes_on(anna: Person) -> None:
    data, photo_id = photo_bytes(), new_id()
    headers = {**CHUNK, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(photo_id, data)}

    first = anna.post("/api/evidence/uploads", headers=headers, data=data[:4000])
    last = patch(anna, first.headers["Location"], 4000, data[4000:])

    assert (first.status_code, first.headers["Upload-Offset"]) == (201, "4000")
    assert "Upload-Receipt" in last.headers


def test_whole_photo_is_one_writing_transaction(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    data, commits = photo_bytes(), []
    headers = {**CHUNK, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(new_id(), data)}
    opened = uploads.transaction

    def counted() -> Any:
        commits.append(1)
        return opened()

    monkeypatch.setattr(uploads, "transaction", counted)
    anna.post("/api/evidence/uploads", headers=headers, data=data)

    assert len(commits) == 1


def test_unfinished_uploads_of_a_person_have_a_limit_and_the_oldest_goes(
    anna: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UNFINISHED_PER_PERSON", 3)

    locations = [begin(anna, new_id(), photo_bytes(), length=50_000_000).headers["Location"] for _ in range(5)]

    assert [head(anna, location).status_code for location in locations] == [404, 404, 200, 200, 200]
    assert len(files(settings)) == 3


def test_unfinished_uploads_have_a_limit_in_all_and_whoever_has_most_gives_way(
    anna: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UNFINISHED_BYTES_IN_ALL", 100_000_000)
    mine = [begin(anna, new_id(), photo_bytes(), length=40_000_000).headers["Location"] for _ in range(2)]

    his = [begin(ben, new_id(), photo_bytes(), length=30_000_000).headers["Location"] for _ in range(2)]

    assert [head(anna, location).status_code for location in mine] == [404, 200]
    assert [head(ben, location).status_code for location in his] == [200, 200]


def test_upload_that_is_being_received_is_not_forgotten_for_another(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UNFINISHED_PER_PERSON", 1)
    data = photo_bytes()
    first = begin(anna, new_id(), data).headers["Location"]

    with photo_store().append(first.rsplit("/", 1)[1], 0, len(data)):
        begin(anna, new_id(), data)

    assert head(anna, first).status_code == 200


def test_photo_id_of_another_person_takes_no_bytes(anna: Person, dora: Person) -> None:
    data, photo_id = photo_bytes(), new_id()
    send(anna, data, photo_id)

    begun = begin(dora, photo_id, data)
    whole = dora.post(
        "/api/evidence/uploads",
        headers={**CHUNK, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(photo_id, data)},
        data=data,
    )

    assert (begun.status_code, whole.status_code) == (404, 404)
    assert "Upload-Receipt" not in begun.headers
    assert db.session.get_one(Photo, uuid.UUID(photo_id)).author_id == _actor(anna).user_id


def test_finished_upload_is_forgotten_after_a_day(anna: Person) -> None:
    data = photo_bytes()
    location = begin(anna, new_id(), data).headers["Location"]
    patch(anna, location, 0, data)

    sweep_uploads(clock.now() + timedelta(hours=23))
    after_a_while = head(anna, location).status_code
    sweep_uploads(clock.now() + timedelta(hours=25))

    assert (after_a_while, head(anna, location).status_code) == (200, 404)
