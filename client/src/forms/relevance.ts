/** Which items are shown, given the subject's profile and the answers so far. */

import type { Checklist } from "./checklist.ts";
import type { AnswersDocument } from "./format.ts";
import type { Reading } from "./reading.ts";
import { askedOf, pathOf, readAnswers } from "./reading.ts";

/**
 * Paths of the items that are asked, in form order: `item`, or `section[id].item` for each instance of a repeated one.
 *
 * Shape:  what a condition hides is not asked; in a core visit neither is what is outside its scope, unless it was answered.
 * Source: tests/vectors/forms/relevance.json; also forms/relevance.py.
 */
export function relevantPaths(checklist: Checklist, answers: AnswersDocument | Reading): string[] {
  return readAnswers(checklist, answers).parts.flatMap((part) => askedOf(part).map(({ item }) => pathOf(part, item)));
}
