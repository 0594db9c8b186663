import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  compare,
  contentHash,
  NotCanonical,
  parseEnvelope,
  sealRecord,
  sha256Hex,
  type EnvelopeInvalid,
  type UnsealedRecord,
} from "../../src/sync/records.ts";
import { formatTime, parseDate, parseTime, shanghaiDate, TimeInvalid } from "../../src/sync/times.ts";
import { load } from "./vectors.ts";

const vectors = load<{
  canonical: { name: string; document: unknown; canonical: string; sha256: string }[]
  not_canonical: { name: string; json: string }[]
  envelopes: { name: string; envelope: UnsealedRecord & { content_hash: string }; expected: { faults: string[][] } }[]
  comparisons: { name: string; stored: string | null; incoming: string; expected: string }[]
  times: { text: string; epoch_ms: number; formatted: string; shanghai_date: string }[]
}>("records");

describe("canonical JSON", () => {
  it.each(vectors.canonical)("$name", async ({ document, canonical, sha256 }) => {
    expect(canonicalJson(document)).toBe(canonical);
    expect(await sha256Hex(canonicalJson(document))).toBe(sha256);
  });

  it.each(vectors.not_canonical)("refuses $name", ({ json }) => {
    expect(() => canonicalJson(JSON.parse(json))).toThrow(NotCanonical);
  });

  it.each([[NaN], [Infinity], [undefined], [1n], [() => 1]])("refuses %s", (value) => {
    expect(() => canonicalJson([value])).toThrow(NotCanonical);
  });

  it("leaves out what JSON.stringify would not send", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });
});

describe("envelopes", () => {
  it.each(vectors.envelopes)("$name", async ({ envelope, expected }) => {
    const faults = await parseEnvelope(envelope).then(
      () => [],
      (error: EnvelopeInvalid) => error.faults.map(({ pointer, code }) => [pointer, code]),
    );

    expect(faults.sort((a, b) => (`${a}` < `${b}` ? -1 : 1))).toEqual(expected.faults);
  });

  const readable = vectors.envelopes.filter(({ expected }) => expected.faults.length === 0);
  it.each(readable)("are sealed with the hash that the server will compute: $name", async ({ envelope }) => {
    const { content_hash, ...record } = envelope;

    expect(await sealRecord(record)).toEqual(envelope);
    expect(await contentHash(envelope)).toBe(content_hash);
  });
});

it.each(vectors.comparisons)("comparison: $name", ({ stored, incoming, expected }) => {
  expect(compare(stored, incoming)).toBe(expected);
});

describe("times", () => {
  it.each(vectors.times)("$text", ({ text, epoch_ms, formatted, shanghai_date }) => {
    expect(parseTime(text)).toBe(epoch_ms);
    expect(formatTime(epoch_ms)).toBe(formatted);
    expect(shanghaiDate(epoch_ms)).toBe(shanghai_date);
  });

  it.each(["2026-13-01", "2026-02-30", "2026-2-3", "20260203", "", null, 5])("refuses %s as a date", (text) => {
    expect(() => parseDate(text)).toThrow(TimeInvalid);
  });
});
