"""What a checklist is, and whether an answer is right: format, relevance, faults, determinations, scores, deadlines.

Pure: no Flask, no database, no clock. ``client/src/forms`` says the same in TypeScript; ``tests/vectors/forms`` binds
the two.
"""

from forms.answers import Fault
from forms.carry_over import CarryOver, carry_over
from forms.checklist import Checklist, content_hash, load_checklist
from forms.deadlines import deadline_date, unannounced_years
from forms.determinations import Determination, determine, hazard_grade
from forms.faults import fault_text, find_faults
from forms.judgement import Judgement, judge
from forms.percentages import display_percentage
from forms.reading import Reading, read_answers
from forms.relevance import relevant_paths
from forms.results import ItemResult, results
from forms.scores import Score, score

__all__ = [
    "CarryOver",
    "Checklist",
    "Determination",
    "Fault",
    "ItemResult",
    "Judgement",
    "Reading",
    "Score",
    "carry_over",
    "content_hash",
    "deadline_date",
    "determine",
    "display_percentage",
    "fault_text",
    "find_faults",
    "hazard_grade",
    "judge",
    "load_checklist",
    "read_answers",
    "relevant_paths",
    "results",
    "score",
    "unannounced_years",
]
