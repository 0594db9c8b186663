"""What is wrong with a checklist or a standards file, in words that its author can act on (Chinese and English).

Faults in *answers* are in ``forms/faults.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from vocabulary import AuthoringSeverity, Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Shape:  ``pointer`` is a JSON pointer (RFC 6901) into the document, ``""`` for the whole; ``code`` is stable.
    """

    pointer: str
    code: str
    what: Text
    mend: Text
    severity: AuthoringSeverity = AuthoringSeverity.ERROR


def pointer_to(*steps: str | int) -> str:
    """JSON pointer of a place in a document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def has_errors(problems: list[Problem]) -> bool:
    """Whether any of the problems forbids publication."""
    return any(problem.severity is AuthoringSeverity.ERROR for problem in problems)
