"""What is wrong with an answers document, all at once, and how to say it to the person who can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.answers import Fault
from forms.checklist import Checklist
from forms.determinations import Determination, determine
from forms.reading import Reading, fault_order, read_answers
from vocabulary import FaultCode, Text, filled


def find_faults(checklist: Checklist, answers: Mapping[str, Any] | Reading) -> list[Fault]:
    """Everything wrong with an answers document, each with a JSON pointer into it, sorted by pointer and code.

    Shape:  any JSON value is accepted. An empty list means that the answers fit; unanswered items are no fault.
    Source: tests/vectors/forms/faults.json; also client/src/forms/faults.ts.
    """
    reading = read_answers(checklist, answers)
    return answer_faults(reading, determine(checklist, reading)) if reading.passed_hazards else reading.faults


def answer_faults(reading: Reading, determinations: Iterable[Determination]) -> list[Fault]:
    """The faults of a reading, and the passed items that carry a hazard.

    A hazard may hang on a passed item if a clause is met there: "in use" is in order, beside a failed inspection it is not.
    """
    if not reading.passed_hazards:
        return reading.faults
    met = {path for determination in determinations for path in determination.paths}
    contradictions = [
        Fault(f"{pointer}/hazards", FaultCode.HAZARD_ON_PASSED_ITEM, {})
        for path, pointer in reading.passed_hazards
        if path not in met
    ]
    return sorted([*reading.faults, *contradictions], key=fault_order)


def fault_text(fault: Fault) -> Text:
    """The fault in words, Chinese and English."""
    words = FaultCode(fault.code).words
    return filled(words.text(), fault.params, words.params)
