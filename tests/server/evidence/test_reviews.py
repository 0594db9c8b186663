"""Review of photos: who sees what, decisions and their undoing, what phones are told, receipts, image answers."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image

from server import clock
from server.db import db, transaction
from server.evidence.models import PhotoReview
from tests.conftest import BAGONG, County, Person
from tests.media.pictures import jpeg, scene
from tests.records import batch, found, new_id, visit
from tests.server.evidence.photos import GATE, image, inspected, photo_bytes, photo_record, send, sha256


def photo(person: Person, subject: object, seed: int = 1, **values: object) -> str:
    """A photo whose record and bytes have arrived and were inspected."""
    data, photo_id = photo_bytes(seed), new_id()
    answer = person.post("/api/sync/records", json=batch(photo_record(subject, photo_id, data, **values)))
    assert answer.json["results"][0]["status"] == "accepted", answer.text
    send(person, data, photo_id)
    inspected(photo_id)
    return photo_id


def queue(person: Person, query: str = "") -> list[str]:
    answer = person.get(f"/api/evidence/reviews?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json["next"] is None
    return [item["photo"]["id"] for item in answer.json["items"]]


def decide(person: Person, photo_id: str, decision: str, **values: object) -> int:
    photo = f"/api/evidence/photos/{photo_id}"
    seen = {"If-Match": f'"{len(person.get(photo).json["reviews"])}"'}
    return person.post(f"{photo}/reviews", json={"decision": decision, **values}, headers=seen).status_code


def pulled(person: Person, kind: str) -> dict[str, dict]:
    changes = person.get("/api/sync/changes?limit=500").json["changes"]
    return {change["id"]: change for change in changes if change["kind"] == kind}


def test_supervisor_sees_what_waits_in_the_town_oldest_first(anna: Person, ben: Person, county: County) -> None:
    first, second = photo(anna, county.mine, 1), photo(anna, county.chemical_store, 2)

    assert queue(ben, "state=pending") == [first, second]


def test_queue_item_holds_what_is_needed_to_decide(anna: Person, ben: Person, county: County) -> None:
    hazard_id = new_id()
    anna.post("/api/sync/records", json=batch(found(county.mine, None, hazard_id)))
    before = photo(anna, county.mine, 1, hazard_id=hazard_id, role="before")
    after = photo(anna, county.mine, 2, hazard_id=hazard_id, role="after", position={**GATE, "lat": 35.6300})

    items = {item["photo"]["id"]: item for item in ben.get("/api/evidence/reviews?state=pending").json["items"]}

    item = items[after]
    assert item["before"]["id"] == before
    assert item["after"] is None
    assert items[before]["after"]["id"] == after
    assert item["subject"]["name"] == "巴公示例煤业一号井"
    assert item["subject"]["town_name"] == "巴公镇"
    assert item["hazard"]["description"] == "安全出口被堵"
    assert item["positions"]["device_fix"] == {"lng": 112.8992, "lat": 35.63, "accuracy_m": 12.0, "datum": "WGS-84"}
    assert item["positions"]["subject"]["lng"] == 112.8991
    assert item["positions"]["photo_exif"] is None
    assert item["distances_m"]["subject_device"] == pytest.approx(1420, abs=10)
    assert [flag["code"] for flag in item["flags"]] == ["far_from_subject"]
    assert item["photo"]["author_name"] == "安娜"


def test_queue_is_narrowed_by_flags_town_and_sector(anna: Person, ben: Person, county: County) -> None:
    plain = photo(anna, county.mine, 1)
    far = photo(anna, county.chemical_store, 2, position={**GATE, "lat": 35.6300})

    assert queue(ben, "flagged=true") == [far]
    assert queue(ben, "flagged=false") == [plain]
    assert queue(ben, "flag=far_from_subject") == [far]
    assert queue(ben, "sector=fire_safety") == [far]
    assert sorted(queue(ben, f"town={BAGONG}")) == sorted([plain, far])
    assert queue(ben, "town=140525100") == []


def test_unknown_filter_is_refused(ben: Person) -> None:
    assert ben.get("/api/evidence/reviews?state=lost").status_code == 422


def test_signatures_are_not_reviewed(anna: Person, ben: Person, county: County) -> None:
    photo(anna, county.mine, 1, role="signature")

    assert queue(ben) == []


def test_inspector_may_not_review(anna: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)

    assert anna.get("/api/evidence/reviews").status_code == 403
    assert decide(anna, photo_id, "approved") == 403


def test_photo_outside_the_scope_does_not_exist(anna: Person, dora: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)

    for path in ("", "/original", "/display", "/thumbnail", "/marked"):
        assert dora.get(f"/api/evidence/photos/{photo_id}{path}").status_code == 404


def test_photo_needs_sign_in(app: Flask, anna: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)

    assert app.test_client().get(f"/api/evidence/photos/{photo_id}/original").status_code == 401


def test_returned_photo_reaches_the_phone_with_reason_and_mark(anna: Person, ben: Person, county: County) -> None:
    hazard_id = new_id()
    anna.post(
        "/api/sync/records",
        json=batch(found(county.mine, None, hazard_id, photos=[]) | {}),
    )
    photo_id = photo(anna, county.mine, hazard_id=hazard_id)
    mark = {"shape": "circle", "x": 0.5, "y": 0.4, "r": 0.1}

    assert decide(ben, photo_id, "returned", reason="看不清铭牌", mark=mark) == 201

    change = pulled(anna, "photo_review")[photo_id]
    assert change["body"]["decision"] == "returned"
    assert change["body"]["reason"] == "看不清铭牌"
    assert change["body"]["mark"] == mark
    assert change["body"]["hazard_id"] == hazard_id
    assert change["body"]["reviewer_name"] == "本"
    assert queue(ben, "state=returned") == [photo_id]
    assert queue(ben, "state=pending") == []


def test_hazard_body_carries_the_review_of_its_photo(anna: Person, ben: Person, county: County) -> None:
    data, photo_id, hazard_id = photo_bytes(), new_id(), new_id()
    anna.post(
        "/api/sync/records",
        json=batch(
            found(county.mine, None, hazard_id, photos=[{"id": photo_id, "role": "close_up"}], no_photo_reason=None),
            photo_record(county.mine, photo_id, data, hazard_id=hazard_id),
        ),
    )
    send(anna, data, photo_id)
    decide(ben, photo_id, "approved")

    [shown] = pulled(anna, "hazard")[hazard_id]["body"]["photos"]

    assert shown["sha256"] == sha256(data)
    assert shown["review"] == {"decision": "approved", "reason": "", "mark": None}
    assert shown["thumbnail_url"] == f"/api/evidence/photos/{photo_id}/thumbnail"


def test_return_without_reason_is_refused(anna: Person, ben: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)

    answer = ben.post(f"/api/evidence/photos/{photo_id}/reviews", json={"decision": "returned", "reason": "  "})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/reason"
    assert queue(ben, "state=pending") == [photo_id]


@pytest.mark.parametrize("mark", [{"shape": "circle", "x": 1.2, "y": 0, "r": 0.1}, {"shape": "star", "x": 0, "y": 0, "r": 1}, {}])
def test_mark_outside_the_picture_is_refused(mark: dict, anna: Person, ben: Person, county: County) -> None:
    assert decide(ben, photo(anna, county.mine), "returned", reason="x", mark=mark) == 422


def test_photo_that_has_not_arrived_cannot_be_reviewed(anna: Person, ben: Person, county: County) -> None:
    photo_id = new_id()
    anna.post("/api/sync/records", json=batch(photo_record(county.mine, photo_id, photo_bytes())))

    assert decide(ben, photo_id, "approved") == 409
    assert queue(ben) == []


def test_second_opinion_waits_in_its_own_list_and_is_not_told_to_phones(
    anna: Person, ben: Person, chen: Person, county: County
) -> None:
    photo_id = photo(anna, county.mine)
    decide(ben, photo_id, "second_opinion", reason="请县办看一下")

    assert queue(chen, "state=second_opinion") == [photo_id]
    assert pulled(anna, "photo_review")[photo_id]["deleted"] is True

    decide(chen, photo_id, "approved")
    assert pulled(anna, "photo_review")[photo_id]["body"]["decision"] == "approved"


def test_own_decision_can_be_taken_back_and_both_acts_stay(anna: Person, ben: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)
    decide(ben, photo_id, "returned", reason="模糊")

    answer = ben.delete(f"/api/evidence/photos/{photo_id}/reviews/last")

    assert answer.status_code == 200
    assert answer.json["state"] == "pending"
    assert answer.json["review"] is None
    assert [(act["decision"], act["withdrawn"]) for act in answer.json["reviews"]] == [("returned", True), ("withdrawn", False)]
    assert pulled(anna, "photo_review")[photo_id]["deleted"] is True
    assert ben.delete(f"/api/evidence/photos/{photo_id}/reviews/last").status_code == 404


def test_taking_back_brings_back_the_decision_before(anna: Person, ben: Person, chen: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)
    decide(chen, photo_id, "approved")
    decide(ben, photo_id, "returned", reason="模糊")

    ben.delete(f"/api/evidence/photos/{photo_id}/reviews/last")

    assert ben.get(f"/api/evidence/photos/{photo_id}").json["state"] == "approved"


def test_somebody_elses_decision_cannot_be_taken_back(anna: Person, ben: Person, chen: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)
    decide(chen, photo_id, "approved")

    assert ben.delete(f"/api/evidence/photos/{photo_id}/reviews/last").status_code == 403


def test_after_ten_minutes_a_decision_stands(anna: Person, ben: Person, county: County) -> None:
    photo_id = photo(anna, county.mine)
    decide(ben, photo_id, "approved")
    with transaction() as session:
        session.query(PhotoReview).update({"at": clock.now() - timedelta(minutes=11)})

    assert ben.delete(f"/api/evidence/photos/{photo_id}/reviews/last").status_code == 409


def test_image_answers_are_private_and_nothing_but_images(anna: Person, county: County) -> None:
    data = photo_bytes() + b"<script>alert(1)</script>"
    photo_id = new_id()
    anna.post("/api/sync/records", json=batch(photo_record(county.mine, photo_id, data)))
    send(anna, data, photo_id)
    inspected(photo_id)

    for kind in ("original", "display", "thumbnail", "marked"):
        answer = image(anna, photo_id, kind)
        assert answer.status_code == 200
        assert answer.content_type == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, max-age=86400"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.data[:3] == b"\xff\xd8\xff"
        unchanged = image(anna, photo_id, kind, **{"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304
    assert image(anna, photo_id, "original").data == data
    assert b"script" not in image(anna, photo_id, "display").data


def test_circles_of_the_inspector_are_on_the_marked_copy_only(anna: Person, ben: Person, county: County) -> None:
    plain = photo(anna, county.mine, 1)
    circled = photo(anna, county.mine, 2, marks=[{"shape": "circle", "x": 0.5, "y": 0.25, "r": 0.1}, {"shape": "arrow"}])

    def red_pixels(photo_id: str, kind: str) -> int:
        with Image.open(io.BytesIO(image(anna, photo_id, kind).data)) as picture:
            colours = picture.convert("RGB").getcolors(1 << 24) or []
            return sum(count for count, (r, g, b) in colours if r > 220 and g < 100 and b < 90)

    assert ben.get(f"/api/evidence/photos/{circled}").json["marks"] == [{"shape": "circle", "x": 0.5, "y": 0.25, "r": 0.1}]
    assert ben.get(f"/api/evidence/photos/{plain}").json["marks"] == []
    assert red_pixels(circled, "marked") - red_pixels(circled, "display") > 300
    assert red_pixels(plain, "marked") - red_pixels(plain, "display") < 30


def test_image_that_is_not_ready_says_when_to_ask_again(anna: Person, county: County) -> None:
    photo_id = send(anna, photo_bytes(), subject_id=str(county.mine))

    answer = anna.get(f"/api/evidence/photos/{photo_id}/thumbnail")

    assert (answer.status_code, answer.headers["Retry-After"]) == (404, "5")


def test_photo_body_tells_facts_flags_and_receipt(anna: Person, ben: Person, county: County) -> None:
    photo_id = photo(anna, county.mine, source="album", position=None, no_position_reason="denied")

    body = ben.get(f"/api/evidence/photos/{photo_id}").json

    assert {flag["code"]: flag["params"] for flag in body["flags"]} == {"album": {}, "no_position": {"reason": "denied"}}
    assert body["receipt"]["kind"] == "photo"
    assert body["receipt"]["id"] == photo_id
    assert body["source"] == "album"
    assert body["captured_at"] == "2026-11-20T09:15:02.000+08:00"
    assert body["positions"]["device_fix"] is None


def test_receipts_are_looked_up_by_code(anna: Person, ben: Person, dora: Person, county: County) -> None:
    data, photo_id, visit_id = jpeg(scene(9)), new_id(), new_id()
    record = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    pushed = anna.post("/api/sync/records", json=batch(record, visit(county.mine, visit_id, [record], expected))).json
    send(anna, data, photo_id, visit_id=visit_id)
    photo_code = ben.get(f"/api/evidence/photos/{photo_id}").json["receipt"]["code"]
    visit_code = ben.get(f"/api/visits/{visit_id}").json["receipt"]["code"]
    record_code = pushed["results"][0]["receipt"]["code"]

    found_photo = ben.get(f"/api/evidence/receipts/{photo_code.lower().replace('-', '')}").json
    found_visit = ben.get(f"/api/evidence/receipts/{visit_code}").json
    found_record = ben.get(f"/api/evidence/receipts/{record_code}").json

    assert (found_photo["receipt"]["kind"], found_photo["receipt"]["sha256"]) == ("photo", sha256(data))
    assert found_photo["subject"]["name"] == "巴公示例煤业一号井"
    assert found_photo["author_name"] == "安娜"
    assert (found_visit["receipt"]["kind"], found_visit["visit_id"]) == ("visit", visit_id)
    assert (found_record["receipt"]["kind"], found_record["record_kind"]) == ("record", "photo")
    assert dora.get(f"/api/evidence/receipts/{photo_code}").status_code == 404
    assert ben.get("/api/evidence/receipts/0000-0000-0000").status_code == 404
    assert ben.get("/api/evidence/receipts/hello").status_code == 422


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"role": "selfie"}, "#/body/role"),
        ({"sha256": "abc"}, "#/body/sha256"),
        ({"source": "internet"}, "#/body/source"),
        ({"captured_at": "yesterday"}, "#/body/captured_at"),
        ({"position": {"lng": 200, "lat": 0, "datum": "WGS-84"}}, "#/body/position/lng"),
        ({"photo_id": "00000000-0000-4000-8000-000000000000"}, "#/body/photo_id"),
    ],
)
def test_photo_record_of_wrong_shape_is_kept_with_its_place(change: dict, pointer: str, anna: Person, county: County) -> None:
    record = photo_record(county.mine, new_id(), photo_bytes(), **change) if "photo_id" not in change else None
    if record is None:
        from tests.records import seal

        body = photo_record(county.mine, new_id(), photo_bytes())["body"] | change
        record = seal("photo", county.mine, body)

    [result] = anna.post("/api/sync/records", json=batch(record)).json["results"]

    assert result["status"] == "quarantined"
    assert result["problem"]["errors"][0]["pointer"] == pointer
    assert db.session.query(PhotoReview).count() == 0
