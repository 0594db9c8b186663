"""Loads the facts of a golden county through the product's own models and services, as if each row had arrived when it says."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from forms.scores import weighted_share
from server.accounts.service import create_user
from server.checklists.models import ChecklistVersion
from server.clock import county_date
from server.db import db, transaction
from server.hazards.models import HazardEvent
from server.hazards.projection import project
from server.pairings.models import FrequencyRule, FrequencyTerm, GroupMember, Pairing, PairingGroup, PairingTerm
from server.programme.models import Accident, AccidentAttribution, Campaign, ZeroDeclaration
from server.records.clocks import counts_at
from server.register.dated import withdraw
from server.register.models import (
    Area,
    Department,
    Holiday,
    Membership,
    PolicyValue,
    Subject,
    SubjectValidity,
    Target,
)  # fmt: skip
from server.register.names import initials
from server.visits.models import Submission, Visit, VisitOfficer
from sync.records import Record
from sync.times import format_time
from tests.golden.county import ALWAYS, County, Row, day, day_or_open, id_of, instant
from vocabulary import (
    AreaKind,
    AuthorKind,
    Commitment,
    DepartmentKind,
    HazardEventKind,
    RecordKind,
    Role,
    ScopeKind,
    VisitScope,
)  # fmt: skip

_FIRST_DAY = date(2000, 1, 1)
# A major needs the five commitments before it is submitted; the facts say only that it was.
_COMMITMENTS = {name.value: "示例" for name in Commitment}
_EVENT_KINDS = {"accepted": HazardEventKind.TRANSFER_ACCEPTED}
_POLICY_VALUES: dict[str, Callable[[str], Any]] = {
    "bands": lambda text: [{"level": level, "at_least": least} for level, least in _pairs(text)],
    "checklist_weights": lambda text: dict(_pairs(text)),
    "rank_sample": int,
    "clock_limit_s": int,
    "rank_scopes": str.split,
}


@dataclass
class Loader:
    """Brings the rows of a county into the database, those received first first. What stands in for what the format leaves
    out (words of a hazard, coordinates) is in no figure."""

    county: County

    def prepare(self) -> None:
        """What has always been known and is no fact: areas, people, groups, and who reads."""
        with transaction() as session:
            self._add_areas()
            for row in self.county.facts("departments"):
                session.add(self._department(row["id"], row["name"], DepartmentKind.INDUSTRY_DEPARTMENT))
            for row in self.county.facts("people"):
                self._add_user(row["id"], row["name"], [])
            for row in self.county.facts("readers"):
                towns = [self.county.area_codes[town] for town in row["towns"].split()]
                self._add_user(row["row"], row["row"], [(Role.SUPERVISOR, ScopeKind.TOWN, town, town) for town in towns])
            for row in self.county.facts("groups"):
                session.add(self._department(row["id"], row["name"], DepartmentKind.LEAD_UNIT))
                session.flush()
                session.add(
                    PairingGroup(**self._key(row["id"]), name=row["name"], layer=row["layer"], org_id=id_of(row["id"]))
                )  # fmt: skip
            for row in self.county.facts("holidays"):
                session.add(
                    Holiday(county_code=self.county.code, day=day(row["day"]), works=row["works"] == "1", name=row["day"])
                )  # fmt: skip

    def load(self, after: datetime | None, until: datetime | None) -> None:
        """The facts received later than ``after`` and by ``until``; None is no limit."""
        arrived = _Arrived(after, until)
        with transaction():
            self._load_policy(arrived)
            self._load_register(arrived)
            self._load_pairings(arrived)
        with transaction() as session:
            self._load_visits(arrived)
            hazards = self._load_hazards(arrived)
            session.flush()
            project(hazards, until or max(instant(row["received_at"]) for row in self.county.facts("hazard_events")))
        with transaction():
            self._load_programme(arrived)

    def _add_areas(self) -> None:
        for row in self.county.facts("areas"):
            parent = self.county.area_codes.get(row["parent"]) or (self.county.code if row["kind"] != "county" else None)
            db.session.add(
                Area(
                    county_code=self.county.code,
                    code=self.county.area_codes[row["id"]],
                    name=row["name"],
                    kind=AreaKind(row["kind"]),
                    parent_code=parent,
                    aliases=[],
                    valid_from=_FIRST_DAY,
                )
            )
            db.session.flush()

    def _department(self, name: str, title: str, kind: DepartmentKind) -> Department:
        return Department(**self._key(name), name=title, short_name=title[:32], kind=kind, sectors=[], valid_from=_FIRST_DAY)

    def _add_user(self, name: str, title: str, grants: list[Any]) -> None:
        user = create_user(
            county_code=self.county.code, username=name, name=title, password="", password_hash="nobody signs in",
            grants=grants, valid_from=_FIRST_DAY,
        )  # fmt: skip
        user.id = id_of(name)
        db.session.add(user)
        db.session.flush()

    def _load_policy(self, arrived: _Arrived) -> None:
        for row in arrived.of(self.county.facts("policy")):
            self._replace_first_policy(row["key"])
            read = _POLICY_VALUES.get(row["key"], lambda text: text or None)
            self._add(PolicyValue, row, key=row["key"], value=json.dumps(read(row["value"])), **_dates(row))
        if arrived.after is None:
            self._replace_first_policy("accident_scope")
            kinds = [row["kind"] for row in self.county.facts("accident_scope")]
            self._add(
                PolicyValue, {"row": "accident_scope"}, key="accident_scope", value=json.dumps(kinds), valid_from=_FIRST_DAY
            )
        for row in arrived.of(self.county.facts("targets")):
            self._add(
                Target, {"row": f"{row['year']}{row['figure'][:6]}{row['group'][:6]}"}, year=int(row["year"]),
                figure=row["figure"], target_group=row["group"] or None, value=row["value"],
            )  # fmt: skip

    def _replace_first_policy(self, key: str) -> None:
        """What the office says takes the place of what the software comes with."""
        for shipped in db.session.scalars(
            select(PolicyValue).where(PolicyValue.key == key, PolicyValue.valid_from == _FIRST_DAY)
        ):
            db.session.delete(shipped)

    def _load_register(self, arrived: _Arrived) -> None:
        memberships = self.county.facts("memberships")
        for row in arrived.of(self.county.facts("subjects")):
            subject_id = id_of(row["subject"])
            if db.session.get(Subject, subject_id) is None:
                first = next(one for one in memberships if one["subject"] == row["subject"])
                db.session.add(
                    Subject(
                        **self._key(row["subject"]), name=row["name"], initials=initials(row["name"]), kind=first["kind"],
                        town_code=self.county.area_codes[first["town"]], profile={}, valid_from=day(row["from"]),
                    )
                )  # fmt: skip
                db.session.flush()
            self._add(SubjectValidity, row, subject_id=subject_id, **_dates(row))
        for row in arrived.of(memberships):
            self._add(
                Membership,
                row,
                subject_id=id_of(row["subject"]),
                town_code=self.county.area_codes[row["town"]],
                village_code=self.county.area_codes.get(row["village"]),
                department_id=_optional_id(row["department"]),
                sectors=row["sectors"].split(),
                kind=row["kind"],
                target_group=row["target_group"] or None,
                **_dates(row),
            )

    def _load_pairings(self, arrived: _Arrived) -> None:
        for row in arrived.of(self.county.facts("group_members")):
            self._add(GroupMember, row, group_id=id_of(row["group"]), user_id=id_of(row["person"]), **_dates(row))
        for row in arrived.of(self.county.facts("pairings")):
            pairing_id = id_of(row["pairing"])
            self._add_once(Pairing, row["pairing"], subject_id=id_of(row["subject"]), group_id=id_of(row["group"]))
            self._add(PairingTerm, row, pairing_id=pairing_id, **_dates(row))
        for row in arrived.of(self.county.facts("frequency_rules")):
            self._add_once(FrequencyRule, row["rule"], pairing_id=id_of(row["pairing"]))
            self._add(
                FrequencyTerm, row, rule_id=id_of(row["rule"]), count=int(row["count"]), unit=row["unit"], **_dates(row)
            )  # fmt: skip

    def _load_visits(self, arrived: _Arrived) -> None:
        subjects: dict[str, str] = {}
        for row in self.county.facts("visits"):
            subjects[row["row"]] = row["subject"]
        visits = {row["row"]: row for row in self.county.facts("visits")}
        for row in arrived.of(visits.values()):
            finished, received = instant(row["finished_at"]), instant(row["received_at"])
            counted, wrong = self._counts_at(finished, received, row["server_offset_s"])
            officers = row["officers"].split()
            db.session.add(
                Visit(
                    **self._key(row["row"]), subject_id=id_of(row["subject"]), officer_id=id_of(officers[0]),
                    started_at=finished - timedelta(hours=1), finished_at=finished, counted_at=counted, day=county_date(counted),
                    clock_wrong=wrong, representative={}, signature={}, expected={}, received_at=received,
                )
            )  # fmt: skip
            db.session.flush()
            for officer in officers:
                db.session.add(
                    VisitOfficer(county_code=self.county.code, visit_id=id_of(row["row"]), user_id=id_of(officer))
                )  # fmt: skip
        sections: dict[str, list[tuple[int, int, int]]] = {}
        for row in self.county.facts("submission_sections"):
            earned = 0 if row["gate_failed"] == "1" else int(row["earned"])
            sections.setdefault(row["submission"], []).append((int(row["weight"]), earned, int(row["applicable"])))
        for row in arrived.of(self.county.facts("submissions")):
            visit = visits[row["visit"]]
            self._add_submission(row, visit, sections.get(row["row"], []))

    def _add_submission(self, row: Row, visit: Row, sections: list[tuple[int, int, int]]) -> None:
        finished, received = instant(visit["finished_at"]), instant(row["received_at"])
        counted, _ = self._counts_at(finished, instant(visit["received_at"]), visit["server_offset_s"])
        share = (int(row["score_num"]), 100 * int(row["score_den"])) if row["score_num"] else weighted_share(sections)
        revised = db.session.get(Submission, id_of(row["replaces"])) if row["replaces"] else None
        if revised is not None:
            revised.superseded = True
        db.session.add(
            Submission(
                **self._key(row["row"]),
                visit_id=id_of(row["visit"]),
                subject_id=id_of(visit["subject"]),
                author_id=id_of(visit["officers"].split()[0]),
                checklist_id=row["checklist"],
                checklist_hash=db.session.scalars(select(ChecklistVersion.hash)).first(),
                revises_id=_optional_id(row["replaces"]),
                finished_at=finished,
                counted_at=counted,
                answers={},
                scope=VisitScope(row["scope"]),
                score_numerator=str(share[0]) if share else None,
                score_denominator=str(share[1]) if share else None,
                score_sort=100 * share[0] / share[1] if share else None,
                provisional=row["state"] == "provisional",
                checked=0,
                total=0,
                veto_paths=["veto"] if row["veto"] == "1" else [],
                insufficient_sample=row["insufficient"] == "1",
                received_at=received,
            )
        )

    def _load_hazards(self, arrived: _Arrived) -> list[uuid.UUID]:
        """The hazards of which something has arrived."""
        touched = []
        for row in arrived.of(self.county.facts("hazards")):
            body = {
                "subject_id": str(id_of(row["subject"])),
                "grade": row["grade"],
                "deadline": row["deadline"] or None,
                "fixed_on_spot": row["fixed_on_spot"] == "1",
                "description": "示例",
                "spot": "示例",
                "commitments": _COMMITMENTS,
            }
            self._add_event(row["row"], row["row"], HazardEventKind.FOUND, row["found_at"], row, body)
            touched.append(id_of(row["row"]))
        for row in arrived.of(self.county.facts("hazard_events")):
            kind = _EVENT_KINDS.get(row["kind"]) or HazardEventKind(row["kind"])
            department = _optional_id(row["to_department"])
            body = {
                "result": row["result"] or None,
                "deadline": row["deadline"] or None,
                "grade": row["grade"] or None,
                "to_org": row["to_department"] or None,
                "to_department_id": str(department) if department else None,
                "into": str(id_of(row["into"])) if row["into"] else None,
                "reason": "示例",
                "commitments": _COMMITMENTS,
            }
            said = {key: value for key, value in body.items() if value is not None}
            self._add_event(row["row"], row["hazard"], kind, row["at"], row, said)
            touched.append(id_of(row["hazard"]))
        return touched

    def _add_event(self, name: str, hazard: str, kind: HazardEventKind, at: str, row: Row, body: dict[str, Any]) -> None:
        moment, received = instant(at), instant(row["received_at"])
        facts = {"hazard_id": str(id_of(hazard)), "kind": kind.value, "at": format_time(moment)}
        db.session.add(
            HazardEvent(
                **self._key(name),
                hazard_id=id_of(hazard),
                kind=kind,
                at=moment,
                counted_at=self._counts_at(moment, received, row["server_offset_s"])[0],
                author_kind=AuthorKind.SERVICE,
                visit_id=_optional_id(row.get("visit", "")),
                body=facts | body,
                received_at=received,
            )
        )

    def _load_programme(self, arrived: _Arrived) -> None:
        for row in arrived.of(self.county.facts("accidents")):
            happened = instant(row["happened_at"])
            self._add(
                Accident, row, kind=row["kind"], town_code=self.county.area_codes.get(row["town"]),
                village_code=self.county.area_codes.get(row["village"]), happened_at=happened, day=county_date(happened),
                deaths=int(row["deaths"]), injuries=int(row["injuries"]),
            )  # fmt: skip
        for row in arrived.of(self.county.facts("accident_attributions")):
            self._add(
                AccidentAttribution, row, accident_id=id_of(row["accident"]), subject_id=_optional_id(row["subject"]),
                village_code=self.county.area_codes.get(row["village"]), attributed_by=_optional_id(row["by_person"]),
            )  # fmt: skip
        for row in arrived.of(self.county.facts("zero_declarations")):
            scope, target = row["scope"], row["target"]
            by = {
                "town_code": self.county.area_codes[target] if scope == "town" else None,
                "department_id": id_of(target) if scope == "department" else None,
                "subject_id": id_of(target) if scope == "subject" else None,
            }
            self._add(ZeroDeclaration, row, period=row["period"], **by)
        for row in arrived.of(self.county.facts("campaigns")):
            self._add(
                Campaign, row, name=row["name"], first=day(row["from"]), last=day(row["to"]), cut_off=day(row["cut_off"]),
                majors_only=row["grade"] == "major",
            )  # fmt: skip

    def _key(self, name: str) -> dict[str, Any]:
        return {"id": id_of(name), "county_code": self.county.code}

    def _add(self, model: Any, row: Row, **values: Any) -> None:
        """A row with a past; the one that it replaces was known until this one's receipt."""
        recorded = instant(row["received_at"]) if row.get("received_at") else ALWAYS
        if row.get("replaces"):
            replaced = db.session.get(model, id_of(row["replaces"]))
            assert replaced is not None, f"{row['row']} replaces {row['replaces']}, which has not arrived"
            withdraw(replaced, recorded)
        db.session.add(model(**self._key(row["row"]), recorded_at=recorded, **values))
        db.session.flush()

    def _add_once(self, model: Any, name: str, **values: Any) -> None:
        if db.session.get(model, id_of(name)) is None:
            db.session.add(model(**self._key(name), **values))
            db.session.flush()

    def _counts_at(self, moment: datetime, received: datetime, offset_s: str) -> tuple[datetime, bool]:
        record = Record(
            id="", kind=RecordKind.VISIT, visit_id=None, subject_id=None, made_at=moment, made_at_text="", body={},
            content_hash="", clock_offset_s=int(offset_s or 0),
        )  # fmt: skip
        return counts_at(record, moment, self.county.code, received)


@dataclass(frozen=True)
class _Arrived:
    after: datetime | None
    until: datetime | None

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """The rows received in between, in the order of their receipt."""
        dated = [(instant(row["received_at"]) if row.get("received_at") else ALWAYS, row) for row in rows]
        return [
            row
            for received, row in sorted(dated, key=lambda pair: pair[0])
            if (self.after is None or received > self.after) and (self.until is None or received <= self.until)
        ]


def _dates(row: Row) -> dict[str, Any]:
    return {"valid_from": day(row["from"]), "valid_to": day_or_open(row["to"])}


def _optional_id(name: str) -> uuid.UUID | None:
    return id_of(name) if name else None


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.rpartition(":")[0], pair.rpartition(":")[2]) for pair in text.split()]
