/** Which items are shown, given the subject's profile and the answers so far. */

import type { Checklist } from "./checklist.ts";
import type { AnswersDocument } from "./format.ts";
import type { Reading } from "./reading.ts";
import { pathOf, readAnswers } from "./reading.ts";

/**
 * Paths of the shown items in form order: `item`, or `section[0].item` for each instance of a repeated section.
 *
 * Source: tests/vectors/forms/relevance.json; also forms/relevance.py.
 */
export function relevantPaths(checklist: Checklist, answers: AnswersDocument | Reading): string[] {
  return readAnswers(checklist, answers).parts.flatMap((part) =>
    part.section.items.flatMap((item, position) => (part.results[position] === null ? [] : [pathOf(part, item)])),
  );
}
