// The vector files shared with Python, run against the TypeScript rules; tests/forms/test_vectors.py is the mirror.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { carryOver } from "../../src/forms/carry-over.ts";
import { loadChecklist } from "../../src/forms/checklist.ts";
import type { Checklist } from "../../src/forms/checklist.ts";
import { canonicalJson, contentHash } from "../../src/forms/content-hash.ts";
import type { Holidays } from "../../src/forms/deadlines.ts";
import { deadlineDate, unannouncedYears } from "../../src/forms/deadlines.ts";
import { determine } from "../../src/forms/determinations.ts";
import { findFaults } from "../../src/forms/faults.ts";
import type { AnswerDocument, AnswersDocument, ChecklistDocument, DayKind, StandardDocument } from "../../src/forms/format.ts";
import { proposeHazard } from "../../src/forms/hazards.ts";
import { displayPercentage } from "../../src/forms/percentages.ts";
import { readAnswers, readPath } from "../../src/forms/reading.ts";
import { relevantPaths } from "../../src/forms/relevance.ts";
import { results } from "../../src/forms/results.ts";
import { score } from "../../src/forms/scores.ts";
import { groundOf } from "../../src/forms/standards.ts";
import { scoreDocument } from "./score-document.ts";

type Sketch = Partial<ChecklistDocument> & Pick<ChecklistDocument, "sections">;

interface Vectors<Case> {
  readonly checklists: Readonly<Record<string, Sketch>>;
  readonly cases: readonly (Case & { readonly name: string })[];
}

interface OnChecklist<Expected> {
  readonly checklist: string;
  readonly answers: AnswersDocument;
  readonly expected: Expected;
}

const BANDS = [
  ["excellent", 90],
  ["good", 80],
  ["qualified", 60],
  ["unqualified", 0],
] as const;

const relevance = load<OnChecklist<string[]>>("relevance");
const faults = load<OnChecklist<unknown[]>>("faults");
const itemResults = load<OnChecklist<Record<string, unknown>>>("results");
const determinations = load<OnChecklist<unknown[]> & { not_in_force?: string[] }>("determinations");
const scores = load<OnChecklist<Record<string, unknown>> & { outside_vetoes?: string[] }>("scores");
const percentages = load<{ numerator: number; denominator: number; lines?: number[]; decimals?: 0 | 1; expected: string }>(
  "percentages",
);
const deadlines = load<{ found_on: string; days: number; day_kind: DayKind; expected: string; unannounced_years?: number[] }>("deadlines");
const hazards = load<OnChecklist<Record<string, unknown>> & { path: string; found_on: string; not_in_force?: string[] }>("hazards");
const grounds = load<{ standard: Partial<StandardDocument>; day: string; expected: string }>("standards");
const hashes = load<{ document: unknown; canonical: string; expected: string }>("hashes");
const carryOvers = load<{
  from: string;
  to: string;
  answers: AnswersDocument;
  answers_expected: AnswersDocument;
  kept: unknown[];
  lost: unknown[];
}>("carry_over");

describe("relevance", () => {
  it.each(relevance.cases)("$name", ({ checklist, answers, expected }) => {
    expect(relevantPaths(sketched(relevance, checklist), answers)).toEqual(expected);
  });
});

describe("faults", () => {
  it.each(faults.cases)("$name", ({ checklist, answers, expected }) => {
    expect(findFaults(sketched(faults, checklist), answers)).toEqual(expected);
  });
});

describe("results", () => {
  it.each(itemResults.cases)("$name", ({ checklist, answers, expected }) => {
    const found = results(sketched(itemResults, checklist), answers);
    const rows = [...found].map(([path, { result, earned, applicable }]) => [path, [result, earned, applicable]]);
    expect(Object.fromEntries(rows)).toEqual(expected);
  });
});

describe("determinations", () => {
  it.each(determinations.cases)("$name", ({ checklist, answers, expected, not_in_force = [] }) => {
    const found = determine(sketched(determinations, checklist), answers, (standard) => !not_in_force.includes(standard));
    expect(found.map(({ id, grade, suggestedOnly, paths }) => [id, grade, suggestedOnly, paths])).toEqual(expected);
  });
});

