// Whether and when to try again: a network failure, 408, 429 and 5xx are tried again, any other refusal is shown to a
// person. Arithmetic only; who waits and where the attempt count is kept is the caller's. Mirrors sync/retry.py.

export const FIRST_DELAY_MS = 1_000;
// Signal comes back within minutes on a village road; waiting longer only makes people press "send now".
export const LONGEST_DELAY_MS = 300_000;
// A server that asks for more than an hour is more likely misconfigured than busy.
export const LONGEST_RETRY_AFTER_S = 3_600;

export type RetryDecision =
  | { action: "done"; delay_ms: null }
  | { action: "retry"; delay_ms: number }
  | { action: "sign_in"; delay_ms: null }
  | { action: "stop"; delay_ms: null }

/**
 * `status` null is a network failure; `failedAttempts` counts this one; `randomUnit` lies in [0, 1).
 * 401 asks for a new sign-in: what is unsent stays, and goes up afterwards.
 */
export function decideRetry(
  status: number | null,
  failedAttempts: number,
  retryAfterS: number | null,
  randomUnit: number,
): RetryDecision {
  if (status !== null && status >= 200 && status < 300) return { action: "done", delay_ms: null };
  if (status === 401) return { action: "sign_in", delay_ms: null };
  const isTemporary = status === null || status === 408 || status === 429 || (status >= 500 && status < 600);
  if (!isTemporary) return { action: "stop", delay_ms: null };
  const askedMs = 1_000 * Math.min(Math.max(retryAfterS ?? 0, 0), LONGEST_RETRY_AFTER_S);
  // All who were told the same must not return at once.
  const apartMs = Math.floor(Math.min(askedMs, LONGEST_DELAY_MS) * randomUnit);
  return { action: "retry", delay_ms: Math.max(askedMs + apartMs, backoffMs(failedAttempts, randomUnit)) };
}

/** Doubles per failure up to five minutes; the upper half is random, so that a town's phones do not return as one. */
export function backoffMs(failedAttempts: number, randomUnit: number): number {
  const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(Math.max(failedAttempts - 1, 0), 20));
  const halfMs = Math.floor(ceilingMs / 2);
  return halfMs + Math.floor(halfMs * randomUnit);
}

/** Seconds from the header's two forms (RFC 9110 §10.2.3); null if it is absent or cannot be read. */
export function parseRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed);
  const moment = Date.parse(trimmed);
  // Both languages read sloppy dates, but not the same ones; only the form that RFC 9110 prescribes counts.
  if (Number.isNaN(moment) || new Date(moment).toUTCString() !== trimmed) return null;
  return Math.max(0, Math.ceil((moment - nowMs) / 1_000));
}
