"""The whole: imports point one way, every route has a policy, every problem and setting is documented, every topic has a job."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask

from server.app import WIRING, create_app
from server.permissions import ALLOWED
from server.problems import CATALOGUE
from server.settings import Settings
from server.wire import Blueprint
from server.work.schedule import SCHEDULE
from server.work.topics import HANDLING
from tests.literals import codes_in
from vocabulary import Action, Figure, Periodic, RecordKind, Role, Topic

ROOT = Path(__file__).resolve().parent.parent
PURE_ROOMS = ("forms", "media", "sync", "vocabulary")
NOT_PURE = {"flask", "flask_sqlalchemy", "flask_smorest", "sqlalchemy", "rq", "redis", "server", "requests", "urllib.request"}
SLICES = (
    "work", "accounts", "register", "pairings", "checklists", "records", "visits", "hazards", "evidence", "rescue", "programme",
    "scores", "circulars", "downloads", "demo",
)  # fmt: skip


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Names that a module imports, with the line, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_imported_by(path: Path, known: Mapping[str, Path]) -> set[str]:
    """``from package import module`` imports the module; of the package it takes nothing else."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if names <= set(known) else names | {node.module}
    return found & set(known)


def circles(imported: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules of which each leads to every other one (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        path.append(name)
        for other in sorted(imported[name]):
            if other not in order:
                visit(other)
            if other in path:
                low[name] = min(low[name], low[other])
        if low[name] == order[name]:
            start = path.index(name)
            found.append(sorted(path[start:]))
            del path[start:]

    for name in imported:
        if name not in order:
            visit(name)
    return found


def modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"no modules in {folder}"
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Whatever stands inside a function is walked as well: an import that waits hides a circle and does not undo it."""
    paths = {module_name(path): path for room in ("server", *PURE_ROOMS) for path in modules(room)}
    imported = {name: modules_imported_by(path, paths) - {name} for name, path in paths.items()}

    assert [circle for circle in circles(imported) if len(circle) > 1] == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_room_imports_neither_the_server_nor_another_room(room: str) -> None:
    # Codes and their words are every room's; the vocabulary itself needs nobody.
    forbidden = NOT_PURE | (set(PURE_ROOMS) - {room, "vocabulary"})

    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(room)
        for name, line in imports_of(path)
        if name in forbidden or name.split(".")[0] in forbidden
    ]

    assert wrong == []


# Texts that look like codes and are something else, and whole files that speak another language; each with its reason.
NO_CODES: dict[str, tuple[set[str], str]] = {
    "server/downloads/kinds.py": ({"funds_wan", "overdue"}, "keys of columns"),
    "server/downloads/service.py": ({"department"}, "the key of a filter"),
    "forms/wording.py": ({"null"}, "the word of JSON"),
    "server/hazards/ledger.py": ({"deadline", "open"}, "an order of the list, and a filter over several states"),
    "server/problems.py": ({"json"}, "where in a request a value stood"),
    "server/scores/amounts.py": (set(Figure), "columns of the table of amounts"),
    "server/static_client.py": ({"office"}, "the desk's address"),
}
OTHER_LANGUAGES = {
    "forms/xlsform": "the names of XLSForm's own types, columns and choices",
    "server/migrations/versions": "a migration says what the codes were on its day",
}


@pytest.mark.parametrize("room", ["forms", "media", "sync", "server"])
def test_no_file_writes_a_code_of_the_vocabulary_as_text(room: str) -> None:
    wrong = []
    for path in modules(room):
        name = str(path.relative_to(ROOT))
        if any(name.startswith(folder + "/") for folder in OTHER_LANGUAGES):
            continue
        excepted = NO_CODES.get(name, (set(), ""))[0]
        wrong += [f"{name}:{line} writes {code!r}" for line, code in codes_in(path) if code not in excepted]

    assert wrong == []


@pytest.mark.parametrize("room", ["forms", "sync", "vocabulary"])
def test_pure_room_asks_no_clock(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today", "monotonic"}
    ]

    assert wrong == []


def test_slice_imports_only_earlier_slices() -> None:
    wrong = []
    for position, name in enumerate(SLICES):
        later = set(SLICES[position + 1 :])
        if not (ROOT / "server" / name).is_dir():
            continue
        for path in modules(f"server/{name}"):
            for imported, line in imports_of(path):
                parts = imported.split(".")
                if parts[0] == "server" and len(parts) > 1 and parts[1] in later:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {imported}")

    assert wrong == []


def test_every_slice_stands_in_the_order() -> None:
    folders = {path.parent.name for path in (ROOT / "server").glob("*/__init__.py")} - {"migrations"}

    assert folders <= set(SLICES)


def test_every_route_declares_who_may_use_it(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    undeclared = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint.startswith("api-docs"):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            if not hasattr(handler, "required_action"):
                undeclared.append(f"{method} {rule.rule}")

    assert undeclared == []


def test_every_slice_reads_requests_strictly(app: Flask) -> None:
    """A slice that took flask_smorest's own Blueprint would read NaN, a key twice and NUL characters."""
    ours = {name for name, blueprint in app.blueprints.items() if isinstance(blueprint, Blueprint)}

    assert set(app.blueprints) - ours == {"api-docs"}


def test_every_action_is_given_to_some_role() -> None:
    given = set().union(*ALLOWED.values())

    assert set(Action) - given == set()
    assert set(ALLOWED) == set(Role)


def test_no_inspector_may_act_at_the_desk() -> None:
    assert ALLOWED[Role.INSPECTOR] & {
        Action.ACT_ON_HAZARDS, Action.REVIEW_PHOTOS, Action.PUBLISH_FORMS, Action.READ_SCORES, Action.DOWNLOAD,
        Action.IMPORT_RESCUE, Action.ADMINISTER,
    } == frozenset()  # fmt: skip


def test_everything_that_may_be_asked_for_is_wired() -> None:
    assert set(WIRING.record_kinds) == set(RecordKind)
    assert set(WIRING.jobs) == set(HANDLING) == set(Topic)
    assert set(WIRING.periodic) == set(SCHEDULE) == set(Periodic)


def test_every_problem_has_a_section_in_its_document() -> None:
    text = (ROOT / "docs" / "problems.md").read_text("utf-8")
    sections = dict(section.split("\n", 1) for section in text.split("\n## ")[1:])
    kinds = {case.kind.slug: case.kind for case in CATALOGUE.values()}

    assert set(sections) == set(kinds)
    for slug, kind in kinds.items():
        cases = [code for code, case in CATALOGUE.items() if case.kind.slug == slug and code != slug]
        assert f"\n{kind.status} · {kind.title['zh']} · {kind.title['en']}\n" in sections[slug]
        assert not cases or f"\nCases: {' · '.join(f'`{code}`' for code in cases)}" in sections[slug]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    documented = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}

    assert documented == {name.upper() for name in Settings.__dataclass_fields__}


def test_openapi_document_describes_the_api(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").json

    assert document["openapi"].startswith("3.")
    assert {"/api/sync/records", "/api/sync/changes", "/api/accounts/session", "/api/hazards"} <= set(document["paths"])
