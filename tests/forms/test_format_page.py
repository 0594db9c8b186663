"""The page about the format is true: its example is valid and comes out as it says, and it names every key of the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from forms import judge, load_checklist, results
from forms.standards import load_standards
from forms.validation import SCHEMA_FOLDER, validate_checklist

PAGE = (Path(__file__).parent.parent.parent / "docs" / "checklist-format.md").read_text("utf-8")


def example(name: str) -> dict[str, Any]:
    match = re.search(rf"<!-- example: {name} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert match, name
    return json.loads(match[1])


def test_the_example_is_a_valid_checklist() -> None:
    assert validate_checklist(example("checklist"), load_standards()) == []


def test_the_example_answers_come_out_as_the_page_says() -> None:
    checklist = load_checklist(example("checklist"))

    judgement = judge(checklist, example("answers"))

    assert judgement.faults == []
    assert judgement.determinations == []
    assert (judgement.score.display, judgement.score.grade, judgement.score.checked, judgement.score.total) == (
        "32.0",
        "unqualified",
        3,
        3,
    )
    assert {path: found.earned for path, found in results(checklist, judgement.reading).items()} == {
        "ch4": "0",
        "vehicles[0].brakes": "5",
        "vehicles[1].brakes": "3",
    }


@pytest.mark.parametrize("schema", ["checklist-1", "standards-1"])
def test_the_page_names_every_key_of_the_schema(schema: str) -> None:
    keys = _keys(json.loads((SCHEMA_FOLDER / f"{schema}.json").read_text("utf-8")))

    assert [key for key in sorted(keys) if not re.search(rf"[`\".]{key}[`\"]", PAGE)] == []


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {key for child in schema for key in _keys(child)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    return {key for key in own if isinstance(own, dict)} | {key for child in schema.values() for key in _keys(child)}
