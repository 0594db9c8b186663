"""What a checklist is, and whether an answer is right: format, relevance, faults, determinations, scores, deadlines.

Pure: no Flask, no database, no clock. ``client/src/forms`` says the same in TypeScript; ``tests/vectors/forms`` binds
the two.
"""
