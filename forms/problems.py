"""What is wrong with a checklist or a standards file, in words that its author can act on (Chinese and English).

Faults in *answers* are in ``forms/faults.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class Text(TypedDict):
    """One text in the two languages of the product."""

    zh: str
    en: str


class Severity(StrEnum):
    """An error forbids publication; a warning asks the author to look again."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Shape:  ``pointer`` is a JSON pointer (RFC 6901) into the document, ``""`` for the whole; ``code`` is stable.
    """

    pointer: str
    code: str
    what: Text
    mend: Text
    severity: Severity = Severity.ERROR


def pointer_to(*steps: str | int) -> str:
    """JSON pointer of a place in a document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def has_errors(problems: list[Problem]) -> bool:
    """Whether any of the problems forbids publication."""
    return any(problem.severity is Severity.ERROR for problem in problems)
