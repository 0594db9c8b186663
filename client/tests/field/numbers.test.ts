import { expect, test } from "vitest";
import { readTyping } from "../../src/field/screens/checklist/numbers.ts";

test.each([
  ["1.2", "1.2"], ["１.２", "1.2"], ["1。2", "1.2"], [".5", "0.5"], ["-.5", "-0.5"], ["007", "7"], ["3.", "3"], ["0.400", "0.400"],
])("%s is the number %s", (text, decimal) => {
  expect(readTyping(text)).toEqual({ kind: "number", decimal });
});

test.each([
  ["1.2m/s", ["m/s"], "1.2"], ["45 %", ["%"], "45"], ["20 MPA", ["MPa"], "20"], ["3人", ["人", ""], "3"],
])("a typed unit is left out of %s", (text, units, decimal) => {
  expect(readTyping(text, units)).toEqual({ kind: "number", decimal });
});

test.each([
  ["1,200", ["1200", "1.200"]], ["1，200", ["1200", "1.200"]], ["1 2", ["12", "1.2"]], ["1,2", ["12", "1.2"]], ["1,200,000", ["1200000"]], ["1,200.5", ["1200.5"]],
])("%s is asked about", (text, candidates) => {
  expect(readTyping(text)).toEqual({ kind: "doubtful", candidates });
});

test.each(["abc", "1.2.3", "--1", "1.2345", "1e3"])("%s is no number", (text) => {
  expect(readTyping(text)).toEqual({ kind: "unreadable" });
});

test("nothing typed is nothing", () => {
  expect(readTyping("  ")).toEqual({ kind: "empty" });
});
