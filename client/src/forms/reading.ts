/**
 * Reads an answers document against a checklist in one pass: what is shown, what each answer says, what is wrong.
 *
 * Every rule (relevance, faults, results, determinations, score) looks at the same Reading, so they cannot disagree.
 * An answer with a fault counts as unchecked.
 */

import type { VisitScope } from "../vocabulary/codes.ts";
import type { Fault, JsonObject } from "./answers.ts";
import {
  REASON_MAXIMUM,
  UNCHECKED,
  escaped,
  fault,
  findAnswerFaults,
  isObject,
  numberFaults,
  optionFaults,
  own,
  readAnswer,
  textFaults,
  trimmed,
  wrongType,
} from "./answers.ts";
import type { Checklist, Item, ProfileKey, Section } from "./checklist.ts";
import type { State, Value } from "./conditions.ts";
import type { AnswersDocument, Result } from "./format.ts";
import { findThousandths } from "./quantities.ts";

const ROOT_KEYS = new Set(["profile", "answers", "repeats", "scope", "sections", "none_here"]);
const INSTANCE_ID = /^[A-Za-z0-9-]{1,36}$/;

export const KEY_MAXIMUM = 60;
// The profile holds counts and sizes of the subject; three decimals are what the format can hold.
const PROFILE_DECIMALS = 3;

/**
 * The answers of one shown section, or of one instance of a repeated one; null among the results means hidden.
 *
 * Shape:  `instance` is the id of the instance. Of a part that is not `whole` only the core items are in the scope of the
 *         visit.
 * Units:  earned in thousandths of a point.
 */
export interface Part {
  readonly section: Section;
  readonly instance: string | null;
  readonly whole: boolean;
  readonly results: readonly (Result | null)[];
  readonly values: readonly Value[];
  readonly earned: readonly number[];
}

/**
 * What an answers document says. It is also the state that conditions look at while it is being read.
 *
 * `empty` are the repeated sections in scope that apply and have no instance, `noneHere` those of which somebody said that
 * there is none. `passedHazards` are the paths and pointers of passed items that carry a hazard.
 */
export class Reading implements State {
  readonly checklist: Checklist;
  readonly results: (Result | null)[];
  readonly values: Value[];
  readonly earned: number[];
  readonly profile = new Map<string, number | string | boolean>();
  readonly instances: Part[][];
  scope: VisitScope = "full";
  added: ReadonlySet<unknown> = new Set();
  readonly shown: Section[] = [];
  readonly empty: Section[] = [];
  readonly noneHere: Section[] = [];
  readonly passedHazards: (readonly [path: string, pointer: string])[] = [];
  readonly parts: Part[] = [];
  readonly faults: Fault[] = [];

  constructor(checklist: Checklist) {
    const size = checklist.slots.length;
    this.checklist = checklist;
    this.results = new Array<Result | null>(size).fill(null);
    this.values = new Array<Value>(size).fill(null);
    this.earned = new Array<number>(size).fill(0);
    this.instances = checklist.sections.map(() => []);
  }

  /** Whether all items of a section are in the scope of the visit, and not its core items only. */
  isWhole(section: Section): boolean {
    return this.scope === "full" || this.added.has(section.id);
  }

  /** Makes an instance the current one, so that conditions of its own section see its answers. */
  enter(part: Part): void {
    part.section.items.forEach((item, position) => {
      this.results[item.slot] = part.results[position] ?? null;
      this.values[item.slot] = part.values[position] ?? null;
    });
  }

  /** Forgets the current instance of a repeated section. */
  leave(section: Section): void {
    for (const item of section.items) {
      this.results[item.slot] = null;
      this.values[item.slot] = null;
      this.earned[item.slot] = 0;
    }
  }
}

/** The path of an item of a part: `item` or `section[id].item`. */
export function pathOf(part: Pick<Part, "section" | "instance">, item: Item): string {
  return part.instance === null ? item.id : `${part.section.id}[${part.instance}].${item.id}`;
}

