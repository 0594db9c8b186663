"""What was released stays as it was: other content takes another version, which says what it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms.check import CHECKLISTS_FOLDER, read_json
from forms.checklist import content_hash

RELEASED = CHECKLISTS_FOLDER.parent / "released.json"
every_checklist = pytest.mark.parametrize("path", sorted(CHECKLISTS_FOLDER.glob("*.json")), ids=lambda path: path.stem)


@every_checklist
def test_the_content_of_a_released_version_never_changes(path: Path) -> None:
    """Mend: give the changed checklist the next version with its changes in the changelog, and add that version to the list."""
    document = read_json(path)
    released = read_json(RELEASED)[path.stem]

    assert released.get(document["version"]) == content_hash(document)


@every_checklist
def test_a_later_version_says_what_it_changes(path: Path) -> None:
    document = read_json(path)
    first, *later = read_json(RELEASED)[path.stem]

    assert [entry["version"] for entry in document.get("changelog", [])] == list(reversed(later)), first
    assert all(entry["changes"] for entry in document.get("changelog", []))


def test_no_list_is_kept_of_a_checklist_that_is_gone() -> None:
    assert set(read_json(RELEASED)) == {path.stem for path in CHECKLISTS_FOLDER.glob("*.json")}
