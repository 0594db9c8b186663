/** The result and the points of each shown item. */

import type { Checklist } from "./checklist.ts";
import type { AnswersDocument, Result } from "./format.ts";
import { decimalText } from "./quantities.ts";
import type { Reading } from "./reading.ts";
import { askedOf, pathOf, readAnswers } from "./reading.ts";

/** What an item came to. `earned` and `applicable` are points as decimal strings, like "2.5". */
export interface ItemResult {
  readonly result: Result;
  readonly earned: string;
  readonly applicable: string;
}

/**
 * Result and points of every item that is asked (see `relevantPaths`) by path, in form order.
 *
 * Shape:  result is pass, fail, partial, not_applicable or unchecked; the last two have no applicable points.
 * Source: tests/vectors/forms/results.json; also forms/results.py.
 */
export function results(checklist: Checklist, answers: AnswersDocument | Reading): Map<string, ItemResult> {
  const found = new Map<string, ItemResult>();
  for (const part of readAnswers(checklist, answers).parts) {
    for (const { item, result, earned } of askedOf(part)) {
      const applicable = decimalText(isApplicable(result) ? item.points : 0);
      found.set(pathOf(part, item), { result, earned: decimalText(earned), applicable });
    }
  }
  return found;
}

function isApplicable(result: Result): boolean {
  return result === "pass" || result === "fail" || result === "partial";
}
