/** The day by which a hazard must be put right: calendar or working days after the day on which it was found. */

import type { DayKind } from "./format.ts";

const DAY_MS = 86_400_000;
const DAYS_MAXIMUM = 3660;
const SUNDAY = 0;
const SATURDAY = 6;

/** ISO dates to "off" (public holiday) or "working" (a weekend day worked instead). */
export type Holidays = Readonly<Record<string, "off" | "working">>;

/**
 * The last day of the time limit. The day of finding does not count; 0 days means that day itself.
 *
 * Shape:  dates are ISO days ("2026-11-23"); days not in `holidays` are working days from Monday to Friday.
 * Raises: RangeError for a day kind other than calendar and working, days outside 0 to 3660, or no ISO day.
 * Source: tests/vectors/forms/deadlines.json; also forms/deadlines.py.
 */
export function deadlineDate(foundOn: string, days: number, dayKind: DayKind, holidays: Holidays): string {
  if (!Number.isInteger(days) || days < 0 || days > DAYS_MAXIMUM) throw new RangeError(`${days} is not a time limit`);
  // Whole days in UTC: no summer time and no zone of the phone can move them.
  const start = Date.parse(`${foundOn}T00:00:00Z`);
  if (dayKind === "calendar") return isoDay(start + days * DAY_MS);
  if (dayKind !== "working") throw new RangeError(`${String(dayKind)} is neither calendar nor working`);
  let day = start;
  for (let left = days; left > 0; ) {
    day += DAY_MS;
    if (isWorkingDay(isoDay(day), holidays)) left -= 1;
  }
  return isoDay(day);
}

/**
 * Years whose holidays are not known although a working day of them was counted: the deadline may be wrong.
 *
 * Shape:  a year is known if any day of it is in `holidays`: every yearly notice names some.
 * Source: tests/vectors/forms/deadlines.json; also forms/deadlines.py.
 */
export function unannouncedYears(foundOn: string, days: number, dayKind: DayKind, holidays: Holidays): number[] {
  if (dayKind !== "working" || days === 0) return [];
  const first = Number(isoDay(Date.parse(`${foundOn}T00:00:00Z`) + DAY_MS).slice(0, 4));
  const last = Number(deadlineDate(foundOn, days, dayKind, holidays).slice(0, 4));
  const announced = new Set(Object.keys(holidays).map((day) => Number(day.slice(0, 4))));
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return years.filter((year) => !announced.has(year));
}

/** Whether a day is worked, given the announced holidays and the weekend days worked instead. */
export function isWorkingDay(day: string, holidays: Holidays): boolean {
  const announced = Object.hasOwn(holidays, day) ? holidays[day] : undefined;
  if (announced !== undefined) return announced === "working";
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== SATURDAY && weekday !== SUNDAY;
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
