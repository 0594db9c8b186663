"""The result and the points of each shown item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.checklist import Checklist
from forms.quantities import decimal_text
from forms.reading import Reading, read_answers
from vocabulary import AnswerResult

APPLICABLE = frozenset({AnswerResult.PASS, AnswerResult.FAIL, AnswerResult.PARTIAL})


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an item came to. ``earned`` and ``applicable`` are points as decimal strings, like ``"2.5"``."""

    result: str
    earned: str
    applicable: str


def results(checklist: Checklist, answers: Mapping[str, Any] | Reading) -> dict[str, ItemResult]:
    """Result and points of every item that is asked (see ``relevant_paths``) by path, in form order.

    Shape:  result is pass, fail, partial, not_applicable or unchecked; the last two have no applicable points.
    Source: tests/vectors/forms/results.json; also client/src/forms/results.ts.
    """
    found = {}
    for part in read_answers(checklist, answers).parts:
        for item, result, earned in part.asked():
            applicable = item.points if result in APPLICABLE else 0
            found[part.path(item)] = ItemResult(result, decimal_text(earned), decimal_text(applicable))
    return found
