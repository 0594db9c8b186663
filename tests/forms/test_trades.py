"""What inspectors of each trade look for first is asked where it applies and judged by its limit; topics determine nothing."""

from __future__ import annotations

from typing import Any

import pytest

from forms import load_checklist, relevant_paths, results
from forms.check import CHECKLISTS_FOLDER, read_json

BUILDING = {"is_building_site": True}
PARK = {"is_park_office": True, "is_chemical_park": True, "industry": "machinery", "has_melting": True}
PLANT = {"kind": "production", "has_plant": True, "has_explosive_zone": True}
HOT_WORK = {"hot_level": {"value": "first"}}

# The checklist, what is known of the unit, and an item of each subject that it must be asked about.
ASKED: list[tuple[str, dict[str, Any], str]] = [
    ("coal_mine", {"has_incline_haulage": True}, "incline_stoppers incline_empty incline_signals"),
    ("coal_mine", {"has_trackless": True, "has_locomotive": True}, "trackless_brakes loco_brakes loco_signals"),
    ("coal_mine", {"has_belt_conveyor": True}, "fire_pipes belt_hydrant room_extinguishers room_doors"),
    ("coal_mine", {}, "coal_face[1].cf_setting_force heading[1].hd_separation"),
    ("coal_mine", {"uses_blasting": True}, "xp_guard xp_stock xp_apart xp_book"),
    ("non_coal_mine", {"has_open_pit": True}, "load_swing truck_brakes tip_stop pit_lightning"),
    ("non_coal_mine", {"has_open_pit": True, "uses_blasting": True}, "blast_design blast_weather xp_stock"),
    ("non_coal_mine", {"has_crushing": True}, "cr_clear cr_guards cr_cord"),
    ("urban_construction", BUILDING, "helmets belts gang_rails cable_run saw_guard cyl_gap cyl_fire"),
    ("urban_construction", BUILDING | {"has_hand_dug_piles": True}, "hand_dug[1].hp_air hand_dug[1].hp_wall"),
    ("urban_construction", {"is_rural_house_site": True}, "rs_scaffold rs_hoist rs_line"),
    ("hazardous_chemicals", PLANT, "lightning_test static_post static_bonds change_control people_limit"),
    ("industrial_park", PARK, "pk_closed pk_parking pk_fire_water pk_pond pk_power pk_platform pk_ban_list pk_control_line"),
    ("fire_safety", {"has_hydrant": True, "has_kitchen": True, "uses_alcohol_fuel": True}, "pool_level tank_valve al_store"),
    ("fire_safety", {"has_ebike_charging": True}, "eb_apart eb_cut"),
    ("road_transport", {"repair_shop": True}, "rp_lift rp_paint rp_tanker"),
    ("road_transport", {"driver_school": True}, "ds_brake ds_ground"),
    ("road_transport", {"dg_parking": True}, "dp_own dp_apart"),
    ("hazardous_waste", {"medical_waste": True}, "mw_sorted mw_sharps mw_room mw_handed"),
    ("transportation", {"works": True, "has_boats": True}, "w_power w_gangway boat[1].k_gangplank"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "profile", "wanted"), ASKED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_unit_is_asked_what_its_trade_is_known_for(name: str, profile: dict[str, Any], wanted: str) -> None:
    assert set(wanted.split()) <= _shown(name, profile)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("coal_mine", "has_trackless"), ("non_coal_mine", "has_crushing"), ("urban_construction", "is_rural_house_site"),
        ("fire_safety", "has_ebike_charging"), ("road_transport", "driver_school"), ("hazardous_waste", "medical_waste"),
    ],
)  # fmt: skip
def test_a_unit_without_it_is_not_asked(name: str, key: str) -> None:
    assert _shown(name, {key: False}) == _shown(name, {})
    assert _shown(name, {key: False}) < _shown(name, {key: True})


def test_a_park_office_is_asked_about_the_park_and_not_about_furnaces() -> None:
    def sections(profile: dict[str, Any]) -> set[str]:
        return {_section_of("industrial_park", path) for path in _shown("industrial_park", profile)}

    assert sections(PARK) == {"park_office"}
    assert "melting" in sections(PARK | {"is_park_office": False})


@pytest.mark.parametrize("name", ["urban_construction", "hazardous_chemicals"])
@pytest.mark.parametrize(
    ("item", "value", "result"),
    [("cyl_gap", "4.99", "fail"), ("cyl_gap", "5", "pass"), ("cyl_fire", "9.99", "fail"), ("cyl_fire", "10", "pass")],
)
def test_cylinders_keep_5_m_from_each_other_and_10_m_from_the_fire(name: str, item: str, value: str, result: str) -> None:
    profile, work = (BUILDING, {}) if name == "urban_construction" else (PLANT, HOT_WORK)

    assert _result(name, {"profile": profile, "answers": {**work, item: {"value": value}}}, item) == result


@pytest.mark.parametrize(("read", "result"), [("23.99", "fail"), ("24", "pass")])
def test_the_setting_force_of_a_support_is_measured_beside_what_is_required(read: str, result: str) -> None:
    face = {"id": "1", "key": "1", "answers": {"cf_setting_force": {"value": read, "design": "24"}}}

    assert _result("coal_mine", {"repeats": {"coal_face": [face]}}, "coal_face[1].cf_setting_force") == result


@pytest.mark.parametrize(("depth", "asked"), [("15.9", False), ("16", True)])
def test_a_hand_dug_pile_of_16_m_is_asked_for_its_experts(depth: str, asked: bool) -> None:
    pile = {"id": "1", "key": "1", "answers": {"hp_depth": {"value": depth}}}
    answers = {"profile": BUILDING | {"has_hand_dug_piles": True}, "repeats": {"hand_dug": [pile]}}

    assert ("hand_dug[1].hp_expert" in relevant_paths(_checklist("urban_construction"), answers)) == asked


def test_what_is_known_as_a_topic_only_determines_nothing() -> None:
    for path in CHECKLISTS_FOLDER.glob("*.json"):
        document = read_json(path)
        topics = {
            item["id"]
            for section in document["sections"]
            for item in section["items"]
            if item.get("basis") and all("待录入" in entry["clause"] for entry in item["basis"])
        }
        tested = {test["item"] for entry in document.get("determinations", []) for test in _tests(entry["when"])}

        assert not topics & tested, path.stem
        assert path.stem != "hazardous_chemicals" or len(topics) >= 9


def _shown(name: str, profile: dict[str, Any]) -> set[str]:
    checklist = _checklist(name)
    repeats = {section.id: [{"id": "1", "key": "1"}] for section in checklist.sections if section.repeat_maximum is not None}
    return set(relevant_paths(checklist, {"profile": profile, "repeats": repeats}))


def _section_of(name: str, path: str) -> str:
    item = path.rpartition(".")[2]
    return next(section.id for section in _checklist(name).sections if item in {each.id for each in section.items})


def _result(name: str, answers: dict[str, Any], path: str) -> str | None:
    return results(_checklist(name), answers)[path].result


def _checklist(name: str) -> Any:
    return load_checklist(read_json(CHECKLISTS_FOLDER / f"{name}.json"))


def _tests(condition: dict[str, Any]) -> list[dict[str, Any]]:
    if "item" in condition:
        return [condition]
    children = [child for key in ("all", "any", "of") for child in condition.get(key, [])]
    children += [condition["not"]] if "not" in condition else []
    return [test for child in children for test in _tests(child)]
