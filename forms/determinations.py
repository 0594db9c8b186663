"""Which clauses of the major-hazard standards the answers meet. A clause that is not verified only suggests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.checklist import Checklist, DeterminationRule
from forms.reading import Reading, read_answers
from vocabulary import HazardGrade


@dataclass(frozen=True, slots=True)
class Determination:
    """A clause that is met, with the paths of the items that met it.

    Shape:  with ``suggested_only`` the grade is a question to the supervisor ("待核"), never a decision.
    """

    id: str
    grade: str
    halt: str
    route: str
    regulator: str
    suggested_only: bool
    paths: tuple[str, ...]


def determine(
    checklist: Checklist, answers: Mapping[str, Any] | Reading, applies: Callable[[str], bool] = lambda _: True
) -> list[Determination]:
    """The clauses that the answers meet, in the order of the checklist.

    Shape:  ``applies`` says whether a standard was in force on the day of the visit; the clauses of one that was not only
            suggest. A clause that tests items of exactly one repeated section is judged for each instance by itself.
    Source: tests/vectors/forms/determinations.json; also client/src/forms/determinations.ts.
    """
    reading = read_answers(checklist, answers)
    found = []
    for rule in checklist.determinations:
        places = _places(rule, reading)
        if places is not None:
            found.append(
                Determination(
                    rule.id,
                    rule.grade,
                    rule.halt,
                    rule.route,
                    rule.regulator,
                    rule.suggested_only or not applies(rule.document["standard"]),
                    _paths(reading, places),
                )
            )
    return found


def hazard_grade(determinations: Iterable[Determination], path: str) -> str:
    """The grade to propose for a hazard found at an item: major only if a verified clause of that grade rests on it."""
    is_major = any(d.grade == HazardGrade.MAJOR and not d.suggested_only and path in d.paths for d in determinations)
    return HazardGrade.MAJOR if is_major else HazardGrade.GENERAL


def _places(rule: DeterminationRule, reading: Reading) -> set[tuple[int, int]] | None:
    """The (slot, instance) of the tests that met the rule, or None if it is not met."""
    if rule.section is None or not reading.instances[rule.section]:
        return set(rule.when.evidence(reading)) if _is_met(rule, reading) else None
    found: set[tuple[int, int]] = set()
    met = False
    for number, part in enumerate(reading.instances[rule.section]):
        reading.enter(part)
        if _is_met(rule, reading):
            met = True
            found |= {_at_instance(place, part.section, number) for place in rule.when.evidence(reading)}
    reading.leave(reading.checklist.sections[rule.section])
    return found if met else None


def _is_met(rule: DeterminationRule, reading: Reading) -> bool:
    return rule.when.test(reading) and (rule.unless is None or not rule.unless.test(reading))


def _at_instance(place: tuple[int, int], section: Any, number: int) -> tuple[int, int]:
    slot, _ = place
    inside = section.first_slot <= slot < section.first_slot + len(section.items)
    return (slot, number) if inside else place


def _paths(reading: Reading, places: set[tuple[int, int]]) -> tuple[str, ...]:
    checklist = reading.checklist
    paths = []
    section_of = {place: checklist.homes[checklist.slots[place[0]].id].section for place in places}
    for place in sorted(places, key=lambda place: (section_of[place], place[1], place[0])):
        slot, number = place
        item = checklist.slots[slot]
        paths.append(item.id if number < 0 else reading.instances[section_of[place]][number].path(item))
    return tuple(paths)
