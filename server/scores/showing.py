"""How figures are shown and ranked: exact fractions decide, what is shown never contradicts them. Pure.

The one place of the showing rules (docs/figures.md, “Showing”): cut off where rounding would reach or cross 100, a band or
the figure's own target; "/" for an empty denominator; places with ties, and the reason where there is no place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from forms.percentages import NO_VALUE, percentage_text
from vocabulary import NoPlace

K = TypeVar("K", bound=Hashable)
_WHOLE = 100_000  # 100 in thousandths of a percent point


@dataclass(frozen=True, slots=True)
class Ranked:
    """One group in a ranking. ``value`` is what it is ranked by, ``sample`` its denominator (of a mean: the scored)."""

    value: Fraction | None
    sample: int
    covered: int
    to_visit: int
    is_none: bool = False
    is_part: bool = False


def shown_rate(numerator: int, denominator: int, target: Fraction | None = None) -> str:
    """A rate in percent; ``target`` in percent is the figure's own of the year, which rounding must not reach."""
    if denominator == 0:
        return NO_VALUE
    return _shown(Fraction(numerator * 100, denominator), [] if target is None else [target])


def shown_points(points: Fraction | None, bands: Iterable[Fraction]) -> str:
    """A score, mean or median in points of 100; rounding must not reach a band that the exact value does not reach."""
    if points is None:
        return NO_VALUE
    return _shown(points, bands)


def exact_text(value: Fraction | None) -> str:
    """The exact value as a whole number or a fraction in lowest terms."""
    return NO_VALUE if value is None else str(value)


def places(
    groups: Mapping[K, Ranked], *, lowest_first: bool, least_coverage: Fraction, least_sample: int
) -> dict[K, int | NoPlace]:
    """The place of each group, or why it has none. Equal values share a place and the next is skipped (1, 2, 2, 4)."""
    found: dict[K, int | NoPlace] = {}
    values: dict[K, Fraction] = {}
    for key, group in groups.items():
        reason = _reason(group, least_coverage, least_sample)
        if reason is not None:
            found[key] = reason
        elif group.value is not None:
            values[key] = group.value
    ordered = sorted(values.values(), reverse=not lowest_first)
    return found | {key: ordered.index(value) + 1 for key, value in values.items()}


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """Exact. Values of one denominator are added first, so that thousands of scores do not make thousands of divisions."""
    if not values:
        return None
    by_denominator: dict[int, int] = {}
    for value in values:
        by_denominator[value.denominator] = by_denominator.get(value.denominator, 0) + value.numerator
    terms = [Fraction(numerator, denominator) for denominator, numerator in sorted(by_denominator.items())]
    # Pairwise: the numbers grow to hundreds of digits, and most additions stay among small ones.
    while len(terms) > 1:
        terms = [sum(terms[index : index + 2], Fraction(0)) for index in range(0, len(terms), 2)]
    return terms[0] / len(values)


def median(values: Sequence[Fraction]) -> Fraction | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _shown(points: Fraction, lines: Iterable[Fraction]) -> str:
    return percentage_text(points.numerator, points.denominator * 100, [_WHOLE, *(line * 1000 for line in lines)], 1)


def _reason(group: Ranked, least_coverage: Fraction, least_sample: int) -> NoPlace | None:
    if group.is_none:
        return NoPlace.NONE
    if group.is_part:
        return NoPlace.PART
    if group.sample == 0 or group.value is None:
        return NoPlace.EMPTY
    if group.to_visit == 0 or Fraction(group.covered, group.to_visit) < least_coverage:
        return NoPlace.COVER
    return NoPlace.FEW if group.sample < least_sample else None
