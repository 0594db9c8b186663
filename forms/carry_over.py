"""Moves the answers of a draft to another version of a checklist; what cannot come along is named, never dropped."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms.answers import Fault
from forms.checklist import Checklist, figures_of
from forms.faults import find_faults
from forms.reading import instance_id
from vocabulary import FaultCode, ItemKind

# What decides whether an answer still means the same; wording of help and of hazards may change.
MEANING = ("statement", "number", "choice", "facts", "points", "partial", "gate", "veto")


class Kept(NamedTuple):
    """An answer that came along. ``look_again``: the item reads or judges differently now."""

    path: str
    look_again: bool


class Lost(NamedTuple):
    """An answer that could not come along: where it was, why (``retyped`` or a fault code), and the answer itself."""

    path: str
    code: str
    answer: Any


class CarryOver(NamedTuple):
    """The answers for the new version, and what became of each answer of the old one."""

    answers: dict[str, Any]
    kept: list[Kept]
    lost: list[Lost]


def carry_over(old: Checklist, new: Checklist, answers: Mapping[str, Any]) -> CarryOver:
    """The answers of ``old`` as answers to ``new``; the old document is not changed.

    Shape:  each answer is in ``kept`` or in ``lost``; lost profile keys are ``profile.key``, a lost instance
            ``section[id]`` with its name, a section that was added to the visit ``sections.id``, one said to be absent
            ``none_here.id``. Faults that the draft had before come along as they are.
    Source: tests/vectors/forms/carry_over.json; also client/src/forms/carry-over.ts.
    """
    document: dict[str, Any] = copy.deepcopy(dict(answers))
    lost: list[Lost] = []
    for path, place, item_id in list(_answers(document)):
        if item_id in old.homes and item_id in new.homes and _asks_otherwise(old.find_item(item_id), new.find_item(item_id)):
            lost.append(Lost(path, "retyped", place.pop(item_id)))
    lost += _take_added_sections(document, new)
    known = {(fault.pointer, fault.code) for fault in find_faults(old, answers)}
    # Taking one answer away can hide items whose answers then do not fit either: look until nothing new is wrong.
    while faults := [fault for fault in find_faults(new, document) if (fault.pointer, fault.code) not in known]:
        for fault in faults:
            known.add((fault.pointer, fault.code))
            lost += _take(document, fault, new)
    kept = [Kept(path, _has_changed(old, new, item_id)) for path, _, item_id in _answers(document)]
    return CarryOver(document, kept, lost)


def _take_added_sections(document: dict[str, Any], new: Checklist) -> Iterator[Lost]:
    added = document.get("sections", [])
    gone = [section_id for section_id in added if new.find_section(section_id) is None]
    if gone:
        document["sections"] = [section_id for section_id in added if section_id not in gone]
    return (Lost(f"sections.{section_id}", "unknown-section", section_id) for section_id in gone)


def _take(document: dict[str, Any], fault: Fault, new: Checklist) -> Iterator[Lost]:
    """Takes what a fault points at out of the document."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in fault.pointer.split("/")[1:]]
    match steps:
        case ["profile", key, *_] if key in document["profile"]:
            yield Lost(f"profile.{key}", fault.code, document["profile"].pop(key))
        case ["answers", item_id, *_] if item_id in document["answers"]:
            yield Lost(item_id, fault.code, document["answers"].pop(item_id))
        case ["repeats", section_id, index, "answers", item_id, *_]:
            instance = document["repeats"][section_id][int(index)]
            if item_id in instance["answers"]:
                path = f"{section_id}[{instance_id(instance, int(index))}].{item_id}"
                yield Lost(path, fault.code, instance["answers"].pop(item_id))
        case ["repeats", section_id] if section_id in document["repeats"]:
            section = new.find_section(section_id)
            keep = (section.repeat_maximum or 0) if section and fault.code == FaultCode.TOO_MANY_INSTANCES else 0
            instances = document["repeats"][section_id]
            yield from _take_instances(section_id, instances, keep, fault.code)
            if not keep:
                del document["repeats"][section_id]
        case ["none_here", section_id, *_] if section_id in document["none_here"]:
            yield Lost(f"none_here.{section_id}", fault.code, document["none_here"].pop(section_id))


def _take_instances(section_id: str, instances: list[Any], keep: int, code: str) -> Iterator[Lost]:
    for index, instance in enumerate(instances[keep:], keep):
        path = f"{section_id}[{instance_id(instance, index)}]"
        yield Lost(path, code, instance.get("key"))
        for item_id, answer in instance.get("answers", {}).items():
            yield Lost(f"{path}.{item_id}", code, answer)
    del instances[keep:]


def _answers(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Path, holder and item id of every answer of a document."""
    for item_id in document.get("answers", {}):
        yield item_id, document["answers"], item_id
    for section_id, instances in document.get("repeats", {}).items():
        for index, instance in enumerate(instances):
            for item_id in instance.get("answers", {}):
                yield f"{section_id}[{instance_id(instance, index)}].{item_id}", instance["answers"], item_id


def _asks_otherwise(old: Any, new: Any) -> bool:
    """Whether an answer to ``old`` would be read as something else by ``new``: another type, another unit.

    A figure that was worked out is no reading beside a design value.
    """
    if old["type"] != new["type"]:
        return True
    return old["type"] == ItemKind.NUMBER and figures_of(old["number"]) != figures_of(new["number"])


def _has_changed(old: Checklist, new: Checklist, item_id: str) -> bool:
    before, after = old.find_item(item_id), new.find_item(item_id)
    if before is None or after is None:
        return True
    return any(before.get(key) != after.get(key) for key in MEANING)
