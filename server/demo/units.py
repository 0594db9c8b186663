"""Enterprises and institutions of the demo county and what is known about them. All of it is made up, and plausible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vocabulary import Sector, SubjectKind


@dataclass(frozen=True)
class DemoUnit:
    """``facts`` hold profile values by key; a yes-or-no fact that is not in them is a no, another one is unknown."""

    name: str
    sectors: tuple[str, ...]
    facts: dict[str, Any]
    kind: str = SubjectKind.ENTERPRISE


def _yes(keys: str) -> dict[str, Any]:
    return dict.fromkeys(keys.split(), True)


_FACTORY = {"fire_class": "ordinary", "use": "factory", **_yes("existing_building has_hydrant has_warehouse")}
_EXPLOSIVE = {"fire_class": "explosive", "use": "warehouse", **_yes("existing_building key_unit has_hydrant has_warehouse")}
_OFFICE = {"fire_class": "ordinary", "use": "office", **_yes("existing_building has_hydrant has_kitchen")}
_CROWDED = "existing_building key_unit has_control_room has_linkage has_hydrant has_sprinkler has_smoke_exhaust"
SHOP = {"fire_class": "ordinary", "use": "shop", **_yes("existing_building has_warehouse"), "floor_area": "120"}
VILLAGE = {
    "fire_class": "village",
    **_yes("existing_building has_self_built has_gas has_forest has_roads has_small_business"),
}


def _mine(name: str, gas_grade: str, hydrology: str = "medium", status: str = "producing", more: str = "") -> DemoUnit:
    facts = {
        "mining_method": "underground", "gas_grade": gas_grade, "rockburst": "none", "spontaneous_combustion": "not_prone",
        "hydrology": hydrology, "status": status,
        **_yes(f"has_person_hoist has_chairlift has_belt_conveyor has_incline_haulage uses_blasting production {more}"),
    }  # fmt: skip
    return DemoUnit(name, (Sector.COAL_MINE, Sector.FIRE_SAFETY), _OFFICE | facts)


def _chemicals(name: str, kind: str, yes: str, **facts: Any) -> DemoUnit:
    known = {"kind": kind, "major_source": "none", **_yes(f"has_release_source has_explosive_zone production {yes}"), **facts}
    return DemoUnit(name, (Sector.HAZARDOUS_CHEMICALS, Sector.FIRE_SAFETY), _EXPLOSIVE | known)


def _station(name: str, station_class: str) -> DemoUnit:
    return _chemicals(
        name, "fuel_station", "key_chemical has_loading", station_class=station_class, use="shop", has_warehouse=False,
    )  # fmt: skip


def _place(name: str, fire_class: str, use: str, yes: str = "", kind: str = "enterprise") -> DemoUnit:
    facts = {"fire_class": fire_class, "use": use, **_yes(f"existing_building has_hydrant {yes}")}
    return DemoUnit(name, (Sector.FIRE_SAFETY,), facts, kind)


def _of(sector: str, name: str, yes: str, fire: dict[str, Any] = _FACTORY, **facts: Any) -> DemoUnit:
    return DemoUnit(name, (sector, Sector.FIRE_SAFETY), {**fire, **_yes(f"production {yes}"), **facts})


UNITS: tuple[DemoUnit, ...] = (
    _mine("巴公煤业一号井", "high", more="outsourced has_lithium_charging has_trackless has_locomotive"),
    _mine("下村煤业", "low", "simple"),
    _mine("周村煤业", "outburst", "complex"),
    _mine("川底煤业", "high", status="expanding", more="outsourced"),
    _mine("大东沟煤业", "low", more="surface_water_threat"),
    _mine("南岭煤业", "high", status="suspended"),
    _chemicals("化工仓储有限公司", "storage", "has_tank_farm has_loading key_chemical has_control_room", major_source="level_3"),
    _chemicals(
        "煤化工有限公司",
        "production",
        "key_process key_chemical has_plant has_control_room has_tank_farm toxic_or_liquefied_tanks has_loading"
        " has_pressure_equipment has_contractors",
        major_source="level_2",
        use="factory",
    ),
    _station("兴隆加油站", "class_3"),
    _station("迎宾加油站", "class_2"),
    _chemicals("气体充装站", "operating_storage", "has_filling has_pressure_equipment toxic_or_liquefied_tanks has_tank_farm"),
    _chemicals("涂料有限公司", "production", "has_plant has_warehouse fine_chemicals", use="factory"),
    _chemicals(
        "液氨制冷厂", "plain_use", "has_ammonia has_pressure_equipment key_chemical", major_source="level_4", use="factory",
    ),
    _station("晋东加油站", "class_3"),
    _chemicals("溶剂经营部", "operating_paper", "", use="shop", has_warehouse=False),
    _place("铸造有限公司", "ordinary", "factory", "has_warehouse"),
    _place("商贸城", "public_gathering", "shop", f"{_CROWDED} has_ebike_charging"),
    _place("宾馆", "public_gathering", "hotel", f"{_CROWDED} has_kitchen high_rise"),
    _place("幼儿园", "crowded_other", "children", "public_institution boarding has_kitchen", "unit"),
    _place("卫生院", "crowded_other", "hospital", "public_institution boarding has_control_room has_linkage", "unit"),
    _place("中心小学", "crowded_other", "school", "public_institution boarding has_kitchen", "unit"),
    _place("养老服务中心", "crowded_other", "elderly", f"{_CROWDED} boarding has_kitchen", "unit"),
    _place("纺织厂", "crowded_other", "factory", "has_warehouse has_sandwich_panel"),
    _place("物流仓库", "ordinary", "warehouse", "has_warehouse has_sandwich_panel has_sprinkler tall_space"),
    _place("家具厂", "ordinary", "factory", "has_warehouse"),
    _place("超市", "public_gathering", "shop", _CROWDED),
    _place("影剧院", "public_gathering", "entertainment", f"{_CROWDED} tall_space"),
    _place("饭店", "public_gathering", "restaurant", "has_kitchen uses_alcohol_fuel"),
    _place("高级中学", "crowded_other", "school", f"{_CROWDED} public_institution boarding has_kitchen", "unit"),
    _place("精密铸件股份有限公司第三分厂（含消失模车间）", "ordinary", "factory", "has_warehouse"),
    _of(
        Sector.NON_COAL_MINE, "巴公石灰石矿", "has_open_pit has_dump has_crushing uses_blasting outsourced",
        status="producing", engineering_geology="simple",
    ),
    _of(
        Sector.NON_COAL_MINE, "山河铝矿", "has_underground has_person_hoist uses_blasting has_tailings_pond small_mine",
        status="producing", hydrology="simple", engineering_geology="simple",
    ),
    _of(Sector.ROAD_TRANSPORT, "巴公客运有限公司", "line_passenger rural_passenger monitored_fleet", _OFFICE, vehicles="18"),
    _of(
        Sector.ROAD_TRANSPORT, "高都物流运输有限公司",
        "freight dangerous_goods loading_source monitored_fleet dg_parking repair_shop", _OFFICE, vehicles="46",
    ),
    _of("transportation", "巴公公路养护站", "has_bridges has_roads maintenance_work", _OFFICE),
    _of("transportation", "公共交通有限公司", "city_bus new_energy", _OFFICE),
    _of(
        Sector.URBAN_CONSTRUCTION, "巴公安居小区二期工地",
        "is_building_site above_limit has_scaffold has_formwork has_lifting has_camp has_contractors", pit_depth="4.5",
        building_height="54", scaffold_height="24", formwork_height="4.2", floor_area="21000",
    ),
    _of(Sector.URBAN_CONSTRUCTION, "城镇燃气有限公司", "is_gas_operator has_road_digging", _OFFICE),
    _of(
        Sector.INDUSTRIAL_PARK, "巴公压铸有限公司", "has_melting has_fuel_gas has_machining has_contractors", role="tenant",
        industry="machinery", dust="metal", confined="plain", staff="64",
    ),
    _of(Sector.INDUSTRIAL_PARK, "工业园区管委会", "is_park_office is_chemical_park has_contractors", _OFFICE, role="landlord"),
    _of(
        Sector.HAZARDOUS_WASTE, "巴公汽车维修中心", "storage_point transfers flammable_waste", waste_class="registered",
        unit_class="service", incinerator="none",
    ),
    _of(
        Sector.HAZARDOUS_WASTE, "固体废物处置有限公司",
        "licence_holder storage_facility central_storage transfers leachate emission environment_facility", waste_class="key",
        unit_class="other", incinerator="hazardous",
    ),
    _of(
        Sector.SPECIAL_EQUIPMENT, "巴公购物广场", "has_lift has_boiler",
        {**SHOP, "fire_class": "public_gathering", **_yes(_CROWDED)},
    ),
    _of(Sector.SPECIAL_EQUIPMENT, "机械制造有限公司", "has_vessel has_crane has_forklift has_pipeline"),
)  # fmt: skip
