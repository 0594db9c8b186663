"""The arrows of the client: screens → session and outbox → local → pure rooms; components hold no store; no file circles.

An import of a type alone leaves nothing in the built app and counts only for the pure rooms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.test_architecture import ROOT, circles
from vocabulary import Role

SOURCE = ROOT / "client" / "src"
IMPORT = re.compile(
    r"""(?:^|\n)\s*(?:import|export)\s+(?P<type>type\s)?(?:[^'";]*?\sfrom\s+)?["'](?P<static>\.[^"']+)["']"""
    r"""|import\(\s*["'](?P<later>\.[^"']+)["']\s*\)"""
)

# What the files of a room may import at run time, besides each other.
MAY_IMPORT = {
    "vocabulary": set(),
    "forms": {"vocabulary"},
    "media": {"vocabulary"},
    "sync": {"vocabulary"},
    "i18n": {"vocabulary"},
    "api": {"sync", "vocabulary"},
    "ui": {"i18n", "vocabulary"},
    "field/local": {"api", "forms", "media", "sync", "vocabulary"},
    "field/outbox": {"field/local", "api", "forms", "media", "sync", "vocabulary"},
    "field/session": {"field/local", "field/outbox", "api", "sync", "vocabulary"},
    "field/components": {"ui", "i18n", "media", "vocabulary"},
    "field/screens": {
        "field/components", "field/local", "field/outbox", "field/session", "field/sw", "ui", "i18n", "api", "forms", "media",
        "sync", "vocabulary",
    },
}  # fmt: skip
PURE = ("vocabulary", "forms", "media", "sync")


class Arrow(NamedTuple):
    start: str
    end: str
    of_type: bool


def files() -> dict[Path, str]:
    found = {path: path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.suffix in {".ts", ".vue"}}
    assert len(found) > 300
    return found


def arrows(known: dict[Path, str]) -> Iterator[Arrow]:
    for path, name in known.items():
        for match in IMPORT.finditer(path.read_text("utf-8")):
            target = (path.parent / (match["static"] or match["later"])).resolve()
            ends = (target, *(target.with_name(target.name + end) for end in (".ts", ".vue")), target / "index.ts")
            end = next((known[end] for end in ends if end in known), None)
            if end is not None:
                yield Arrow(name, end, match["type"] is not None)


def room_of(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] == "field" and len(parts) > 2 else parts[0]


@pytest.fixture(scope="module")
def known_arrows() -> list[Arrow]:
    found = list(arrows(files()))
    assert len(found) > 1000
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_the_rooms_below(room: str, known_arrows: list[Arrow]) -> None:
    assert [
        f"{arrow.start} → {arrow.end}"
        for arrow in known_arrows
        if room_of(arrow.start) == room
        and room_of(arrow.end) not in {room, *MAY_IMPORT[room]}
        and (room in PURE or not arrow.of_type)
    ] == []


def test_phone_and_desk_do_not_import_each_other(known_arrows: list[Arrow]) -> None:
    apart = {"field", "office"}
    assert [arrow for arrow in known_arrows if {arrow.start.split("/")[0], arrow.end.split("/")[0]} == apart] == []


def test_no_files_import_each_other_in_a_circle(known_arrows: list[Arrow]) -> None:
    imported: dict[str, set[str]] = {name: set() for name in files().values()}
    for arrow in known_arrows:
        if not arrow.of_type and arrow.start != arrow.end:
            imported[arrow.start].add(arrow.end)
    assert [circle for circle in circles(imported) if len(circle) > 1] == []


def test_screens_ask_for_actions_and_name_no_role() -> None:
    role = re.compile(rf"""["'`](?:{"|".join(Role)})["'`]|\bRole\.\w""")
    shown = [path for path, name in files().items() if name.startswith(("field/", "office/", "ui/"))]
    assert [path.relative_to(SOURCE).as_posix() for path in shown if role.search(path.read_text("utf-8"))] == []
