"""Exact decimals: points, limits and measured values are whole numbers of thousandths, in both languages.

Three decimals are the most that the format allows, so thousandths lose nothing and compare exactly; no float is ever
compared.
"""

from __future__ import annotations

import re
from decimal import Decimal

from vocabulary import DesignComparison

# A quarter of a thousandth is still exact in a float up to here.
LARGEST = 10**15

# Nine digits before the point keep every thousandth below 2**53, so that JavaScript numbers hold it exactly.
DECIMAL_TEXT = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.([0-9]{1,3}))?\Z", re.ASCII)


def thousandths(number: int | float | Decimal) -> int:
    """A number of a checklist file in thousandths.

    Raises: ValueError if it has more than three decimals.
    """
    scaled = Decimal(repr(number) if isinstance(number, float) else number) * 1000
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{number} has more than three decimals")
    return int(scaled)


def find_thousandths(text: object) -> int | None:
    """The value of a decimal string of an answer (``"1.20"``) in thousandths, or None if it is not one."""
    if not isinstance(text, str):
        return None
    match = DECIMAL_TEXT.match(text)
    if match is None:
        return None
    decimals = match[1]
    if decimals is None:
        return int(text) * 1000
    return int(text.replace(".", "")) * (1, 100, 10, 1)[len(decimals)]


def compared(comparison: str, measured: int, design: int) -> int | float:
    """A measured value beside its design value: ``percent`` of it, ``quotient`` by it, or ``difference`` from it.

    Shape:  whole thousandths; a half stands for any value between two thousandths, so that ``compile_bounds`` judges the
            exact value and nothing is rounded over a limit.
    """
    if comparison == DesignComparison.DIFFERENCE:
        return measured - design
    shown, rest = divmod(measured * (100_000 if comparison == DesignComparison.PERCENT else 1000), design)
    return max(-LARGEST, min(LARGEST, shown + 0.5 if rest else shown))


def decimal_places(text: str) -> int:
    """How many digits stand after the point of a decimal string."""
    point = text.find(".")
    return 0 if point < 0 else len(text) - point - 1


def decimal_text(value_thousandths: int) -> str:
    """Thousandths as the shortest decimal string: 27000 is ``"27"``, 2500 is ``"2.5"``."""
    whole, rest = divmod(abs(value_thousandths), 1000)
    sign = "-" if value_thousandths < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest:03d}".rstrip("0")
