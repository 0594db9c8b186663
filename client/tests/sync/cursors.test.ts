import { expect, it } from "vitest";
import { compareCursors, CursorInvalid, decodeCursor, encodeCursor, START } from "../../src/sync/cursors.ts";
import { load } from "./vectors.ts";

interface Numbers {
  xid: string
  seq: string
}
const vectors = load<{
  encoded: (Numbers & { name: string; text: string })[]
  decoded_to_start: (string | null)[]
  refused: { name: string; text: string }[]
  comparisons: { name: string; a: Numbers; b: Numbers; expected: number }[]
}>("cursors");

const cursorOf = ({ xid, seq }: Numbers) => ({ xid: BigInt(xid), seq: BigInt(seq) });

it.each(vectors.encoded)("$name is encoded and read back", (vector) => {
  expect(encodeCursor(cursorOf(vector))).toBe(vector.text);
  expect(decodeCursor(vector.text)).toEqual(cursorOf(vector));
});

it.each(vectors.decoded_to_start)("no cursor (%s) is the start", (text) => {
  expect(decodeCursor(text)).toEqual(START);
});

it.each(vectors.refused)("refuses $name", ({ text }) => {
  expect(() => decodeCursor(text)).toThrow(CursorInvalid);
});

it.each(vectors.comparisons)("$name", ({ a, b, expected }) => {
  expect(compareCursors(cursorOf(a), cursorOf(b))).toBe(expected);
});
