"""Areas, departments, people, subjects and pairings of the demo county."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from server.accounts.service import create_user, hash_password
from server.changes import record_changes
from server.clock import COUNTY_ZONE
from server.db import db
from server.demo.accounts import DEMO_PASSWORD, INSPECTOR, OFFICE, SUPERVISOR
from server.demo.units import SHOP, UNITS, VILLAGE, DemoUnit
from server.pairings.changes import add_member, add_rule, begin_pairing
from server.pairings.models import PairingGroup
from server.register.changes import enter_subject
from server.register.memberships import Membership
from server.register.models import Area, Department, Roster, RosterEntry, Subject, Target
from server.register.names import initials
from vocabulary import (
    AreaKind,
    ChangeKind,
    DepartmentKind,
    FrequencyUnit,
    PairingLayer,
    ProfileKind,
    Role,
    ScopeKind,
    Sector,
    SubjectKind,
    TargetGroup,
    VillageKind,
)

COUNTY = "140525"

# Statistical codes of 2021 on; villages of the demo use numbers from 901, which no real village has.
TOWNS: dict[str, tuple[str, list[str]]] = {
    "140525100": ("南村镇", []),
    "140525101": ("下村镇", []),
    "140525102": ("大东沟镇", []),
    "140525103": ("周村镇", []),
    "140525104": ("犁川镇", []),
    "140525105": ("晋庙铺镇", []),
    "140525106": ("金村镇", ["水东乡"]),
    "140525107": ("高都镇", []),
    "140525108": ("巴公镇", []),
    "140525109": ("大阳镇", []),
    "140525110": ("山河镇", []),
    "140525111": ("大箕镇", []),
    "140525112": ("柳树口镇", []),
    "140525113": ("北义城镇", []),
    "140525114": ("川底镇", ["川底乡"]),
    "140525115": ("南岭镇", ["南岭乡", "李寨乡"]),
}
VILLAGES = ("渠头村", "河东村", "岭上村", "槐树庄村", "北沟村", "前街社区", "石盘村", "西坡村")

DEPARTMENTS: tuple[tuple[str, str, list[str]], ...] = (
    ("泽州县应急管理局", "应急局", [Sector.COAL_MINE, Sector.NON_COAL_MINE, Sector.HAZARDOUS_CHEMICALS]),
    ("泽州县消防救援大队", "消防大队", [Sector.FIRE_SAFETY]),
    ("泽州县交通运输局", "交通局", [Sector.ROAD_TRANSPORT, Sector.TRANSPORTATION]),
    ("泽州县住房和城乡建设管理局", "住建局", [Sector.URBAN_CONSTRUCTION]),
    ("泽州县市场监督管理局", "市场监管局", [Sector.SPECIAL_EQUIPMENT]),
    ("晋城市生态环境局泽州分局", "生态环境分局", [Sector.HAZARDOUS_WASTE]),
    ("泽州县工业和信息化局", "工信局", [Sector.INDUSTRIAL_PARK]),
)

OFFICERS = ("赵建国", "李雪梅", "王志强", "张晓燕", "刘海龙", "陈秀英", "郭永平", "杨丽华", "韩文军", "秦国栋", "司马晓光")

# The outline's corners less a margin; the city district in the middle is left out (zezhou.md §5).
WEST, EAST, SOUTH, NORTH = 112.60, 113.17, 35.25, 35.68
CITY = (112.7525, 112.9191, 35.4238, 35.5894)


# Announced days of 2026, for deadlines in working days; the office edits them each year.
@dataclass(frozen=True)
class DemoCounty:
    """What the history is made from. ``officers`` maps subject to the officer of its first pairing."""

    subjects: list[Subject]
    officers: dict[uuid.UUID, uuid.UUID]
    pairings: dict[uuid.UUID, uuid.UUID]
    office_id: uuid.UUID
    supervisor_id: uuid.UUID


def add_county(chance: random.Random, today: date, profiles: Mapping[str, list[dict[str, Any]]]) -> DemoCounty:
    """Adds everything that does not change from visit to visit to the open transaction.

    ``profiles`` maps sector to the profile keys of its checklist, so that every subject has the facts its conditions test.
    """
    start = today - timedelta(days=400)
    _add_areas(start)
    departments = _add_departments(start)
    _add_targets()
    users = _add_people(start, departments)
    subjects = _add_subjects(chance, start, departments, profiles)
    officers, pairings = _add_pairings(chance, start, subjects, users, departments)
    _add_roster(start, subjects)
    record_changes(ChangeKind.SUBJECT, COUNTY, [(subject.id, subject.id) for subject in subjects])
    return DemoCounty(subjects, officers, pairings, users[OFFICE], users[SUPERVISOR])


def _add_areas(start: date) -> None:
    db.session.add(_area(COUNTY, "泽州县", AreaKind.COUNTY, None, start))
    db.session.flush()
    for code, (name, aliases) in TOWNS.items():
        db.session.add(_area(code, name, AreaKind.TOWN, COUNTY, start, aliases=aliases))
    db.session.flush()
    for index, code in enumerate(TOWNS):
        for number in range(3 if index % 2 else 2):
            name = VILLAGES[(index * 3 + number) % len(VILLAGES)]
            kind = VillageKind.COMMUNITY if name.endswith("社区") else VillageKind.VILLAGE
            db.session.add(_area(f"{code}9{number + 1:02}", f"{name}（示例）", AreaKind.VILLAGE, code, start, village_kind=kind))
    db.session.flush()


def _area(code: str, name: str, kind: str, parent: str | None, start: date, **values: Any) -> Area:
    facts: dict[str, Any] = {"aliases": []} | values
    return Area(code=code, county_code=COUNTY, name=name, kind=kind, parent_code=parent, valid_from=start, **facts)


def _add_departments(start: date) -> dict[str, uuid.UUID]:
    """Department ids by sector and by town code, and the committee office under ``office``."""
    found: dict[str, uuid.UUID] = {}

    def add(name: str, short: str, kind: str, town: str | None, sectors: list[str]) -> uuid.UUID:
        row = Department(
            id=uuid.uuid4(), county_code=COUNTY, name=name, short_name=short, kind=kind, town_code=town, sectors=sectors,
            valid_from=start,
        )  # fmt: skip
        db.session.add(row)
        return row.id

    for name, short, sectors in DEPARTMENTS:
        identifier = add(name, short, DepartmentKind.INDUSTRY_DEPARTMENT, None, sectors)
        found |= dict.fromkeys(sectors, identifier)
    for code, (name, _) in TOWNS.items():
        found[code] = add(f"{name}人民政府", name, DepartmentKind.TOWN_GOVERNMENT, code, [])
    found["office"] = add("泽州县安全生产委员会办公室", "县安委办", DepartmentKind.COMMITTEE_OFFICE, None, [])
    db.session.flush()
    return found


def _add_targets() -> None:
    for year in (2025, 2026):
        for group, value in ((TargetGroup.VILLAGE, "90"), (TargetGroup.ENTERPRISE_INSTITUTION, "95")):
            db.session.add(
                Target(
                    county_code=COUNTY, year=year, figure="zero_accident_rate", target_group=group, value=value,
                    recorded_at=_moment(date(year, 1, 1)),
                )
            )  # fmt: skip


def _add_people(start: date, departments: Mapping[str, uuid.UUID]) -> dict[str, uuid.UUID]:
    secret = hash_password(DEMO_PASSWORD)

    def add(username: str, name: str, title: str, grants: list[tuple[Role, ScopeKind, str, str]]) -> uuid.UUID:
        user = create_user(
            county_code=COUNTY, username=username, name=name, title=title, password="", password_hash=secret,
            grants=grants, valid_from=start, is_demo=True,
        )  # fmt: skip
        return user.id

    users = {
        INSPECTOR: add(INSPECTOR, "示例检查员", "包联责任人", [(Role.INSPECTOR, ScopeKind.SELF, "", "")]),
        OFFICE: add(OFFICE, "示例县办", "县安委办干部", [(Role.COUNTY_OFFICE, ScopeKind.COUNTY, COUNTY, "泽州县")]),
        SUPERVISOR: add(
            SUPERVISOR,
            "示例主管",
            "应急局科长",
            [
                (Role.SUPERVISOR, ScopeKind.DEPARTMENT, str(departments["coal_mine"]), "泽州县应急管理局"),
                (Role.SUPERVISOR, ScopeKind.TOWN, "140525108", "巴公镇"),
            ],
        ),
    }
    for number, name in enumerate(OFFICERS, 1):
        username = f"{INSPECTOR}{number:02}"
        users[username] = add(username, name, "包联责任人", [(Role.INSPECTOR, ScopeKind.SELF, "", "")])
    for code, (name, _) in TOWNS.items():
        username = f"{initials(name)}zhuguan"
        users[username] = add(username, f"{name}应急管理站长", "应急管理站长", [(Role.SUPERVISOR, ScopeKind.TOWN, code, name)])
    db.session.flush()
    return users


def _add_subjects(
    chance: random.Random,
    start: date,
    departments: Mapping[str, uuid.UUID],
    profiles: Mapping[str, list[dict[str, Any]]],
) -> list[Subject]:
    towns = list(TOWNS)
    subjects: list[Subject] = []
    for number, unit in enumerate(UNITS):
        town = _town_named_in(unit.name) or towns[number * 5 % len(towns)]
        full = unit.name if unit.name.startswith(TOWNS[town][0][:2]) else f"{TOWNS[town][0][:-1]}{unit.name}"
        named = replace(unit, name=f"{full}（示例）")
        subjects.append(_subject(chance, start, named, town, None, departments[unit.sectors[0]], profiles))
    # Every town has villages and one more shop, so that no row of a comparison is empty.
    for index, code in enumerate(towns):
        for number in range(2 if index % 2 else 1):
            name = VILLAGES[(index * 3 + number) % len(VILLAGES)]
            village = f"{code}9{number + 1:02}"
            people = DemoUnit(f"{TOWNS[code][0]}{name}（示例）", (Sector.FIRE_SAFETY,), VILLAGE, "village")
            subjects.append(_subject(chance, start, people, code, village, None, profiles))
        if index % 3 == 0:
            shop = DemoUnit(f"{TOWNS[code][0][:-1]}五金店（示例）", (Sector.FIRE_SAFETY,), SHOP)
            subjects.append(_subject(chance, start, shop, code, None, departments["fire_safety"], profiles))
    return subjects


def _subject(
    chance: random.Random,
    start: date,
    unit: DemoUnit,
    town: str,
    village: str | None,
    department: uuid.UUID | None,
    profiles: Mapping[str, list[dict[str, Any]]],
) -> Subject:
    lng, lat = _place(chance)
    subject = Subject(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        county_code=COUNTY,
        name=unit.name,
        initials=initials(unit.name.removesuffix("（示例）")),
        address=f"{TOWNS[town][0]}（演示地址）",
        lng=lng,
        lat=lat,
        representative_name=chance.choice(("王负责", "李主任", "张经理", "赵主管", "刘书记")),
        representative_title="村委会主任" if unit.kind == SubjectKind.VILLAGE else "主要负责人",
        representative_phone=f"1390356{chance.randrange(10000):04}",
        profile=_profile(unit, profiles),
        is_demo=True,
    )
    target_group = TargetGroup.VILLAGE if unit.kind == SubjectKind.VILLAGE else TargetGroup.ENTERPRISE_INSTITUTION
    membership = Membership(town, village, department, tuple(map(Sector, unit.sectors)), SubjectKind(unit.kind), target_group)
    enter_subject(subject, membership, start, None, _moment(start))
    return subject


def _profile(unit: DemoUnit, profiles: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What is known of the facts that the unit's checklists ask for."""
    asked = [key for sector in unit.sectors for key in profiles.get(sector, [])]
    return {key["id"]: False for key in asked if key["type"] == ProfileKind.BOOLEAN} | unit.facts


