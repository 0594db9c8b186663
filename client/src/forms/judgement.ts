/** Everything about one submission in one call: reads the answers once for faults, determinations and score. */

import type { Fault } from "./answers.ts";
import type { Checklist } from "./checklist.ts";
import type { Determination } from "./determinations.ts";
import { determine } from "./determinations.ts";
import { answerFaults } from "./faults.ts";
import type { AnswersDocument } from "./format.ts";
import type { Reading } from "./reading.ts";
import { readAnswers } from "./reading.ts";
import type { Score } from "./scores.ts";
import { score } from "./scores.ts";

/** Faults, determinations and score of one answers document; other rules take `reading` and read nothing again. */
export interface Judgement {
  readonly reading: Reading;
  readonly faults: readonly Fault[];
  readonly determinations: readonly Determination[];
  readonly score: Score;
}

/** Faults, determinations and score of an answers document; with faults the others are only a preview. */
export function judge(
  checklist: Checklist,
  answers: AnswersDocument,
  outsideVetoes: readonly string[] = [],
): Judgement {
  const reading = readAnswers(checklist, answers);
  const determinations = determine(checklist, reading);
  return {
    reading,
    faults: answerFaults(reading, determinations),
    determinations,
    score: score(checklist, reading, outsideVetoes),
  };
}
