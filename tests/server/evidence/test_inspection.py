"""The inspection job: facts, copies, distances and flags; the same whatever came first and however often it runs."""

from __future__ import annotations

import io
import shutil

import pytest
from PIL import Image
from sqlalchemy import delete, select

from server.db import db, transaction
from server.evidence import jobs
from server.evidence.files import photo_store
from server.evidence.jobs import run_inspect_photos
from server.evidence.models import Photo, PhotoBand, PhotoFlag
from server.settings import Settings
from server.work.outbox import OutboxNote
from tests.conftest import County, Person
from tests.media.pictures import SHARED_PHOTOS, jpeg, scene
from tests.records import batch, found, new_id, visit
from tests.server.evidence.photos import (
    GATE,
    image,
    inspected,
    photo_bytes,
    photo_record,
    photo_with_position,
    send,
    sha256,
)


def flags(photo_id: str) -> dict[str, dict]:
    rows = db.session.scalars(select(PhotoFlag))
    return {row.code: row.params for row in rows if str(row.photo_id) == photo_id}


def push(person: Person, *records: dict) -> None:
    answer = person.post("/api/sync/records", json=batch(*records))
    assert {result["status"] for result in answer.json["results"]} <= {"accepted", "already_accepted"}, answer.text


def test_photo_at_the_gate_has_facts_and_no_flag(anna: Person, county: County) -> None:
    data, photo_id = photo_with_position(), new_id()
    push(anna, photo_record(county.mine, photo_id, data))
    send(anna, data, photo_id)

    photo = inspected(photo_id)

    assert (photo.width, photo.height, photo.broken) == (640, 480, None)
    assert photo.exif["model"] == "Test phone"
    assert (photo.exif_lng, photo.exif_lat) == (pytest.approx(112.8991, abs=1e-6), pytest.approx(35.6172, abs=1e-6))
    assert photo.exif_taken_at is not None
    assert photo.exif_taken_at.isoformat() == "2026-11-20T01:15:02+00:00"
    assert photo.corrected_at is not None
    assert photo.corrected_at.isoformat() == "2026-11-20T01:15:02.120000+00:00"
    assert photo.error_bound_ms == 2000
    assert photo.subject_device_m == pytest.approx(14.3, abs=0.2)
    assert photo.subject_exif_m == pytest.approx(0, abs=0.2)
    assert flags(photo_id) == {}


def test_copies_are_upright_and_without_metadata(anna: Person, county: County) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data, photo_id = jpeg(scene(5, (2000, 1000)), exif=exif), new_id()
    send(anna, data, photo_id)

    inspected(photo_id)

    for name, size in (("display", (800, 1600)), ("thumbnail", (160, 320))):
        with photo_store().open_copy(sha256(data), name) as stream, Image.open(stream) as copy:
            assert (copy.size, dict(copy.getexif())) == (size, {})


def test_record_before_bytes_and_after_bytes_lead_to_the_same(anna: Person, county: County) -> None:
    far = {**GATE, "lat": 35.6300}
    first, second = new_id(), new_id()
    one, two = photo_bytes(11), photo_bytes(12)
    push(anna, photo_record(county.mine, first, one, position=far))
    send(anna, one, first)
    inspected(first)
    send(anna, two, second)
    inspected(second)
    push(anna, photo_record(county.mine, second, two, position=far))
    inspected(second)

    assert flags(first) == flags(second)
    assert flags(first)["far_from_subject"]["distance_m"] == pytest.approx(1420, abs=10)


def test_running_twice_gives_the_same(anna: Person, county: County) -> None:
    data, photo_id = photo_bytes(), new_id()
    push(anna, photo_record(county.mine, photo_id, data, source="album", position=None))
    send(anna, data, photo_id)

    first = inspected(photo_id).inspected_at
    before = flags(photo_id)
    again = inspected(photo_id).inspected_at

    assert first == again
    assert flags(photo_id) == before == {"album": {}, "no_position": {}}
    assert len(db.session.scalars(select(PhotoBand)).all()) == 4


def test_photo_that_is_not_here_is_a_quiet_return(anna: Person, county: County) -> None:
    photo_id = new_id()
    run_inspect_photos([photo_id])
    push(anna, photo_record(county.mine, photo_id, photo_bytes()))

    assert inspected(photo_id).inspected_at is None


