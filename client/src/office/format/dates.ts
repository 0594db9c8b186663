/** Days and moments as the desk prints them, in Beijing time; what is unknown is a dash. Built on ui/days. */
import { beijingDay, daysBetween, dayWords, momentWords, secondWords } from '../../ui/days';

const UNKNOWN = '—';

/** "2026-11-03" of a moment, in Beijing. */
export const dayOf = beijingDay;

/** A calendar date in words; the year is left out when it is the year of `today`. */
export function dateText(date: string | null | undefined, locale: string, today = beijingDay(Date.now())): string {
  return date ? dayWords(date, locale, today) : UNKNOWN;
}

/** A moment as "3月21日 09:40". */
export function momentText(moment: string | null | undefined, locale: string): string {
  return moment ? momentWords(moment, locale) : UNKNOWN;
}

/** A moment to the second with its year, for evidence. */
export function exactMomentText(moment: string | null | undefined): string {
  return moment ? `${beijingDay(moment)} ${secondWords(moment)}` : UNKNOWN;
}

export type DeadlineStanding = { kind: 'none' } | { kind: 'settled' } | { kind: 'overdue'; days: number } | { kind: 'due_today' } | { kind: 'running'; days: number };

/** Overdue is derived, and the day of the deadline itself is not overdue. */
export function deadlineStanding(deadline: string | null | undefined, state: string, today: string): DeadlineStanding {
  if (!deadline) return { kind: 'none' };
  if (state === 'closed' || state === 'voided') return { kind: 'settled' };
  const days = daysBetween(today, deadline.slice(0, 10));
  if (days < 0) return { kind: 'overdue', days: -days };
  return days === 0 ? { kind: 'due_today' } : { kind: 'running', days };
}