/** Where an answer stands in its document. */
export type Place = { section_id: null; item_id: string } | { section_id: string; instance_id: string; item_id: string };

/** The place that a path (`item` or `section[id].item`) names. */
export function readPath(path: string): Place {
  const match = /^([^[\].]+)\[([A-Za-z0-9-]+)\]\.([^[\].]+)$/.exec(path);
  if (match === null) return { section_id: null, item_id: path };
  const [, section_id = "", instance_id = "", item_id = ""] = match;
  return { section_id, instance_id, item_id };
}

/** What is shown and in the scope of the visit, or was answered without being asked. */
export function askedOf(part: Part): { item: Item; result: Result; earned: number }[] {
  return part.section.items.flatMap((item, position) => {
    const result = part.results[position] ?? null;
    const isAsked = result !== null && (part.whole || item.core || result !== "unchecked");
    return isAsked ? [{ item, result, earned: part.earned[position] ?? 0 }] : [];
  });
}

/** The id of an instance. Answers from before instances had ids name them by their place in the list. */
export function instanceId(instance: { readonly id?: string }, index: number): string {
  return instance.id ?? String(index);
}

/**
 * The reading of an answers document; a reading is returned as it is.
 *
 * Shape:  any JSON value is accepted; what does not fit becomes a fault, sorted by pointer and code.
 * Source: tests/vectors/forms/; also forms/reading.py.
 */
export function readAnswers(checklist: Checklist, document: AnswersDocument | Reading): Reading {
  if (document instanceof Reading) return document;
  const reading = new Reading(checklist);
  const root = objectAt(document, "", reading);
  for (const key of Object.keys(root)) {
    if (!ROOT_KEYS.has(key)) {
      reading.faults.push(fault(`/${escaped(key)}`, "unknown-key"));
    }
  }
  readProfile(objectAt(own(root, "profile"), "/profile", reading), reading);
  readScope(root, reading);
  const answers = objectAt(own(root, "answers"), "/answers", reading);
  const repeats = objectAt(own(root, "repeats"), "/repeats", reading);
  const absent = objectAt(own(root, "none_here"), "/none_here", reading);
  let used = 0;
  for (const section of checklist.sections) {
    if (section.relevant !== null && !section.relevant.test(reading)) continue;
    reading.shown.push(section);
    if (section.repeatMaximum === null) used += readPart(section, null, answers, "/answers/", reading);
    else {
      readInstances(section, section.repeatMaximum, own(repeats, section.id), reading);
      readAbsence(section, own(absent, section.id), reading);
    }
  }
  if (used !== Object.keys(answers).length) findStrays(answers, reading, "/answers/", null);
  findStraySections(repeats, "/repeats/", reading);
  findStraySections(absent, "/none_here/", reading);
  reading.faults.sort(inOrder);
  return reading;
}

function readScope(root: JsonObject, reading: Reading): void {
  const { sections, hasCore } = reading.checklist;
  const scope = Object.hasOwn(root, "scope") ? root["scope"] : "full";
  const added = Object.hasOwn(root, "sections") ? root["sections"] : [];
  if (typeof scope !== "string") reading.faults.push(wrongType("/scope", "string"));
  else if (scope !== "core" && scope !== "full") reading.faults.push(fault("/scope", "not-an-option"));
  else if (scope === "core" && hasCore) reading.scope = "core";
  if (!Array.isArray(added)) {
    reading.faults.push(wrongType("/sections", "array"));
    return;
  }
  added.forEach((id: unknown, index) => {
    if (!sections.some((section) => section.id === id)) reading.faults.push(fault(`/sections/${index}`, "unknown-section"));
    else if (added.indexOf(id) < index) reading.faults.push(fault(`/sections/${index}`, "duplicate-value"));
  });
  reading.added = new Set<unknown>(added);
}

