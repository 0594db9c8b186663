"""Which items are shown, given the subject's profile and the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.checklist import Checklist
from forms.reading import Reading, read_answers


def relevant_paths(checklist: Checklist, answers: Mapping[str, Any] | Reading) -> list[str]:
    """Paths of the items that are asked, in form order: ``item``, or ``section[id].item`` for each instance of a repeated one.

    Shape:  what a condition hides is not asked; in a core visit neither is what is outside its scope, unless it was answered.

    Source: tests/vectors/forms/relevance.json; also client/src/forms/relevance.ts.
    """
    return [part.path(item) for part in read_answers(checklist, answers).parts for item, _, _ in part.asked()]
