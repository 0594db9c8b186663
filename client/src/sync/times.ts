// Times as records carry them: RFC 3339 text with an offset, at most milliseconds, so that both languages order them equally.
// Mirrors sync/times.py.
import { YEAR } from "../vocabulary/dates.ts";

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const TIME = new RegExp(
  String.raw`^(${YEAR})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$`,
);
const DATE = new RegExp(String.raw`^(${YEAR})-(\d\d)-(\d\d)$`);

export class TimeInvalid extends Error {
  override name = "TimeInvalid";
}

/** Milliseconds since 1970. Throws TimeInvalid for anything but RFC 3339 with an explicit offset and at most three decimals. */
export function parseTime(text: unknown): number {
  const match = typeof text === "string" ? TIME.exec(text) : null;
  if (!match) throw new TimeInvalid("time must be RFC 3339 with an offset");
  const [, year, month, day, hour, minute, second, fraction = "0", sign, offsetHour = "0", offsetMinute = "0"] = match;
  const midnight = midnightOf(year, month, day);
  const local =
    midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000 + Number(fraction.padEnd(3, "0"));
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return sign === "-" ? local + offset : local - offset;
}

/** The moment in Shanghai time with milliseconds: "2026-11-23T09:15:02.000+08:00". */
export function formatTime(epochMs: number): string {
  return new Date(epochMs + SHANGHAI_OFFSET_MS).toISOString().replace("Z", "+08:00");
}

/** Days since 1970, for comparing and counting. Throws TimeInvalid. */
export function parseDate(text: unknown): number {
  const match = typeof text === "string" ? DATE.exec(text) : null;
  if (!match) throw new TimeInvalid("date must be YYYY-MM-DD");
  return midnightOf(match[1], match[2], match[3]) / 86_400_000;
}

/** YYYY-MM-DD of days since 1970. */
export function formatDate(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** The calendar day (YYYY-MM-DD) in the county at that moment; all deadlines are days of this calendar. */
export function shanghaiDate(epochMs: number): string {
  return formatTime(epochMs).slice(0, 10);
}

function midnightOf(year?: string, month?: string, day?: string): number {
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(midnight);
  // Date.UTC turns 30 February into 2 March.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) throw new TimeInvalid("no such day");
  return midnight;
}
