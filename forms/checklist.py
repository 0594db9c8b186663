"""One checklist version, compiled: tables and closures that reading, determining and scoring run on.

Compiling expects a document that ``forms.validation.validate_checklist`` accepts; it does not check again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import rfc8785

from forms.conditions import Condition, Home, compile_bounds, compile_condition
from forms.quantities import thousandths
from vocabulary import AnswerResult, ItemKind, Rounding

Document = Mapping[str, Any]

_loaded: dict[str, Checklist] = {}
_LOADED_AT_MOST = 256


class Answer(NamedTuple):
    """What an answer says: result, value for conditions (None if it has none), points earned in thousandths."""

    result: str
    value: Any
    earned: int


@dataclass(frozen=True, slots=True)
class ProfileKey:
    """One fact about the subject that conditions may test. ``options`` is empty unless it is a choice."""

    id: str
    kind: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limit:
    """One legal limit of a number: when it applies, and whether a value in thousandths keeps it."""

    when: Condition | None
    keeps: Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Design:
    """The value that a number is measured against, and how the two are compared; range in thousandths."""

    comparison: str
    decimals: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to check. Points and deductions are in thousandths of a point, numbers in thousandths of their unit.

    ``core``: asked in a core visit, by itself or because it asks on about a core item.
    """

    id: str
    slot: int
    kind: str
    points: int
    gate: bool
    veto: bool
    counted: bool
    may_be_not_applicable: bool
    relevant: Condition | None
    core: bool
    document: Document
    passed: Answer
    failed: Answer
    deduction: int | None = None
    decimals: int = 0
    minimum: int = 0
    maximum: int = 0
    limits: tuple[Limit, ...] = ()
    design: Design | None = None
    options: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    photos_minimum: int = 0
    photos_maximum: int = 0
    text_maximum: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Items that are looked at standing in one place. ``repeat_maximum`` is None if the section does not repeat."""

    id: str
    index: int
    first_slot: int
    weight: int
    relevant: Condition | None
    repeat_maximum: int | None
    gate_minimum_percent: int | None
    core: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class DeterminationRule:
    """One clause that says what a hazard is. ``section`` is the repeated section that it judges one by one."""

    id: str
    section: int | None
    when: Condition
    unless: Condition | None
    grade: str
    halt: str
    route: str
    regulator: str
    suggested_only: bool
    document: Document


@dataclass(frozen=True, slots=True)
class Band:
    """A grade and the lowest score, in thousandths of a percent point, that reaches it."""

    grade: str
    at_least: int


@dataclass(frozen=True, slots=True, eq=False)
class Checklist:
    """A compiled checklist version; make it with ``load_checklist``."""

    id: str
    version: str
    hash: str
    document: Document
    profile: Mapping[str, ProfileKey]
    sections: tuple[Section, ...]
    homes: Mapping[str, Home]
    slots: tuple[Item, ...]
    determinations: tuple[DeterminationRule, ...]
    bands: tuple[Band, ...]
    decimals: int
    not_applicable_limit_percent: int
    has_core: bool

    def find_item(self, path: str) -> Document | None:
        """The definition of the item at an answer's path (``item`` or ``section[0].item``), or None."""
        home = self.homes.get(path.rpartition(".")[2])
        return None if home is None else self.slots[home.slot].document

    def find_section(self, section_id: str) -> Section | None:
        """The section of that id, or None."""
        return next((section for section in self.sections if section.id == section_id), None)


