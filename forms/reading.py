"""Reads an answers document against a checklist in one pass: what is shown, what each answer says, what is wrong.

Every rule (relevance, faults, results, determinations, score) looks at the same ``Reading``, so they cannot disagree.
An answer with a fault counts as unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms.answers import (
    BLANKS,
    REASON_MAXIMUM,
    UNCHECKED,
    Fault,
    escaped,
    find_answer_faults,
    judge_number,
    number_faults,
    option_faults,
    read_answer,
    text_faults,
)
from forms.checklist import Answer, Checklist, Item, ProfileKey, Section
from forms.quantities import decimal_places, find_thousandths
from vocabulary import AnswerResult, FaultCode, ItemKind, ProfileKind, VisitScope

CORE, FULL = VisitScope.CORE, VisitScope.FULL
ROOT_KEYS = frozenset({"profile", "answers", "repeats", "scope", "sections", "none_here"})

KEY_MAXIMUM = 60
# The profile holds counts and sizes of the subject; three decimals are what the format can hold.
PROFILE_DECIMALS = 3

_INSTANCE_ID = re.compile(r"[A-Za-z0-9-]{1,36}\Z")


class Part(NamedTuple):
    """The answers of one shown section, or of one instance of a repeated one; None among the results means hidden.

    ``instance`` is the id of the instance. Of a part that is not ``whole`` only the core items are in the scope of the visit.

    Units:  earned in thousandths of a point.
    """

    section: Section
    instance: str | None
    whole: bool
    results: list[str | None]
    values: list[Any]
    earned: list[int]

    def path(self, item: Item) -> str:
        """The path of an item of this part: ``item`` or ``section[id].item``."""
        return item.id if self.instance is None else f"{self.section.id}[{self.instance}].{item.id}"

    def asked(self) -> Iterator[tuple[Item, str, int]]:
        """Item, result and points earned of what is shown and in the scope of the visit, or was answered without being asked."""
        for item, result, earned in zip(self.section.items, self.results, self.earned, strict=True):
            if result is not None and (self.whole or item.core or result != AnswerResult.UNCHECKED):
                yield item, result, earned


class Reading:
    """What an answers document says. It is also the state that conditions look at while it is being read.

    ``empty`` are the repeated sections in scope that apply and have no instance, ``none_here`` those of them of which
    somebody said that there is none. ``passed_hazards`` are the paths and pointers of passed items that carry a hazard.
    """

    __slots__ = (
        "added", "checklist", "earned", "empty", "faults", "instances", "none_here", "parts", "passed_hazards", "profile",
        "results", "scope", "shown", "values",
    )  # fmt: skip

    def __init__(self, checklist: Checklist) -> None:
        size = len(checklist.slots)
        self.checklist = checklist
        self.results: list[str | None] = [None] * size
        self.values: list[Any] = [None] * size
        self.earned: list[int] = [0] * size
        self.profile: dict[str, Any] = {}
        self.instances: list[list[Part]] = [[] for _ in checklist.sections]
        self.scope: VisitScope = FULL
        self.added: frozenset[str] = frozenset()
        self.shown: list[Section] = []
        self.empty: list[Section] = []
        self.none_here: list[Section] = []
        self.passed_hazards: list[tuple[str, str]] = []
        self.parts: list[Part] = []
        self.faults: list[Fault] = []

    def is_whole(self, section: Section) -> bool:
        """Whether all items of a section are in the scope of the visit, and not its core items only."""
        return self.scope == FULL or section.id in self.added

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
        if key not in ROOT_KEYS:
            reading.faults.append(Fault(f"/{escaped(key)}", FaultCode.UNKNOWN_KEY, {}))
    _read_profile(_mapping(root.get("profile", {}), "/profile", reading), reading)
    _read_scope(root, reading)
    answers = _mapping(root.get("answers", {}), "/answers", reading)
    repeats = _mapping(root.get("repeats", {}), "/repeats", reading)
    none_here = _mapping(root.get("none_here", {}), "/none_here", reading)
    used = 0
    for section in checklist.sections:
        if section.relevant is not None and not section.relevant.test(reading):
            continue
        reading.shown.append(section)
        if section.repeat_maximum is None:
            used += _read_part(section, None, answers, "/answers/", reading)
        else:
            _read_instances(section, repeats.get(section.id, []), reading)
            _read_absence(section, none_here.get(section.id), reading)
    if used != len(answers):
        _find_strays(answers, reading, "/answers/", None)
    for place, stated in (("/repeats/", repeats), ("/none_here/", none_here)):
        if stated:
            _find_stray_sections(stated, place, reading)
    if reading.faults:
        reading.faults.sort(key=fault_order)
    return reading


def answer_at(document: Mapping[str, Any], path: str) -> tuple[Mapping[str, Any], str | None]:
    """The answer at a path of a document without faults, and the name of its instance; an empty answer where there is none."""
    section_id, _, rest = path.partition("[")
    if not rest:
        return document.get("answers", {}).get(path) or {}, None
    wanted, _, item_id = rest.partition("].")
    for index, instance in enumerate(document.get("repeats", {}).get(section_id, [])):
        if instance_id(instance, index) == wanted:
            return instance.get("answers", {}).get(item_id) or {}, instance["key"]
    return {}, None


def _read_scope(root: Mapping[str, Any], reading: Reading) -> None:
    scope, added = root.get("scope", FULL), root.get("sections", [])
    if not isinstance(scope, str):
        reading.faults.append(Fault("/scope", FaultCode.WRONG_TYPE, {"wanted": "string"}))
    elif scope not in (CORE, FULL):
        reading.faults.append(Fault("/scope", FaultCode.NOT_AN_OPTION, {}))
    elif scope == CORE and reading.checklist.has_core:
        reading.scope = CORE
    if not isinstance(added, list):
        reading.faults.append(Fault("/sections", FaultCode.WRONG_TYPE, {"wanted": "array"}))
        return
    known = {section.id for section in reading.checklist.sections}
    for index, section_id in enumerate(added):
        if not isinstance(section_id, str) or section_id not in known:
            reading.faults.append(Fault(f"/sections/{index}", FaultCode.UNKNOWN_SECTION, {}))
        elif section_id in added[:index]:
            reading.faults.append(Fault(f"/sections/{index}", FaultCode.DUPLICATE_VALUE, {}))
    reading.added = frozenset(section_id for section_id in added if isinstance(section_id, str))


def _read_absence(section: Section, statement: Any, reading: Reading) -> None:
    """A repeated section without an instance: it was not looked at, unless somebody says with a reason that there is none."""
    place = f"/none_here/{section.id}"
    faults: list[Fault] = []
    if statement is not None:
        faults = _absence_faults(statement, bool(reading.instances[section.index]), place)
        reading.faults += faults
    if reading.instances[section.index] or not (section.core or reading.is_whole(section)):
        return
    (reading.empty if statement is None or faults else reading.none_here).append(section)


def _absence_faults(statement: Any, has_instances: bool, place: str) -> list[Fault]:
    if not isinstance(statement, dict):
        return [Fault(place, FaultCode.WRONG_TYPE, {"wanted": "object"})]
    faults = [Fault(f"{place}/{escaped(key)}", FaultCode.UNKNOWN_KEY, {}) for key in statement if key != "reason"]
    reason = statement.get("reason")
    if reason is None or (isinstance(reason, str) and not reason.strip(BLANKS)):
        faults.append(Fault(f"{place}/reason", FaultCode.REASON_MISSING, {}))
    else:
        faults += text_faults(reason, f"{place}/reason", REASON_MAXIMUM)
    if has_instances:
        faults.append(Fault(place, FaultCode.NONE_HERE_WITH_INSTANCES, {}))
    return faults


def instance_id(instance: Mapping[str, Any], index: int) -> Any:
    """The id of an instance. Answers from before instances had ids name them by their place in the list."""
    return instance.get("id", str(index))


def _read_profile(profile: Mapping[str, Any], reading: Reading) -> None:
    for key, value in profile.items():
        definition = reading.checklist.profile.get(key)
        pointer = f"/profile/{escaped(key)}"
        if definition is None:
            reading.faults.append(Fault(pointer, FaultCode.UNKNOWN_PROFILE_KEY, {}))
            continue
        found = _profile_faults(definition, value, pointer)
        if found:
            reading.faults += found
        else:
            reading.profile[key] = find_thousandths(value) if definition.kind == ItemKind.NUMBER else value


def _profile_faults(definition: ProfileKey, value: Any, pointer: str) -> list[Fault]:
    if definition.kind == ProfileKind.BOOLEAN:
        return [] if isinstance(value, bool) else [Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": "boolean"})]
    if definition.kind == ItemKind.NUMBER:
        return number_faults(value, pointer, PROFILE_DECIMALS, None, None)
    return option_faults(value, definition.options, pointer)


def _read_part(section: Section, instance: str | None, answers: Mapping[str, Any], place: str, reading: Reading) -> int:
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
            if not faults and answer.get("hazards") and found.result in (AnswerResult.PASS, AnswerResult.NOT_APPLICABLE):
                path = item.id if instance is None else f"{section.id}[{instance}].{item.id}"
                reading.passed_hazards.append((path, place + item.id))
        results[slot], values[slot], all_earned[slot] = found
    start, end = section.first_slot, section.first_slot + len(section.items)
    whole = reading.is_whole(section)
    reading.parts.append(Part(section, instance, whole, results[start:end], values[start:end], all_earned[start:end]))
    return used


def _quick(item: Item, answer: dict[str, Any], reading: Reading) -> Answer | None:
    """The reading of the plainest answers, which are nearly all; None sends the others the long way."""
    kind = item.kind
    if kind == ItemKind.JUDGEMENT:
        result = answer.get("result")
        if result == AnswerResult.PASS:
            return item.passed
        return item.failed if result == AnswerResult.FAIL else None
    if kind == ItemKind.NUMBER and item.design is None:
        value = answer.get("value", "")
        number = find_thousandths(value)
        if number is None or not item.minimum <= number <= item.maximum or decimal_places(value) > item.decimals:
            return None
        return judge_number(item, number, reading)
    if kind == ItemKind.CHOICE:
        chosen = answer.get("value")
        option = item.options.get(chosen) if isinstance(chosen, str) else None
        return None if option is None else Answer(option[0], chosen, option[1])
    return item.passed if kind == ItemKind.FACTS and answer.get("value") == [] else None


def _read_instances(section: Section, instances: Any, reading: Reading) -> None:
    pointer = f"/repeats/{section.id}"
    if not isinstance(instances, list):
        reading.faults.append(Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": "array"}))
        return
    maximum = section.repeat_maximum or 0
    if len(instances) > maximum:
        reading.faults.append(Fault(pointer, FaultCode.TOO_MANY_INSTANCES, {"maximum": maximum}))
    keys: set[str] = set()
    ids: set[str] = set()
    for index, entry in enumerate(instances[:maximum]):
        place = f"{pointer}/{index}"
        instance = _mapping(entry, place, reading)
        for key in instance:
            if key not in ("id", "key", "answers"):
                reading.faults.append(Fault(f"{place}/{escaped(key)}", FaultCode.UNKNOWN_KEY, {}))
        own_id = instance_id(instance, index)
        id_faults = _id_faults(own_id, ids, f"{place}/id")
        reading.faults += id_faults
        reading.faults += _key_faults(instance.get("key"), keys, f"{place}/key") if isinstance(entry, dict) else []
        answers = _mapping(instance.get("answers", {}), f"{place}/answers", reading)
        used = _read_part(section, str(index) if id_faults else own_id, answers, f"{place}/answers/", reading)
        if used != len(answers):
            _find_strays(answers, reading, f"{place}/answers/", section)
        reading.leave(section)
    reading.instances[section.index] = [part for part in reading.parts if part.section is section]


def _id_faults(instance_id: Any, ids: set[str], pointer: str) -> list[Fault]:
    if not isinstance(instance_id, str):
        return [Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": "string"})]
    if not _INSTANCE_ID.match(instance_id):
        return [Fault(pointer, FaultCode.MALFORMED_ID, {})]
    if instance_id in ids:
        return [Fault(pointer, FaultCode.DUPLICATE_ID, {})]
    ids.add(instance_id)
    return []


def _key_faults(key: Any, keys: set[str], pointer: str) -> list[Fault]:
    if key is None:
        return [Fault(pointer, FaultCode.KEY_MISSING, {})]
    faults = text_faults(key, pointer, KEY_MAXIMUM)
    if faults:
        return faults
    name = key.strip(BLANKS)
    if not name:
        return [Fault(pointer, FaultCode.KEY_MISSING, {})]
    if name in keys:
        return [Fault(pointer, FaultCode.DUPLICATE_KEY, {})]
    keys.add(name)
    return []


def _find_strays(answers: Mapping[str, Any], reading: Reading, place: str, section: Section | None) -> None:
    """Answers that no shown item has asked for."""
    checklist = reading.checklist
    for key, answer in answers.items():
        home = checklist.homes.get(key)
        pointer = place + escaped(key)
        if home is None:
            reading.faults.append(Fault(pointer, FaultCode.UNKNOWN_ITEM, {}))
        elif (home.section if home.repeated else None) != (None if section is None else section.index):
            reading.faults.append(Fault(pointer, FaultCode.WRONG_PLACE, {"section": checklist.sections[home.section].id}))
        elif reading.results[home.slot] is None:
            reading.faults.append(Fault(pointer, FaultCode.HIDDEN_ITEM, {}))
        elif answer is None:
            reading.faults.append(Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": "object"}))


def _find_stray_sections(stated: Mapping[str, Any], place: str, reading: Reading) -> None:
    sections = {section.id: section for section in reading.checklist.sections}
    shown = {section.id for section in reading.shown}
    for key, statement in stated.items():
        section = sections.get(key)
        if section is None:
            reading.faults.append(Fault(place + escaped(key), FaultCode.UNKNOWN_SECTION, {}))
        elif section.repeat_maximum is None:
            reading.faults.append(Fault(place + escaped(key), FaultCode.SECTION_NOT_REPEATED, {}))
        elif statement != [] and key not in shown:
            reading.faults.append(Fault(place + escaped(key), FaultCode.HIDDEN_SECTION, {}))


def _mapping(value: Any, pointer: str, reading: Reading) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    reading.faults.append(Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": "object"}))
    return {}


def fault_order(fault: Fault) -> tuple[bytes, str]:
    # JavaScript compares texts by UTF-16 units; the order must be the same in both languages.
    return fault.pointer.encode("utf-16-be", "surrogatepass"), fault.code
