"""pyxform's own example forms, read out of the wheel that ``scripts/setup.py --dev`` keeps in .venv."""

from __future__ import annotations

import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / ".venv" / "xlsform-examples"
LACKING = f"no example forms in {FOLDER}; fetch them with: python3 scripts/setup.py --dev"


def example_forms() -> dict[str, bytes]:
    """Every example by its path in the wheel; none where the wheel is lacking."""
    found: dict[str, bytes] = {}
    for wheel in sorted(FOLDER.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if "example_xls/" in name and name.endswith((".xls", ".xlsx", ".csv")):
                    found[name.removeprefix("pyxform/tests/")] = archive.read(name)
    return found