def _add_pairings(
    chance: random.Random,
    start: date,
    subjects: list[Subject],
    users: Mapping[str, uuid.UUID],
    departments: Mapping[str, uuid.UUID],
) -> tuple[dict[uuid.UUID, uuid.UUID], dict[uuid.UUID, uuid.UUID]]:
    officers = [users[f"{INSPECTOR}{number:02}"] for number in range(1, len(OFFICERS) + 1)]
    of_subject: dict[uuid.UUID, uuid.UUID] = {}
    pairing_ids: dict[uuid.UUID, uuid.UUID] = {}
    groups: dict[tuple[str, uuid.UUID, uuid.UUID], PairingGroup] = {}

    def group_of(layer: str, org: uuid.UUID, person: uuid.UUID) -> PairingGroup:
        if (layer, org, person) not in groups:
            group = PairingGroup(
                id=uuid.uuid4(), county_code=COUNTY, name=f"包联组 {len(groups) + 1}（示例）", layer=layer, org_id=org
            )
            db.session.add(group)
            db.session.flush()
            add_member(group, person, start, _moment(start))
            groups[layer, org, person] = group
        return groups[layer, org, person]

    for number, subject in enumerate(subjects):
        mine = subject.town_code == "140525108" or number % 6 == 0
        officer = users[INSPECTOR] if mine else officers[number % len(officers)]
        layers = [(PairingLayer.TERRITORIAL_TOWN, departments[subject.town_code], officer)]
        if subject.industry_department_id:
            layers.append(
                (PairingLayer.INDUSTRY_DEPARTMENT, subject.industry_department_id, officers[(number * 7) % len(officers)])
            )
        for layer, org, person in layers:
            pairing = begin_pairing(group_of(layer, org, person), subject.id, start, _moment(start))
            if layer == PairingLayer.TERRITORIAL_TOWN:
                of_subject[subject.id], pairing_ids[subject.id] = officer, pairing.id
                count, unit = _frequency(number, subject.sectors[0])
                add_rule(pairing, count, unit, start, _moment(start))
    return of_subject, pairing_ids