describe("scores", () => {
  it.each(scores.cases)("$name", ({ checklist, answers, expected, outside_vetoes = [] }) => {
    expect(scoreDocument(score(sketched(scores, checklist), answers, outside_vetoes))).toMatchObject(expected);
  });
});

describe("hazards", () => {
  const { holidays } = hazards as unknown as { holidays: Holidays };
  it.each(hazards.cases)("$name", ({ checklist, answers, path, found_on, not_in_force = [], expected }) => {
    const reading = readAnswers(sketched(hazards, checklist), answers);
    const met = determine(reading.checklist, reading, (standard) => !not_in_force.includes(standard));
    const { gradeSuggested, deadlineRule, unannouncedYears, immediateMeasure, basis, ...found } = proposeHazard(reading, path, answerAt(answers, path), met, found_on, holidays);
    expect({
      ...found, grade_suggested: gradeSuggested, deadline_rule: deadlineRule, unannounced_years: unannouncedYears, immediate_measure: immediateMeasure,
      basis: basis.map(({ standard, clause }) => [standard, clause]),
    }).toEqual(expected);
  });
});

describe("percentages", () => {
  it.each(percentages.cases)("$name", ({ numerator, denominator, lines, decimals, expected }) => {
    expect(displayPercentage(numerator, denominator, lines, decimals)).toBe(expected);
  });
});

describe("deadlines", () => {
  const { holidays } = deadlines as unknown as { holidays: Holidays };
  it.each(deadlines.cases)("$name", ({ found_on, days, day_kind, expected }) => {
    expect(deadlineDate(found_on, days, day_kind, holidays)).toBe(expected);
  });
  it.each(deadlines.cases.filter((each) => each.unannounced_years))("years without a table: $name", ({ found_on, days, day_kind, unannounced_years }) => {
    expect(unannouncedYears(found_on, days, day_kind, holidays)).toEqual(unannounced_years);
  });
});

describe("standards", () => {
  // An entry of the registry without dates; a case says what matters.
  const plain = { id: "law", valid_from: null, valid_to: null, replaced_by: null, last_checked_on: "2026-11-30" } as StandardDocument;
  it.each(grounds.cases)("$name", ({ standard, day, expected }) => {
    expect(groundOf({ ...plain, ...standard }, day)).toBe(expected);
  });
});

describe("hashes", () => {
  it.each(hashes.cases)("$name", async ({ document, canonical, expected }) => {
    expect(canonicalJson(document)).toBe(canonical);
    expect(await contentHash(document)).toBe(expected);
  });
});

describe("carry-over", () => {
  it.each(carryOvers.cases)("$name", ({ from, to, answers, answers_expected, kept, lost }) => {
    const found = carryOver(sketched(carryOvers, from), sketched(carryOvers, to), answers);
    expect(found.answers).toEqual(answers_expected);
    expect(found.kept.map(({ path, lookAgain }) => [path, lookAgain])).toEqual(kept);
    const named = found.lost.map(({ path, code, answer }) => [path, code, answer] as const);
    expect(named.sort(([one], [other]) => (one < other ? -1 : 1))).toEqual(lost);
  });
});

function load<Case>(name: string): Vectors<Case> {
  const path = fileURLToPath(new URL(`../../../tests/vectors/forms/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as Vectors<Case>;
}

function answerAt(answers: AnswersDocument, path: string): AnswerDocument {
  const place = readPath(path);
  if (place.section_id === null) return answers.answers?.[place.item_id] ?? {};
  return answers.repeats?.[place.section_id]?.find(({ id }) => id === place.instance_id)?.answers[place.item_id] ?? {};
}

/** The compiled checklist of a sketch; the rules need no texts, so only the scoring is completed. */
function sketched(vectors: { readonly checklists: Readonly<Record<string, Sketch>> }, name: string): Checklist {
  const sketch = vectors.checklists[name];
  if (sketch === undefined) throw new Error(`there is no sketch ${name}`);
  const scoring = {
    rounding: "one_decimal",
    bands: BANDS.map(([grade, at_least]) => ({ grade, at_least, label: { zh: grade, en: grade } })),
    not_applicable_limit_percent: 50,
    confirmed_by_office: false,
    ...sketch.scoring,
  };
  return loadChecklist({ id: "sketch", version: "2026.1", ...sketch, scoring } as ChecklistDocument);
}
