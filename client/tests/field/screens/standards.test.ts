/** Which rule may decide on the day of a visit, as the phone knows it; the rule itself is in tests/vectors/forms/standards.json. */
import { describe, expect, it } from "vitest";
import { decidesOn } from "../../../src/field/screens/standards.ts";
import type { StandardDocument } from "../../../src/forms/format.ts";

// As a phone has it that was last online before the registry said more than dates.
const standard = (id: string, valid_from: string | null, valid_to: string | null): [string, StandardDocument] => [
  id,
  { id, name: { zh: id, en: id }, valid_from, valid_to } as StandardDocument,
];
const STANDARDS = new Map([
  standard("decree-4", "2021-01-01", "2026-06-30"),
  standard("decree-21", "2026-07-01", null),
  standard("undated", null, null),
  ["given-way", { ...standard("given-way", null, null)[1], replaced_by: { standard: "new", on: "2026-09-30" } }],
]);

describe("a clause decides about the visit of a day", () => {
  it.each([
    ["decree-4", "2020-12-31", false],
    ["decree-4", "2021-01-01", true],
    ["decree-4", "2026-06-30", true],
    ["decree-4", "2026-07-01", false],
    ["decree-21", "2026-06-30", false],
    ["decree-21", "2026-07-01", true],
    ["undated", "2026-07-01", true],
    ["not registered", "2026-07-01", true],
    ["given-way", "2026-09-29", true],
    ["given-way", "2026-09-30", false],
  ])("%s on %s: %s", (id, day, expected) => {
    expect(decidesOn(STANDARDS, day)(id)).toBe(expected);
  });
});
