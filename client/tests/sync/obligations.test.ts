import { expect, it } from "vitest";
import { nextObligation, obligations, satisfiedBy, type Duty, type Obligation, type SpanShares } from "../../src/sync/obligations.ts";
import { load } from "./vectors.ts";

const vectors = load<{
  cases: {
    name: string
    duty: Duty
    span_shares?: SpanShares
    visits: string[]
    until: string
    expected: { begins: string; due: string; visit: string | null }[]
    next_due: string | null
  }[]
}>("obligations");

function until(day: string, duty: Duty, shares: SpanShares | undefined): Obligation[] {
  const found: Obligation[] = [];
  for (const one of obligations(duty, shares)) {
    if (one.due > day) break;
    found.push(one);
  }
  return found;
}

it.each(vectors.cases)("$name", ({ duty, span_shares, visits, until: day, expected, next_due }) => {
  const taken = satisfiedBy(duty, visits, span_shares);

  expect(until(day, duty, span_shares).map(({ begins, due }, index) => ({ begins, due, visit: visits[taken[index] ?? -1] ?? null }))).toEqual(expected);
  expect(nextObligation(duty, taken.length, span_shares)?.due ?? null).toBe(next_due);
});

it.each(vectors.cases)("going on from what is satisfied already comes to the same: $name", ({ duty, span_shares, visits }) => {
  const whole = satisfiedBy(duty, visits, span_shares);

  for (let cut = 0; cut <= visits.length; cut += 1) {
    const before = satisfiedBy(duty, visits.slice(0, cut), span_shares).length;
    expect(before + satisfiedBy(duty, visits.slice(cut), span_shares, before).length).toBe(whole.length);
  }
});
