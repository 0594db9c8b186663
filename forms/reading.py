"""Reads an answers document against a checklist in one pass: what is shown, what each answer says, what is wrong.

Every rule (relevance, faults, results, determinations, score) looks at the same ``Reading``, so they cannot disagree.
An answer with a fault counts as unchecked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from forms.answers import (
    BLANKS,
    UNCHECKED,
    Fault,
    escaped,
    find_answer_faults,
    number_faults,
    option_faults,
    read_answer,
    read_number,
    text_faults,
)
from forms.checklist import Answer, Checklist, Item, ProfileKey, Section
from forms.quantities import decimal_places, find_thousandths
from vocabulary import AnswerResult, ItemKind, ProfileKind

KEY_MAXIMUM = 60
# The profile holds counts and sizes of the subject; three decimals are what the format can hold.
PROFILE_DECIMALS = 3


class Part(NamedTuple):
    """The answers of one shown section, or of one instance of a repeated one; None among the results means hidden.

    Units:  earned in thousandths of a point.
    """

    section: Section
    instance: int | None
    results: list[str | None]
    values: list[Any]
    earned: list[int]

    def path(self, item: Item) -> str:
        """The path of an item of this part: ``item`` or ``section[0].item``."""
        return item.id if self.instance is None else f"{self.section.id}[{self.instance}].{item.id}"


class Reading:
    """What an answers document says. It is also the state that conditions look at while it is being read."""

    __slots__ = ("checklist", "earned", "faults", "instances", "parts", "profile", "results", "shown", "values")

    def __init__(self, checklist: Checklist) -> None:
        size = len(checklist.slots)
        self.checklist = checklist
        self.results: list[str | None] = [None] * size
        self.values: list[Any] = [None] * size
        self.earned: list[int] = [0] * size
        self.profile: dict[str, Any] = {}
        self.instances: list[list[Part]] = [[] for _ in checklist.sections]
        self.shown: list[Section] = []
        self.parts: list[Part] = []
        self.faults: list[Fault] = []

    def enter(self, part: Part) -> None:
        """Makes an instance the current one, so that conditions of its own section see its answers."""
        start, end = part.section.first_slot, part.section.first_slot + len(part.results)
        self.results[start:end] = part.results
        self.values[start:end] = part.values

    def leave(self, section: Section) -> None:
        """Forgets the current instance of a repeated section."""
        count = len(section.items)
        start, end = section.first_slot, section.first_slot + count
        self.results[start:end] = [None] * count
        self.values[start:end] = [None] * count
        self.earned[start:end] = [0] * count


def read_answers(checklist: Checklist, document: Mapping[str, Any] | Reading) -> Reading:
    """The reading of an answers document; a reading is returned as it is.

    Shape:  any JSON value is accepted; what does not fit becomes a fault, sorted by pointer and code.
    Source: tests/vectors/forms/; also client/src/forms/reading.ts.
    """
    if isinstance(document, Reading):
        return document
    reading = Reading(checklist)
    root = _mapping(document, "", reading)
    for key in root:
        if key not in ("profile", "answers", "repeats"):
            reading.faults.append(Fault(f"/{escaped(key)}", "unknown-key", {}))
    _read_profile(_mapping(root.get("profile", {}), "/profile", reading), reading)
    answers = _mapping(root.get("answers", {}), "/answers", reading)
    repeats = _mapping(root.get("repeats", {}), "/repeats", reading)
    used = 0
    for section in checklist.sections:
        if section.relevant is not None and not section.relevant.test(reading):
            continue
        reading.shown.append(section)
        if section.repeat_maximum is None:
            used += _read_part(section, None, answers, "/answers/", reading)
        else:
            _read_instances(section, repeats.get(section.id, []), reading)
    if used != len(answers):
        _find_strays(answers, reading, "/answers/", None)
    if repeats:
        _find_stray_repeats(repeats, reading)
    if reading.faults:
        reading.faults.sort(key=_fault_order)
    return reading


def _read_profile(profile: Mapping[str, Any], reading: Reading) -> None:
    for key, value in profile.items():
        definition = reading.checklist.profile.get(key)
        pointer = f"/profile/{escaped(key)}"
        if definition is None:
            reading.faults.append(Fault(pointer, "unknown-profile-key", {}))
            continue
        found = _profile_faults(definition, value, pointer)
        if found:
            reading.faults += found
        else:
            reading.profile[key] = find_thousandths(value) if definition.kind == ItemKind.NUMBER else value


def _profile_faults(definition: ProfileKey, value: Any, pointer: str) -> list[Fault]:
    if definition.kind == ProfileKind.BOOLEAN:
        return [] if isinstance(value, bool) else [Fault(pointer, "wrong-type", {"wanted": "boolean"})]
    if definition.kind == ItemKind.NUMBER:
        return number_faults(value, pointer, PROFILE_DECIMALS, None, None)
    return option_faults(value, definition.options, pointer)


def _read_part(section: Section, instance: int | None, answers: Mapping[str, Any], place: str, reading: Reading) -> int:
    """Reads the shown items of a section and returns how many answers it found."""
    results, values, all_earned = reading.results, reading.values, reading.earned
    used = 0
    for item in section.items:
        if item.relevant is not None and not item.relevant.test(reading):
            continue
        answer = answers.get(item.id)
        slot = item.slot
        if answer is None:
            results[slot] = "unchecked"
            continue
        used += 1
        found = _quick(item, answer, reading) if type(answer) is dict and len(answer) == 1 else None
        if found is None:
            faults = find_answer_faults(item, answer, place + item.id)
            reading.faults += faults
            found = UNCHECKED if faults else read_answer(item, answer, reading)
        results[slot], values[slot], all_earned[slot] = found
    start, end = section.first_slot, section.first_slot + len(section.items)
    reading.parts.append(Part(section, instance, results[start:end], values[start:end], all_earned[start:end]))
    return used


def _quick(item: Item, answer: dict[str, Any], reading: Reading) -> Answer | None:
    """The reading of the plainest answers, which are nearly all; None sends the others the long way."""
    kind = item.kind
    if kind == ItemKind.JUDGEMENT:
        result = answer.get("result")
        if result == AnswerResult.PASS:
            return item.passed
        return item.failed if result == AnswerResult.FAIL else None
    if kind == ItemKind.NUMBER:
        value = answer.get("value", "")
        number = find_thousandths(value)
        if number is None or not item.minimum <= number <= item.maximum or decimal_places(value) > item.decimals:
            return None
        return read_number(item, number, reading)
    if kind == ItemKind.CHOICE:
        chosen = answer.get("value")
        option = item.options.get(chosen) if isinstance(chosen, str) else None
        return None if option is None else Answer(option[0], chosen, option[1])
    return item.passed if kind == ItemKind.FACTS and answer.get("value") == [] else None


def _read_instances(section: Section, instances: Any, reading: Reading) -> None:
    pointer = f"/repeats/{section.id}"
    if not isinstance(instances, list):
        reading.faults.append(Fault(pointer, "wrong-type", {"wanted": "array"}))
        return
    maximum = section.repeat_maximum or 0
    if len(instances) > maximum:
        reading.faults.append(Fault(pointer, "too-many-instances", {"maximum": maximum}))
    keys: set[str] = set()
    for index, entry in enumerate(instances[:maximum]):
        place = f"{pointer}/{index}"
        instance = _mapping(entry, place, reading)
        for key in instance:
            if key not in ("key", "answers"):
                reading.faults.append(Fault(f"{place}/{escaped(key)}", "unknown-key", {}))
        reading.faults += _key_faults(instance.get("key"), keys, f"{place}/key") if isinstance(entry, dict) else []
        answers = _mapping(instance.get("answers", {}), f"{place}/answers", reading)
        used = _read_part(section, index, answers, f"{place}/answers/", reading)
        if used != len(answers):
            _find_strays(answers, reading, f"{place}/answers/", section)
        reading.leave(section)
    reading.instances[section.index] = [part for part in reading.parts if part.section is section]


def _key_faults(key: Any, keys: set[str], pointer: str) -> list[Fault]:
    if key is None:
        return [Fault(pointer, "key-missing", {})]
    faults = text_faults(key, pointer, KEY_MAXIMUM)
    if faults:
        return faults
    name = key.strip(BLANKS)
    if not name:
        return [Fault(pointer, "key-missing", {})]
    if name in keys:
        return [Fault(pointer, "duplicate-key", {})]
    keys.add(name)
    return []


def _find_strays(answers: Mapping[str, Any], reading: Reading, place: str, section: Section | None) -> None:
    """Answers that no shown item has asked for."""
    checklist = reading.checklist
    for key, answer in answers.items():
        home = checklist.homes.get(key)
        pointer = place + escaped(key)
        if home is None:
            reading.faults.append(Fault(pointer, "unknown-item", {}))
        elif (home.section if home.repeated else None) != (None if section is None else section.index):
            reading.faults.append(Fault(pointer, "wrong-place", {"section": checklist.sections[home.section].id}))
        elif reading.results[home.slot] is None:
            reading.faults.append(Fault(pointer, "hidden-item", {}))
        elif answer is None:
            reading.faults.append(Fault(pointer, "wrong-type", {"wanted": "object"}))


def _find_stray_repeats(repeats: Mapping[str, Any], reading: Reading) -> None:
    sections = {section.id: section for section in reading.checklist.sections}
    shown = {section.id for section in reading.shown}
    for key in repeats:
        section = sections.get(key)
        if section is None:
            reading.faults.append(Fault(f"/repeats/{escaped(key)}", "unknown-section", {}))
        elif section.repeat_maximum is None:
            reading.faults.append(Fault(f"/repeats/{escaped(key)}", "section-not-repeated", {}))
        elif repeats[key] != [] and key not in shown:
            reading.faults.append(Fault(f"/repeats/{escaped(key)}", "hidden-section", {}))


def _mapping(value: Any, pointer: str, reading: Reading) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    reading.faults.append(Fault(pointer, "wrong-type", {"wanted": "object"}))
    return {}


def _fault_order(fault: Fault) -> tuple[bytes, str]:
    # JavaScript compares texts by UTF-16 units; the order must be the same in both languages.
    return fault.pointer.encode("utf-16-be", "surrogatepass"), fault.code
