/** What "the rest of this section passes" answers, and what it leaves for a look of its own. */
import { describe, expect, it } from "vitest";
import type { ItemDocument } from "../../../src/forms/format.ts";
import { passableRest, uncheckedIn } from "../../../src/field/screens/checklist/shown.ts";
import type { SectionView } from "../../../src/field/screens/checklist/shown.ts";

const words = { zh: "有", en: "There is" };
const item = (id: string, changes: Partial<ItemDocument> = {}): ItemDocument => ({ id, type: "judgement", statement: words, points: 1, ...changes });

function sectionOf(...items: ItemDocument[]): SectionView {
  const rows = items.map((each) => ({ path: each.id, item: each }));
  return { id: "s", title: words, repeat: null, parts: [{ instance: null, key: null, rows }], whole: true, asked: true, noneHere: null, done: 0, total: items.length };
}

const section = sectionOf(
  item("plain"),
  item("of_the_profile", { relevant: { profile: "mining_method", is: "underground" } }),
  item("answered"),
  item("opened", { relevant: { all: [{ profile: "mining_method", is: "underground" }, { not: { item: "answered", result: "pass" } }] } }),
  item("opened_by_some", { relevant: { at_least: 1, of: [{ item: "answered", result: "fail" }] } }),
  item("fact", { type: "facts", facts: { options: [] } }),
  item("number", { type: "number" }),
  item("with_hazard"),
);
const resultOf = (path: string): "fail" | "unchecked" => (path === "answered" ? "fail" : "unchecked");

describe("the rest of a section passes", () => {
  it("without what another answer opened, determination facts, values, and items that carry a hazard", () => {
    const passed = passableRest(section, resultOf, (path) => path === "with_hazard");

    expect(passed.map((row) => row.path)).toEqual(["plain", "of_the_profile"]);
  });

  it("leaves the others to be counted", () => {
    expect(uncheckedIn(section, resultOf).length).toBe(7);
  });
});
