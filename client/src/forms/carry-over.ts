/** Moves the answers of a draft to another version of a checklist; what cannot come along is named, never dropped. */

import type { Fault } from "./answers.ts";
import type { Checklist } from "./checklist.ts";
import { figuresOf, findItem } from "./checklist.ts";
import { canonicalJson } from "./content-hash.ts";
import { findFaults } from "./faults.ts";
import type { AnswerDocument, AnswersDocument, InstanceDocument, ItemDocument } from "./format.ts";
import { instanceId } from "./reading.ts";

// What decides whether an answer still means the same; wording of help and of hazards may change.
const MEANING = ["statement", "number", "choice", "facts", "points", "partial", "gate", "veto"] as const;

/** An answer that came along. `lookAgain`: the item reads or judges differently now. */
export interface Kept {
  readonly path: string;
  readonly lookAgain: boolean;
}

/** An answer that could not come along: where it was, why (`retyped` or a fault code), and the answer itself. */
export interface Lost {
  readonly path: string;
  readonly code: string;
  readonly answer: unknown;
}

/** The answers for the new version, and what became of each answer of the old one. */
export interface CarryOver {
  readonly answers: AnswersDocument;
  readonly kept: readonly Kept[];
  readonly lost: readonly Lost[];
}

interface Place {
  readonly path: string;
  readonly holder: Record<string, AnswerDocument>;
  readonly item: string;
}

/**
 * The answers of `old` as answers to `next`; the old document is not changed.
 *
 * Shape:  each answer is in `kept` or in `lost`; lost profile keys are `profile.key`, a lost instance `section[id]` with
 *         its name, a section that was added to the visit `sections.id`, one said to be absent `none_here.id`. Faults that
 *         the draft had before come along as they are.
 * Source: tests/vectors/forms/carry_over.json; also forms/carry_over.py.
 */
export function carryOver(old: Checklist, next: Checklist, answers: AnswersDocument): CarryOver {
  // A copy by JSON, since screens hand in reactive objects that structuredClone refuses.
  const document = JSON.parse(JSON.stringify(answers)) as AnswersDocument;
  const lost: Lost[] = [];
  for (const { path, holder, item } of placesOf(document)) {
    const before = findItem(old, item);
    const after = findItem(next, item);
    if (before !== null && after !== null && asksOtherwise(before, after)) {
      lost.push({ path, code: "retyped", answer: taken(holder, item) });
    }
  }
  lost.push(...takeAddedSections(document, next));
  const known = new Set(findFaults(old, answers).map(nameOf));
  // Taking one answer away can hide items whose answers then do not fit either: look until nothing new is wrong.
  for (;;) {
    const faults = findFaults(next, document).filter((fault) => !known.has(nameOf(fault)));
    if (faults.length === 0) break;
    for (const fault of faults) {
      known.add(nameOf(fault));
      lost.push(...take(document, fault, next));
    }
  }
  const kept = placesOf(document).map(({ path, item }) => ({ path, lookAgain: hasChanged(old, next, item) }));
  return { answers: document, kept, lost };
}

/**
 * Whether an answer to `before` would be read as something else by `after`: another type, another unit. A figure that was
 * worked out is no reading beside a design value.
 */
function asksOtherwise(before: ItemDocument, after: ItemDocument): boolean {
  if (before.type !== after.type) return true;
  return before.number !== undefined && after.number !== undefined && figuresOf(before.number).join() !== figuresOf(after.number).join();
}

function takeAddedSections(document: AnswersDocument, next: Checklist): Lost[] {
  const added = document.sections ?? [];
  const isGone = (id: string): boolean => !next.sections.some((section) => section.id === id);
  if (added.some(isGone)) document.sections = added.filter((id) => !isGone(id));
  return added.filter(isGone).map((id) => ({ path: `sections.${id}`, code: "unknown-section", answer: id }));
}

/** Takes what a fault points at out of the document. */
function take(document: AnswersDocument, fault: Fault, next: Checklist): Lost[] {
  const steps = fault.pointer.split("/").slice(1);
  const [place, first = "", index = "", within, last = ""] = steps.map(unescaped);
  const one = (path: string, holder: Record<string, unknown> | undefined, key: string): Lost[] =>
    holder !== undefined && Object.hasOwn(holder, key) ? [{ path, code: fault.code, answer: taken(holder, key) }] : [];
  if (place === "profile" && steps.length > 1) return one(`profile.${first}`, document.profile, first);
  if (place === "answers" && steps.length > 1) return one(first, document.answers, first);
  if (place === "none_here" && steps.length > 1) return one(`none_here.${first}`, document.none_here, first);
  if (place !== "repeats" || document.repeats === undefined || !Object.hasOwn(document.repeats, first)) return [];
  const instances = document.repeats[first] ?? [];
  if (within === "answers" && steps.length > 4) {
    const instance = instances[Number(index)];
    return instance === undefined ? [] : one(`${first}[${instanceId(instance, Number(index))}].${last}`, instance.answers, last);
  }
  if (steps.length > 2) return [];
  const maximum = next.sections.find((section) => section.id === first)?.repeatMaximum ?? 0;
  const keep = fault.code === "too-many-instances" ? maximum : 0;
  if (keep === 0) Reflect.deleteProperty(document.repeats, first);
  return instances.splice(keep).flatMap((instance, offset) =>
    lostInstance(`${first}[${instanceId(instance, keep + offset)}]`, instance, fault),
  );
}

function lostInstance(path: string, instance: InstanceDocument, fault: Fault): Lost[] {
  const answers = Object.entries(instance.answers ?? {});
  return [
    { path, code: fault.code, answer: instance.key },
    ...answers.map(([item, answer]) => ({ path: `${path}.${item}`, code: fault.code, answer })),
  ];
}

/** Path, holder and item id of every answer of a document. */
function placesOf(document: AnswersDocument): Place[] {
  const holder = document.answers ?? {};
  const plain = Object.keys(holder).map((item) => ({ path: item, holder, item }));
  const repeated = Object.entries(document.repeats ?? {}).flatMap(([section, instances]) =>
    instances.flatMap((instance, index) =>
      Object.keys(instance.answers ?? {}).map((item) => ({
        path: `${section}[${instanceId(instance, index)}].${item}`,
        holder: instance.answers,
        item,
      })),
    ),
  );
  return [...plain, ...repeated];
}

function taken(holder: Record<string, unknown>, key: string): unknown {
  const answer = holder[key];
  Reflect.deleteProperty(holder, key);
  return answer;
}

function hasChanged(old: Checklist, next: Checklist, item: string): boolean {
  const before = findItem(old, item);
  const after = findItem(next, item);
  if (before === null || after === null) return true;
  return MEANING.some((key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null));
}

function nameOf(fault: Fault): string {
  return `${fault.pointer} ${fault.code}`;
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
