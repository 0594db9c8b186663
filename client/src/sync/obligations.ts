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

/** From which day on which share of a span a duty must be in force, as numerator and denominator. */
export interface SpanShare {
  from: string
  numerator: number
  denominator: number
}
/** In order; the first holds before its day, too. */
export type SpanShares = readonly [SpanShare, ...SpanShare[]]
export const HALF: SpanShares = [{ from: "1970-01-01", numerator: 1, denominator: 2 }];

const MONTHS = { month: 1, quarter: 3, half_year: 6, year: 12 };

/**
 * All obligations of a duty by their due days; endless for an open duty.
 *
 * `days`: the k-th is due on first + k·n and begins the day after the one before it was due. Spans: the j-th of c is due at the
 * end of the j-th of c equal parts, all begin with the span but not before the duty. A span counts only when the duty is in
 * force on at least the share of its days that is asked for on its last day; an obligation due on a day on which the duty is not
 * in force does not exist.
 */
export function* obligations(duty: Duty, shares: SpanShares = HALF): Generator<Obligation> {
  let number = 0;
  for (const [begins, due] of duty.unit === "days" ? everyDays(duty) : inSpans(duty, duty.unit, shares)) {
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
export function satisfiedBy(duty: Duty, visitDays: readonly string[], shares: SpanShares = HALF, satisfied = 0): number[] {
  const taken: number[] = [];
  const waiting = obligations(duty, shares);
  let earliest = following(waiting, satisfied);
  visitDays.forEach((day, index) => {
    if (earliest === null || earliest.begins > day) return;
    taken.push(index);
    earliest = following(waiting, 0);
  });
  return taken;
}

/** The oldest unsatisfied obligation when the first `satisfied` ones are; null when the duty asks for no more. */
export function nextObligation(duty: Duty, satisfied: number, shares: SpanShares = HALF): Obligation | null {
  return following(obligations(duty, shares), satisfied);
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

function* inSpans(duty: Duty, unit: Exclude<FrequencyUnit, "days">, shares: SpanShares): Generator<[number, number]> {
  const dutyFirst = parseDate(duty.first);
  const dutyLast = duty.last === null ? Infinity : parseDate(duty.last);
  let [first, last] = spanOf(dutyFirst, unit);
  while (first <= dutyLast) {
    const length = last - first + 1;
    const begins = Math.max(first, dutyFirst);
    const ends = Math.min(last, dutyLast);
    const { numerator, denominator } = shareOn(shares, last);
    if ((ends - begins + 1) * denominator >= length * numerator) {
      for (let part = 1; part <= duty.count; part += 1) {
        // More visits than days share the first day.
        const due = first + Math.max(Math.floor((length * part) / duty.count), 1) - 1;
        if (begins <= due && due <= ends) yield [begins, due];
      }
    }
    [first, last] = spanOf(last + 1, unit);
  }
}

function shareOn(shares: SpanShares, day: number): SpanShare {
  return shares.findLast(({ from }) => parseDate(from) <= day) ?? shares[0];
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
