"""The score of one submission: exact arithmetic, gates, vetoes, bands; what is shown is rounded last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from forms.checklist import Checklist, Section
from forms.percentages import NO_VALUE, percentage_text
from forms.quantities import decimal_text
from forms.reading import CORE, Part, Reading, read_answers
from vocabulary import AnswerResult


@dataclass(frozen=True, slots=True)
class SectionScore:
    """Points of one shown section. ``rate`` is a shown percentage ("90.0"), None if nothing in it applies."""

    id: str
    earned: str
    applicable: str
    rate: str | None
    gate_failed: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one submission.

    Shape:  numerator ÷ denominator is the exact share of 100 in lowest terms (they can be larger than 64 bits), both
            None when no points apply. ``grade`` is None while provisional. ``checked`` of ``total`` items are answered.
            Only items in the ``scope`` of the visit count: all, or the core items and the ``added_sections``. A repeated
            section that applies and has no instance is one unanswered item until somebody says that there is none here.
    """

    numerator: int | None
    denominator: int | None
    provisional: bool
    checked: int
    total: int
    sections: tuple[SectionScore, ...]
    grade: str | None
    veto_paths: tuple[str, ...]
    outside_vetoes: tuple[str, ...]
    insufficient_sample: bool
    display: str
    scope: str
    added_sections: tuple[str, ...]
    empty_sections: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    """Sums over the items of one section, in thousandths of a point."""

    earned: int = 0
    applicable: int = 0
    skipped: int = 0
    unchecked: int = 0
    checked: int = 0
    total: int = 0
    gate_failed: bool = False


def score(checklist: Checklist, answers: Mapping[str, Any] | Reading, outside_vetoes: Sequence[str] = ()) -> Score:
    """The score of an answers document.

    Shape:  ``outside_vetoes`` are references to records (an accident number) that force the lowest grade.
    Source: tests/vectors/forms/scores.json (the twelve vectors of scoring.md §4); also client/src/forms/scores.ts.
    """
    reading = read_answers(checklist, answers)
    veto_paths: list[str] = []
    tallies = {section.index: _Tally() for section in reading.shown}
    for part in reading.parts:
        _add(part, tallies[part.section.index], veto_paths)
    for section in (*reading.empty, *reading.none_here):
        tallies[section.index].total += 1
    for section in reading.none_here:
        tallies[section.index].checked += 1

    sections, counted = [], []
    for section in reading.shown:
        tally = tallies[section.index]
        if _is_below_minimum(section, tally):
            tally.gate_failed = True
        earned = 0 if tally.gate_failed else tally.earned
        sections.append(_section_score(section, tally, earned))
        counted.append((section.weight, earned, tally.applicable))
    share = weighted_share(counted)
    numerator, denominator = share or (0, 1)

    checked = sum(tally.checked for tally in tallies.values())
    total = sum(tally.total for tally in tallies.values())
    has_score = share is not None
    return Score(
        numerator=numerator if has_score else None,
        denominator=denominator if has_score else None,
        provisional=checked < total,
        checked=checked,
        total=total,
        sections=tuple(sections),
        grade=_grade(checklist, numerator, denominator, has_score, checked < total, bool(veto_paths or outside_vetoes)),
        veto_paths=tuple(veto_paths),
        outside_vetoes=tuple(outside_vetoes),
        insufficient_sample=_is_insufficient(checklist, list(tallies.values())),
        display=_display(checklist, numerator, denominator) if has_score else NO_VALUE,
        scope=reading.scope,
        added_sections=_added_sections(reading),
        empty_sections=tuple(section.id for section in reading.empty),
    )


def weighted_share(sections: Iterable[tuple[int, int, int]]) -> tuple[int, int] | None:
    """The exact share of 1 that sections make, in lowest terms: each (weight, points earned, points that apply).

    A section of which nothing applies gives its weight to the others; None when nothing applies at all.
    """
    numerator, denominator, weights = 0, 1, 0
    for weight, earned, applicable in sections:
        if applicable:
            numerator = numerator * applicable + weight * earned * denominator
            denominator *= applicable
            weights += weight
            divisor = gcd(numerator, denominator)
            numerator, denominator = numerator // divisor, denominator // divisor
    if not weights:
        return None
    denominator *= weights
    divisor = gcd(numerator, denominator)
    return numerator // divisor, denominator // divisor


def _added_sections(reading: Reading) -> tuple[str, ...]:
    if reading.scope != CORE:
        return ()
    return tuple(section.id for section in reading.checklist.sections if section.id in reading.added)


def _add(part: Part, tally: _Tally, veto_paths: list[str]) -> None:
    for item, result, earned in zip(part.section.items, part.results, part.earned, strict=True):
        if result is None or not (part.whole or item.core):
            continue
        if item.counted:
            tally.total += 1
            if result != AnswerResult.UNCHECKED:
                tally.checked += 1
        if result == AnswerResult.NOT_APPLICABLE:
            tally.skipped += item.points
        elif result == AnswerResult.UNCHECKED:
            tally.unchecked += item.points
        else:
            tally.earned += earned
            tally.applicable += item.points
            if result != AnswerResult.PASS:
                if item.veto and result == AnswerResult.FAIL:
                    veto_paths.append(part.path(item))
                # A guarantee item that earns nothing fails, however it came to that.
                if item.gate and (result == AnswerResult.FAIL or (earned == 0 and item.points > 0)):
                    tally.gate_failed = True


def _is_below_minimum(section: Section, tally: _Tally) -> bool:
    """Whether a section that is completely checked earns less than its gate asks; before that it is not decided."""
    minimum = section.gate_minimum_percent
    if minimum is None or not tally.applicable or tally.checked < tally.total:
        return False
    return tally.earned * 100_000 < minimum * tally.applicable


def _section_score(section: Section, tally: _Tally, earned: int) -> SectionScore:
    lines = [100_000] if section.gate_minimum_percent is None else [100_000, section.gate_minimum_percent]
    return SectionScore(
        id=section.id,
        earned=decimal_text(tally.earned),
        applicable=decimal_text(tally.applicable),
        rate=percentage_text(earned, tally.applicable, lines, 1) if tally.applicable else None,
        gate_failed=tally.gate_failed,
    )


def _grade(
    checklist: Checklist, numerator: int, denominator: int, has_score: bool, provisional: bool, vetoed: bool
) -> str | None:
    if provisional:
        return None
    if vetoed:
        return checklist.bands[-1].grade
    if not has_score:
        return None
    return next(band.grade for band in checklist.bands if numerator * 100_000 >= band.at_least * denominator)


def _is_insufficient(checklist: Checklist, tallies: Iterable[_Tally]) -> bool:
    skipped = sum(tally.skipped for tally in tallies)
    everything = sum(tally.applicable + tally.skipped + tally.unchecked for tally in tallies)
    return skipped * 100_000 > checklist.not_applicable_limit_percent * everything


def _display(checklist: Checklist, numerator: int, denominator: int) -> str:
    lines = [100_000, *(band.at_least for band in checklist.bands)]
    return percentage_text(numerator, denominator, lines, checklist.decimals)
