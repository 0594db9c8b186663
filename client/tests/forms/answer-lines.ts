// Answers JSON lines on stdin with what the TypeScript rules say; tests/forms/test_both_languages.py drives it from Python.
import { createInterface } from "node:readline";
import { loadChecklist } from "../../src/forms/checklist.ts";
import { contentHash } from "../../src/forms/content-hash.ts";
import type { AnswersDocument, ChecklistDocument } from "../../src/forms/format.ts";
import { judge } from "../../src/forms/judgement.ts";
import { relevantPaths } from "../../src/forms/relevance.ts";
import { results } from "../../src/forms/results.ts";

interface Question {
  readonly checklist: ChecklistDocument;
  readonly answers: AnswersDocument;
}

async function answered(question: Question): Promise<unknown> {
  const checklist = loadChecklist(question.checklist);
  const { reading, faults, determinations, score } = judge(checklist, question.answers);
  return {
    hash: await contentHash(question.checklist),
    relevant: relevantPaths(checklist, reading),
    faults: faults.map(({ pointer, code, params }) => [pointer, code, params]),
    results: [...results(checklist, reading)].map(([path, found]) => [path, found.result, found.earned, found.applicable]),
    determinations: determinations.map((found) => [
      found.id,
      found.grade,
      found.halt,
      found.route,
      found.regulator,
      found.suggestedOnly,
      found.paths,
    ]),
    score: {
      numerator: score.numerator === null ? null : String(score.numerator),
      denominator: score.denominator === null ? null : String(score.denominator),
      provisional: score.provisional,
      checked: score.checked,
      total: score.total,
      sections: score.sections.map((part) => [part.id, part.earned, part.applicable, part.rate, part.gateFailed]),
      grade: score.grade,
      veto_paths: score.vetoPaths,
      insufficient_sample: score.insufficientSample,
      display: score.display,
      scope: score.scope,
      added_sections: score.addedSections,
      empty_sections: score.emptySections,
    },
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question;
  const answer = await answered(question);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
