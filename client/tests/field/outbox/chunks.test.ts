import { describe, expect, it } from "vitest";
import { adaptChunk } from "../../../src/field/outbox/chunks.ts";

describe("the next chunk", () => {
  it.each([
    ["doubles on a quick network", 64_000, 64_000, 200, 128_000],
    ["never grows beyond a quarter megabyte", 256_000, 256_000, 200, 256_000],
    ["halves on a slow one", 256_000, 256_000, 20_000, 128_000],
    ["never gets so small that its headers weigh more", 64_000, 64_000, 60_000, 64_000],
    ["stays when the pace is right", 128_000, 128_000, 3_000, 128_000],
    ["does not learn from the short last piece", 64_000, 900, 10, 64_000],
  ])("%s", (_name, chunk, sent, took_ms, expected) => {
    expect(adaptChunk(chunk, sent, took_ms)).toBe(expected);
  });
});
