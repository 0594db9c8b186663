/** The registry at the desk: what is due first, and who cites it. */
import { expect, test } from "vitest";
import { standardRows } from "../../src/office/checklists/standards.ts";
import type { ChecklistDocument, Standard } from "../../src/office/api/types.ts";

const words = (zh: string): { zh: string; en: string } => ({ zh, en: zh });
const standard = (id: string, values: Partial<Standard> = {}): Standard => ({
  id, name: words(id), number: null, edition: "1", valid_from: null, valid_to: null, replaced_by: null, kind: "law", source: words("官网"), last_checked_on: "2026-11-30", ...values,
});
const document = {
  id: "tried", version: "2026.1", title: words("表"), sections: [{ items: [{ id: "a", statement: words("甲"), basis: [{ standard: "old", clause: "第1条" }] }] }],
  determinations: [{ id: "m", title: words("判"), standard: "old", clause: "第2条" }],
} as unknown as ChecklistDocument;

test("what was not looked up for a quarter comes first, what moves before it", () => {
  const rows = standardRows([standard("fresh"), standard("stale", { last_checked_on: "2026-08-01" }), standard("moving", { last_checked_on: "2026-08-15", moving: true }), standard("gone", { last_checked_on: "2025-01-01", valid_to: "2026-01-01" })], [], "2026-11-30");

  expect(rows.filter((row) => row.due).map((row) => row.standard.id)).toEqual(["moving", "stale"]);
  expect(rows.map((row) => row.ground)).toEqual(["stale", "decides", "not_in_force", "decides"]);
});

test("a replaced edition names what replaces it and everything that cites it", () => {
  const [row] = standardRows([standard("old", { replaced_by: { standard: "next", on: "2026-09-30" } }), standard("next")], [document], "2026-11-30").filter((each) => each.standard.id === "old");

  expect(row?.ground).toBe("replaced");
  expect(row?.replacement).toEqual(words("next"));
  expect(row?.uses.map((use) => [use.kind, use.id, use.clause])).toEqual([["item", "a", "第1条"], ["determination", "m", "第2条"]]);
});
