/** What a checklist screen shows of a reading: sections, instances and rows, and how many of them are answered. Pure. */
import type { Checklist, Section } from "../../../forms/checklist.ts";
import type { ConditionDocument, ItemDocument, Result, SectionDocument, Text } from "../../../forms/format.ts";
import { askedOf, pathOf } from "../../../forms/reading.ts";
import type { Part, Reading } from "../../../forms/reading.ts";
import type { SubmissionRow } from "../../local/rows.ts";
import { findInstance } from "../../local/visits.ts";

export interface RowView {
  path: string;
  item: ItemDocument;
}

/** The rows of a section, or of one vehicle, boiler or the like in a section that repeats. */
export interface PartView {
  instance: string | null;
  key: string | null;
  rows: RowView[];
}

export interface SectionView {
  id: string;
  title: Text;
  repeat: { label: Text; max: number } | null;
  parts: PartView[];
  /** Everything in it is asked; of another one the core items are. */
  whole: boolean;
  /** Anything in it is asked on this visit. */
  asked: boolean;
  /** Why there is none here, where somebody said so. */
  noneHere: string | null;
  done: number;
  total: number;
}

export type RowCache = Map<string, RowView>;

/** Rows keep their identity from one reading to the next, so that a list re-renders only what came or went. */
export function sectionsShown(reading: Reading, submission: Pick<SubmissionRow, "repeats" | "none_here">, cache: RowCache): SectionView[] {
  const parts = new Map<string, Part[]>();
  for (const part of reading.parts) parts.set(part.section.id, [...(parts.get(part.section.id) ?? []), part]);
  return reading.shown.map((section) => {
    const document = sectionDocument(reading.checklist, section.index);
    const own = parts.get(section.id) ?? [];
    const whole = reading.isWhole(section);
    const rows = own.map((part) => rowsOf(part, cache));
    return {
      id: section.id,
      title: document.title,
      repeat: document.repeat ?? null,
      parts: own.map((part, index) => ({
        instance: part.instance,
        key: part.instance === null ? null : (findInstance(submission, section.id, part.instance)?.key ?? ""),
        rows: rows[index] ?? [],
      })),
      whole,
      asked: whole || section.core || rows.some((each) => each.length > 0),
      noneHere: submission.none_here?.[section.id]?.reason ?? null,
      ...countsOf(reading, section, own),
    };
  });
}

export function resultsByPath(reading: Reading): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const part of reading.parts) {
    for (const { item, result } of askedOf(part)) results.set(pathOf(part, item), result);
  }
  return results;
}

/** Same rows in the same order, whatever their answers: then the list need not be drawn again. */
export function sameShape(a: readonly SectionView[], b: readonly SectionView[]): boolean {
  const shape = (sections: readonly SectionView[]): string =>
    sections.map((section) => `${section.id}/${section.whole}/${section.asked}/${section.noneHere}:${section.parts.map((part) => `${part.key}/${part.rows.map((row) => row.path).join()}`).join(";")}`).join("|");
  return shape(a) === shape(b);
}

/**
 * What "the rest of this section passes" may answer: what is looked at with the eyes. Never a determination fact, what another
 * answer opened, or what carries a hazard: each of them wants a look of its own.
 */
export function passableRest(section: SectionView, resultOf: (path: string) => Result, hasHazard: (path: string) => boolean): RowView[] {
  return uncheckedIn(section, resultOf).filter(({ path, item }) => item.type === "judgement" && !asksAnswers(item.relevant) && !hasHazard(path));
}

export function uncheckedIn(section: SectionView, resultOf: (path: string) => Result): RowView[] {
  return section.parts.flatMap((part) => part.rows).filter((row) => resultOf(row.path) === "unchecked");
}

/** Whether a condition looks at answers, not at the subject's profile alone. */
function asksAnswers(condition: ConditionDocument | undefined): boolean {
  if (condition === undefined) return false;
  if (condition.item !== undefined) return true;
  return [condition.all, condition.any, condition.of, condition.not && [condition.not]].some((children) => children?.some(asksAnswers) ?? false);
}

function rowsOf(part: Part, cache: RowCache): RowView[] {
  return askedOf(part).map(({ item }) => {
    const path = pathOf(part, item);
    let row = cache.get(path);
    if (row === undefined) {
      row = { path, item: item.document };
      cache.set(path, row);
    }
    return row;
  });
}

function countsOf(reading: Reading, section: Section, parts: readonly Part[]): { done: number; total: number } {
  let done = reading.noneHere.includes(section) ? 1 : 0;
  let total = done + (reading.empty.includes(section) ? 1 : 0);
  for (const part of parts) {
    part.section.items.forEach((item, position) => {
      const result = part.results[position];
      if (!result || !item.counted || !(part.whole || item.core)) return;
      total += 1;
      if (result !== "unchecked") done += 1;
    });
  }
  return { done, total };
}

function sectionDocument(checklist: Checklist, index: number): SectionDocument {
  const document = checklist.document.sections[index];
  if (document === undefined) throw new Error(`the checklist has no section ${index}`);
  return document;
}
