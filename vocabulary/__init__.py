"""Codes and words of closed sets, as data that every room and both languages of code read.

The JSON files beside this module are the source: a set, what it is, its members with their words. `python -m vocabulary`
writes from them the enums of codes.py, the unions of client/src/vocabulary and the screens' words; a test compares.
Only what is stored, sent or shown is here; an enum that never leaves its module stays in it.
"""

from vocabulary.codes import *  # noqa: F403
from vocabulary.codes import __all__ as _codes
from vocabulary.words import Code, Text, Words, filled, set_name

__all__ = [*_codes, "Code", "Text", "Words", "filled", "set_name"]
