"""A quarter of visits and hazards: records as phones would have sent them, and the desk's events on the hazards."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import forms
from server import clock
from server.accounts.models import User
from server.accounts.service import actor_of
from server.checklists.models import ChecklistVersion
from server.db import db, transaction
from server.demo.county import COUNTY, DemoCounty
from server.demo.filling import fill
from server.demo.pictures import Picture, draw_hazard
from server.hazards.models import Hazard, HazardEvent
from server.hazards.projection import project
from server.pairings.reach import of_person
from server.permissions import Actor
from server.records.intake import receive_records
from server.register.models import Subject
from server.register.store import holidays
from sync.hazards import hazard_id_for_item
from sync.records import content_hash
from sync.times import format_time
from vocabulary import (
    AnswerResult,
    AuthorKind,
    Capacity,
    Commitment,
    Datum,
    HazardEventKind,
    HazardGrade,
    HazardSource,
    KindOfHazard,
    PhotoRole,
    PhotoSource,
    PositionProvider,
    RecheckResult,
    RecordKind,
    RecordStatus,
    Sector,
    SignatureKind,
)

DAYS = 100
PHOTO_SHARE = 0.42


@dataclass(frozen=True)
class DemoPhoto:
    """A photo to be stored once the records are in."""

    record: dict[str, Any]
    picture: Picture
    actor: Actor
    taken_at: datetime


def add_history(
    chance: random.Random, county: DemoCounty, versions: Mapping[str, ChecklistVersion], now: datetime
) -> list[DemoPhoto]:
    """Visits of the last hundred days, oldest first; returns the photos that belong to them."""
    actors = _actors(county.officers.values(), now)
    photos: list[DemoPhoto] = []
    plans = sorted(_plan(chance, county, now), key=lambda plan: plan[0])
    for finished_at, subject in plans:
        actor = actors[county.officers[subject.id]]
        envelopes, visit_photos = _visit(chance, county, subject, versions, actor, finished_at)
        results, _ = receive_records(
            envelopes,
            device_id="demo",
            author=actor.author,
            scope=of_person(actor),
            now=finished_at + timedelta(minutes=chance.randrange(2, 40)),
        )
        refused = [result for result in results if result["status"] != RecordStatus.ACCEPTED]
        assert not refused, refused
        photos += visit_photos
    photos += _live_through(chance, county, actors, now)
    return photos


def _plan(chance: random.Random, county: DemoCounty, now: datetime) -> Iterable[tuple[datetime, Subject]]:
    today = clock.county_date(now)
    for number, subject in enumerate(county.subjects):
        if number % 13 == 5:
            continue  # never visited: an honest empty denominator
        every = 27 if subject.sectors[0] in {Sector.COAL_MINE, Sector.HAZARDOUS_CHEMICALS} else 42
        day = today - timedelta(days=DAYS - chance.randrange(1, every))
        while day < today - timedelta(days=2):
            moment = datetime.combine(day, time(9 + chance.randrange(8), chance.randrange(60)), clock.COUNTY_ZONE)
            yield moment, subject
            day += timedelta(days=every + chance.randrange(-6, 12))


def _visit(
    chance: random.Random,
    county: DemoCounty,
    subject: Subject,
    versions: Mapping[str, ChecklistVersion],
    actor: Actor,
    finished_at: datetime,
) -> tuple[list[dict[str, Any]], list[DemoPhoto]]:
    """The records of one visit and its photos. Later visits find less: rectification works."""
    visit_id = _uuid(chance)
    envelopes: list[dict[str, Any]] = []
    photos: list[DemoPhoto] = []
    for sector in subject.sectors:
        version = versions.get(sector)
        if version is None or (sector != subject.sectors[0] and chance.random() < 0.55):
            continue
        checklist = forms.load_checklist(version.document, version.hash)
        answers = fill(checklist, subject.profile, chance, fail_rate=chance.choice((0.0, 0.02, 0.05, 0.08)))
        submission = _envelope(
            "submission",
            visit_id,
            subject,
            finished_at,
            {
                "checklist": {"id": version.checklist_id, "version": version.version, "hash": version.hash},
                **answers,
                "revises": None,
                "finished_at": format_time(finished_at),
            },
            identifier=_uuid(chance),
        )
        envelopes.append(submission)
        for path, result in forms.results(checklist, answers).items():
            item = checklist.find_item(path)
            if result.result == AnswerResult.FAIL and item is not None and "hazard" in item:
                found, picture = _found(chance, submission, path, item, subject, visit_id, finished_at, checklist.id)
                envelopes.append(found)
                if picture is not None:
                    photo = _photo(chance, picture, found, subject, visit_id, finished_at, "overview", actor)
                    envelopes.append(photo.record)
                    photos.append(photo)
    expected = {
        "records": [envelope["id"] for envelope in envelopes],
        "photos": [
            {"id": photo.record["id"], "sha256": photo.picture.sha256, "size_bytes": len(photo.picture.data)} for photo in photos
        ],
    }
    minutes = chance.randrange(25, 110)
    body: dict[str, Any] = {
        "pairing_id": str(county.pairings[subject.id]),
        "started_at": format_time(finished_at - timedelta(minutes=minutes)),
        "finished_at": format_time(finished_at),
        "position": _position(chance, subject, finished_at),
        "companions": [],
        "representative": {"name": subject.representative_name, "title": subject.representative_title},
        "signature": {"kind": SignatureKind.ABSENT, "reason": "演示数据，无签字"},
        "expected": expected,
        "clock": _clock(finished_at),
    }
    envelopes.append(_envelope("visit", visit_id, subject, finished_at, body, identifier=visit_id))
    return envelopes, photos


def _found(
    chance: random.Random,
    submission: Mapping[str, Any],
    path: str,
    item: Mapping[str, Any],
    subject: Subject,
    visit_id: str,
    at: datetime,
    checklist_id: str,
) -> tuple[dict[str, Any], Picture | None]:
    hazard_id = hazard_id_for_item(submission["id"], path)
    rule = item["hazard"]["deadline"]
    phrase = chance.choice(item["hazard"]["phrases"])["zh"]
    picture = None
    photos = []
    if chance.random() < PHOTO_SHARE:
        picture = draw_hazard(chance, phrase, taken_at=at, position=_jitter(chance, subject), after=False)
        photos.append({"id": picture.id, "role": PhotoRole.OVERVIEW})
    body: dict[str, Any] = {
        "hazard_id": hazard_id,
        "kind": HazardEventKind.FOUND,
        "at": format_time(at),
        "subject_id": str(subject.id),
        "submission_id": submission["id"],
        "item_path": path,
        "checklist_id": checklist_id,
        "description": phrase,
        "spot": chance.choice(("东侧", "西侧", "一层", "二层", "北门", "库房", "值班室", "主巷道")),
        "kind_of_hazard": chance.choice(
            (KindOfHazard.UNSAFE_STATE, KindOfHazard.UNSAFE_STATE, KindOfHazard.MANAGEMENT_DEFECT, KindOfHazard.UNSAFE_ACT)
        ),
        "grade": HazardGrade.MAJOR if chance.random() < 0.02 else HazardGrade.GENERAL,
        "grade_suggested": None,
        "determinations": [],
        "basis": [{"standard": basis["standard"], "clause": basis["clause"]} for basis in item["basis"]],
        "deadline": forms.deadline_date(
            clock.county_date(at), max(rule["days"], 3), rule["day_kind"], holidays(COUNTY)
        ).isoformat(),
        "deadline_rule": rule,
        "owner": {"name": subject.representative_name, "title": subject.representative_title},
        "photos": photos,
        "fixed_on_spot": False,
        "source": HazardSource.PAIRING_VISIT,
    }
    if picture is None:
        body["no_photo_reason"] = "现场不宜拍照（演示）"
    return _envelope(RecordKind.HAZARD_EVENT, visit_id, subject, at, body, identifier=_uuid(chance)), picture


def _photo(
    chance: random.Random,
    picture: Picture,
    event: Mapping[str, Any],
    subject: Subject,
    visit_id: str | None,
    at: datetime,
    role: str,
    actor: Actor,
) -> DemoPhoto:
    body = {
        "photo_id": picture.id,
        "hazard_id": event["body"]["hazard_id"],
        "item_path": event["body"].get("item_path"),
        "submission_id": event["body"].get("submission_id"),
        "role": role,
        "sha256": picture.sha256,
        "size_bytes": len(picture.data),
        "media_type": "image/jpeg",
        "width": picture.width,
        "height": picture.height,
        "source": PhotoSource.ALBUM if chance.random() < 0.06 else PhotoSource.CAMERA,
        "captured_at": format_time(at),
        "position": None if picture.position is None else _fix(picture.position, at, chance),
        "no_position_reason": None if picture.position else "室内无信号（演示）",
        "clock": _clock(at),
        "original": None,
    }
    record = _envelope("photo", visit_id, subject, at, body, identifier=picture.id)
    return DemoPhoto(record, picture, actor, at)


def _live_through(chance: random.Random, county: DemoCounty, actors: Mapping[uuid.UUID, Actor], now: datetime) -> list[DemoPhoto]:
    """Takes every hazard some way through its life: most are closed, some wait, some are overdue, returned or voided."""
    photos: list[DemoPhoto] = []
    subjects = {subject.id: subject for subject in county.subjects}
    hazards = db.session.query(Hazard).order_by(Hazard.found_at, Hazard.id).all()
    with transaction():
        for hazard in hazards:
            officer = actors[county.officers[hazard.subject_id]]
            photos += _life(chance, county, hazard, subjects[hazard.subject_id], officer, now)
        db.session.flush()
        project([hazard.id for hazard in hazards], now)
    return photos


def _life(
    chance: random.Random, county: DemoCounty, hazard: Hazard, subject: Subject, officer: Actor, now: datetime
) -> list[DemoPhoto]:
    photos: list[DemoPhoto] = []
    at = hazard.found_at
    due = datetime.combine(hazard.deadline, time(16), clock.COUNTY_ZONE) if hazard.deadline else at + timedelta(days=10)
    fate = chance.random()

    def add(kind: str, moment: datetime, actor_id: uuid.UUID, **body: Any) -> bool:
        if moment >= now:
            return False
        db.session.add(
            HazardEvent(
                id=uuid.UUID(_uuid(chance)), county_code=COUNTY, hazard_id=hazard.id, kind=kind, at=moment,
                counted_at=moment, author_kind=AuthorKind.USER, author_id=actor_id, visit_id=None,
                received_at=moment + timedelta(minutes=3),
                capacity=Capacity.SUPERVISOR if actor_id == county.supervisor_id else Capacity.OFFICER,
                body={"kind": kind, "hazard_id": str(hazard.id), "at": format_time(moment), **body},
            )
        )  # fmt: skip
        return True

    if fate < 0.02:
        add("voided", at + timedelta(hours=20), county.supervisor_id, reason="与上次登记重复（演示）", approver="示例主管")
        return photos
    if fate < 0.06 or not add("confirmed", at + timedelta(hours=18), county.supervisor_id, grade=hazard.grade):
        return photos
    owner = {"name": subject.representative_name, "title": subject.representative_title}
    assigned_at = at + timedelta(hours=22)
    if fate < 0.09 or not add(
        "assigned", assigned_at, county.supervisor_id, responsible_unit=subject.name, owner=owner,
        deadline=hazard.deadline.isoformat() if hazard.deadline else None,
    ):  # fmt: skip
        return photos
    commitments = dict(
        zip(
            Commitment,
            (subject.representative_name, "更换并加固，专人盯守", "1.5", str(hazard.deadline), "现场处置方案"),
            strict=True,
        )
    )
    if fate < 0.13 or not add("accepted", at + timedelta(hours=30), county.supervisor_id, commitments=commitments):
        return photos
    late = chance.random() < 0.09
    done_at = due + timedelta(days=3) if late else at + (due - at) * chance.uniform(0.35, 0.95)
    done_at = max(done_at, at + timedelta(hours=32))
    refs: list[dict[str, str]] = []
    if hazard.projection["photos"] and done_at < now:
        picture = draw_hazard(chance, hazard.description, taken_at=done_at, position=_jitter(chance, subject), after=True)
        refs.append({"id": picture.id, "role": PhotoRole.AFTER})
        event = {"body": {"hazard_id": str(hazard.id), "item_path": hazard.item_path}}
        photos.append(_photo(chance, picture, event, subject, None, done_at, "after", officer))
    if not add("submitted", done_at, officer.user_id, note="已整改（演示）", photos=refs,
               completed_on=clock.county_date(done_at).isoformat()):  # fmt: skip
        return photos
    if fate < 0.19:
        return photos
    check_at = done_at + timedelta(days=1)
    if fate < 0.24:
        add(
            "rechecked",
            check_at,
            county.supervisor_id,
            result=RecheckResult.RETURN,
            reason="整改不彻底，仍有遮挡（演示）",
            photos=[],
        )
        return photos
    add("rechecked", check_at, county.supervisor_id, result=RecheckResult.PASS, photos=[])
    return photos


def _actors(user_ids: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, Actor]:
    today = clock.county_date(now)
    users = db.session.query(User).filter(User.id.in_(set(user_ids))).all()
    return {user.id: actor_of(user, today) for user in users}


def _envelope(
    kind: str, visit_id: str | None, subject: Subject, at: datetime, body: dict[str, Any], *, identifier: str
) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "id": identifier,
        "kind": kind,
        "visit_id": visit_id,
        "subject_id": str(subject.id),
        "made_at": format_time(at),
        "body": body,
    }
    return {**envelope, "content_hash": content_hash(envelope)}


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _jitter(chance: random.Random, subject: Subject) -> tuple[float, float] | None:
    """Near the subject, now and then a kilometre away, sometimes without a fix."""
    draw = chance.random()
    if draw < 0.08 or subject.lng is None or subject.lat is None:
        return None
    far = 0.012 if draw > 0.96 else 0.0004
    return round(subject.lng + chance.uniform(-far, far), 6), round(subject.lat + chance.uniform(-far, far), 6)


def _fix(place: tuple[float, float], at: datetime, chance: random.Random) -> dict[str, Any]:
    return {
        "lng": place[0],
        "lat": place[1],
        "accuracy_m": chance.choice((6, 9, 12, 18, 35)),
        "datum": Datum.WGS_84,
        "provider": PositionProvider.GPS,
        "fixed_at": format_time(at),
    }


def _position(chance: random.Random, subject: Subject, at: datetime) -> dict[str, Any] | None:
    place = _jitter(chance, subject)
    return None if place is None else _fix(place, at, chance)


def _clock(at: datetime) -> dict[str, Any]:
    return {
        "device_time": format_time(at),
        "server_offset_ms": 120,
        "offset_measured_at": format_time(at - timedelta(hours=2)),
        "monotonic_gap_ms": 0,
        "error_bound_ms": 500,
    }
