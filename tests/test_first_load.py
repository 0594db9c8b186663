"""What a phone has to fetch before a screen stands, in bytes of brotli as they go over the wire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parent.parent / "client" / "dist"
ENTRY = ["index.html", "src/i18n/zh/common.json", "src/i18n/zh/entry.json"]
SIGN_IN = [*ENTRY, "src/field/screens/signin/SignInScreen.vue"]
MY_VISITS = [
    *SIGN_IN, "src/i18n/zh/home.json", "src/i18n/zh/words-phone.json", "src/field/session/room.ts",
    "src/field/screens/SignedIn.vue", "src/field/screens/visits/VisitsScreen.vue",
]  # fmt: skip


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict]:
    path = DIST / ".vite" / "manifest.json"
    if not path.is_file():
        pytest.skip("the client is not built; run: make build")
    return json.loads(path.read_text("utf-8"))


def kilobytes(manifest: dict[str, dict], modules: list[str]) -> float:
    """Scripts and styles of the modules and everything they import, each counted once."""
    files: set[str] = set()
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        files |= {chunk["file"], *chunk.get("css", [])}
        waiting += chunk.get("imports", [])
    return sum(_bytes_of(file) for file in files) / 1000


def _bytes_of(file: str) -> int:
    compressed = DIST / f"{file}.br"
    return (compressed if compressed.is_file() else DIST / file).stat().st_size


def test_signing_in_waits_for_70_kilobytes_at_most_and_does_not_grow(manifest: dict[str, dict]) -> None:
    assert 30 < kilobytes(manifest, SIGN_IN) <= 64


def test_field_app_waits_for_120_kilobytes_at_most_and_does_not_grow(manifest: dict[str, dict]) -> None:
    assert 60 < kilobytes(manifest, MY_VISITS) <= 117
