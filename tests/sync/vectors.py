"""Reads tests/vectors/sync, which the TypeScript tests read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent.parent / "vectors" / "sync"


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return document


def named(case: dict[str, Any]) -> str:
    return str(case.get("name") or case.get("text"))
