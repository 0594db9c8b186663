import { expect, it } from "vitest";
import {
  readReceiptCode,
  receiptCode,
  visitCompleteness,
  type Completeness,
  type ExpectedPhoto,
  type ReceiptKind,
} from "../../src/sync/receipts.ts";
import { load } from "./vectors.ts";

const vectors = load<{
  codes: { name: string; kind: ReceiptKind; id: string; sha256: string; expected: string }[]
  typed: { text: string; expected: string | null }[]
  visits: {
    name: string
    visit_id: string
    expected_records: string[]
    expected_photos: ExpectedPhoto[]
    stored_records: string[]
    stored_photos: Record<string, string>
    expected: Completeness
  }[]
}>("receipts");

it.each(vectors.codes)("receipt code: $name", async ({ kind, id, sha256, expected }) => {
  expect(await receiptCode(kind, id, sha256)).toBe(expected);
});

it.each(vectors.typed)('typed code "$text" gets its one spelling', ({ text, expected }) => {
  expect(readReceiptCode(text)).toBe(expected);
});

it.each(vectors.visits)("completeness: $name", (visit) => {
  const completeness = visitCompleteness(
    visit.visit_id,
    visit.expected_records,
    visit.expected_photos,
    visit.stored_records,
    visit.stored_photos,
  );

  expect(completeness).toEqual(visit.expected);
});
