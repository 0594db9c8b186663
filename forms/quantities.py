"""Exact decimals: points, limits and measured values are whole numbers of thousandths, in both languages.

Three decimals are the most that the format allows, so thousandths lose nothing and compare exactly; no float is ever
compared.
"""

from __future__ import annotations

import re
from decimal import Decimal

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


def decimal_places(text: str) -> int:
    """How many digits stand after the point of a decimal string."""
    point = text.find(".")
    return 0 if point < 0 else len(text) - point - 1


def decimal_text(value_thousandths: int) -> str:
    """Thousandths as the shortest decimal string: 27000 is ``"27"``, 2500 is ``"2.5"``."""
    whole, rest = divmod(abs(value_thousandths), 1000)
    sign = "-" if value_thousandths < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest:03d}".rstrip("0")
