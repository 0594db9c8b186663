/**
 * One checklist version, compiled: tables and closures that reading, determining and scoring run on.
 *
 * Compiling expects a document that the server has accepted; it does not check again.
 */

import type { DesignComparison } from "../vocabulary/codes.ts";
import type { Condition, Home, Value } from "./conditions.ts";
import { compileBounds, compileCondition } from "./conditions.ts";
import type {
  ChecklistDocument,
  ConditionDocument,
  DesignDocument,
  DeterminationDocument,
  ItemDocument,
  ItemKind,
  LimitDocument,
  NumberDocument,
  ProfileKeyDocument,
  Result,
} from "./format.ts";
import { thousandths } from "./quantities.ts";

/** What an answer says: result, value for conditions (null if it has none), points earned in thousandths. */
export interface Answer {
  readonly result: Result;
  readonly value: Value;
  readonly earned: number;
}

/** One fact about the subject that conditions may test. `options` is empty unless it is a choice. */
export interface ProfileKey {
  readonly id: string;
  readonly kind: ProfileKeyDocument["type"];
  readonly options: ReadonlySet<string>;
}

/** One legal limit of a number: when it applies, and whether a value in thousandths keeps it. */
export interface Limit {
  readonly when: Condition | null;
  readonly keeps: (value: number) => boolean;
}

