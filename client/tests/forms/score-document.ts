import type { Score } from "../../src/forms/scores.ts";

/** A score with the key names of the vectors and the server; the integers as numbers, so only for small ones. */
export function scoreDocument(score: Score): Record<string, unknown> {
  return {
    numerator: score.numerator === null ? null : Number(score.numerator),
    denominator: score.denominator === null ? null : Number(score.denominator),
    provisional: score.provisional,
    checked: score.checked,
    total: score.total,
    sections: score.sections.map(({ gateFailed, ...section }) => ({ ...section, gate_failed: gateFailed })),
    grade: score.grade,
    veto_paths: score.vetoPaths,
    outside_vetoes: score.outsideVetoes,
    insufficient_sample: score.insufficientSample,
    display: score.display,
    scope: score.scope,
    added_sections: score.addedSections,
    empty_sections: score.emptySections,
  };
}
