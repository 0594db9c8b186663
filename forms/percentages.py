"""How a share is shown as a percentage, so that the number seen never contradicts the judgement of the true value."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from forms.quantities import thousandths

NO_VALUE = "/"


def display_percentage(
    numerator: int, denominator: int, lines: Iterable[int | float | Decimal] = (100,), decimals: int = 1
) -> str:
    """The percentage of numerator in denominator, rounded half up, but truncated if rounding would reach a line.

    Shape:  "/" for an empty denominator: no data is neither 0 % nor 100 %.
    Units:  ``lines`` (100, grade bands, targets) in percent; ``decimals`` is 0 or 1.
    Raises: ValueError for a negative numerator or denominator.
    Source: docs/checklist-format.md, "Scores"; tests/vectors/forms/percentages.json; client/src/forms/percentages.ts.
    """
    if numerator < 0 or denominator < 0:
        raise ValueError("a share is not negative")
    if denominator == 0:
        return NO_VALUE
    return percentage_text(numerator, denominator, [thousandths(line) for line in lines], decimals)


def percentage_text(numerator: int, denominator: int, lines: Iterable[int | Fraction], decimals: int) -> str:
    """As ``display_percentage``, for a denominator that is not 0 and ``lines`` in thousandths of a percent point."""
    scale = 10**decimals
    shown, rest = divmod(numerator * 100 * scale, denominator)
    if 2 * rest >= denominator and not _crosses(numerator, denominator, shown + 1, scale, lines):
        shown += 1
    return str(shown) if decimals == 0 else f"{shown // scale}.{shown % scale}"


def _crosses(numerator: int, denominator: int, rounded: int, scale: int, lines: Iterable[int | Fraction]) -> bool:
    return any(numerator * 100_000 < line * denominator and line * scale <= rounded * 1000 for line in lines)
