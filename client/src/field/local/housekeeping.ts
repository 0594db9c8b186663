/** Gives back room on the phone. Only what belongs to visits with the server's receipt, and only after a while. */
import type { Uuid } from "../../api/wire.ts";
import { isOpenHazard } from "./hazards.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** People look at their own photos again in the days after a visit, seldom later; thumbnails stay longer. */
const BYTES_KEPT_MS = 7 * 86_400_000;
const ROWS_KEPT_MS = 90 * 86_400_000;

export async function forgetOldBytes(vault: Vault): Promise<void> {
  const now = vault.clocks.now();
  const received = await inVault(vault, () => vault.db.visits.filter((visit) => visit.receipt !== null).toArray());
  for (const visit of received) {
    const age_ms = now - Date.parse(visit.received_at ?? visit.started_at);
    if (age_ms > ROWS_KEPT_MS) await forgetVisit(vault, visit.id);
    else if (age_ms > BYTES_KEPT_MS) await forgetBytesOf(vault, visit.id);
  }
  await forgetPicturesOfClosedHazards(vault);
}

function forgetPicturesOfClosedHazards(vault: Vault): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.hazards, db.pictures, async () => {
      const open = new Set(await db.hazards.filter(isOpenHazard).primaryKeys());
      await db.pictures.where("hazard_id").noneOf([...open]).delete();
    }),
  );
}

function forgetBytesOf(vault: Vault, visit_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.photos, db.photo_bytes, async () => {
      const photos = await db.photos.where({ visit_id }).filter((photo) => photo.bytes_kept && photo.upload.state === "stored").toArray();
      for (const photo of photos) {
        await db.photo_bytes.update(photo.id, { bytes: new ArrayBuffer(0) });
        await db.photos.update(photo.id, { bytes_kept: false });
      }
    }),
  );
}

function forgetVisit(vault: Vault, visit_id: Uuid): Promise<void> {
  const { db } = vault;
  const tables = [db.visits, db.submissions, db.hazard_drafts, db.recheck_drafts, db.photos, db.photo_bytes, db.records];
  return inVault(vault, () =>
    db.transaction("rw", tables, async () => {
      // A correction may be on its way long after the visit itself.
      if ((await db.records.where({ visit_id }).filter((record) => record.state !== "stored").count()) > 0) return;
      await db.photo_bytes.bulkDelete(await db.photos.where({ visit_id }).primaryKeys());
      for (const table of [db.photos, db.submissions, db.hazard_drafts, db.recheck_drafts, db.records]) await table.where({ visit_id }).delete();
      await db.visits.delete(visit_id);
    }),
  );
}
