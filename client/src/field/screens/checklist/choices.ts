/** What the rows of a checklist can show; how answers are judged lives in src/forms. */
export type ResultChoice = "pass" | "partial" | "fail" | "not_applicable";

/** `implausible`: outside the range that the instrument can show. `unreadable`: not a number. `doubtful`: one of several. */
export type NumberVerdict = "empty" | "pass" | "fail" | "implausible" | "unreadable" | "doubtful" | "too_fine" | "no_design";