/** The value that a number is measured against, and how the two are compared; range in thousandths. */
export interface Design {
  readonly comparison: DesignComparison;
  readonly decimals: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One thing to check. Points and deductions are in thousandths of a point, numbers in thousandths of their unit. */
export interface Item {
  readonly id: string;
  readonly slot: number;
  readonly kind: ItemKind;
  readonly points: number;
  readonly gate: boolean;
  readonly veto: boolean;
  readonly counted: boolean;
  readonly mayBeNotApplicable: boolean;
  readonly relevant: Condition | null;
  /** Asked in a core visit, by itself or because it asks on about a core item. */
  readonly core: boolean;
  readonly document: ItemDocument;
  readonly deduction: number | null;
  readonly decimals: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly limits: readonly Limit[];
  readonly design: Design | null;
  readonly options: ReadonlyMap<string, Answer>;
  readonly facts: ReadonlySet<string>;
  readonly photosMinimum: number;
  readonly photosMaximum: number;
  readonly textMaximum: number;
}

/** Items that are looked at standing in one place. `repeatMaximum` is null if the section does not repeat. */
export interface Section {
  readonly id: string;
  readonly index: number;
  readonly firstSlot: number;
  readonly weight: number;
  readonly relevant: Condition | null;
  readonly repeatMaximum: number | null;
  readonly gateMinimumPercent: number | null;
  readonly core: boolean;
  readonly items: readonly Item[];
}

/** One clause that says what a hazard is. `section` is the repeated section that it judges one by one. */
export interface DeterminationRule {
  readonly section: number | null;
  readonly when: Condition;
  readonly unless: Condition | null;
  readonly document: DeterminationDocument;
}

/** A grade and the lowest score, in thousandths of a percent point, that reaches it. */
export interface Band {
  readonly grade: string;
  readonly atLeast: number;
}

/** A compiled checklist version; make it with `loadChecklist`. */
export interface Checklist {
  readonly id: string;
  readonly version: string;
  readonly document: ChecklistDocument;
  readonly profile: ReadonlyMap<string, ProfileKey>;
  readonly sections: readonly Section[];
  readonly homes: ReadonlyMap<string, Home>;
  readonly slots: readonly Item[];
  readonly determinations: readonly DeterminationRule[];
  readonly bands: readonly Band[];
  readonly decimals: number;
  readonly notApplicableLimitPercent: number;
  readonly hasCore: boolean;
}

const loaded = new WeakMap<ChecklistDocument, Checklist>();

/**
 * The compiled checklist; the same document object is compiled once.
 *
 * Source: docs/checklist-format.md; also forms/checklist.py.
 */
export function loadChecklist(document: ChecklistDocument): Checklist {
  let checklist = loaded.get(document);
  if (checklist === undefined) {
    checklist = compileChecklist(document);
    loaded.set(document, checklist);
  }
  return checklist;
}

/** The definition of the item at an answer's path (`item` or `section[id].item`), or null. */
export function findItem(checklist: Checklist, path: string): ItemDocument | null {
  const home = checklist.homes.get(path.slice(path.lastIndexOf(".") + 1));
  return (home && checklist.slots[home.slot]?.document) ?? null;
}

function compileChecklist(document: ChecklistDocument): Checklist {
  const homes = homesOf(document);
  const core = coreItems(document);
  const slots: Item[] = [];
  const sections = document.sections.map((entry, index): Section => {
    const firstSlot = slots.length;
    const home = entry.repeat === undefined ? null : index;
    const items = entry.items.map((item, position) => compileItem(item, firstSlot + position, homes, home, core.has(item.id)));
    slots.push(...items);
    return {
      id: entry.id,
      index,
      firstSlot,
      weight: thousandths(entry.weight),
      relevant: condition(entry.relevant, homes, null),
      repeatMaximum: entry.repeat?.max ?? null,
      gateMinimumPercent: entry.gate_minimum_percent === undefined ? null : thousandths(entry.gate_minimum_percent),
      core: entry.items.some((item) => core.has(item.id)),
      items,
    };
  });
  const scoring = document.scoring;
  return {
    id: document.id,
    version: document.version,
    document,
    profile: new Map((document.profile ?? []).map((key) => [key.id, profileKey(key)])),
    sections,
    homes,
    slots,
    determinations: (document.determinations ?? []).map((entry) => determinationRule(entry, homes)),
    bands: scoring.bands.map((band) => ({ grade: band.grade, atLeast: thousandths(band.at_least) })),
    decimals: scoring.rounding === "whole" ? 0 : 1,
    notApplicableLimitPercent: thousandths(scoring.not_applicable_limit_percent),
    hasCore: core.size > 0,
  };
}

/** Ids of the items of a core visit: those marked, and those that ask on about one of them. */
function coreItems(document: ChecklistDocument): Set<string> {
  const core = new Set<string>();
  for (const item of document.sections.flatMap((section) => section.items)) {
    if (item.core === true || (item.relevant !== undefined && testedItems(item.relevant).some((id) => core.has(id)))) core.add(item.id);
  }
  return core;
}

/** The units in which a number is typed: its own and, if it has one, that of its design value. */
export function figuresOf({ unit, design }: NumberDocument): readonly [string, string | null] {
  return [unit, design === undefined ? null : (design.unit ?? unit)];
}

function homesOf(document: ChecklistDocument): Map<string, Home> {
  const homes = new Map<string, Home>();
  document.sections.forEach((section, index) => {
    section.items.forEach((item, position) => {
      homes.set(item.id, { slot: homes.size, section: index, position, repeated: section.repeat !== undefined });
    });
  });
  return homes;
}

function compileItem(
  entry: ItemDocument,
  slot: number,
  homes: ReadonlyMap<string, Home>,
  section: number | null,
  core: boolean,
): Item {
  const points = thousandths(entry.points);
  const required =
    entry.type === "text" ? entry.text?.required === true : entry.type === "photo" ? (entry.photo?.minimum ?? 0) > 0 : true;
  return {
    id: entry.id,
    slot,
    kind: entry.type,
    points,
    gate: entry.gate ?? false,
    veto: entry.veto ?? false,
    counted: required,
    mayBeNotApplicable: (entry.not_applicable ?? null) !== null,
    relevant: condition(entry.relevant, homes, section),
    core,
    document: entry,
    deduction: entry.partial === undefined ? null : thousandths(entry.partial.deduction_per_occurrence),
    decimals: entry.number?.decimals ?? 0,
    minimum: thousandths(entry.number?.minimum ?? 0),
    maximum: thousandths(entry.number?.maximum ?? 0),
    limits: (entry.number?.limits ?? []).map((limit) => compileLimit(limit, homes, section)),
    design: entry.number?.design === undefined ? null : compileDesign(entry.number.design, entry.number.decimals),
    options: optionsOf(entry, points),
    facts: new Set((entry.facts?.options ?? []).map((option) => option.value)),
    photosMinimum: entry.photo?.minimum ?? 0,
    photosMaximum: entry.photo?.maximum ?? 0,
    textMaximum: entry.text?.max_length ?? 0,
  };
}

function compileDesign({ comparison, decimals, minimum, maximum }: DesignDocument, usual: number): Design {
  return { comparison, decimals: decimals ?? usual, minimum: thousandths(minimum), maximum: thousandths(maximum) };
}

function optionsOf(entry: ItemDocument, points: number): Map<string, Answer> {
  return new Map(
    (entry.choice?.options ?? []).map((option) => {
      const whole = option.result === "pass" ? points : 0;
      const earned = option.deduction === undefined ? whole : Math.max(0, points - thousandths(option.deduction));
      return [option.value, { result: option.result, value: option.value, earned }];
    }),
  );
}

function compileLimit(limit: LimitDocument, homes: ReadonlyMap<string, Home>, section: number | null): Limit {
  return { when: condition(limit.when, homes, section), keeps: compileBounds({ ...limit, equals: undefined }) };
}

function profileKey(entry: ProfileKeyDocument): ProfileKey {
  return { id: entry.id, kind: entry.type, options: new Set((entry.options ?? []).map((option) => option.value)) };
}

function determinationRule(entry: DeterminationDocument, homes: ReadonlyMap<string, Home>): DeterminationRule {
  const repeated = new Set<number>();
  for (const id of [...testedItems(entry.when), ...(entry.unless ? testedItems(entry.unless) : [])]) {
    const home = homes.get(id);
    if (home?.repeated) repeated.add(home.section);
  }
  // Two vehicles with half a hazard each are no hazard: with one repeated section, each instance is judged by itself.
  const section = repeated.size === 1 ? ([...repeated][0] ?? null) : null;
  return {
    section,
    when: compileCondition(entry.when, homes, section),
    unless: condition(entry.unless, homes, section),
    document: entry,
  };
}

function testedItems(tested: ConditionDocument): string[] {
  const children = [...(tested.all ?? []), ...(tested.any ?? []), ...(tested.of ?? []), ...(tested.not ? [tested.not] : [])];
  return [...(tested.item === undefined ? [] : [tested.item]), ...children.flatMap(testedItems)];
}

function condition(
  entry: ConditionDocument | undefined,
  homes: ReadonlyMap<string, Home>,
  section: number | null,
): Condition | null {
  return entry === undefined ? null : compileCondition(entry, homes, section);
}
