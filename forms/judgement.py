"""Everything about one submission in one call: reads the answers once for faults, determinations and score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from forms.answers import Fault
from forms.checklist import Checklist
from forms.determinations import Determination, determine
from forms.faults import answer_faults
from forms.reading import Reading, read_answers
from forms.scores import Score, score


class Judgement(NamedTuple):
    """Faults, determinations and score of one answers document; other rules take ``reading`` and read nothing again."""

    reading: Reading
    faults: list[Fault]
    determinations: list[Determination]
    score: Score


def judge(checklist: Checklist, answers: Mapping[str, Any], outside_vetoes: Sequence[str] = ()) -> Judgement:
    """Faults, determinations and score of an answers document; with faults the others are only a preview."""
    reading = read_answers(checklist, answers)
    determinations = determine(checklist, reading)
    faults = answer_faults(reading, determinations)
    return Judgement(reading, faults, determinations, score(checklist, reading, outside_vetoes))
