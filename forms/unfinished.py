"""Texts that an import has marked as to be translated or completed; such a draft cannot be published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forms.problems import pointer_to
from vocabulary import Text

TO_TRANSLATE: Text = {"zh": "（待译）", "en": "[to be translated] "}
TO_COMPLETE: Text = {"zh": "（待补）", "en": "[to be completed] "}

_MARKS = (TO_TRANSLATE["zh"], TO_TRANSLATE["en"], TO_COMPLETE["zh"], TO_COMPLETE["en"])


def find_unfinished(value: Any, *steps: str | int) -> Iterator[str]:
    """Pointers to the texts of a document that carry a mark."""
    if isinstance(value, str):
        if any(mark.strip() in value for mark in _MARKS):
            yield pointer_to(*steps)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from find_unfinished(child, *steps, key)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from find_unfinished(child, *steps, index)
