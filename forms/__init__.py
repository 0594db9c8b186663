"""What a checklist is, and whether an answer is right: format, relevance, faults, determinations, scores, deadlines.

Pure: no Flask, no database, no clock. ``client/src/forms`` says the same in TypeScript; ``tests/vectors/forms`` binds
the two.
"""

from forms.checklist import Checklist, content_hash, load_checklist
from forms.deadlines import deadline_date
from forms.determinations import determine
from forms.faults import find_faults
from forms.percentages import display_percentage
from forms.reading import read_answers
from forms.relevance import relevant_paths
from forms.results import results
from forms.scores import score

__all__ = [
    "Checklist",
    "content_hash",
    "deadline_date",
    "determine",
    "display_percentage",
    "find_faults",
    "load_checklist",
    "read_answers",
    "relevant_paths",
    "results",
    "score",
]
