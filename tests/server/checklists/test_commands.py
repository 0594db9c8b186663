"""The command line of checklists: the same refusals as at the desk, in words, and exit codes for scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from forms.xlsform import read_workbook, write_workbook
from server.checklists.commands import checklists
from server.settings import Settings
from tests.server.checklists.sample import json_bytes, ladders, without

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, settings: Settings) -> Run:
    return lambda *words: CliRunner().invoke(checklists, [str(word) for word in words], obj=settings)


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Imports a document and returns the id of its draft."""

    def import_(document: dict[str, Any]) -> str:
        file = tmp_path / "梯子.json"
        file.write_bytes(json_bytes(document))
        result = run("import", file)
        assert result.exit_code == 0, result.output
        return re.search(r"draft (\S+)", result.output)[1]

    return import_


def publish(run: Run, draft_id: str, *more: str) -> str:
    result = run("publish", draft_id, "--approved-by", "王主任", *more)
    assert result.exit_code == 0, result.output
    return re.search(r"published \S+ \S+  (\w{64})", result.output)[1]


def test_a_checklist_is_imported_published_listed_retired_and_reinstated(run: Run, imported: Callable[..., str]) -> None:
    digest = publish(run, imported(ladders()))

    assert re.search(rf"\* 2026\.1 +published +{digest}  王主任", run("list").output)
    assert run("retire", digest, "--approved-by", "王主任", "--reason", "有误").exit_code == 0
    assert re.search(rf"  2026\.1 +retired +{digest}", run("list").output)
    assert run("reinstate", digest, "--approved-by", "王主任", "--reason", "无误").exit_code == 0
    assert "approved_by: 王主任" in run("show", digest).output


def test_every_fault_of_a_workbook_is_printed_with_its_cell(run: Run, tmp_path: Path) -> None:
    document = ladders()
    document["sections"][0]["items"][0]["points"] = -1
    document["sections"][0]["items"][1]["points"] = -2
    (tmp_path / "梯子.xlsx").write_bytes(write_workbook(document))

    result = run("import", tmp_path / "梯子.xlsx", "--lang", "en")

    assert result.exit_code == 1
    assert len(re.findall(r"^survey!\w+: error", result.output, flags=re.MULTILINE)) == 2
    assert "Errors: 2. Nothing was saved." in result.output


def test_what_would_drop_answers_is_printed_and_refused_until_it_is_confirmed(run: Run, imported: Callable[..., str]) -> None:
    first = publish(run, imported(ladders()))
    draft = imported(without(ladders("2026.2"), "rungs"))

    compared = run("diff", first, draft)
    refused = run("publish", draft, "--approved-by", "王主任")

    assert (compared.exit_code, compared.output.strip()) == (3, "- 【会丢失答案】删去“踏棍完好”")
    assert refused.exit_code == 1
    assert "[drops-answers]" in refused.output
    publish(run, draft, "--confirm-drop", "rungs")


def test_nothing_is_published_without_a_name(run: Run, imported: Callable[..., str]) -> None:
    draft = imported(ladders())

    assert run("publish", draft).exit_code == 2
    assert run("publish", draft, "--approved-by", " ").exit_code == 1


def test_a_version_is_exported_as_workbook_and_as_json(run: Run, imported: Callable[..., str], tmp_path: Path) -> None:
    digest = publish(run, imported(ladders()))

    for name in ("out.xlsx", "out.json"):
        assert run("export", digest, tmp_path / name).exit_code == 0

    assert read_workbook((tmp_path / "out.xlsx").read_bytes()).document == ladders(status="published")
    assert json.loads((tmp_path / "out.json").read_bytes()) == ladders(status="published")
    assert run("export", digest, tmp_path / "out.pdf").exit_code == 2


def test_a_discarded_draft_and_an_unknown_reference_are_refused(run: Run, imported: Callable[..., str]) -> None:
    draft = imported(ladders())

    assert run("discard", draft).exit_code == 0
    assert run("show", draft).exit_code == 1
    assert run("show", "0" * 64).exit_code == 1
