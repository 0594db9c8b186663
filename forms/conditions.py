"""Conditions over answers and subject profile, compiled once into closures.

A test on an item which is hidden, unanswered or not applicable is false (a result test sees not_applicable), so its
``not`` is true. Within its own repeated section a test means the same instance; from outside it means any instance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from forms.quantities import LARGEST, thousandths


class Part(Protocol):
    """The answers read for one section, or for one instance of a repeated one, by position in the section."""

    @property
    def results(self) -> Sequence[str | None]: ...

    @property
    def values(self) -> Sequence[Any]: ...


class State(Protocol):
    """What conditions look at: by slot (position of the item in the checklist), by profile key, by repeated section."""

    @property
    def results(self) -> Sequence[str | None]: ...

    @property
    def values(self) -> Sequence[Any]: ...

    @property
    def profile(self) -> Mapping[str, Any]: ...

    @property
    def instances(self) -> Sequence[Sequence[Part]]: ...


class Home(NamedTuple):
    """Where an item stands: its slot in the checklist, its section, its position there, whether that repeats."""

    slot: int
    section: int
    position: int
    repeated: bool


Test = Callable[[State], bool]
# An instance is -1 outside a repeated section, and also where the current instance is meant.
Evidence = Callable[[State], list[tuple[int, int]]]
Check = Callable[[str | None, Any], bool]


class Condition(NamedTuple):
    """``test`` answers the condition; ``evidence`` names the (slot, instance) of the item tests that made it true."""

    test: Test
    evidence: Evidence


def compile_condition(condition: Mapping[str, Any], homes: Mapping[str, Home], section: int | None) -> Condition:
    """A condition of a valid checklist as closures.

    Shape:  ``section`` is the index of the repeated section from inside which the condition looks, None if from none.
    Source: tests/vectors/forms/relevance.json; also client/src/forms/conditions.ts.
    """
    if "all" in condition:
        return _all([compile_condition(child, homes, section) for child in condition["all"]])
    if "any" in condition:
        return _any([compile_condition(child, homes, section) for child in condition["any"]])
    if "of" in condition:
        children = [compile_condition(child, homes, section) for child in condition["of"]]
        return _at_least(condition["at_least"], children)
    if "not" in condition:
        return _not(compile_condition(condition["not"], homes, section))
    if "profile" in condition:
        return _profile_test(condition)
    return _item_test(condition, homes[condition["item"]], section)


def compile_bounds(bounds: Mapping[str, Any]) -> Callable[[float], bool]:
    """Whether a value in thousandths keeps all the bounds (at_least, above, at_most, below, equals)."""
    # Values are whole or half thousandths (``quantities.compared``), so an open bound is the closed one a quarter further in.
    low: float = -LARGEST
    high: float = LARGEST
    for key, value in bounds.items():
        edge = thousandths(value)
        if key in ("at_least", "above", "equals"):
            low = max(low, edge + 0.25 if key == "above" else edge)
        if key in ("at_most", "below", "equals"):
            high = min(high, edge - 0.25 if key == "below" else edge)
    return lambda value: low <= value <= high


def _all(children: list[Condition]) -> Condition:
    tests = [child.test for child in children]

    def test(state: State) -> bool:
        for holds in tests:  # noqa: SIM110  (a generator costs twice the time on the hot path)
            if not holds(state):
                return False
        return True

    return Condition(test, _evidence_of(test, children))


def _any(children: list[Condition]) -> Condition:
    tests = [child.test for child in children]

    def test(state: State) -> bool:
        for holds in tests:  # noqa: SIM110  (a generator costs twice the time on the hot path)
            if holds(state):
                return True
        return False

    return Condition(test, _evidence_of(test, children))


def _at_least(wanted: int, children: list[Condition]) -> Condition:
    tests = [child.test for child in children]

    def test(state: State) -> bool:
        missing = wanted
        for holds in tests:
            if holds(state):
                missing -= 1
                if missing == 0:
                    return True
        return False

    return Condition(test, _evidence_of(test, children))


def _not(child: Condition) -> Condition:
    holds = child.test
    return Condition(lambda state: not holds(state), lambda _state: [])


def _evidence_of(test: Test, children: list[Condition]) -> Evidence:
    def evidence(state: State) -> list[tuple[int, int]]:
        return [place for child in children for place in child.evidence(state)] if test(state) else []

    return evidence


def _profile_test(condition: Mapping[str, Any]) -> Condition:
    key = condition["profile"]
    test: Test
    if "is" in condition:
        wanted = condition["is"]

        def test(state: State) -> bool:
            return state.profile.get(key) == wanted
    elif "in" in condition:
        allowed = frozenset(condition["in"])

        def test(state: State) -> bool:
            return state.profile.get(key) in allowed
    else:
        keeps = compile_bounds(condition["number"])

        def test(state: State) -> bool:
            value = state.profile.get(key)
            return value is not None and keeps(value)

    return Condition(test, lambda _state: [])


def _item_test(condition: Mapping[str, Any], home: Home, section: int | None) -> Condition:
    if home.repeated and home.section != section:
        return _any_instance_test(_check(condition), home)
    slot = home.slot
    test: Test
    if "result" in condition:
        wanted = condition["result"]

        def test(state: State) -> bool:
            return state.results[slot] == wanted
    else:
        check = _check(condition)

        def test(state: State) -> bool:
            return check(state.results[slot], state.values[slot])

    return Condition(test, lambda state: [(slot, -1)] if test(state) else [])


def _any_instance_test(check: Check, home: Home) -> Condition:
    slot, section, position, _ = home

    def test(state: State) -> bool:
        return any(check(part.results[position], part.values[position]) for part in state.instances[section])

    def evidence(state: State) -> list[tuple[int, int]]:
        parts = state.instances[section]
        return [(slot, n) for n, part in enumerate(parts) if check(part.results[position], part.values[position])]

    return Condition(test, evidence)


def _check(condition: Mapping[str, Any]) -> Check:
    if "result" in condition:
        result = condition["result"]
        return lambda found, _value: found == result
    if "number" in condition:
        keeps = compile_bounds(condition["number"])
        return lambda _found, value: value is not None and keeps(value)
    if "value" in condition:
        wanted = condition["value"]
        return lambda _found, value: value == wanted
    fact = condition["has"]
    return lambda _found, value: value is not None and fact in value
