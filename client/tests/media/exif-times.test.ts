import { describe, expect, it } from "vitest";
import { takenAtMs } from "../../src/media/exif.ts";
import type { ExifFacts } from "../../src/media/exif.ts";
import vectors from "../../../tests/vectors/media/exif_times.json";

describe("the time of a camera", () => {
  it.each(vectors.cases)("$name", ({ taken_at, offset, expected }) => {
    const facts = { taken_at, taken_offset: offset } as ExifFacts;

    expect(takenAtMs(facts)).toBe(expected === null ? null : Date.parse(expected));
  });
});
