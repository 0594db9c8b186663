/** What is known of a hazard before anyone types: words, grade, clauses, time limit and immediate measure from item and answer. */
import type { ImmediateMeasureKind } from "../vocabulary/codes.ts";
import type { Checklist } from "./checklist.ts";
import { findItem } from "./checklist.ts";
import { deadlineDate, unannouncedYears } from "./deadlines.ts";
import type { Holidays } from "./deadlines.ts";
import { hazardGrade } from "./determinations.ts";
import type { Determination } from "./determinations.ts";
import type { AnswerDocument, Citation, DayKind, DeterminationDocument, ItemDocument, Text } from "./format.ts";
import { applicableLimit, limitWords, valueWords } from "./limits.ts";
import type { Reading } from "./reading.ts";

/** What a person sets when nothing says otherwise: three working days, as on the county's notices. */
export const USUAL_RULE = { days: 3, day_kind: "working" } as const;

/**
 * A hazard as it would be proposed for a failed item.
 *
 * Shape:  `description` is null where only a person can choose the words. A major hazard has no `deadline` and no
 *         `deadlineRule`: its treatment plan or an order sets it. `unannouncedYears` are years whose holidays were not known
 *         when the deadline was counted.
 */
export interface Proposal {
  readonly description: Text | null;
  readonly grade: "major" | "general";
  readonly gradeSuggested: "major" | "general" | null;
  readonly determinations: readonly string[];
  readonly basis: readonly Citation[];
  readonly deadline: string | null;
  readonly deadlineRule: { readonly days: number; readonly day_kind: DayKind } | null;
  readonly unannouncedYears: readonly number[];
  readonly immediateMeasure: readonly ImmediateMeasureKind[];
}

/**
 * The hazard to propose for the item at a path; `answer` is what was answered there.
 *
 * Source: tests/vectors/forms/hazards.json; also forms/hazards.py.
 */
export function proposeHazard(
  reading: Reading,
  path: string,
  answer: AnswerDocument,
  determinations: readonly Determination[],
  foundOn: string,
  holidays: Holidays,
): Proposal {
  const item = findItem(reading.checklist, path);
  if (item === null) throw new Error(`there is no item at ${path}`);
  const met = determinations.filter((found) => found.paths.includes(path));
  const grade = hazardGrade(met, path);
  const { days, day_kind } = item.hazard?.deadline ?? USUAL_RULE;
  const isMajor = grade === "major";
  return {
    description: descriptionOf(reading, path, item, answer, met),
    grade,
    gradeSuggested: met.length > 0 ? grade : null,
    determinations: met.map((found) => found.id),
    basis: basisOf(reading.checklist, item, met),
    deadline: isMajor ? null : deadlineDate(foundOn, days, day_kind, holidays),
    deadlineRule: isMajor ? null : { days, day_kind },
    unannouncedYears: isMajor ? [] : unannouncedYears(foundOn, days, day_kind, holidays),
    immediateMeasure: item.hazard?.immediate_measure?.kinds ?? [],
  };
}

/** What was found, never what should have been: a phrase with the figures, what was ticked, what was chosen. */
function descriptionOf(reading: Reading, path: string, item: ItemDocument, answer: AnswerDocument, met: readonly Determination[]): Text | null {
  const phrases = item.hazard?.phrases ?? [];
  const [phrase] = phrases;
  if (item.type === "number" && item.number && phrase) {
    const limit = applicableLimit(reading, path);
    const value = valueWords(item.number, answer, limit);
    if (value === null) return phrase;
    const said = [value, ...(limitWords(item.number, limit) === null ? [] : [limitWords(item.number, limit) as Text])];
    return {
      zh: `${phrase.zh}：${said.map((words) => words.zh).join("，")}`,
      en: `${phrase.en}: ${said.map((words) => words.en).join(", ")}`,
    };
  }
  if (item.type === "facts") {
    const ticked = Array.isArray(answer.value) ? answer.value : [];
    return joined((item.facts?.options ?? []).filter((option) => ticked.includes(option.value)).map((option) => option.label));
  }
  if (item.type === "choice") {
    const chosen = item.choice?.options.find((option) => option.value === answer.value);
    // A clause can be met at an item that is in order by itself: "in use" beside a failed inspection is no problem.
    if (chosen?.result === "pass" && met.length > 0) return joined(met.flatMap((found) => ruleOf(reading.checklist, found.id)?.title ?? []));
    return chosen?.label ?? null;
  }
  return phrases.length === 1 ? (phrase ?? null) : null;
}

function joined(texts: readonly Text[]): Text | null {
  if (texts.length === 0) return null;
  return { zh: texts.map((text) => text.zh).join("；"), en: texts.map((text) => text.en).join("; ") };
}

function ruleOf(checklist: Checklist, id: string): DeterminationDocument | undefined {
  return checklist.document.determinations?.find((each) => each.id === id);
}

/** The clauses met, then those of the item, each once. */
function basisOf(checklist: Checklist, item: ItemDocument, met: readonly Determination[]): Citation[] {
  const named = new Set(met.map((found) => found.id));
  const rules = (checklist.document.determinations ?? []).filter((entry) => named.has(entry.id));
  const all = [...rules, ...(item.basis ?? [])].map(({ standard, clause }) => ({ standard, clause }));
  return all.filter((citation, index) => all.findIndex((each) => each.standard === citation.standard && each.clause === citation.clause) === index);
}
