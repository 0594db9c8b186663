import { expect, it } from "vitest";
import { decideRetry, parseRetryAfter, type RetryDecision } from "../../src/sync/retry.ts";
import { parseTime } from "../../src/sync/times.ts";
import { load } from "./vectors.ts";

const vectors = load<{
  decisions: {
    name: string
    status: number | null
    failed_attempts: number
    retry_after_s: number | null
    random_unit: number
    expected: RetryDecision
  }[]
  retry_after: { text: string | null; now: string; expected: number | null }[]
}>("retry");

it.each(vectors.decisions)("after an attempt: $name", (vector) => {
  const decision = decideRetry(vector.status, vector.failed_attempts, vector.retry_after_s, vector.random_unit);

  expect(decision).toEqual(vector.expected);
});

it.each(vectors.retry_after)("Retry-After: $text", ({ text, now, expected }) => {
  expect(parseRetryAfter(text, parseTime(now))).toBe(expected);
});
