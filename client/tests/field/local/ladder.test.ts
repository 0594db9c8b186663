/**
 * Databases as older versions of the app left them, with their stores and rows written out here: a rung that is edited after its
 * release, or an upgrade that loses a row, is noticed.
 */
import Dexie from "dexie";
import { describe, expect, it } from "vitest";
import { closeVault, openVault, vaultName } from "../../../src/field/local/vault.ts";

/** The names and key paths of version 1; Dexie multiplies versions by ten. */
const VERSION_1 = {
  subjects: "id, town_code, kind",
  pairings: "id, subject_id",
  hazards: "id, subject_id, state",
  checklists: "hash, id",
  reviews: "photo_id, subject_id, decision",
  visits: "id, subject_id, state",
  submissions: "id, visit_id",
  hazard_drafts: "id, visit_id, submission_id, subject_id",
  recheck_drafts: "[visit_id+hazard_id], visit_id, hazard_id",
  records: "id, visit_id, hazard_id, state, order",
  photos: "id, visit_id, submission_id, hazard_id, subject_id, upload.state",
  photo_bytes: "photo_id",
  receipts: "code, id",
  meta: "key",
};
const VERSION_2 = { pictures: "[photo_id+size], hazard_id" };

const ROWS: Record<string, object[]> = {
  visits: [{ id: "v-1", subject_id: "s-1", state: "open", signature: null, summary: "谈了通风", changed_at: "2026-11-23T09:15:02.000+08:00" }],
  submissions: [{ id: "u-1", visit_id: "v-1", answers: { fan: { result: "pass" } }, repeats: {}, profile: {}, revision: 7 }],
  hazard_drafts: [{ id: "h-1", visit_id: "v-1", submission_id: "u-1", subject_id: "s-1", description: "风筒脱节", revision: 2 }],
  recheck_drafts: [{ visit_id: "v-1", hazard_id: "h-0", result: "return", reason: "没有换", revision: 1 }],
  records: [{ id: "r-1", visit_id: "v-0", hazard_id: null, state: "waiting", order: 1, envelope: { id: "r-1" } }],
  photos: [{ id: "p-1", visit_id: "v-1", submission_id: "u-1", hazard_id: "h-1", subject_id: "s-1", upload: { state: "waiting" }, revision: 1 }],
  photo_bytes: [{ photo_id: "p-1", bytes: new Uint8Array([255, 216, 255]).buffer, thumbnail: null }],
  receipts: [{ code: "7F3C-21A9", id: "v-0" }],
  meta: [{ key: "cursor", value: "abc" }, { key: "server_clock", value: { offset_ms: 120 } }],
};

let users = 0;

/** A database at an older version, closed as a phone leaves it when the app is updated. */
async function leftBy(version: 1 | 2): Promise<string> {
  users += 1;
  const user_id = `77777777-0000-4000-8000-${String(users).padStart(12, "0")}`;
  const old = new Dexie(vaultName(user_id));
  old.version(1).stores(VERSION_1);
  if (version === 2) old.version(2).stores(VERSION_2);
  await old.open();
  for (const [table, rows] of Object.entries(ROWS)) await old.table(table).bulkAdd(structuredClone(rows));
  if (version === 2) await old.table("pictures").add({ photo_id: "p-0", size: "thumbnail", hazard_id: "h-0", bytes: new ArrayBuffer(2) });
  old.close();
  return user_id;
}

describe.each([1, 2] as const)("a phone that comes from version %i", (version) => {
  it("keeps unsent work, photos and receipts", async () => {
    const vault = await openVault(await leftBy(version));

    expect(await vault.db.visits.toArray()).toEqual(ROWS["visits"]);
    expect(await vault.db.hazard_drafts.toArray()).toEqual(ROWS["hazard_drafts"]);
    expect(await vault.db.recheck_drafts.toArray()).toEqual(ROWS["recheck_drafts"]);
    expect(await vault.db.records.toArray()).toEqual(ROWS["records"]);
    expect(await vault.db.photos.toArray()).toEqual(ROWS["photos"]);
    expect(new Uint8Array((await vault.db.photo_bytes.get("p-1"))?.bytes ?? new ArrayBuffer(0))).toEqual(new Uint8Array([255, 216, 255]));
    expect(await vault.db.receipts.count()).toBe(1);
    expect(await vault.db.pictures.count()).toBe(version === 2 ? 1 : 0);
    closeVault(vault);
  });

  it("has room for earlier answers, and fetches everything once more to hear of drafts", async () => {
    const vault = await openVault(await leftBy(version));

    expect(await vault.db.submissions.get("u-1")).toEqual({
      id: "u-1", visit_id: "v-1", answers: { fan: { result: "pass" } }, repeats: {}, profile: {}, revision: 7, earlier: [],
    });
    expect(await vault.db.meta.get("cursor")).toBeUndefined();
    expect(await vault.db.meta.get("server_clock")).toEqual({ key: "server_clock", value: { offset_ms: 120 } });
    expect([await vault.db.mirrors.count(), await vault.db.set_aside.count()]).toEqual([0, 0]);
    closeVault(vault);
  });
});
