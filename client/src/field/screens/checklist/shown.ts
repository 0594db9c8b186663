/** What a checklist screen shows of a reading: sections, instances and rows, and how many of them are answered. Pure. */
import type { Checklist } from "../../../forms/checklist.ts";
import type { AnswersDocument, ItemDocument, Result, SectionDocument, Text } from "../../../forms/format.ts";
import { pathOf } from "../../../forms/reading.ts";
import type { Part, Reading } from "../../../forms/reading.ts";
import type { SubmissionRow } from "../../local/rows.ts";

export interface RowView {
  path: string;
  item: ItemDocument;
}

/** The rows of a section, or of one vehicle, boiler or the like in a section that repeats. */
export interface PartView {
  instance: number | null;
  key: string | null;
  rows: RowView[];
}

export interface SectionView {
  id: string;
  title: Text;
  repeat: { label: Text; max: number } | null;
  parts: PartView[];
  done: number;
  total: number;
}

/** The answers alone: the rest of the row is the phone's own business and no part of the document that rules read. */
export function answersOf({ profile, answers, repeats }: SubmissionRow): AnswersDocument {
  return { profile, answers, repeats };
}

export type RowCache = Map<string, RowView>;

/** Rows keep their identity from one reading to the next, so that a list re-renders only what came or went. */
export function sectionsShown(reading: Reading, submission: Pick<SubmissionRow, "repeats">, cache: RowCache): SectionView[] {
  const parts = new Map<string, Part[]>();
  for (const part of reading.parts) parts.set(part.section.id, [...(parts.get(part.section.id) ?? []), part]);
  return reading.shown.map((section) => {
    const document = sectionDocument(reading.checklist, section.index);
    const own = parts.get(section.id) ?? [];
    return {
      id: section.id,
      title: document.title,
      repeat: document.repeat ?? null,
      parts: own.map((part) => ({
        instance: part.instance,
        key: part.instance === null ? null : (submission.repeats[section.id]?.[part.instance]?.key ?? ""),
        rows: rowsOf(part, cache),
      })),
      ...countsOf(own),
    };
  });
}

export function resultsByPath(reading: Reading): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const part of reading.parts) {
    part.section.items.forEach((item, position) => {
      const result = part.results[position];
      if (result) results.set(pathOf(part, item), result);
    });
  }
  return results;
}

/** Same rows in the same order, whatever their answers: then the list need not be drawn again. */
export function sameShape(a: readonly SectionView[], b: readonly SectionView[]): boolean {
  const shape = (sections: readonly SectionView[]): string =>
    sections.map((section) => `${section.id}:${section.parts.map((part) => `${part.key}/${part.rows.map((row) => row.path).join()}`).join(";")}`).join("|");
  return shape(a) === shape(b);
}

/** What "the rest of this section passes" may answer: looked at with the eyes, without a value, a choice or a picture. */
export function passableRest(section: SectionView, resultOf: (path: string) => Result): RowView[] {
  return section.parts
    .flatMap((part) => part.rows)
    .filter((row) => (row.item.type === "judgement" || row.item.type === "facts") && resultOf(row.path) === "unchecked");
}

function rowsOf(part: Part, cache: RowCache): RowView[] {
  return part.section.items.flatMap((item, position) => {
    if (part.results[position] === null) return [];
    const path = pathOf(part, item);
    let row = cache.get(path);
    if (row === undefined) {
      row = { path, item: item.document };
      cache.set(path, row);
    }
    return [row];
  });
}

function countsOf(parts: readonly Part[]): { done: number; total: number } {
  let done = 0;
  let total = 0;
  for (const part of parts) {
    part.section.items.forEach((item, position) => {
      const result = part.results[position];
      if (!result || !item.counted) return;
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