def test_visit_that_arrives_last_puts_the_photo_in_its_time(anna: Person, county: County) -> None:
    data, photo_id, visit_id = photo_bytes(), new_id(), new_id()
    early = "2026-11-20T07:00:00+08:00"
    record = photo_record(county.mine, photo_id, data, visit_id=visit_id, captured_at=early, clock=None)
    push(anna, record)
    send(anna, data, photo_id, visit_id=visit_id)
    inspected(photo_id)
    assert flags(photo_id) == {}

    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    push(anna, visit(county.mine, visit_id, [record], expected))
    noted = db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == "inspect_photo")).all()
    inspected(photo_id)

    assert noted.count(photo_id) >= 1
    assert flags(photo_id) == {"outside_visit": {"before_start_s": 8102, "limit_s": 600}}


def test_same_bytes_elsewhere_are_flagged_on_the_later_photo(anna: Person, county: County) -> None:
    data = photo_bytes(21)
    first, second = new_id(), new_id()
    for photo_id in (first, second):
        push(anna, photo_record(county.mine, photo_id, data, visit_id=new_id()))
        send(anna, data, photo_id)

    inspected(second)
    inspected(first)

    assert flags(first) == {}
    assert flags(second) == {"same_bytes_elsewhere": {"photo_ids": [first], "count": 1}}


@pytest.mark.parametrize("later_first", [False, True])
def test_recompressed_photo_of_another_visit_is_flagged_whichever_is_inspected_first(
    later_first: bool, anna: Person, county: County
) -> None:
    image = scene(22)
    first, second = new_id(), new_id()
    for photo_id, data in ((first, jpeg(image)), (second, jpeg(image.resize((320, 240)), quality=40))):
        push(anna, photo_record(county.mine, photo_id, data, visit_id=new_id()))
        send(anna, data, photo_id)
    with transaction() as session:
        session.execute(delete(OutboxNote))

    for photo_id in (second, first) if later_first else (first, second):
        inspected(photo_id)
    noted = set(db.session.scalars(select(OutboxNote.key)))
    for photo_id in noted:
        inspected(photo_id)

    assert noted == ({second} if later_first else set())
    assert flags(first) == {}
    assert flags(second)["near_same_elsewhere"]["photo_ids"] == [first]


def test_two_photos_of_one_visit_may_look_alike(anna: Person, county: County) -> None:
    image, visit_id = scene(23), new_id()
    first, second = new_id(), new_id()
    for photo_id, data in ((first, jpeg(image)), (second, jpeg(image, quality=50))):
        push(anna, photo_record(county.mine, photo_id, data, visit_id=visit_id))
        send(anna, data, photo_id)
        inspected(photo_id)

    assert flags(second) == {}


def test_after_photo_that_is_the_before_photo_again_is_flagged(anna: Person, county: County) -> None:
    image, hazard_id = scene(24), new_id()
    push(anna, found(county.mine, None, hazard_id))
    before, after = new_id(), new_id()
    for photo_id, role, quality in ((before, "before", 90), (after, "after", 60)):
        data = jpeg(image, quality=quality)
        push(anna, photo_record(county.mine, photo_id, data, hazard_id=hazard_id, role=role, visit_id=new_id()))
        send(anna, data, photo_id)
        inspected(photo_id)

    assert list(flags(after)) == ["after_like_before"]
    assert flags(after)["after_like_before"]["photo_ids"] == [before]
    assert flags(before) == {}


