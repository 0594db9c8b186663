"""A county to measure in, and the records that a phone would push for a visit in it."""

from __future__ import annotations

import hashlib
import random
import uuid
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, select

import forms
from bench.filling import PAIRING, SUBJECT, Model, add_subjects
from bench.rows import Sql, multiply, numbered_id
from server import clock
from server.accounts.models import User
from server.accounts.service import Asker, sign_in
from server.app import create_app
from server.checklists.service import current_versions
from server.db import db, transaction
from server.demo.accounts import DEMO_PASSWORD, INSPECTOR, OFFICE
from server.demo.county import add_county
from server.demo.filling import fill
from server.pairings.models import FrequencyRule, GroupMember, Pairing
from server.register.models import Subject
from server.settings import Settings
from sync.hazards import hazard_id_for_item
from sync.records import content_hash
from sync.times import format_time
from vocabulary import SubjectKind

# One person's duty of this size is rare, and a phone that keeps visiting the same unit would have its figures computed once.
SUBJECTS = 400
ANSWERS = 40
RULE, RULE_TERM = 3, 7


@dataclass(frozen=True)
class Photo:
    id: str
    data: bytes
    sha256: str


@dataclass(frozen=True)
class County:
    """Who pushes (an inspector paired with all ``subjects``), who reads (the county office), and what is answered."""

    # What is multiplied to fill the database.
    model: Model
    inspector_token: str
    office_token: str
    subjects: list[str]
    checklist: dict[str, str]
    passing: dict[str, Any]
    failing: dict[str, Any]
    failed_path: str
    failed_item: dict[str, Any]


def prepare_county(settings: Settings) -> County:
    """Writes the demo's county without its history into an empty database, and one person's many subjects beside it."""
    app = create_app(settings)
    with app.app_context():
        chance, now = random.Random(1), clock.now()
        versions = current_versions()
        with transaction():
            add_county(chance, clock.county_date(now), {str(v.sector): v.document.get("profile", []) for v in versions})
        model = _add_subjects()
        chosen = min(
            ((version, forms.load_checklist(version.document, version.hash)) for version in versions),
            key=lambda pair: abs(len(fill(pair[1], {}, random.Random(1), 0.0)["answers"]) - ANSWERS),
        )
        version, checklist = chosen
        passing = fill(checklist, {}, random.Random(1), 0.0)
        path = next(
            path for path, answer in passing["answers"].items()
            if answer.get("result") == "pass" and "hazard" in (checklist.find_item(path) or {})
        )  # fmt: skip
        failing = {**passing, "answers": {**passing["answers"], path: {"result": "fail"}}}
        inspector = sign_in(INSPECTOR, DEMO_PASSWORD, Asker("127.0.0.1"), 30, now)
        office = sign_in(OFFICE, DEMO_PASSWORD, Asker("127.0.0.1"), 30, now)
        item = checklist.find_item(path)
        assert item is not None
        county = County(
            model, inspector.token, office.token, [str(numbered_id(SUBJECT, number)) for number in range(1, SUBJECTS + 1)],
            {"id": version.checklist_id, "version": version.version, "hash": version.hash}, passing, failing, path, dict(item),
        )  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    return county


def _add_subjects() -> Model:
    """Copies of one subject of the inspector with its pairing and how often it is to be visited."""
    with transaction() as session:
        pairing = session.scalars(
            _pairings_of(INSPECTOR)
            .join(Subject, Subject.id == Pairing.subject_id)
            .join(FrequencyRule, FrequencyRule.pairing_id == Pairing.id)
            .where(Subject.kind == SubjectKind.ENTERPRISE)
        ).first()
        assert pairing is not None, "the demo's county"
        connection, sql = session.connection(), Sql(db.engine.dialect.name)
        add_subjects(connection, Model(pairing.subject_id, pairing.id, pairing.group_id), 1, SUBJECTS)
        multiply(
            connection, "frequency_rule", "original.pairing_id = :id", 1, SUBJECTS,
            {"id": sql.uuid(RULE), "pairing_id": sql.uuid(PAIRING)}, id=pairing.id,
        )  # fmt: skip
        rule = session.scalars(select(FrequencyRule.id).where(FrequencyRule.pairing_id == pairing.id)).one()
        multiply(
            connection, "frequency_term", "original.rule_id = :rule", 1, SUBJECTS,
            {"id": sql.uuid(RULE_TERM), "rule_id": sql.uuid(RULE)}, rule=rule,
        )  # fmt: skip
        of_another = session.scalars(_pairings_of(f"{INSPECTOR}01")).first()
        assert of_another is not None, "the demo's county"
        group_id = of_another.group_id
    return Model(numbered_id(SUBJECT, 1), numbered_id(PAIRING, 1), group_id, SUBJECTS)


def _pairings_of(username: str) -> Select[Pairing]:
    person = select(User.id).where(User.username == username).scalar_subquery()
    members = GroupMember.group_id == Pairing.group_id
    return select(Pairing).join(GroupMember, members).where(GroupMember.user_id == person).order_by(Pairing.id)


