"""docs/pushed-record.md is true: each function that it names is there and leads to the next one."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LINE = re.compile(r"^\d+\. `([\w.]+)` in `([\w/.]+)`.* → `([\w.]+)`(?: through (.*))?$", re.MULTILINE)
_STEP = re.compile(r"(the table )?`(\w+)` in `([\w/.]+)`")


@dataclass(frozen=True)
class Hop:
    name: str
    path: str
    leads_to: str
    # (is a table, name, path) of what lies between.
    through: list[tuple[bool, str, str]]


def hops() -> list[Hop]:
    text = (ROOT / "docs" / "pushed-record.md").read_text("utf-8")
    return [
        Hop(name, path, leads_to, [(bool(table), step, place) for table, step, place in _STEP.findall(through or "")])
        for name, path, leads_to, through in _LINE.findall(text)
    ]


def definition(path: str, name: str) -> ast.AST:
    """What a file says under a name: a function, a method, a class, or a value."""
    body: list[ast.stmt] = ast.parse((ROOT / path).read_text("utf-8")).body
    found: ast.AST | None = None
    for part in name.split("."):
        found = next((node for node in body if part in names_of(node)), None)
        assert found is not None, f"{path} has no {name}"
        body = getattr(found, "body", [])
    assert found is not None
    return found


def names_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name} if (name := getattr(node, "name", None)) else set()


def mentioned(node: ast.AST) -> set[str]:
    """Names that the code uses; a function that is named in a text, as for a queue, is one."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.startswith("server."):
            found.add(part.value.rpartition(".")[2])
    return found


def test_ten_lines_lead_from_the_request_to_the_job() -> None:
    lines = hops()

    assert (len(lines), lines[0].path, lines[-1].leads_to) == (10, "server/records/views.py", "run_refresh_subjects")
    assert [hop.leads_to for hop in lines[:-1]] == [hop.name for hop in lines[1:]]


def test_each_function_leads_to_the_next() -> None:
    lines = hops()
    ends = [(hop, after.path) for hop, after in pairwise(lines)] + [(lines[-1], "server/scores/jobs.py")]
    for hop, next_path in ends:
        where, last = definition(hop.path, hop.name), hop.leads_to.rpartition(".")[2]
        following = definition(next_path, hop.leads_to)
        for is_table, name, path in hop.through:
            if is_table:
                definition(path, name)
                writes = (ROOT / hop.path).read_text("utf-8")
                assert "ADD_NOTE" in writes
                assert name in mentioned(definition(path, "ADD_NOTE"))
                assert name in mentioned(following), f"{hop.leads_to} does not read {name}"
                break
            if name == "WIRING":
                assert mentioned(where) & {"wiring", "wired"}, f"{hop.name} does not ask the wiring"
            else:
                assert name in mentioned(where), f"{hop.name} does not lead to {name}"
            where = definition(path, name)
        else:
            assert last in mentioned(where), f"{hop.name} does not lead to {hop.leads_to}"
