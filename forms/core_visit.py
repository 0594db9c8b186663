"""How long a core visit is: the core items that one subject can be asked, before any answer opens more of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms.checklist import Checklist, load_checklist
from forms.quantities import decimal_text, thousandths
from forms.reading import CORE, read_answers
from vocabulary import ProfileKind

Document = Mapping[str, Any]

# A pairing officer has minutes; what does not fit belongs to the full visit of a department.
ITEMS_MAXIMUM = 30


def most_core_items(document: Document) -> list[str]:
    """The longest list of core items that was found for a subject, by changing one fact about it after another."""
    checklist = load_checklist(document)
    facts = {key["id"]: list(_values(key, document)) for key in document.get("profile", [])}
    best: list[str] = []
    for start in _starts(facts):
        profile, asked = start, _asked(checklist, start)
        while step := _better(checklist, facts, profile, len(asked)):
            profile, asked = step
        best = max(best, asked, key=len)
    return best


def _asked(checklist: Checklist, profile: Mapping[str, Any]) -> list[str]:
    repeats = {section.id: [{"key": "1"}] for section in checklist.sections if section.repeat_maximum is not None}
    shown = read_answers(checklist, {"profile": profile, "repeats": repeats, "scope": CORE})
    return [item.id for part in shown.parts if part.section.core for item, _, _ in part.asked()]


def _better(
    checklist: Checklist, facts: Mapping[str, list[Any]], profile: Mapping[str, Any], count: int
) -> tuple[dict[str, Any], list[str]] | None:
    tried = [{**profile, key: value} for key, values in facts.items() for value in values if profile.get(key) != value]
    found = max(((each, _asked(checklist, each)) for each in tried), key=lambda step: len(step[1]), default=None)
    return found if found and len(found[1]) > count else None


def _starts(facts: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    yield {}
    yield {key: values[0] for key, values in facts.items() if values}


def _values(key: Document, document: Document) -> Iterator[Any]:
    if key["type"] == ProfileKind.BOOLEAN:
        yield from (True, False)
    elif key["type"] == ProfileKind.CHOICE:
        yield from (option["value"] for option in key["options"])
    else:
        edges = sorted(set(_edges(key["id"], [document["sections"], document.get("determinations", [])])))
        yield from (decimal_text(edge + step) for edge in edges for step in (-1000, 0, 1000))


def _edges(key: str, value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for child in value:
            yield from _edges(key, child)
    elif isinstance(value, dict):
        if value.get("profile") == key:
            yield from (thousandths(edge) for edge in value.get("number", {}).values())
        for child in value.values():
            yield from _edges(key, child)
