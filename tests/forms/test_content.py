"""What the checklists say: every circumstance of the standards that is expressed, counted and named, so that none can vanish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from forms import load_checklist, relevant_paths, results
from forms.check import CHECKLISTS_FOLDER, read_json
from forms.core_visit import ITEMS_MAXIMUM, most_core_items
from forms.determinations import determine

SECTORS = [
    "coal_mine",
    "non_coal_mine",
    "hazardous_chemicals",
    "fire_safety",
    "road_transport",
    "transportation",
    "urban_construction",
    "industrial_park",
    "hazardous_waste",
    "special_equipment",
]
NINE_STANDARDS = ["nine_standards_enterprise", "nine_standards_village"]
NAMES = SECTORS + NINE_STANDARDS
every_sector = pytest.mark.parametrize("name", SECTORS)
every_checklist = pytest.mark.parametrize("name", NAMES)

NUMERALS = ["", *"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十"]
NUMERALS += [f"二十{digit}" for digit in "一二三四五六七八九"] + ["三十", "三十一", "三十二"]

# The circumstances of each article, by its number; an article without numbered circumstances counts one, without a number.
COAL_DECREE_21 = {
    4: 3,
    5: 9,
    6: 6,
    7: 5,
    8: 17,
    9: 3,
    10: 16,
    11: 9,
    12: 3,
    13: 6,
    14: 8,
    15: 4,
    16: 3,
    17: 3,
    18: 7,
    19: 2,
    20: 19,
}
CONSTRUCTION_5 = {4: 5, 5: 4, 6: 4, 7: 3, 8: 9, 9: 5, 10: 2, 11: 4, 12: 2, 13: 7, 14: 3, 15: 3}
GAS_4 = {4: 5, 5: 5, 6: 3, 7: 3, 9: 4}
INDUSTRY_10 = {3: 3, 4: 8, 5: 13, 6: 8, 7: 7, 8: 7, 9: 2, 10: 2, 11: 10, 12: 2, 13: 2}
SPECIAL_EQUIPMENT = {"4.1": 4, "4.2": 7, "4.3": 6, "4.4": 2, "4.5": 3, "4.6": 5, "4.7": 5, "4.8": 5, "4.9": 5, "4.10": 5}
NON_COAL_88 = {"地下": ("u", 32), "露天": ("o", 13), "尾矿库": ("t", 19)}
NON_COAL_41 = {"地下": ("u", 4), "露天": ("o", 2), "尾矿库": ("t", 2)}


def test_the_coal_mine_decree_is_expressed_in_all_its_123_circumstances() -> None:
    expected = {f"m21_{article}_{n}": f"第{article}条（{NUMERALS[n]}）" for article, n in _numbered(COAL_DECREE_21)}
    # Gas over the limit is judged place by place: what one face did or may excuse says nothing about another.
    elsewhere = {"heading": (1, 2, 4, 5, 8), "roadway": (1, 2, 4), "history": (8,)}
    placed = {f"m21_5_{n}_{place}": f"第5条（{NUMERALS[n]}）" for place, numbers in elsewhere.items() for n in numbers}

    assert len(expected) == 123
    assert _clauses("coal_mine", "mem-21-2026") == expected | placed


def test_one_coal_face_neither_excuses_nor_accuses_another() -> None:
    checklist = load_checklist(_read("coal_mine"))

    def found(*faces: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
        answers = {"repeats": {"coal_face": [{"key": str(number), "answers": face} for number, face in enumerate(faces)]}}
        return [(each.id, each.paths) for each in determine(checklist, answers)]

    peak = {"cf_ch4_work": {"value": "3.20"}, "cf_gas_actions": {"value": ["peak3"]}}
    excused = {"cf_ch4_work": {"value": "3.20"}, "cf_gas_actions": {"value": ["peak3", "exc_peak3"]}}
    acted = {"cf_ch4_work": {"value": "1.60"}, "cf_gas_actions": {"value": []}}
    careless = {"cf_ch4_work": {"value": "1.20"}, "cf_gas_actions": {"value": ["no_cut_15"]}}

    assert found(peak, excused) == [("m21_5_8", ("coal_face[0].cf_gas_actions",))]
    assert found(acted, careless) == []


def test_the_construction_criteria_are_expressed_in_their_51_circumstances_and_two_whole_articles() -> None:
    expected = {f"j5_{article}_{n}": f"第{article}条（{NUMERALS[n]}）" for article, n in _numbered(CONSTRUCTION_5)}

    assert len(expected) == 51
    assert _clauses("urban_construction", "jian-zhi-gui-5-2024") == expected | {"j5_16": "第16条", "j5_17": "第17条"}


def test_the_gas_criteria_are_expressed_in_their_20_circumstances_and_two_whole_articles() -> None:
    expected = {f"g4_{article}_{n}": f"第{article}条（{NUMERALS[n]}）" for article, n in _numbered(GAS_4)}

    assert len(expected) == 20
    assert _clauses("urban_construction", "jian-cheng-gui-4-2023") == expected | {"g4_8": "第8条", "g4_10": "第10条"}


def test_the_industry_decree_is_expressed_in_its_64_circumstances_and_installed_but_not_working() -> None:
    expected = {f"m10_{article}_{n}": f"第{article}条（{NUMERALS[n]}）" for article, n in _numbered(INDUSTRY_10)}

    assert len(expected) == 64
    assert _clauses("industrial_park", "mem-10-2023") == expected | {"m10_14": "第14条"}


def test_the_special_equipment_criteria_are_expressed_in_their_47_letters() -> None:
    expected = {
        f"se_{article.replace('.', '_')}_{letter}": f"{article} {letter})"
        for article, count in SPECIAL_EQUIPMENT.items()
        for letter in "abcdefg"[:count]
    }

    assert len(expected) == 47
    assert _clauses("special_equipment", "gb-45067-2024") == expected


def test_the_non_coal_mine_criteria_are_expressed_in_their_64_and_8_circumstances() -> None:
    first = {
        f"n88_{letter}_{n}": f"{kind}（{NUMERALS[n]}）" for kind, (letter, count) in NON_COAL_88.items() for n in _upto(count)
    }
    second = {
        f"n41_{letter}_{n}": f"{kind}（{NUMERALS[n]}）" for kind, (letter, count) in NON_COAL_41.items() for n in _upto(count)
    }

    assert (len(first), len(second)) == (64, 8)
    assert _clauses("non_coal_mine", "kuang-an-88-2022") == first
    assert _clauses("non_coal_mine", "kuang-an-41-2024") == second


def test_the_chemical_criteria_are_expressed_in_their_20_circumstances() -> None:
    certain = [entry["clause"] for entry in _determinations("hazardous_chemicals") if "unverified" not in entry]

    assert sorted(set(certain), key=lambda clause: int(clause[1:-1])) == [f"({n})" for n in _upto(20)]
    # 12 and 14 each name two things; in 20 the mixing is plain to see, the zones are a matter of the clause.
    assert sorted(clause for clause in set(certain) if certain.count(clause) > 1) == ["(12)", "(14)", "(20)"]


def test_which_clause_of_a_standard_is_violated_is_asked_of_the_reviewer() -> None:
    asked = [entry["clause"] for entry in _determinations("hazardous_chemicals") if "reviewer" in entry]

    assert asked == ["(3)", "(6)", "(9)", "(12)", "(12)", "(13)", "(14)", "(20)"]
    assert [item["id"] for name in NAMES for item in _items(name) if "条款查明" in item["statement"]["zh"]] == []


def test_what_is_done_at_once_is_no_deadline_of_a_hazard_that_may_be_major() -> None:
    for name in NAMES:
        majors = {entry["id"]: entry["halt"] for entry in _determinations(name) if entry["grade"] == "major"}
        for item in _items(name):
            halts = {majors[each] for each in item["hazard"].get("determinations", []) if each in majors}
            if halts:
                assert item["hazard"]["deadline"]["days"] > 1, (name, item["id"])
            assert bool(halts - {"none"}) <= ("immediate_measure" in item["hazard"]), (name, item["id"])


def test_no_item_asks_for_a_subtraction_or_a_division() -> None:
    asked = [
        (name, item["id"]) for name in NAMES for item in _items(name) if item["type"] == "number" and "÷" in item["how"]["zh"]
    ]

    assert asked == []


def test_a_core_visit_of_each_checklist_is_short_and_has_what_may_be_major() -> None:
    for name in NAMES:
        document = _read(name)
        core = [item for item in _items(name) if item.get("core")]
        assert 10 <= len(most_core_items(document)) <= ITEMS_MAXIMUM, name
        assert [item for item in core if item["points"] > 0], name


@pytest.mark.parametrize(
    ("axles", "tonnes", "result"),
    [
        ("two", "18", "pass"), ("two", "18.01", "fail"), ("three", "25.5", "fail"),
        ("three_train", "27", "pass"), ("four", "31.2", "fail"), ("four_train", "36", "pass"),
        ("five", "43", "pass"), ("six_single", "46.5", "fail"), ("six_double", "49", "pass"),
    ],
)  # fmt: skip
def test_a_truck_is_weighed_against_the_limit_of_its_axles(axles: str, tonnes: str, result: str) -> None:
    load = {"key": "1", "answers": {"axles": {"value": axles}, "gross_tonnes": {"value": tonnes}}}

    assert (
        _result("road_transport", {"profile": {"freight": True}, "repeats": {"load_point": [load]}}, "load_point[0].gross_tonnes")
        == result
    )


def test_a_hydrant_above_half_a_megapascal_fails() -> None:
    def result(value: str) -> str:
        answers = {"hydrant_pressure": {"value": value}}
        return _result(
            "fire_safety", {"profile": {"has_hydrant": True, "high_rise": True}, "answers": answers}, "hydrant_pressure"
        )

    assert [result(value) for value in ("0.349", "0.35", "0.50", "0.501")] == ["fail", "pass", "pass", "fail"]


def test_the_fire_rules_only_suggest_until_the_text_of_2025_is_entered() -> None:
    entries = _determinations("fire_safety")
    direct = [entry["id"] for entry in entries if entry["id"].startswith("direct_")]
    combined = [entry["id"] for entry in entries if entry["id"].startswith("combined_")]

    assert direct == [f"direct_{n}" for n in _upto(10)]
    assert combined == ["combined_crowded", "combined_explosive", "combined_any_four", "combined_other_six"]
    assert [entry["id"] for entry in entries if entry["grade"] == "major" and "unverified" not in entry] == []


def test_the_counting_rules_for_fire_count_what_they_name() -> None:
    counted = {entry["id"]: _counting(entry["when"]) for entry in _determinations("fire_safety") if "combined" in entry["id"]}

    assert counted == {
        "combined_crowded": (3, 11),
        "combined_explosive": (3, 5),
        "combined_any_four": (4, 37),
        "combined_other_six": (6, 37),
    }


def test_hazardous_waste_has_its_four_paths_and_no_major_grade_of_its_own() -> None:
    entries = {entry["id"]: entry for entry in _determinations("hazardous_waste")}

    assert {name for name in entries if name.startswith(("path_a", "path_b", "path_c"))} == {
        "path_a1", "path_a2", *(f"path_b{n}" for n in _upto(13)), "path_c1", "path_c2", "path_c3",
    }  # fmt: skip
    certain_majors = {name for name, entry in entries.items() if entry["grade"] == "major" and "unverified" not in entry}
    assert {entries[name]["regulator"] for name in certain_majors} == {"emergency_bureau"}
    assert {entries[name]["standard"] for name in certain_majors} <= {"saws-121-2017", "mem-10-2023"}


def test_transport_expresses_the_clauses_whose_text_is_known() -> None:
    road = {entry["clause"] for entry in _determinations("road_transport") if "unverified" not in entry}
    other = {(entry["standard"], entry["clause"]) for entry in _determinations("transportation") if "unverified" not in entry}

    common = {"第3条（一）", "第3条（二）", "第3条（三）前段", "第3条（三）后段", "第3条（四）"}
    assert road == common | {"第4条（一）"}
    assert other == {
        *(("transport-52-2023", clause) for clause in common),
        *(("inland-ship-criteria-2024", f"第4条（{NUMERALS[n]}）") for n in _upto(6)),
        ("transport-28-2025", "第4条（一）"),
        ("transport-28-2025", "第4条（二）"),
        ("transport-59-2023", "第5条"),
        ("transport-59-2023", "第6条"),
        ("transport-59-2023", "第7条（一）"),
    }


def _found(name: str, answers: dict[str, Any]) -> set[str]:
    return {each.id for each in determine(load_checklist(_read(name)), answers)}


def test_signs_of_a_slide_in_an_open_pit_count_only_if_nobody_withdrew() -> None:
    signs = {"slope_signs": {"result": "fail"}, "slope_facts": {"value": ["sl_heave"]}}
    careless = {**signs, "slope_facts": {"value": ["sl_heave", "sl_no_withdraw"]}}
    pit = {"profile": {"mining_method": "open_pit"}}

    assert "m21_15_4" not in _found("coal_mine", {**pit, "answers": signs})
    assert "m21_15_4" in _found("coal_mine", {**pit, "answers": careless})


def test_driverless_haulage_excuses_haulage_and_not_the_winning_of_coal() -> None:
    def found(*facts: str) -> bool:
        answers = {"contracting": {"result": "fail"}, "contracting_facts": {"value": list(facts)}}
        return "m21_18_5" in _found("coal_mine", {"profile": {"outsourced": True}, "answers": answers})

    assert found("pit_outsourced")
    assert not found("pit_outsourced", "exc_driverless")
    assert found("f_m21_18_5", "exc_driverless")


def test_a_producing_mine_that_goes_deeper_is_asked_for_its_drainage() -> None:
    answers = {"profile": {"status": "producing"}, "answers": {"deep_drainage": {"result": "fail"}}}

    assert "m21_10_11" in _found("coal_mine", answers)


def test_the_halt_list_of_shanxi_stops_the_mine_and_makes_no_major_hazard() -> None:
    entries = [entry for entry in _determinations("coal_mine") if entry["standard"] == "shanxi-coal-special-provisions"]

    assert {entry["clause"] for entry in entries} == {f"第{numeral}条" for numeral in NUMERALS[1:11]}
    assert {(entry["grade"], entry["halt"], "unverified" in entry) for entry in entries} == {("general", "site", True)}


def test_a_wing_of_the_ore_body_needs_its_exit_however_many_the_mine_has() -> None:
    answers = {"exit_count": {"value": "3"}, "exit_design": {"result": "fail"}, "exit_facts": {"value": ["ex_wing"]}}

    assert "n88_u_1" in _found("non_coal_mine", {"profile": {"has_underground": True}, "answers": answers})


def test_a_man_carrier_is_judged_by_its_own_rating_too() -> None:
    mine = {"profile": {"has_underground": True, "has_trackless": True}}

    def found(load: str) -> bool:
        answers = {"carrier_persons": {"value": "15"}, "carrier_load": {"value": load, "design": "20"}}
        return "n88_u_23" in _found("non_coal_mine", {**mine, "answers": answers})

    assert not found("20")
    assert found("21")


def test_a_key_process_without_a_control_room_is_asked_for_its_automatic_control() -> None:
    answers = {"profile": {"key_process": True, "has_control_room": False}, "answers": {"control_facts": {"value": ["no_auto"]}}}

    assert "m121_4" in _found("hazardous_chemicals", answers)


@pytest.mark.parametrize(("rich", "result"), [("no", "fail"), ("yes", "pass")])
def test_oxygen_rich_air_has_its_own_limit(rich: str, result: str) -> None:
    answers = {"confined_today": {"value": "yes"}, "oxygen_rich": {"value": rich}, "oxygen": {"value": "22.5"}}

    assert _result("hazardous_chemicals", {"profile": {"kind": "production"}, "answers": answers}, "oxygen") == result


def test_confined_spaces_of_a_mine_are_not_judged_by_the_industry_decree() -> None:
    work = {"confined": {"value": "yes"}, "vent_first": {"result": "fail"}}
    answers = {**work, "confined_facts": {"value": ["toxic_risk", "no_test"]}}

    assert "path_d2_13" in _found("hazardous_waste", {"profile": {"unit_class": "industry"}, "answers": answers})
    assert "path_d2_13" not in _found("hazardous_waste", {"profile": {"unit_class": "mine"}, "answers": answers})


def test_a_handrail_near_an_obstacle_is_in_order_behind_its_guard() -> None:
    def lift(guard: str) -> dict[str, Any]:
        face = {
            "lift_state": {"value": "in_use"},
            "lift_kind": {"value": "escalator"},
            "handrail_guard": {"value": guard},
            "handrail_gap": {"value": "250"},
        }
        return {"profile": {"has_lift": True}, "repeats": {"lift": [{"key": "1", "answers": face}]}}

    assert _found("special_equipment", lift("yes")) == set()
    assert _found("special_equipment", lift("no")) == {"se_4_6_e"}
    assert _result("special_equipment", lift("yes"), "lift[0].handrail_gap") == "pass"


def test_a_cutting_wheel_has_the_smaller_flange() -> None:
    def result(kind: str) -> str:
        answers = {"grinder_kind": {"value": kind}, "grinder_flange": {"value": "56", "design": "200"}}
        return _result("industrial_park", {"profile": {"has_machining": True}, "answers": answers}, "grinder_flange")

    assert (result("cutting"), result("grinding")) == ("pass", "fail")


def test_extinguishers_are_counted_by_unit_and_by_place() -> None:
    limits = {item["id"]: item["number"]["limits"] for item in _items("fire_safety") if item["id"] in ("ext_count", "ext_point")}

    assert limits == {"ext_count": [{"at_least": 2}], "ext_point": [{"at_most": 5}]}


def test_a_bus_company_is_not_asked_about_village_roads() -> None:
    def shown(profile: dict[str, Any]) -> bool:
        checklist = load_checklist(_read("transportation"))
        return any(
            "s_rails" in path for path in relevant_paths(checklist, {"profile": profile, "repeats": {"road": [{"key": "1"}]}})
        )

    assert shown({})
    assert shown({"has_roads": True, "city_bus": True})
    assert not shown({"city_bus": True})


def test_a_number_is_not_filled_in_for_what_is_not_there() -> None:
    """What does not exist is not applicable; it is not a 9999 or a 0 made up for the score."""
    made_up = ("填9999", "填999", "填99", "已封闭填", "瓶间填0", "没带填0")

    assert [
        (name, item["id"]) for name in SECTORS for item in _items(name) if any(text in item["how"]["zh"] for text in made_up)
    ] == []


@every_sector
def test_each_sector_has_at_least_35_items_that_are_judged_on_site(name: str) -> None:
    assert len([item for item in _items(name) if item["points"] > 0]) >= 35


@every_checklist
def test_each_statement_can_be_read_at_arms_length(name: str) -> None:
    assert [item["id"] for item in _items(name) if len(item["statement"]["zh"]) > 24] == []


@every_checklist
def test_each_item_says_how_to_check_what_is_wrong_and_what_proves_it_mended(name: str) -> None:
    for item in _items(name):
        hazard = item["hazard"]
        assert all([item["how"]["zh"], item["how"]["en"], hazard["phrases"], hazard["evidence"]["zh"]]), item["id"]
        assert 0 <= hazard["deadline"]["days"] <= 60, item["id"]


@every_checklist
def test_each_measured_value_has_a_unit_and_room_beyond_its_limits(name: str) -> None:
    for item in _items(name):
        if item["type"] == "number":
            number = item["number"]
            assert number["unit"], item["id"]
            bounds = [value for limit in number["limits"] for key, value in limit.items() if key != "when"]
            # The limit of a compared figure is no reading of an instrument.
            assert "design" in number or all(number["minimum"] <= value <= number["maximum"] for value in bounds), item["id"]


@every_checklist
def test_a_ticked_fact_counts_whichever_item_opened_the_list(name: str) -> None:
    """A determination that also asks for the opening item must accept every one of them."""
    openers = {item["id"]: _results(item.get("relevant", {})) for item in _items(name) if item["type"] == "facts"}
    lost = []
    for entry in _determinations(name):
        for branch in _branches(entry["when"]):
            gates = {(test["item"], test["result"]) for test in branch if "result" in test}
            for fact in {test["item"] for test in branch if "has" in test}:
                asked = gates & openers[fact]
                if asked and asked != openers[fact]:
                    lost.append((entry["id"], fact, sorted(openers[fact] - asked)))

    assert lost == []


@pytest.mark.parametrize("name", NINE_STANDARDS)
def test_the_nine_standards_are_nine_equal_sections_with_one_gate_to_be_confirmed(name: str) -> None:
    document = _read(name)
    gates = [(section["id"], item["id"]) for section in document["sections"] for item in section["items"] if item.get("gate")]

    assert [section["id"] for section in document["sections"]] == [
        "leadership", "risk", "rectify", "education", "reward", "body", "duty", "meeting", "report",
    ]  # fmt: skip
    assert {section["weight"] for section in document["sections"]} == {10}
    assert gates == [("rectify", "overdue_major")]
    assert all("unverified" in item for item in _items(name))
    assert (document["status"], document["scoring"]["confirmed_by_office"]) == ("published", False)
    assert "草案" in document["title"]["zh"]


def _result(name: str, answers: dict[str, Any], path: str) -> str | None:
    return results(load_checklist(_read(name)), answers)[path].result


def _read(name: str) -> dict[str, Any]:
    return read_json(CHECKLISTS_FOLDER / f"{name}.json")


def _items(name: str) -> list[dict[str, Any]]:
    return [item for section in _read(name)["sections"] for item in section["items"]]


def _determinations(name: str) -> list[dict[str, Any]]:
    return _read(name).get("determinations", [])


def _clauses(name: str, standard: str) -> dict[str, str]:
    return {entry["id"]: entry["clause"] for entry in _determinations(name) if entry["standard"] == standard}


def _numbered(articles: dict[int, int]) -> list[tuple[int, int]]:
    return [(article, n) for article, count in articles.items() for n in _upto(count)]


def _upto(count: int) -> range:
    return range(1, count + 1)


def _counting(condition: Any) -> tuple[int, int] | None:
    if "of" in condition:
        return condition["at_least"], len(condition["of"])
    return next((found for child in condition.get("all", []) if (found := _counting(child))), None)


def _results(condition: dict[str, Any]) -> set[tuple[str, str]]:
    """The (item, result) tests that open an item, if each of them does so alone."""
    if "result" in condition:
        return {(condition["item"], condition["result"])}
    if "any" in condition and all("result" in child for child in condition["any"]):
        return {found for child in condition["any"] for found in _results(child)}
    if "all" in condition:
        opened = [_results(child) for child in condition["all"]]
        return next((found for found in opened if found), set()) if sum(map(bool, opened)) == 1 else set()
    return set()


def _branches(condition: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The tests that stand together under each ``all``, one list for each way down; ``any`` of tests counts as its tests."""
    if "all" in condition:
        together = [test for child in condition["all"] for test in _flat(child)]
        yield together
    for key in ("all", "any", "of"):
        for child in condition.get(key, []):
            yield from _branches(child)


def _flat(condition: dict[str, Any]) -> list[dict[str, Any]]:
    if "item" in condition:
        return [condition]
    return [test for child in condition.get("any", []) for test in ([child] if "item" in child else [])]
