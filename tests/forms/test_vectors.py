"""The vector files shared with TypeScript, run against the Python rules; client/tests/forms/vectors.test.ts is the mirror."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from forms import (
    carry_over,
    content_hash,
    deadline_date,
    determine,
    display_percentage,
    find_faults,
    relevant_paths,
    results,
    score,
    unannounced_years,
)
from forms.hazards import propose_hazard
from forms.reading import read_answers
from forms.standards import standard_from
from forms.validation import validate_checklist
from tests.forms import sketches
from tests.forms.sketches import FOLDER, cases, names, vectors

RELEVANCE, FAULTS, RESULTS = cases("relevance"), cases("faults"), cases("results")
DETERMINATIONS, SCORES, CARRY_OVER = cases("determinations"), cases("scores"), cases("carry_over")
PERCENTAGES, DEADLINES, HASHES = cases("percentages"), cases("deadlines"), cases("hashes")
GROUNDS, HAZARDS = cases("standards"), cases("hazards")
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))

# An entry of the registry without dates; a case says what matters.
STANDARD = {
    "id": "law", "name": {"zh": "法", "en": "Law"}, "number": None, "edition": "1", "valid_from": None, "valid_to": None,
    "replaced_by": None, "kind": "law", "source": {"zh": "原文", "en": "Text"}, "last_checked_on": "2026-11-30",
}  # fmt: skip


@pytest.mark.parametrize("case", RELEVANCE, ids=names(RELEVANCE))
def test_relevance(case: dict[str, Any]) -> None:
    assert relevant_paths(case["checklist"], case["answers"]) == case["expected"]


@pytest.mark.parametrize("case", FAULTS, ids=names(FAULTS))
def test_faults(case: dict[str, Any]) -> None:
    found = find_faults(case["checklist"], case["answers"])

    assert [{"pointer": f.pointer, "code": f.code, "params": f.params} for f in found] == case["expected"]


@pytest.mark.parametrize("case", RESULTS, ids=names(RESULTS))
def test_results(case: dict[str, Any]) -> None:
    found = results(case["checklist"], case["answers"])

    assert {path: [r.result, r.earned, r.applicable] for path, r in found.items()} == case["expected"]


@pytest.mark.parametrize("case", DETERMINATIONS, ids=names(DETERMINATIONS))
def test_determinations(case: dict[str, Any]) -> None:
    found = determine(case["checklist"], case["answers"], lambda standard: standard not in case.get("not_in_force", []))

    assert [[d.id, d.grade, d.suggested_only, list(d.paths)] for d in found] == case["expected"]


@pytest.mark.parametrize("case", SCORES, ids=names(SCORES))
def test_scores(case: dict[str, Any]) -> None:
    found = score(case["checklist"], case["answers"], case.get("outside_vetoes", ()))

    assert {key: _plain(getattr(found, key)) for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", HAZARDS, ids=names(HAZARDS))
def test_hazards(case: dict[str, Any]) -> None:
    reading = read_answers(case["checklist"], case["answers"])
    met = determine(case["checklist"], reading, lambda standard: standard not in case.get("not_in_force", []))

    found = propose_hazard(
        reading, case["path"], _answer_at(case["answers"], case["path"]), met,
        date.fromisoformat(case["found_on"]), vectors("hazards")["holidays"],
    )  # fmt: skip

    assert {
        "description": found.description,
        "grade": found.grade,
        "grade_suggested": found.grade_suggested,
        "determinations": list(found.determinations),
        "basis": [[citation["standard"], citation["clause"]] for citation in found.basis],
        "deadline": found.deadline and found.deadline.isoformat(),
        "deadline_rule": found.deadline_rule,
        "unannounced_years": list(found.unannounced_years),
        "immediate_measure": list(found.immediate_measure),
    } == case["expected"]


@pytest.mark.parametrize("case", PERCENTAGES, ids=names(PERCENTAGES))
def test_percentages(case: dict[str, Any]) -> None:
    lines, decimals = case.get("lines", [100]), case.get("decimals", 1)

    assert display_percentage(case["numerator"], case["denominator"], lines, decimals) == case["expected"]


@pytest.mark.parametrize("case", DEADLINES, ids=names(DEADLINES))
def test_deadlines(case: dict[str, Any]) -> None:
    holidays = vectors("deadlines")["holidays"]

    found = deadline_date(date.fromisoformat(case["found_on"]), case["days"], case["day_kind"], holidays)

    assert found.isoformat() == case["expected"]


@pytest.mark.parametrize("case", [case for case in DEADLINES if "unannounced_years" in case], ids=lambda case: case["name"])
def test_years_without_a_holiday_table(case: dict[str, Any]) -> None:
    holidays = vectors("deadlines")["holidays"]

    found = unannounced_years(date.fromisoformat(case["found_on"]), case["days"], case["day_kind"], holidays)

    assert found == case["unannounced_years"]


@pytest.mark.parametrize("case", GROUNDS, ids=names(GROUNDS))
def test_grounds(case: dict[str, Any]) -> None:
    standard = standard_from({**STANDARD, **case["standard"]})

    assert standard.ground(date.fromisoformat(case["day"])) == case["expected"]


@pytest.mark.parametrize("case", HASHES, ids=names(HASHES))
def test_hashes(case: dict[str, Any]) -> None:
    assert content_hash(case["document"]) == case["expected"]


@pytest.mark.parametrize("case", CARRY_OVER, ids=names(CARRY_OVER))
def test_carry_over(case: dict[str, Any]) -> None:
    checklists = vectors("carry_over")["checklists"]
    old, new = sketches.compiled(checklists[case["from"]]), sketches.compiled(checklists[case["to"]])

    found = carry_over(old, new, case["answers"])

    assert found.answers == case["answers_expected"]
    assert [list(kept) for kept in found.kept] == case["kept"]
    assert sorted(([*lost] for lost in found.lost), key=lambda lost: lost[0]) == case["lost"]


@pytest.mark.parametrize("name", FILES)
def test_each_vector_file_fits_the_schema_of_vectors(name: str) -> None:
    schema = json.loads((FOLDER.parent / "schema.json").read_text("utf-8"))

    assert list(Draft202012Validator(schema).iter_errors(vectors(name))) == []


@pytest.mark.parametrize("name", FILES)
def test_the_names_of_the_cases_of_a_file_are_different(name: str) -> None:
    found = names(vectors(name)["cases"])

    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", FILES)
def test_each_sketch_completes_to_a_valid_checklist(name: str) -> None:
    for key, sketch in vectors(name).get("checklists", {}).items():
        assert (key, validate_checklist(sketches.completed(sketch))) == (key, [])


def _answer_at(answers: dict[str, Any], path: str) -> dict[str, Any]:
    section, _, rest = path.partition("[")
    if not rest:
        return answers["answers"].get(path, {})
    instance_id, _, item = rest.partition("].")
    return next(entry for entry in answers["repeats"][section] if entry["id"] == instance_id)["answers"][item]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: getattr(value, key) for key in value.__dataclass_fields__}
    return value
