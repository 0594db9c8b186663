/**
 * Conditions over answers and subject profile, compiled once into closures.
 *
 * A test on an item which is hidden, unanswered or not applicable is false (a result test sees not_applicable), so its
 * `not` is true. Within its own repeated section a test means the same instance; from outside it means any instance.
 */

import type { BoundsDocument, ConditionDocument } from "./format.ts";
import { LARGEST, thousandths } from "./quantities.ts";

/** The value of an answer for conditions: thousandths, option, facts; null if it has none. */
export type Value = number | string | readonly string[] | null;

/** The answers read for one section, or for one instance of a repeated one, by position in the section. */
export interface PartState {
  readonly results: readonly (string | null)[];
  readonly values: readonly Value[];
}

/** What conditions look at: by slot (position of the item in the checklist), by profile key, by repeated section. */
export interface State {
  readonly results: readonly (string | null)[];
  readonly values: readonly Value[];
  readonly profile: ReadonlyMap<string, number | string | boolean>;
  readonly instances: readonly (readonly PartState[])[];
}

/** Where an item stands: its slot in the checklist, its section, its position there, whether that repeats. */
export interface Home {
  readonly slot: number;
  readonly section: number;
  readonly position: number;
  readonly repeated: boolean;
}

/** Slot and instance; an instance is -1 outside a repeated section, and where the current instance is meant. */
export type Place = readonly [slot: number, instance: number];

/** `test` answers the condition; `evidence` names the places of the item tests that made it true. */
export interface Condition {
  readonly test: (state: State) => boolean;
  readonly evidence: (state: State) => Place[];
}

type Check = (result: string | null, value: Value) => boolean;

/**
 * A condition of a valid checklist as closures.
 *
 * Shape:  `section` is the index of the repeated section from inside which the condition looks, null if from none.
 * Source: tests/vectors/forms/relevance.json; also forms/conditions.py.
 */
export function compileCondition(
  condition: ConditionDocument,
  homes: ReadonlyMap<string, Home>,
  section: number | null,
): Condition {
  const compiled = (children: readonly ConditionDocument[]): Condition[] =>
    children.map((child) => compileCondition(child, homes, section));
  if (condition.all !== undefined) return atLeast(condition.all.length, compiled(condition.all));
  if (condition.any !== undefined) return atLeast(1, compiled(condition.any));
  if (condition.of !== undefined) return atLeast(condition.at_least ?? 1, compiled(condition.of));
  if (condition.not !== undefined) {
    const child = compileCondition(condition.not, homes, section);
    return { test: (state) => !child.test(state), evidence: () => [] };
  }
  if (condition.profile !== undefined) return profileTest(condition.profile, condition);
  const home = homes.get(condition.item ?? "");
  if (home === undefined) throw new Error(`there is no item ${condition.item}`);
  return itemTest(condition, home, section);
}

/** Whether a value in thousandths keeps all the bounds (at_least, above, at_most, below, equals). */
export function compileBounds(bounds: BoundsDocument): (value: number) => boolean {
  // Values are whole or half thousandths (see `compared`), so an open bound is the closed one a quarter further in.
  const edges = (values: (number | undefined)[], step: number): number[] =>
    values.flatMap((value) => (value === undefined ? [] : [thousandths(value) + step]));
  const low = Math.max(-LARGEST, ...edges([bounds.at_least, bounds.equals], 0), ...edges([bounds.above], 0.25));
  const high = Math.min(LARGEST, ...edges([bounds.at_most, bounds.equals], 0), ...edges([bounds.below], -0.25));
  return (value) => low <= value && value <= high;
}

function atLeast(wanted: number, children: Condition[]): Condition {
  const test = (state: State): boolean => {
    let missing = wanted;
    let left = children.length;
    for (const child of children) {
      if (missing > left) return false;
      if (child.test(state) && --missing === 0) return true;
      left -= 1;
    }
    return false;
  };
  return { test, evidence: (state) => (test(state) ? children.flatMap((child) => child.evidence(state)) : []) };
}

function profileTest(key: string, condition: ConditionDocument): Condition {
  return { test: profileCheck(key, condition), evidence: () => [] };
}

function profileCheck(key: string, condition: ConditionDocument): (state: State) => boolean {
  if (condition.is !== undefined) return (state) => state.profile.get(key) === condition.is;
  if (condition.in !== undefined) {
    const allowed = new Set<unknown>(condition.in);
    return (state) => allowed.has(state.profile.get(key));
  }
  const keeps = compileBounds(condition.number ?? {});
  return (state) => {
    const value = state.profile.get(key);
    return typeof value === "number" && keeps(value);
  };
}

function itemTest(condition: ConditionDocument, home: Home, section: number | null): Condition {
  const check = itemCheck(condition);
  if (home.repeated && home.section !== section) return anyInstanceTest(check, home);
  const slot = home.slot;
  const test = (state: State): boolean => check(state.results[slot] ?? null, state.values[slot] ?? null);
  return { test, evidence: (state) => (test(state) ? [[slot, -1]] : []) };
}

function anyInstanceTest(check: Check, home: Home): Condition {
  const holds = (part: PartState): boolean =>
    check(part.results[home.position] ?? null, part.values[home.position] ?? null);
  const parts = (state: State): readonly PartState[] => state.instances[home.section] ?? [];
  return {
    test: (state) => parts(state).some(holds),
    evidence: (state) => parts(state).flatMap((part, index): Place[] => (holds(part) ? [[home.slot, index]] : [])),
  };
}

function itemCheck(condition: ConditionDocument): Check {
  if (condition.result !== undefined) return (result) => result === condition.result;
  if (condition.number !== undefined) {
    const keeps = compileBounds(condition.number);
    return (_result, value) => typeof value === "number" && keeps(value);
  }
  if (condition.value !== undefined) return (_result, value) => value === condition.value;
  const fact = condition.has ?? "";
  return (_result, value) => Array.isArray(value) && value.includes(fact);
}
