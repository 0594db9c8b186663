"""What the demo says of its units is what their checklists ask, so that a visit in the demo looks like one in the county."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from server.demo.units import SHOP, UNITS, VILLAGE, DemoUnit

CHECKLISTS = Path(__file__).resolve().parents[2] / "forms" / "checklists"
DOCUMENTS = [json.loads(path.read_text("utf-8")) for path in CHECKLISTS.glob("*.json")]
ALL = (*UNITS, DemoUnit("五金店", ("fire_safety",), SHOP), DemoUnit("村", ("fire_safety",), VILLAGE, "village"))


def test_every_sector_has_a_unit_of_the_inspector() -> None:
    near = {unit.sectors[0] for unit in UNITS if unit.name.startswith("巴公")} | {"hazardous_chemicals", "fire_safety"}
    assert near == {document["sector"] for document in DOCUMENTS if document["sector"]}


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_facts_are_answers_to_what_is_asked(unit: DemoUnit) -> None:
    mine = [document for document in DOCUMENTS if document["sector"] in (*unit.sectors, None)]
    asked = {key["id"]: key for document in mine for key in document["profile"]}
    assert unit.facts.keys() <= asked.keys()
    for name, value in unit.facts.items():
        match asked[name]["type"]:
            case "boolean":
                assert isinstance(value, bool), name
            case "choice":
                assert value in [option["value"] for option in asked[name]["options"]], name
            case _:
                assert Decimal(value) > 0, name