def content_hash(document: Document) -> str:
    """SHA-256, in hex, of the canonical JSON (RFC 8785) of a checklist document: its address for ever."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def load_checklist(document: Document, known_hash: str | None = None) -> Checklist:
    """The compiled checklist, from the cache if this content was compiled before.

    Shape:  ``known_hash`` saves hashing when the caller has the content hash; it is trusted.
    Source: docs/checklist-format.md; also client/src/forms/checklist.ts.
    """
    key = known_hash or content_hash(document)
    checklist = _loaded.get(key)
    if checklist is None:
        checklist = compile_checklist(document, key)
        if len(_loaded) >= _LOADED_AT_MOST:
            _loaded.pop(next(iter(_loaded)))
        _loaded[key] = checklist
    return checklist


def compile_checklist(document: Document, document_hash: str) -> Checklist:
    """The compiled checklist, without the cache."""
    homes = _homes(document)
    core = core_items(document)
    sections = []
    slots: list[Item] = []
    for index, entry in enumerate(document["sections"]):
        first_slot = len(slots)
        home_section = index if "repeat" in entry else None
        slots += [_item(item, first_slot + n, homes, home_section, item["id"] in core) for n, item in enumerate(entry["items"])]
        sections.append(
            Section(
                id=entry["id"],
                index=index,
                first_slot=first_slot,
                weight=thousandths(entry["weight"]),
                relevant=_condition(entry, "relevant", homes, None),
                repeat_maximum=entry["repeat"]["max"] if "repeat" in entry else None,
                gate_minimum_percent=_thousandths(entry, "gate_minimum_percent"),
                core=any(item["id"] in core for item in entry["items"]),
                items=tuple(slots[first_slot:]),
            )
        )
    scoring = document["scoring"]
    return Checklist(
        id=document["id"],
        version=document["version"],
        hash=document_hash,
        document=document,
        profile={key["id"]: _profile_key(key) for key in document.get("profile", [])},
        sections=tuple(sections),
        homes=homes,
        slots=tuple(slots),
        determinations=tuple(_determination(entry, homes) for entry in document.get("determinations", [])),
        bands=tuple(Band(band["grade"], thousandths(band["at_least"])) for band in scoring["bands"]),
        decimals=0 if scoring["rounding"] == Rounding.WHOLE else 1,
        not_applicable_limit_percent=thousandths(scoring["not_applicable_limit_percent"]),
        has_core=bool(core),
    )


def core_items(document: Document) -> set[str]:
    """Ids of the items of a core visit: those marked, and those that ask on about one of them."""
    core: set[str] = set()
    for section in document["sections"]:
        for item in section["items"]:
            if item.get("core") or core & tested_items(item.get("relevant", {})):
                core.add(item["id"])
    return core


def figures_of(number: Document) -> tuple[str, str | None]:
    """The units in which a number is typed: its own and, if it has one, that of its design value."""
    design = number.get("design")
    return number["unit"], None if design is None else design.get("unit", number["unit"])


def tested_items(condition: Document) -> set[str]:
    """Ids of the items that a condition looks at."""
    tested = {condition["item"]} if "item" in condition else set()
    for key in ("all", "any", "of"):
        for child in condition.get(key, []):
            tested |= tested_items(child)
    return tested | (tested_items(condition["not"]) if "not" in condition else set())


def _profile_key(entry: Document) -> ProfileKey:
    return ProfileKey(entry["id"], entry["type"], frozenset(option["value"] for option in entry.get("options", [])))


def _homes(document: Document) -> dict[str, Home]:
    homes: dict[str, Home] = {}
    for index, section in enumerate(document["sections"]):
        for position, item in enumerate(section["items"]):
            homes[item["id"]] = Home(len(homes), index, position, "repeat" in section)
    return homes


def _item(entry: Document, slot: int, homes: Mapping[str, Home], section: int | None, core: bool) -> Item:
    kind = entry["type"]
    number = entry.get("number", {})
    photo = entry.get("photo", {})
    text = entry.get("text", {})
    points = thousandths(entry["points"])
    required = text["required"] if kind == ItemKind.TEXT else photo["minimum"] > 0 if kind == ItemKind.PHOTO else True
    return Item(
        id=entry["id"],
        slot=slot,
        kind=kind,
        points=points,
        gate=entry.get("gate", False),
        veto=entry.get("veto", False),
        counted=required,
        may_be_not_applicable=entry.get("not_applicable") is not None,
        relevant=_condition(entry, "relevant", homes, section),
        core=core,
        document=entry,
        passed=Answer(AnswerResult.PASS, () if kind == ItemKind.FACTS else None, points),
        failed=Answer(AnswerResult.FAIL, None, 0),
        deduction=_thousandths(entry["partial"], "deduction_per_occurrence") if "partial" in entry else None,
        decimals=number["decimals"] if number else 0,
        minimum=thousandths(number["minimum"]) if number else 0,
        maximum=thousandths(number["maximum"]) if number else 0,
        limits=tuple(_limit(limit, homes, section) for limit in number["limits"]) if number else (),
        design=_design(number) if "design" in number else None,
        options=_options(entry["choice"], points) if kind == ItemKind.CHOICE else {},
        facts=frozenset(option["value"] for option in entry["facts"]["options"]) if kind == ItemKind.FACTS else frozenset(),
        photos_minimum=photo["minimum"] if photo else 0,
        photos_maximum=photo["maximum"] if photo else 0,
        text_maximum=text["max_length"] if text else 0,
    )


def _design(number: Document) -> Design:
    design = number["design"]
    return Design(
        comparison=design["comparison"],
        decimals=design.get("decimals", number["decimals"]),
        minimum=thousandths(design["minimum"]),
        maximum=thousandths(design["maximum"]),
    )


def _options(choice: Document, points: int) -> dict[str, tuple[str, int]]:
    earned = {AnswerResult.PASS: points, AnswerResult.FAIL: 0, AnswerResult.NOT_APPLICABLE: 0}
    return {
        option["value"]: (
            option["result"],
            max(0, points - thousandths(option["deduction"])) if "deduction" in option else earned[option["result"]],
        )
        for option in choice["options"]
    }


def _limit(limit: Document, homes: Mapping[str, Home], section: int | None) -> Limit:
    bounds = {key: value for key, value in limit.items() if key != "when"}
    return Limit(_condition(limit, "when", homes, section), compile_bounds(bounds))


def _determination(entry: Document, homes: Mapping[str, Home]) -> DeterminationRule:
    tested = tested_items(entry["when"]) | tested_items(entry.get("unless", {}))
    repeated = {homes[item_id].section for item_id in tested if homes[item_id].repeated}
    # Two vehicles with half a hazard each are no hazard: with one repeated section, each instance is judged by itself.
    section = repeated.pop() if len(repeated) == 1 else None
    return DeterminationRule(
        id=entry["id"],
        section=section,
        when=compile_condition(entry["when"], homes, section),
        unless=_condition(entry, "unless", homes, section),
        grade=entry["grade"],
        halt=entry["halt"],
        route=entry["route"],
        regulator=entry["regulator"],
        suggested_only="unverified" in entry or "reviewer" in entry,
        document=entry,
    )


def _condition(entry: Document, key: str, homes: Mapping[str, Home], section: int | None) -> Condition | None:
    return compile_condition(entry[key], homes, section) if key in entry else None


def _thousandths(entry: Document, key: str) -> int | None:
    return thousandths(entry[key]) if key in entry else None