class Phone:
    """Makes visits on one subject after the other, as complete as a phone's."""

    def __init__(self, county: County, seed: int = 1) -> None:
        self._county = county
        self._chance = random.Random(seed)
        self._next = seed * 37

    def visit(self, *, hazard: bool = False, photos: list[Photo] | None = None, place: int | None = None) -> list[dict[str, Any]]:
        """The records of one visit: visit and submission, with a hazard the finding, and a record for each photo.

        ``place``: on this of the subjects, else on the next one.
        """
        self._next += 1
        place = self._next % SUBJECTS if place is None else place
        subject, now = self._county.subjects[place], clock.now()
        visit_id = self._uuid()
        submission = self._envelope("submission", visit_id, subject, now, {
            "checklist": self._county.checklist,
            **(self._county.failing if hazard else self._county.passing),
            "revises": None,
            "finished_at": format_time(now),
        })  # fmt: skip
        records = [submission]
        if hazard:
            records.append(self._found(visit_id, subject, submission["id"], now, photos or []))
        for photo in photos or []:
            records.append(self._photo(visit_id, subject, submission["id"], now, photo, hazard))
        records.append(self._visit(visit_id, subject, numbered_id(PAIRING, place + 1), now, records, photos or []))
        return records

    def unfitting(self) -> dict[str, Any]:
        """A submission that goes to quarantine: its checklist is unknown."""
        now = clock.now()
        body = {"checklist": {**self._county.checklist, "hash": "0" * 64}, **self._county.passing, "revises": None,
                "finished_at": format_time(now)}  # fmt: skip
        return self._envelope("submission", self._uuid(), self._county.subjects[0], now, body)

    def body(self, records: list[dict[str, Any]]) -> bytes:
        """What is posted to /api/sync/records."""
        return orjson.dumps({"device_id": "bench", "device_time": format_time(clock.now()), "records": records})

    def photo(self, data: bytes) -> Photo:
        """A photo of its own: equal pictures would be found to be duplicates."""
        return Photo(self._uuid(), data, hashlib.sha256(data).hexdigest())

    def _visit(
        self, visit_id: str, subject: str, pairing: uuid.UUID, now: datetime, records: list[dict[str, Any]], photos: list[Photo]
    ) -> dict[str, Any]:
        body = {
            "pairing_id": str(pairing),
            "started_at": format_time(now),
            "finished_at": format_time(now),
            "position": self._position(now),
            "companions": [],
            "representative": {"name": "王负责", "title": "主要负责人"},
            "signature": {"kind": "absent", "reason": "量测，无签字"},
            "expected": {
                "records": [record["id"] for record in records],
                "photos": [{"id": photo.id, "sha256": photo.sha256, "size_bytes": len(photo.data)} for photo in photos],
            },
            "clock": _clock(now),
        }
        return self._envelope("visit", visit_id, subject, now, body, identifier=visit_id)

    def _found(self, visit_id: str, subject: str, submission_id: str, now: datetime, photos: list[Photo]) -> dict[str, Any]:
        item, path = self._county.failed_item, self._county.failed_path
        body: dict[str, Any] = {
            "hazard_id": hazard_id_for_item(submission_id, path),
            "kind": "found",
            "at": format_time(now),
            "subject_id": subject,
            "submission_id": submission_id,
            "item_path": path,
            "checklist_id": self._county.checklist["id"],
            "description": item["hazard"]["phrases"][0]["zh"],
            "spot": "东侧库房",
            "kind_of_hazard": "unsafe_state",
            "grade": "general",
            "grade_suggested": None,
            "determinations": [],
            "basis": [{"standard": basis["standard"], "clause": basis["clause"]} for basis in item["basis"]],
            "deadline": clock.county_date(now).replace(month=12, day=31).isoformat(),
            "deadline_rule": item["hazard"]["deadline"],
            "owner": {"name": "王负责", "title": "主要负责人"},
            "photos": [{"id": photo.id, "role": "overview"} for photo in photos],
            "fixed_on_spot": False,
            "source": "pairing_visit",
        }
        if not photos:
            body["no_photo_reason"] = "现场不宜拍照（量测）"
        return self._envelope("hazard_event", visit_id, subject, now, body)

    def _photo(
        self, visit_id: str, subject: str, submission_id: str, now: datetime, photo: Photo, hazard: bool
    ) -> dict[str, Any]:
        path = self._county.failed_path
        body = {
            "photo_id": photo.id,
            "hazard_id": hazard_id_for_item(submission_id, path) if hazard else None,
            "item_path": path,
            "submission_id": submission_id,
            "role": "overview",
            "sha256": photo.sha256,
            "size_bytes": len(photo.data),
            "media_type": "image/jpeg",
            "width": 1280,
            "height": 960,
            "source": "camera",
            "captured_at": format_time(now),
            "position": self._position(now),
            "no_position_reason": None,
            "clock": _clock(now),
            "original": None,
        }
        return self._envelope("photo", visit_id, subject, now, body, identifier=photo.id)

    def _envelope(
        self, kind: str, visit_id: str, subject: str, at: datetime, body: dict[str, Any], *, identifier: str | None = None
    ) -> dict[str, Any]:
        envelope = {
            "id": identifier or self._uuid(), "kind": kind, "visit_id": visit_id, "subject_id": subject,
            "made_at": format_time(at), "body": body,
        }  # fmt: skip
        return {**envelope, "content_hash": content_hash(envelope)}

    def _position(self, at: datetime) -> dict[str, Any]:
        return {
            "lng": round(112.9 + self._chance.uniform(-0.001, 0.001), 6), "lat": 35.6, "accuracy_m": 9, "datum": "WGS-84",
            "provider": "gps", "fixed_at": format_time(at),
        }  # fmt: skip

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def upload_headers(token: str, photo: Photo) -> dict[str, str]:
    """Of a tus creation-with-upload."""
    pairs = {"photo_id": photo.id, "sha256": photo.sha256}
    return {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(photo.data)),
        "Upload-Metadata": ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items()),
        "Content-Type": "application/offset+octet-stream",
    }


def _clock(at: datetime) -> dict[str, Any]:
    return {
        "device_time": format_time(at), "server_offset_ms": 120, "offset_measured_at": format_time(at), "monotonic_gap_ms": 0,
        "error_bound_ms": 500,
    }  # fmt: skip
