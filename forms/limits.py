"""The legal limit of a measured value: which one applies with the answers given, and how it and the value read in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from forms.quantities import compared, decimal_text, find_thousandths, thousandths
from forms.reading import Reading
from vocabulary import DesignComparison, Text

Document = Mapping[str, Any]

_UPPER, _LOWER = ("at_most", "below"), ("at_least", "above")
_SMALL = 10
# The words around it name the gas already.
_GAS = re.compile(r"%(?:CH4|CO2|CO|O2)$")


def applicable_limit(reading: Reading, path: str) -> Document | None:
    """The first limit of the number at a path whose condition holds, as its document; None if none applies."""
    for part in reading.parts:
        for item in part.section.items:
            if part.path(item) != path:
                continue
            if part.instance is not None:
                reading.enter(part)
            index = next((n for n, limit in enumerate(item.limits) if limit.when is None or limit.when.test(reading)), None)
            if part.instance is not None:
                reading.leave(part.section)
            return None if index is None else item.document["number"]["limits"][index]
    return None


def limit_words(number: Document, limit: Document | None) -> Text | None:
    """What the value should keep: "限值1.0%", "应不小于1.2 m"; None where no limit applies."""
    if limit is None:
        return None
    unit = unit_of(number)
    upper = next((limit[key] for key in _UPPER if key in limit), None)
    lower = next((limit[key] for key in _LOWER if key in limit), None)
    if upper is not None and lower is not None:
        low, high = _figure(lower, number), _with_unit(_figure(upper, number), unit)
        return {"zh": f"应为{low}～{high['zh']}", "en": f"must be {low} to {high['en']}"}
    if upper is not None:
        shown = _with_unit(_figure(upper, number), unit)
        return {"zh": f"限值{shown['zh']}", "en": f"limit {shown['en']}"}
    if lower is not None:
        shown = _with_unit(_figure(lower, number), unit)
        strict = "above" in limit
        return {
            "zh": f"应{'大于' if strict else '不小于'}{shown['zh']}",
            "en": f"must be {'more than' if strict else 'at least'} {shown['en']}",
        }
    return None


def value_words(number: Document, answer: Document, limit: Document | None) -> Text | None:
    """What was measured: "1.20%"; with its design value also that and what the two come to. None without a reading."""
    measured = answer.get("value")
    if find_thousandths(measured) is None:
        return None
    shown = _with_unit(str(measured), _plain(number["unit"]))
    if "design" not in number:
        return shown
    design, planned = number["design"], answer.get("design")
    figure = find_thousandths(planned)
    if figure is None:
        return shown
    other = _with_unit(str(planned), _plain(design.get("unit", number["unit"])))
    both = compared(design["comparison"], find_thousandths(measured) or 0, figure)
    result = _with_unit(_rounded(both, limit or {}), unit_of(number))
    words = {
        DesignComparison.PERCENT: ("为其", "which is"),
        DesignComparison.DIFFERENCE: ("相差", "a difference of"),
        DesignComparison.QUOTIENT: ("合", "which makes"),
    }[design["comparison"]]
    label = design["label"]
    return {
        "zh": f"实测{shown['zh']}，{label['zh']}{other['zh']}，{words[0]}{result['zh']}",
        "en": f"measured {shown['en']}, {_lowered(label['en'])} {other['en']}, {words[1]} {result['en']}",
    }


def unit_of(number: Document) -> str:
    """The unit of what a limit is about: of the number, or of what it comes to beside its design value."""
    design = number.get("design")
    if design is None or design["comparison"] == DesignComparison.DIFFERENCE:
        return _plain(number["unit"])
    if design["comparison"] == DesignComparison.PERCENT:
        return "%"
    own: str = design.get("result_unit", f"{number['unit']}/{design.get('unit', number['unit'])}")
    return own


def _plain(unit: str) -> str:
    return "%" if _GAS.match(unit) else unit


def _with_unit(figure: str, unit: str) -> Text:
    """Percent, degrees and Chinese units stand close in Chinese; a space stands before the others."""
    close = not unit or not unit[0].isascii() or unit[0] == "%"
    return {"zh": f"{figure}{unit}" if close else f"{figure} {unit}", "en": f"{figure} {unit}".strip()}


def _figure(value: int | float, number: Document) -> str:
    """As it stands in the checklist, but for small figures 1.0 and not 1 where tenths are measured."""
    own = decimal_text(thousandths(value))
    tenths = number["decimals"] > 0 and "design" not in number and abs(value) < _SMALL
    return f"{own}.0" if tenths and "." not in own else own


def _rounded(value: float, limit: Document) -> str:
    """One decimal, unless that would show a figure on the other side of the limit or on it; then all three."""
    exact = Decimal(repr(value)) / 1000
    shown = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    edges = [Decimal(str(limit[key])) for key in (*_UPPER, *_LOWER) if key in limit]
    if any((shown <= edge < exact) or (exact < edge <= shown) for edge in edges):
        shown = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
    text = f"{shown + 0:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]
