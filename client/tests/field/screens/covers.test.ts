import { describe, expect, it } from "vitest";
import { mayBeCover } from "../../../src/field/screens/hazards/hazard-lines.ts";

const FOUND = "2026-11-23T09:15:02+08:00";

describe("the picture that stands for a hazard", () => {
  it.each([
    ["camera", "2026-11-23T09:16:00+08:00", true],
    ["camera", "2026-11-22T09:16:00+08:00", true],
    ["album", "2026-11-23T00:00:01+08:00", true],
    ["album", "2026-11-22T23:59:59+08:00", false],
    ["album", "2024-05-01T08:00:00+08:00", false],
  ] as const)("out of the %s, taken %s: %s", (source, captured_at, may) => {
    expect(mayBeCover({ source, captured_at }, FOUND)).toBe(may);
  });
});