def _frequency(number: int, sector: str) -> tuple[int, str]:
    """Every unit of the rules occurs, and with the history that follows every urgency."""
    if sector in {Sector.COAL_MINE, Sector.HAZARDOUS_CHEMICALS}:
        return (1, FrequencyUnit.MONTH) if number % 2 else (30, FrequencyUnit.DAYS)
    return (
        (1, FrequencyUnit.QUARTER), (45, FrequencyUnit.DAYS), (1, FrequencyUnit.HALF_YEAR), (2, FrequencyUnit.QUARTER),
        (2, FrequencyUnit.YEAR), (1, FrequencyUnit.MONTH),
    )[number % 6]  # fmt: skip


def _add_roster(start: date, subjects: list[Subject]) -> None:
    roster = Roster(
        id=uuid.uuid4(), county_code=COUNTY, year=2026, version=1, name="2026 年创建主体名册（演示）", valid_from=start
    )
    db.session.add(roster)
    db.session.flush()
    db.session.add_all(
        RosterEntry(county_code=COUNTY, roster_id=roster.id, subject_id=subject.id, valid_from=start) for subject in subjects
    )


def _moment(day: date) -> datetime:
    """When the office recorded what holds from a day on: at eight in the morning of that day."""
    return datetime.combine(day, time(8), COUNTY_ZONE)


def _town_named_in(name: str) -> str | None:
    return next((code for code, (town, _) in TOWNS.items() if name.startswith(town[:-1])), None)


def _place(chance: random.Random) -> tuple[float, float]:
    west, east, south, north = CITY
    while True:
        lng, lat = round(chance.uniform(WEST, EAST), 5), round(chance.uniform(SOUTH, NORTH), 5)
        if not (west < lng < east and south < lat < north):
            return lng, lat
