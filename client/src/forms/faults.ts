/** What is wrong with an answers document, all at once, and how to say it to the person who can mend it. */

import type { Fault } from "./answers.ts";
import { fault } from "./answers.ts";
import type { Checklist } from "./checklist.ts";
import type { Determination } from "./determinations.ts";
import { determine } from "./determinations.ts";
import type { AnswersDocument } from "./format.ts";
import type { Reading } from "./reading.ts";
import { inOrder, readAnswers } from "./reading.ts";

/**
 * Everything wrong with an answers document, each with a JSON pointer into it, sorted by pointer and code.
 *
 * Shape:  any JSON value is accepted. An empty list means that the answers fit; unanswered items are no fault.
 * Source: tests/vectors/forms/faults.json; also forms/faults.py.
 */
export function findFaults(checklist: Checklist, answers: AnswersDocument | Reading): readonly Fault[] {
  const reading = readAnswers(checklist, answers);
  return reading.passedHazards.length === 0 ? reading.faults : answerFaults(reading, determine(checklist, reading));
}

/**
 * The faults of a reading, and the passed items that carry a hazard.
 *
 * A hazard may hang on a passed item if a clause is met there: "in use" is in order, beside a failed inspection it is not.
 */
export function answerFaults(reading: Reading, determinations: readonly Determination[]): readonly Fault[] {
  if (reading.passedHazards.length === 0) return reading.faults;
  const met = new Set(determinations.flatMap((determination) => determination.paths));
  const contradictions = reading.passedHazards.flatMap(([path, pointer]) =>
    met.has(path) ? [] : [fault(`${pointer}/hazards`, "hazard-on-passed-item")],
  );
  return [...reading.faults, ...contradictions].sort(inOrder);
}
