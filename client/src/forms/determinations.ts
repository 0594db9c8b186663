/** Which clauses of the major-hazard standards the answers meet. A clause that is not verified only suggests. */

import type { Checklist, DeterminationRule, Section } from "./checklist.ts";
import type { Place } from "./conditions.ts";
import type { AnswersDocument, DeterminationDocument } from "./format.ts";
import type { Reading } from "./reading.ts";
import { pathOf, readAnswers } from "./reading.ts";

/**
 * A clause that is met, with the paths of the items that met it.
 *
 * Shape:  with `suggestedOnly` the grade is a question to the supervisor ("待核"), never a decision.
 */
export interface Determination {
  readonly id: string;
  readonly grade: DeterminationDocument["grade"];
  readonly halt: DeterminationDocument["halt"];
  readonly route: DeterminationDocument["route"];
  readonly regulator: string;
  readonly suggestedOnly: boolean;
  readonly paths: readonly string[];
}

/**
 * The clauses that the answers meet, in the order of the checklist.
 *
 * Shape:  `applies` says whether a standard was in force on the day of the visit; the clauses of one that was not only
 *         suggest. A clause that tests items of exactly one repeated section is judged for each instance by itself.
 * Source: tests/vectors/forms/determinations.json; also forms/determinations.py.
 */
export function determine(
  checklist: Checklist,
  answers: AnswersDocument | Reading,
  applies: (standard: string) => boolean = () => true,
): Determination[] {
  const reading = readAnswers(checklist, answers);
  return checklist.determinations.flatMap((rule) => {
    const places = placesOf(rule, reading);
    if (places === null) return [];
    const { id, grade, halt, route, regulator, standard, unverified, reviewer } = rule.document;
    const paths = pathsOf(reading, places);
    return [{ id, grade, halt, route, regulator, suggestedOnly: unverified !== undefined || reviewer !== undefined || !applies(standard), paths }];
  });
}

/** The grade to propose for a hazard found at an item: major only if a verified clause of that grade rests on it. */
export function hazardGrade(determinations: readonly Determination[], path: string): "major" | "general" {
  const isMajor = determinations.some(
    (found) => found.grade === "major" && !found.suggestedOnly && found.paths.includes(path),
  );
  return isMajor ? "major" : "general";
}

/** The places of the tests that met the rule, or null if it is not met. */
function placesOf(rule: DeterminationRule, reading: Reading): Place[] | null {
  const parts = rule.section === null ? [] : (reading.instances[rule.section] ?? []);
  const section = rule.section === null ? undefined : reading.checklist.sections[rule.section];
  if (section === undefined || parts.length === 0) return isMet(rule, reading) ? rule.when.evidence(reading) : null;
  const found: Place[] = [];
  let met = false;
  parts.forEach((part, number) => {
    reading.enter(part);
    if (!isMet(rule, reading)) return;
    met = true;
    found.push(...rule.when.evidence(reading).map((place) => atInstance(place, section, number)));
  });
  reading.leave(section);
  return met ? found : null;
}

function isMet(rule: DeterminationRule, reading: Reading): boolean {
  return rule.when.test(reading) && !(rule.unless?.test(reading) ?? false);
}

function atInstance(place: Place, section: Section, number: number): Place {
  const inside = section.firstSlot <= place[0] && place[0] < section.firstSlot + section.items.length;
  return inside ? [place[0], number] : place;
}

function pathsOf(reading: Reading, places: Place[]): string[] {
  const { slots, homes } = reading.checklist;
  const found = places.flatMap(([slot, instance]) => {
    const item = slots[slot];
    if (item === undefined) return [];
    const section = homes.get(item.id)?.section ?? -1;
    const part = instance < 0 ? undefined : reading.instances[section]?.[instance];
    return [{ slot, instance, section, path: part === undefined ? item.id : pathOf(part, item) }];
  });
  found.sort((one, other) => one.section - other.section || one.instance - other.instance || one.slot - other.slot);
  return [...new Set(found.map((place) => place.path))];
}
