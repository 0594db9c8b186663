/** Which rule was in force on the day of a visit, as the phone knows it. */
import { describe, expect, it } from "vitest";
import { appliesOn } from "../../../src/field/screens/standards.ts";
import type { Standard } from "../../../src/field/screens/standards.ts";

const standard = (id: string, valid_from: string | null, valid_to: string | null): [string, Standard] => [
  id,
  { id, name: { zh: id, en: id }, valid_from, valid_to },
];
const STANDARDS = new Map([
  standard("decree-4", "2021-01-01", "2026-06-30"),
  standard("decree-21", "2026-07-01", null),
  standard("undated", null, null),
]);

describe("a standard applies on the day of the visit", () => {
  it.each([
    ["decree-4", "2020-12-31", false],
    ["decree-4", "2021-01-01", true],
    ["decree-4", "2026-06-30", true],
    ["decree-4", "2026-07-01", false],
    ["decree-21", "2026-06-30", false],
    ["decree-21", "2026-07-01", true],
    ["undated", "2026-07-01", true],
    ["not registered", "2026-07-01", true],
  ])("%s on %s: %s", (id, day, expected) => {
    expect(appliesOn(STANDARDS, day)(id)).toBe(expected);
  });
});
