/** Reporting periods as the server names them: "2026", "2026-Q4", "2026-11". Quarters are what the circulars use. */

export interface PeriodBounds { from: string; to: string }
export type PeriodParts = { kind: 'year'; year: string } | { kind: 'quarter'; year: string; quarter: string } | { kind: 'month'; year: string; month: string };

const PERIOD = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/;

export function quarterOf(day: string): string {
  return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** The quarter of `day` and the ones before it, newest first. */
export function recentQuarters(day: string, count: number): string[] {
  const latest = Number(day.slice(0, 4)) * 4 + Math.ceil(Number(day.slice(5, 7)) / 3) - 1;
  return Array.from({ length: count }, (_, back) => `${Math.floor((latest - back) / 4)}-Q${((latest - back) % 4) + 1}`);
}

/** The month of `day` and the ones before it, newest first. */
export function recentMonths(day: string, count: number): string[] {
  const latest = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  return Array.from({ length: count }, (_, back) => `${Math.floor((latest - back) / 12)}-${String(((latest - back) % 12) + 1).padStart(2, '0')}`);
}

export function recentYears(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, back) => String(Number(day.slice(0, 4)) - back));
}

export function periodParts(period: string): PeriodParts | null {
  const match = PERIOD.exec(period);
  if (!match) return null;
  const [, year = '', quarter, month] = match;
  if (quarter) return { kind: 'quarter', year, quarter };
  return month ? { kind: 'month', year, month } : { kind: 'year', year };
}

export function isPeriod(value: string): boolean {
  return periodParts(value) !== null;
}

/** First and last day, both inside the period; null for a name that is no period. */
export function periodBounds(period: string): PeriodBounds | null {
  const parts = periodParts(period);
  if (!parts) return null;
  const first = parts.kind === 'quarter' ? Number(parts.quarter) * 3 - 2 : parts.kind === 'month' ? Number(parts.month) : 1;
  const last = parts.kind === 'quarter' ? first + 2 : parts.kind === 'month' ? first : 12;
  const lastDay = new Date(Date.UTC(Number(parts.year), last, 0)).getUTCDate();
  return { from: `${parts.year}-${padded(first)}-01`, to: `${parts.year}-${padded(last)}-${lastDay}` };
}

function padded(month: number): string {
  return String(month).padStart(2, '0');
}