/** A repeated section without an instance: it was not looked at, unless somebody says with a reason that there is none. */
function readAbsence(section: Section, statement: unknown, reading: Reading): void {
  const hasInstances = (reading.instances[section.index] ?? []).length > 0;
  const isStated = statement !== undefined && statement !== null;
  const faults = isStated ? absenceFaults(statement, hasInstances, `/none_here/${section.id}`) : [];
  reading.faults.push(...faults);
  if (hasInstances || !(section.core || reading.isWhole(section))) return;
  (isStated && faults.length === 0 ? reading.noneHere : reading.empty).push(section);
}

function absenceFaults(statement: unknown, hasInstances: boolean, place: string): Fault[] {
  if (!isObject(statement)) return [wrongType(place, "object")];
  const faults = Object.keys(statement)
    .filter((key) => key !== "reason")
    .map((key) => fault(`${place}/${escaped(key)}`, "unknown-key"));
  const reason = own(statement, "reason") ?? null;
  if (reason === null || (typeof reason === "string" && trimmed(reason) === "")) {
    faults.push(fault(`${place}/reason`, "reason-missing"));
  } else {
    faults.push(...textFaults(reason, `${place}/reason`, REASON_MAXIMUM));
  }
  if (hasInstances) faults.push(fault(place, "none-here-with-instances"));
  return faults;
}

function readProfile(profile: JsonObject, reading: Reading): void {
  for (const [key, value] of Object.entries(profile)) {
    const definition = reading.checklist.profile.get(key);
    const pointer = `/profile/${escaped(key)}`;
    if (definition === undefined) {
      reading.faults.push(fault(pointer, "unknown-profile-key"));
      continue;
    }
    const found = profileFaults(definition, value, pointer);
    reading.faults.push(...found);
    if (found.length > 0) continue;
    const read = definition.kind === "number" ? findThousandths(value) : (value as string | boolean);
    if (read !== null) reading.profile.set(key, read);
  }
}

function profileFaults(definition: ProfileKey, value: unknown, pointer: string): Fault[] {
  if (definition.kind === "boolean") return typeof value === "boolean" ? [] : [wrongType(pointer, "boolean")];
  if (definition.kind === "number") return numberFaults(value, pointer, PROFILE_DECIMALS, null, null);
  return optionFaults(value, definition.options, pointer);
}

/** Reads the shown items of a section and returns how many answers it found. */
function readPart(
  section: Section,
  instance: string | null,
  answers: JsonObject,
  place: string,
  reading: Reading,
): number {
  let used = 0;
  for (const item of section.items) {
    if (item.relevant !== null && !item.relevant.test(reading)) continue;
    const answer = own(answers, item.id);
    let found = UNCHECKED;
    if (answer !== undefined && answer !== null) {
      used += 1;
      const faults = findAnswerFaults(item, answer, place + item.id);
      reading.faults.push(...faults);
      if (faults.length === 0 && isObject(answer)) {
        found = readAnswer(item, answer, reading);
        const hazards = own(answer, "hazards");
        const isInOrder = found.result === "pass" || found.result === "not_applicable";
        if (isInOrder && Array.isArray(hazards) && hazards.length > 0) {
          reading.passedHazards.push([pathOf({ section, instance }, item), place + item.id]);
        }
      }
    }
    reading.results[item.slot] = found.result;
    reading.values[item.slot] = found.value;
    reading.earned[item.slot] = found.earned;
  }
  const start = section.firstSlot;
  const end = start + section.items.length;
  reading.parts.push({
    section,
    instance,
    whole: reading.isWhole(section),
    results: reading.results.slice(start, end),
    values: reading.values.slice(start, end),
    earned: reading.earned.slice(start, end),
  });
  return used;
}

