/** Days and times as people in Zezhou read them: Beijing time, whatever zone the phone is set to. Pure; "now" is an argument. */
const DAY_MS = 86_400_000;
/** China has kept UTC+8 without summer time since 1991; a fixed offset is a thousand times cheaper than Intl on a phone. */
const BEIJING_OFFSET_MS = 8 * 3_600_000;
const ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function beijing(at: string | number | Date): string {
  return new Date(new Date(at).getTime() + BEIJING_OFFSET_MS).toISOString();
}

/** "2026-03-26" of an instant, in Beijing. */
export function beijingDay(at: string | number | Date): string {
  return beijing(at).slice(0, 10);
}

/** 09:15 in Beijing. */
export function clockWords(at: string | number | Date): string {
  return beijing(at).slice(11, 16);
}

/** 09:15:02 in Beijing. */
export function secondWords(at: string | number | Date): string {
  return beijing(at).slice(11, 19);
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** 3月26日 / 26 Mar; with the year when `today` is given and lies in another one. */
export function dayWords(day: string, locale: string, today?: string): string {
  const [year = "", month = "", date = ""] = day.slice(0, 10).split("-");
  const withYear = today !== undefined && year !== today.slice(0, 4);
  if (locale === "zh") return `${withYear ? `${year}年` : ""}${Number(month)}月${Number(date)}日`;
  return `${Number(date)} ${ENGLISH_MONTHS[Number(month) - 1] ?? month}${withYear ? ` ${year}` : ""}`;
}

/** 3月20日 17:03 / 20 Mar 17:03; with the year when `today` is given and lies in another one. */
export function momentWords(at: string | number | Date, locale: string, today?: string): string {
  return `${dayWords(beijingDay(at), locale, today)} ${clockWords(at)}`;
}
