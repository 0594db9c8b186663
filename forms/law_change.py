"""What a change of the law means: who cites a standard, what is to be looked up, and a visit under the law of another day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from forms.carry_over import Lost, carry_over
from forms.checklist import Checklist, Document
from forms.determinations import Determination, determine
from forms.reading import read_answers
from forms.scores import Score, score
from forms.standards import Replacement, Standard, Standards


class Side(NamedTuple):
    """A visit as one version of the checklist judges it, under the law of a day."""

    version: str
    day: date
    score: Score
    determinations: list[Determination]


class LawChange(NamedTuple):
    """Two sides of one visit. ``gained`` and ``lost`` are the determinations that decide on one side only, by id.

    ``left_out`` are the answers for which the other version has no place.
    """

    before: Side
    after: Side
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    left_out: tuple[Lost, ...]


class Use(NamedTuple):
    """An item or a determination that cites a standard."""

    checklist: str
    version: str
    kind: str
    id: str
    clause: str


def due_for_check(standards: Iterable[Standard], day: date) -> list[Standard]:
    """What is to be looked up again: those that move first, then the ones nobody looked up for the longest."""
    due = [standard for standard in standards if standard.is_in_force(day) and not standard.is_checked(day)]
    return sorted(due, key=lambda each: (not each.moving, each.last_checked_on or date.min, each.id))


def uses_of(standard_id: str, documents: Iterable[Document]) -> list[Use]:
    """Everything that cites a standard, in the order of the checklists."""
    return [
        Use(document["id"], document["version"], kind, entry["id"], citation["clause"])
        for document in documents
        for kind, entry, citation in _citations(document)
        if citation["standard"] == standard_id
    ]


def with_replacement(standards: Standards, old: str, new: str, on: date) -> Standards:
    """The registry as it would be with ``old`` replaced by ``new`` from a day on; the given one stays as it is."""
    return Standards(
        replace(standard, replaced_by=Replacement(new, on, None)) if standard.id == old else standard for standard in standards
    )


def law_change(
    before: tuple[Checklist, Standards, date], after: tuple[Checklist, Standards, date], answers: Mapping[str, Any]
) -> LawChange:
    """One visit determined and scored under two laws, side by side. Nothing is changed.

    Shape:  each side is a version of the same checklist, the registry and the day whose law counts.
    Source: tests/forms/test_law_change.py.
    """
    carried = carry_over(before[0], after[0], answers) if after[0] is not before[0] else None
    sides = (_side(*before, answers), _side(*after, carried.answers if carried else answers))
    decided = [{each.id for each in side.determinations if not each.suggested_only} for side in sides]
    return LawChange(
        *sides,
        gained=tuple(sorted(decided[1] - decided[0])),
        lost=tuple(sorted(decided[0] - decided[1])),
        left_out=tuple(carried.lost) if carried else (),
    )


def _side(checklist: Checklist, standards: Standards, day: date, answers: Mapping[str, Any]) -> Side:
    reading = read_answers(checklist, answers)
    found = determine(checklist, reading, standards.decides_on(day))
    return Side(checklist.document["version"], day, score(checklist, reading), found)


def _citations(document: Document) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for section in document["sections"]:
        for item in section["items"]:
            for citation in item.get("basis", []):
                yield "item", item, citation
    for entry in document.get("determinations", []):
        yield "determination", entry, entry
