/**
 * Reads an answers document against a checklist in one pass: what is shown, what each answer says, what is wrong.
 *
 * Every rule (relevance, faults, results, determinations, score) looks at the same Reading, so they cannot disagree.
 * An answer with a fault counts as unchecked.
 */

import type { Fault, JsonObject } from "./answers.ts";
import {
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

export const KEY_MAXIMUM = 60;
// The profile holds counts and sizes of the subject; three decimals are what the format can hold.
const PROFILE_DECIMALS = 3;

/**
 * The answers of one shown section, or of one instance of a repeated one; null among the results means hidden.
 *
 * Units:  earned in thousandths of a point.
 */
export interface Part {
  readonly section: Section;
  readonly instance: number | null;
  readonly results: readonly (Result | null)[];
  readonly values: readonly Value[];
  readonly earned: readonly number[];
}

/** What an answers document says. It is also the state that conditions look at while it is being read. */
export class Reading implements State {
  readonly checklist: Checklist;
  readonly results: (Result | null)[];
  readonly values: Value[];
  readonly earned: number[];
  readonly profile = new Map<string, number | string | boolean>();
  readonly instances: Part[][];
  readonly shown: Section[] = [];
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

/** The path of an item of a part: `item` or `section[0].item`. */
export function pathOf(part: Part, item: Item): string {
  return part.instance === null ? item.id : `${part.section.id}[${part.instance}].${item.id}`;
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
    if (key !== "profile" && key !== "answers" && key !== "repeats") {
      reading.faults.push(fault(`/${escaped(key)}`, "unknown-key"));
    }
  }
  readProfile(objectAt(own(root, "profile"), "/profile", reading), reading);
  const answers = objectAt(own(root, "answers"), "/answers", reading);
  const repeats = objectAt(own(root, "repeats"), "/repeats", reading);
  let used = 0;
  for (const section of checklist.sections) {
    if (section.relevant !== null && !section.relevant.test(reading)) continue;
    reading.shown.push(section);
    if (section.repeatMaximum === null) used += readPart(section, null, answers, "/answers/", reading);
    else readInstances(section, section.repeatMaximum, own(repeats, section.id), reading);
  }
  if (used !== Object.keys(answers).length) findStrays(answers, reading, "/answers/", null);
  findStrayRepeats(repeats, reading);
  reading.faults.sort(inOrder);
  return reading;
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
  instance: number | null,
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
      if (faults.length === 0 && isObject(answer)) found = readAnswer(item, answer, reading);
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
  instances.slice(0, maximum).forEach((entry: unknown, index) => {
    const place = `${pointer}/${index}`;
    const instance = objectAt(entry, place, reading);
    for (const key of Object.keys(instance)) {
      if (key !== "key" && key !== "answers") reading.faults.push(fault(`${place}/${escaped(key)}`, "unknown-key"));
    }
    if (isObject(entry)) reading.faults.push(...keyFaults(own(instance, "key"), keys, `${place}/key`));
    const answers = objectAt(own(instance, "answers"), `${place}/answers`, reading);
    const used = readPart(section, index, answers, `${place}/answers/`, reading);
    if (used !== Object.keys(answers).length) findStrays(answers, reading, `${place}/answers/`, section);
    reading.leave(section);
  });
  reading.instances[section.index] = reading.parts.filter((part) => part.section === section);
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

function findStrayRepeats(repeats: JsonObject, reading: Reading): void {
  for (const [key, instances] of Object.entries(repeats)) {
    const section = reading.checklist.sections.find((candidate) => candidate.id === key);
    const pointer = `/repeats/${escaped(key)}`;
    if (section === undefined) {
      reading.faults.push(fault(pointer, "unknown-section"));
    } else if (section.repeatMaximum === null) {
      reading.faults.push(fault(pointer, "section-not-repeated"));
    } else if (!(Array.isArray(instances) && instances.length === 0) && !reading.shown.includes(section)) {
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

function inOrder(one: Fault, other: Fault): number {
  if (one.pointer !== other.pointer) return one.pointer < other.pointer ? -1 : 1;
  return one.code < other.code ? -1 : one.code > other.code ? 1 : 0;
}