function readInstances(section: Section, maximum: number, instances: unknown, reading: Reading): void {
  const pointer = `/repeats/${section.id}`;
  if (instances === undefined) return;
  if (!Array.isArray(instances)) {
    reading.faults.push(wrongType(pointer, "array"));
    return;
  }
  if (instances.length > maximum) reading.faults.push(fault(pointer, "too-many-instances", { maximum }));
  const keys = new Set<string>();
  const ids = new Set<string>();
  instances.slice(0, maximum).forEach((entry: unknown, index) => {
    const place = `${pointer}/${index}`;
    const instance = objectAt(entry, place, reading);
    for (const key of Object.keys(instance)) {
      if (key !== "id" && key !== "key" && key !== "answers") reading.faults.push(fault(`${place}/${escaped(key)}`, "unknown-key"));
    }
    const id = Object.hasOwn(instance, "id") ? instance["id"] : String(index);
    const found = idFaults(id, ids, `${place}/id`);
    reading.faults.push(...found);
    if (isObject(entry)) reading.faults.push(...keyFaults(own(instance, "key"), keys, `${place}/key`));
    const answers = objectAt(own(instance, "answers"), `${place}/answers`, reading);
    const used = readPart(section, found.length > 0 ? String(index) : (id as string), answers, `${place}/answers/`, reading);
    if (used !== Object.keys(answers).length) findStrays(answers, reading, `${place}/answers/`, section);
    reading.leave(section);
  });
  reading.instances[section.index] = reading.parts.filter((part) => part.section === section);
}

function idFaults(id: unknown, ids: Set<string>, pointer: string): Fault[] {
  if (typeof id !== "string") return [wrongType(pointer, "string")];
  if (!INSTANCE_ID.test(id)) return [fault(pointer, "malformed-id")];
  if (ids.has(id)) return [fault(pointer, "duplicate-id")];
  ids.add(id);
  return [];
}

function keyFaults(key: unknown, keys: Set<string>, pointer: string): Fault[] {
  if (key === undefined || key === null) return [fault(pointer, "key-missing")];
  const faults = textFaults(key, pointer, KEY_MAXIMUM);
  if (faults.length > 0) return faults;
  const name = trimmed(key as string);
  if (name === "") return [fault(pointer, "key-missing")];
  if (keys.has(name)) return [fault(pointer, "duplicate-key")];
  keys.add(name);
  return [];
}

/** Answers that no shown item has asked for. */
function findStrays(answers: JsonObject, reading: Reading, place: string, section: Section | null): void {
  const { homes, sections } = reading.checklist;
  for (const [key, answer] of Object.entries(answers)) {
    const home = homes.get(key);
    const pointer = place + escaped(key);
    if (home === undefined) {
      reading.faults.push(fault(pointer, "unknown-item"));
    } else if ((home.repeated ? home.section : null) !== (section?.index ?? null)) {
      reading.faults.push(fault(pointer, "wrong-place", { section: sections[home.section]?.id ?? "" }));
    } else if (reading.results[home.slot] === null) {
      reading.faults.push(fault(pointer, "hidden-item"));
    } else if (answer === null) {
      reading.faults.push(wrongType(pointer, "object"));
    }
  }
}

function findStraySections(stated: JsonObject, place: string, reading: Reading): void {
  for (const [key, statement] of Object.entries(stated)) {
    const section = reading.checklist.sections.find((candidate) => candidate.id === key);
    const pointer = place + escaped(key);
    if (section === undefined) {
      reading.faults.push(fault(pointer, "unknown-section"));
    } else if (section.repeatMaximum === null) {
      reading.faults.push(fault(pointer, "section-not-repeated"));
    } else if (!(Array.isArray(statement) && statement.length === 0) && !reading.shown.includes(section)) {
      reading.faults.push(fault(pointer, "hidden-section"));
    }
  }
}

/** An object of the document; a missing one is empty, anything else is a fault. */
function objectAt(value: unknown, pointer: string, reading: Reading): JsonObject {
  if (isObject(value)) return value;
  if (value !== undefined) reading.faults.push(wrongType(pointer, "object"));
  return {};
}

export function inOrder(one: Fault, other: Fault): number {
  if (one.pointer !== other.pointer) return one.pointer < other.pointer ? -1 : 1;
  return one.code < other.code ? -1 : one.code > other.code ? 1 : 0;
}
