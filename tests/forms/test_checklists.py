"""Every checklist and standards file of the repository: valid, cited from standards in force, reachable, in two languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms import load_checklist, relevant_paths
from forms.check import main, read_json
from forms.determinations import determine
from forms.faults import find_faults
from forms.problems import Problem
from forms.reachability import AnswerSearch
from forms.standards import load_standards
from forms.validation import validate_checklist, validate_registry, validate_standards
from vocabulary import AuthoringSeverity

FORMS = Path(__file__).parent.parent.parent / "forms"
CHECKLISTS = sorted((FORMS / "checklists").glob("*.json"))
STANDARDS = sorted((FORMS / "standards").glob("*.json"))

every_checklist = pytest.mark.parametrize("path", CHECKLISTS, ids=lambda path: path.stem)
every_registry_file = pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)


@every_checklist
def test_each_checklist_is_valid(path: Path) -> None:
    assert _errors(validate_checklist(read_json(path), load_standards())) == []


@every_registry_file
def test_each_standards_file_is_valid(path: Path) -> None:
    assert _errors(validate_standards(read_json(path))) == []


def test_the_standards_files_agree_with_each_other() -> None:
    found = validate_registry({path.name: read_json(path) for path in STANDARDS})

    assert {name: _errors(problems) for name, problems in found.items() if problems} == {}


@every_checklist
def test_each_citation_is_in_force_from_the_first_day_of_the_checklist(path: Path) -> None:
    document, standards = read_json(path), load_standards()
    first_day = date.fromisoformat(document["valid_from"])

    cited = {entry["standard"] for entry in _citations(document)}

    assert cited
    assert [name for name in cited if not (found := standards.find(name)) or not found.is_in_force(first_day)] == []


@every_checklist
def test_the_name_of_the_file_is_the_id_of_the_checklist(path: Path) -> None:
    assert read_json(path)["id"] == path.stem


@every_checklist
def test_each_item_can_be_shown(path: Path) -> None:
    document = read_json(path)
    checklist, search = load_checklist(document), AnswerSearch(document)
    for section in checklist.sections:
        for item in section.items:
            answers = search.find_answers_showing(item.id)

            assert answers is not None, item.id
            assert find_faults(checklist, answers) == [], item.id
            shown = {shown.rpartition(".")[2] for shown in relevant_paths(checklist, answers)}
            assert item.id in shown


@every_checklist
def test_each_determination_can_be_met(path: Path) -> None:
    document = read_json(path)
    checklist, search = load_checklist(document), AnswerSearch(document)
    for entry in document.get("determinations", []):
        answers = search.find_answers_meeting(entry)

        assert answers is not None, entry["id"]
        assert find_faults(checklist, answers) == [], entry["id"]
        assert entry["id"] in {found.id for found in determine(checklist, answers)}


@every_checklist
def test_each_text_is_in_both_languages(path: Path) -> None:
    texts = list(_texts(read_json(path)))

    assert texts
    assert [text for text in texts if not text["zh"].strip() or not text["en"].strip()] == []


@every_checklist
def test_a_determination_on_unverified_ground_only_suggests(path: Path) -> None:
    checklist = load_checklist(read_json(path))

    for rule in checklist.determinations:
        assert rule.suggested_only == ("unverified" in rule.document or "reviewer" in rule.document)


def test_the_command_finds_no_error_in_the_repository(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quiet"]) == 0
    assert "错误" in capsys.readouterr().out


def _errors(problems: list[Problem]) -> list[str]:
    return [f"{p.pointer}: {p.what['en']}" for p in problems if p.severity is AuthoringSeverity.ERROR]


def _citations(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for child in value for found in _citations(child)]
    if not isinstance(value, dict):
        return []
    own = [value] if "standard" in value and "clause" in value else []
    return own + [found for child in value.values() for found in _citations(child)]


def _texts(value: Any) -> list[dict[str, str]]:
    if isinstance(value, list):
        return [found for child in value for found in _texts(child)]
    if not isinstance(value, dict):
        return []
    if value.keys() == {"zh", "en"}:
        return [value]
    return [found for child in value.values() for found in _texts(child)]
