"""pyxform's example forms at the desk and on the command line: a draft, or the faults that the reader found and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from forms.standards import load_standards
from forms.xlsform import Defaults, read_workbook
from server.checklists.commands import checklists
from server.settings import Settings
from tests.conftest import Person
from tests.forms.xlsform.examples import LACKING, example_forms
from tests.server.checklists.sample import send_file

GIVEN = {"checklist_id": "tried", "title": "试用表", "version": "2026.7", "valid_from": "2026-12-01"}
BASIS = ("work-safety-law-2021", "第41条")


@pytest.fixture(scope="module")
def expected() -> dict[str, list[str]]:
    """The places of the errors of every example; none for those that become drafts."""
    examples = example_forms()
    assert examples, LACKING
    defaults = Defaults(**GIVEN, basis=BASIS, deadline_days=7)
    found = {name: read_workbook(data, load_standards(), defaults) for name, data in examples.items()}
    return {name: [f"{problem.sheet}!{problem.cell}" for problem in imported.errors] for name, imported in found.items()}


def test_the_desk_takes_or_refuses_every_example_form(chen: Person, expected: dict[str, list[str]]) -> None:
    for name, data in example_forms().items():
        given = GIVEN | {"basis_standard": BASIS[0], "basis_clause": BASIS[1], "deadline_days": "7"}

        answer = send_file(chen, data, name.rpartition("/")[2], **given)

        assert answer.status_code == (422 if expected[name] else 201), (name, answer.text)
        errors = [error for error in answer.json.get("errors", []) if error["params"]["severity"] == "error"]
        assert [error["pointer"] for error in errors] == expected[name], name


def test_the_command_takes_or_refuses_every_example_form(
    app: Flask, settings: Settings, tmp_path: Path, expected: dict[str, list[str]]
) -> None:
    words = ["--id", "tried", "--title", "试用表", "--version", "2026.7", "--valid-from", "2026-12-01", "--basis", *BASIS]
    for name, data in example_forms().items():
        file = tmp_path / name.rpartition("/")[2]
        file.write_bytes(data)

        result = CliRunner().invoke(checklists, ["import", str(file), *words, "--deadline-days", "7"], obj=settings)

        assert result.exit_code == (1 if expected[name] else 0), (name, result.output)
        assert not isinstance(result.exception, Exception), name
        for place in expected[name]:
            assert place in result.output, (name, place)
