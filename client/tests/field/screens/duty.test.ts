import { describe, expect, it } from "vitest";
import type { User } from "../../../src/api/wire.ts";
import { Action } from "../../../src/vocabulary/codes.ts";
import { verdictOf, whyNotPass } from "../../../src/field/screens/hazards/duty.ts";

const ANNA = "00000000-0000-4000-a000-000000000001";
const OTHER = "00000000-0000-4000-a000-000000000002";
const officer: Pick<User, "id" | "actions"> = { id: ANNA, actions: [Action.sync] };
const supervisor: Pick<User, "id" | "actions"> = { id: ANNA, actions: [Action.sync, Action.act_on_hazards] };

describe("who may pass a rectification on the phone", () => {
  it.each([
    ["an officer, what another reported", officer, { grade: "general", reported_by: OTHER }, null],
    ["an officer, what she reported herself", officer, { grade: "general", reported_by: ANNA }, "own_rectification"],
    ["an officer, what this phone has reported and not sent yet", officer, { grade: "general", reported_by: null, reported_here: true }, "own_rectification"],
    ["an officer, a major one", officer, { grade: "major", reported_by: OTHER }, "needs_supervisor"],
    ["who supervises, a major one", supervisor, { grade: "major", reported_by: OTHER }, null],
    ["who supervises, what he reported himself", supervisor, { grade: "major", reported_by: ANNA }, "own_rectification"],
  ] as const)("%s", (_name, user, hazard, expected) => {
    expect(whyNotPass({ state: "submitted", ...hazard }, user)).toBe(expected);
  });

  it("is no question while nothing was reported", () => {
    expect(whyNotPass({ state: "rectifying", grade: "major", reported_by: null }, officer)).toBeNull();
  });
});

it("calls a pass of what nobody reported a report", () => {
  expect([verdictOf({ state: "rectifying" }, "pass"), verdictOf({ state: "submitted" }, "pass"), verdictOf({ state: "draft" }, "return"), verdictOf({ state: "draft" }, undefined)]).toEqual(["report", "pass", "return", undefined]);
});
