import Dexie from "dexie";
import { expect, it } from "vitest";
import type { ChecklistDocument } from "../../../src/forms/format.ts";
import { openVault, closeVault } from "../../../src/field/local/vault.ts";
import { saveAnswer } from "../../../src/field/local/visits.ts";
import { fetchPreviewed, previewedFrom } from "../../../src/field/preview/checklist.ts";
import { openPreview, throwAway, throwAwayOld } from "../../../src/field/preview/store.ts";

const NOON_MS = Date.parse("2026-11-26T12:00:00+08:00");
const HOUR_MS = 3_600_000;

const DOCUMENT = {
  id: "small", version: "2026.2", status: "published", title: { zh: "小检查表", en: "Small" }, sector: "fire_safety",
  applies_to: { subject_kinds: ["village"] }, sections: [{ id: "s", items: [{ id: "exit" }, { id: "alarm" }] }],
} as unknown as ChecklistDocument;

it("begins the checklist at a subject to which it applies, without a pairing or facts", async () => {
  const { vault, place } = await openPreview(DOCUMENT, "zh");

  const [subject] = await vault.db.subjects.toArray();
  const [submission] = await vault.db.submissions.toArray();
  expect([subject?.kind, subject?.group, subject?.sectors, subject?.pairings, subject?.profile]).toEqual(["village", "village", ["fire_safety"], [], {}]);
  expect(submission?.checklist).toEqual({ id: "small", version: "2026.2", hash: "preview" });
  expect(place).toBe(`/visits/${submission?.visit_id}/checklists/${submission?.id}`);
  await throwAway(vault);
});

it("leaves nothing behind when it is thrown away, and touches nobody's vault", async () => {
  const inspector = await openVault("11111111-0000-4000-8000-00000000000a");
  await inspector.db.meta.put({ key: "x", value: "unsent work" });
  const { vault } = await openPreview(DOCUMENT, "zh");
  const [submission] = await vault.db.submissions.toArray();
  await saveAnswer(vault, submission?.id ?? "", "exit", { result: "fail" });

  await throwAway(vault);

  expect((await Dexie.getDatabaseNames()).filter((name) => name.includes("preview"))).toEqual([]);
  expect((await inspector.db.meta.get("x"))?.value).toBe("unsent work");
  closeVault(inspector);
});

it("throws away what a killed browser left behind a day ago, and leaves a preview in another window alone", async () => {
  const left = await openPreview(DOCUMENT, "zh", () => NOON_MS - 25 * HOUR_MS);
  const running = await openPreview(DOCUMENT, "zh", () => NOON_MS - HOUR_MS);
  closeVault(left.vault);

  await throwAwayOld(() => NOON_MS);

  expect((await Dexie.getDatabaseNames()).filter((name) => name.includes("preview"))).toEqual([running.vault.db.name]);
  await throwAway(running.vault);
});

it.each([
  ["?hash=abc", { hash: "abc" }],
  ["?draft=0d5e", { draft: "0d5e" }],
  ["", null],
])("reads from the address \"%s\" what is previewed", (search, previewed) => {
  expect(previewedFrom(search)).toEqual(previewed);
});

it("says that there is nothing to preview when the address names nothing", async () => {
  expect((await fetchPreviewed(null)).kind).toBe("unreachable");
});
