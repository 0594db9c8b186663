import { describe, expect, it } from "vitest";
import type { User } from "../../../src/api/wire.ts";
import { verdictOf, whyNotPass } from "../../../src/field/screens/hazards/duty.ts";

const ANNA = "00000000-0000-4000-a000-000000000001";
const OTHER = "00000000-0000-4000-a000-000000000002";
const person = (role: User["roles"][number]["role"]): Pick<User, "id" | "roles"> => ({ id: ANNA, roles: [{ role, scope_kind: "self", scope_id: null }] });

describe("who may pass a rectification on the phone", () => {
  it.each([
    ["an officer, what another reported", person("inspector"), { grade: "general", reported_by: OTHER }, null],
    ["an officer, what she reported herself", person("inspector"), { grade: "general", reported_by: ANNA }, "own_rectification"],
    ["an officer, what this phone has reported and not sent yet", person("inspector"), { grade: "general", reported_by: null, reported_here: true }, "own_rectification"],
    ["an officer, a major one", person("inspector"), { grade: "major", reported_by: OTHER }, "needs_supervisor"],
    ["who supervises, a major one", person("supervisor"), { grade: "major", reported_by: OTHER }, null],
    ["who supervises, what he reported himself", person("supervisor"), { grade: "major", reported_by: ANNA }, "own_rectification"],
  ] as const)("%s", (_name, user, hazard, expected) => {
    expect(whyNotPass({ state: "submitted", ...hazard }, user)).toBe(expected);
  });

  it("is no question while nothing was reported", () => {
    expect(whyNotPass({ state: "rectifying", grade: "major", reported_by: null }, person("inspector"))).toBeNull();
  });
});

it("calls a pass of what nobody reported a report", () => {
  expect([verdictOf({ state: "rectifying" }, "pass"), verdictOf({ state: "submitted" }, "pass"), verdictOf({ state: "draft" }, "return"), verdictOf({ state: "draft" }, undefined)]).toEqual(["report", "pass", "return", undefined]);
});