@pytest.mark.parametrize(
    ("data", "width"),
    [
        pytest.param(photo_bytes(31)[: len(photo_bytes(31)) // 2], 640, id="cut in the middle"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(500), None, id="first bytes only"),
    ],
)
def test_broken_photo_is_kept_and_flagged(data: bytes, width: int | None, anna: Person, county: County) -> None:
    photo_id = new_id()
    push(anna, photo_record(county.mine, photo_id, data))
    send(anna, data, photo_id)

    photo = inspected(photo_id)

    assert photo.width == width
    assert photo.broken
    assert list(flags(photo_id)) == ["broken_picture"]
    assert image(anna, photo_id, "original").data == data
    assert image(anna, photo_id, "thumbnail").status_code == (404 if width is None else 200)


def test_bytes_lost_by_the_disk_are_a_broken_photo(anna: Person, county: County, settings: Settings) -> None:
    photo_id = send(anna, photo_bytes(32))
    shutil.rmtree(settings.photo_dir / "objects")

    assert inspected(photo_id).broken == "missing in the store"


def test_lost_copies_are_made_again(anna: Person, settings: Settings) -> None:
    data = photo_bytes(33)
    photo_id = send(anna, data)
    inspected(photo_id)
    shutil.rmtree(settings.photo_dir / "derived")

    inspected(photo_id)

    assert photo_store().has_copy(sha256(data), "thumbnail")


def test_signatures_and_papers_are_not_compared(anna: Person, county: County) -> None:
    image = scene(34)
    first, second = new_id(), new_id()
    for photo_id, quality in ((first, 90), (second, 60)):
        data = jpeg(image, quality=quality)
        push(anna, photo_record(county.mine, photo_id, data, role="signature", visit_id=new_id()))
        send(anna, data, photo_id)
        inspected(photo_id)

    assert flags(second) == {}


@pytest.mark.parametrize(
    ("name", "orientation_size", "place"),
    [
        ("HMD_Nokia_8.3_5G.jpg", (4608, 1976), (60.1467055555556, 24.9067722222222)),
        ("IMG_5195.HEIC", (2566, 3313), (39.0513444444444, -94.2887722222222)),
        ("67-0_length_string.jpg", (4032, 2012), (51.025, 7.59194444444444)),
        ("iphone_hdr_NO.jpg", (3264, 2448), (40.4469722222222, -3.72475277777778)),
        ("DSCN0010.jpg", (640, 480), (43.4674483333333, 11.8851266666639)),
        ("DSCN0012.jpg", (640, 480), (43.4671566666639, 11.8853949999972)),
        ("DSCN0021.jpg", (640, 480), (43.4670816666639, 11.8845383333306)),
        ("portrait_8.jpg", (450, 600), None),
        ("portrait_3.jpg", (450, 600), None),
        ("landscape_6.jpg", (600, 450), None),
        ("corrupted.jpg", (3648, 2736), None),
        ("image00971.jpg", (636, 227), None),
        ("35-empty.jpg", (2164, 1626), None),
        ("Canon_40D_photoshop_import.jpg", (100, 77), None),
    ],
)
def test_real_photo_goes_all_the_way(
    name: str, orientation_size: tuple[int, int], place: tuple[float, float] | None, anna: Person
) -> None:
    if not SHARED_PHOTOS.is_dir():
        pytest.skip("real photos are not beside the repository")
    data = (SHARED_PHOTOS / name).read_bytes()

    photo_id = send(anna, data)
    photo = inspected(photo_id)

    assert (photo.width, photo.height) == orientation_size
    assert (photo.exif_lat, photo.exif_lng) == ((None, None) if place is None else pytest.approx(place, abs=1e-9))
    assert photo.broken is None
    thumbnail = Image.open(io.BytesIO(image(anna, photo_id, "thumbnail").data))
    assert max(thumbnail.size) == min(320, max(orientation_size))
    assert (thumbnail.width > thumbnail.height) == (orientation_size[0] > orientation_size[1])
    assert ("edited_by_software" in flags(photo_id)) == (name == "Canon_40D_photoshop_import.jpg")


def test_photo_without_record_is_inspected_too(anna: Person) -> None:
    photo_id = send(anna, photo_bytes(35))

    photo = inspected(photo_id)

    assert photo.inspected_at is not None
    assert db.session.get(Photo, photo.id) is photo


def test_photo_is_decoded_once_and_judged_once(anna: Person, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes first, then records: as a phone sends them."""
    data, visit_id = photo_bytes(41), new_id()
    ids = [new_id(), new_id()]
    done: list[str] = []
    decode, gather = jobs.inspect_in_child, jobs.gather_facts
    monkeypatch.setattr(jobs, "inspect_in_child", lambda *args, **names: (done.append("decoded"), decode(*args, **names))[1])
    monkeypatch.setattr(jobs, "gather_facts", lambda photo: (done.append("judged"), gather(photo))[1])
    records = [photo_record(county.mine, photo_id, data, visit_id=visit_id) for photo_id in ids]
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)} for photo_id in ids]

    for photo_id in ids:
        send(anna, data, photo_id, visit_id=visit_id, subject_id=str(county.mine))
        jobs.run_inspect_photos(ids)
    before = list(done)
    push(anna, *records, visit(county.mine, visit_id, records, expected))
    jobs.run_inspect_photos(ids)
    jobs.run_inspect_photos(ids)

    assert before == ["decoded", "decoded"]
    assert done[2:] == ["judged", "judged"]


def test_visit_that_comes_after_its_photo_record_has_the_photo_judged_again(anna: Person, county: County) -> None:
    data, visit_id, photo_id = photo_bytes(42), new_id(), new_id()
    record = photo_record(county.mine, photo_id, data, visit_id=visit_id, captured_at="2026-11-20T07:00:00.000+08:00")
    push(anna, record)
    send(anna, data, photo_id)
    inspected(photo_id)
    early = flags(photo_id)

    push(anna, visit(county.mine, visit_id, [record], [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]))
    inspected(photo_id)

    assert "outside_visit" not in early
    assert "outside_visit" in flags(photo_id)
