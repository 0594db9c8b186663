// Visits that a duty asks for: when each may begin, by which day it is due, and which visit satisfies which.
// A duty is one frequency rule of one pairing while rule, pairing and subject are in force. Who counts as a visitor of the duty
// is the caller's; here visits are days. Mirrors sync/obligations.py.

import type { FrequencyUnit } from "../vocabulary/codes.ts";
import { formatDate, parseDate } from "./times.ts";

/** `count` visits per `unit`, or for `days` one every `count` days. Both days belong to the duty; `last` null is open. */
export interface Duty {
  first: string
  last: string | null
  count: number
  unit: FrequencyUnit
}

/** `number` counts from 1 over the obligations that exist; a visit on `begins` or later may satisfy it. */
export interface Obligation {
  number: number
  begins: string
  due: string
}

/** A share of 1 as numerator and denominator. */
export type Share = readonly [number, number]
export const HALF: Share = [1, 2];

const MONTHS = { month: 1, quarter: 3, half_year: 6, year: 12 };

/**
 * All obligations of a duty by their due days; endless for an open duty.
 *
 * `days`: the k-th is due on first + k·n and begins the day after the one before it was due. Spans: the j-th of c is due at the
 * end of the j-th of c equal parts, all begin with the span but not before the duty. A span counts only when the duty is in
 * force on at least `share` of its days; an obligation due on a day on which the duty is not in force does not exist.
 */
export function* obligations(duty: Duty, share: Share = HALF): Generator<Obligation> {
  let number = 0;
  for (const [begins, due] of duty.unit === "days" ? everyDays(duty) : inSpans(duty, duty.unit, share)) {
    number += 1;
    yield { number, begins: formatDate(begins), due: formatDate(due) };
  }
}

/**
 * Which visit satisfies obligation 1, 2, 3 …: indexes into `visitDays`, which come in the order of the visits.
 *
 * Each visit takes the earliest unsatisfied obligation that has begun, so the satisfied ones are always the first ones; a visit
 * before the next begins takes nothing. A visit after the end of the duty can still satisfy a missed one.
 */
export function satisfiedBy(duty: Duty, visitDays: readonly string[], share: Share = HALF, satisfied = 0): number[] {
  const taken: number[] = [];
  const waiting = obligations(duty, share);
  let earliest = following(waiting, satisfied);
  visitDays.forEach((day, index) => {
    if (earliest === null || earliest.begins > day) return;
    taken.push(index);
    earliest = following(waiting, 0);
  });
  return taken;
}

/** The oldest unsatisfied obligation when the first `satisfied` ones are; null when the duty asks for no more. */
export function nextObligation(duty: Duty, satisfied: number, share: Share = HALF): Obligation | null {
  return following(obligations(duty, share), satisfied);
}

function following(waiting: Generator<Obligation>, skipped: number): Obligation | null {
  for (let index = 0; index < skipped; index += 1) waiting.next();
  const step = waiting.next();
  return step.done ? null : step.value;
}

function* everyDays(duty: Duty): Generator<[number, number]> {
  const last = duty.last === null ? Infinity : parseDate(duty.last);
  let begins = parseDate(duty.first);
  for (let due = begins + duty.count; due <= last; due += duty.count) {
    yield [begins, due];
    begins = due + 1;
  }
}

function* inSpans(duty: Duty, unit: Exclude<FrequencyUnit, "days">, share: Share): Generator<[number, number]> {
  const dutyFirst = parseDate(duty.first);
  const dutyLast = duty.last === null ? Infinity : parseDate(duty.last);
  let [first, last] = spanOf(dutyFirst, unit);
  while (first <= dutyLast) {
    const length = last - first + 1;
    const begins = Math.max(first, dutyFirst);
    const ends = Math.min(last, dutyLast);
    if ((ends - begins + 1) * share[1] >= length * share[0]) {
      for (let part = 1; part <= duty.count; part += 1) {
        // More visits than days share the first day.
        const due = first + Math.max(Math.floor((length * part) / duty.count), 1) - 1;
        if (begins <= due && due <= ends) yield [begins, due];
      }
    }
    [first, last] = spanOf(last + 1, unit);
  }
}

/** First and last day of the calendar span that holds the day, in days since 1970; weeks begin on Monday. */
function spanOf(day: number, unit: Exclude<FrequencyUnit, "days">): [number, number] {
  // 1 January 1970 was a Thursday.
  if (unit === "week") return [day - ((day + 3) % 7), day - ((day + 3) % 7) + 6];
  const months = MONTHS[unit];
  const date = new Date(day * 86_400_000);
  const firstMonth = Math.floor(date.getUTCMonth() / months) * months;
  const year = date.getUTCFullYear();
  return [Date.UTC(year, firstMonth, 1) / 86_400_000, Date.UTC(year, firstMonth + months, 1) / 86_400_000 - 1];
}
