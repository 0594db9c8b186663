import { describe, expect, it } from "vitest";
import { Pauses } from "../../../src/field/outbox/pauses.ts";

describe("a question that brought nothing", () => {
  it("is asked again after a while, and each time after twice as long", () => {
    const pauses = new Pauses(2_000, 5_000);

    pauses.putOff("a", 0);
    expect([pauses.isDue("a", 1_999), pauses.isDue("a", 2_000), pauses.isDue("b", 0)]).toEqual([false, true, true]);
    pauses.putOff("a", 2_000);
    expect([pauses.isDue("a", 5_999), pauses.isDue("a", 6_000)]).toEqual([false, true]);
    pauses.putOff("a", 6_000);
    expect([pauses.isDue("a", 10_999), pauses.isDue("a", 11_000)]).toEqual([false, true]);
  });

  it("is the next that somebody waits for", () => {
    const pauses = new Pauses(2_000, 5_000);
    expect(pauses.nextDue(0)).toBe(Infinity);

    pauses.putOff("a", 0);
    pauses.putOff("b", 1_000);

    expect([pauses.nextDue(0), pauses.nextDue(2_500), pauses.nextDue(3_000)]).toEqual([2_000, 3_000, Infinity]);
  });
});
