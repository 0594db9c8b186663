// Generated from vocabulary/dates.py by `python -m vocabulary`; not edited by hand.

/** A year that anything from outside may name, for regular expressions. */
export const YEAR = String.raw`(?:19|20|21)\d\d`;
