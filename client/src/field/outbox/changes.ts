/** Writes a page of server changes and its cursor in one transaction, so that no page is half taken. */
import type { Change, ChangesReply, ChecklistSummary, Timestamp, VisitArrival } from "../../api/wire.ts";
import type { DraftSummary, HazardRow, ReviewRow, SubjectRow } from "../local/rows.ts";
import { takeDraftChange } from "../local/mirror.ts";
import { inVault, readMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

/** Returns what the page said about visits of this phone, for the receipts. */
export async function applyChanges(vault: Vault, page: ChangesReply, now: Timestamp): Promise<VisitArrival[]> {
  const { db } = vault;
  const tables = [db.subjects, db.pairings, db.hazards, db.checklists, db.reviews, db.visits, db.mirrors, db.meta];
  await inVault(vault, () =>
    db.transaction("rw", tables, async () => {
      const device_id = await readMeta<string>(vault, "device_id");
      for (const change of page.changes) await applyChange(vault, change, device_id);
      await db.meta.bulkPut([
        { key: "cursor", value: page.cursor },
        { key: "last_pull_at", value: now },
      ]);
    }),
  );
  return page.changes.filter((change) => change.kind === "visit" && !change.deleted).map((change) => change.body as VisitArrival);
}

/** A kind that this version does not know is for a later one; its rows come again when the ladder resets the cursor. */
async function applyChange(vault: Vault, { kind, id, deleted, body }: Change, device_id: string | null): Promise<void> {
  const { db } = vault;
  switch (kind) {
    case "subject":
      return deleted ? db.subjects.delete(id) : void (await db.subjects.put(body as SubjectRow));
    case "pairing":
      return deleted ? db.pairings.delete(id) : void (await db.pairings.put(body as { id: string; subject_id: string }));
    case "hazard":
      return deleted ? db.hazards.delete(id) : void (await db.hazards.put(body as HazardRow));
    case "photo_review":
      return deleted ? db.reviews.delete(id) : void (await db.reviews.put(body as ReviewRow));
    case "checklist":
      return deleted ? retireChecklist(vault, id) : putChecklist(vault, body as ChecklistSummary);
    case "visit_draft":
      return takeDraftChange(vault, id, deleted ? null : (body as DraftSummary), device_id);
    case "visit":
      return deleted ? undefined : noteSubmittedVisit(vault, id);
    default:
      return undefined;
  }
}

/** A visit that is still open here was submitted from another device. */
async function noteSubmittedVisit({ db }: Vault, id: string): Promise<void> {
  if ((await db.visits.get(id))?.state === "open") await db.mirrors.update(id, { finished_elsewhere: true });
}

/** New visits begin with this version. Others of the checklist stay for drafts that began with them. */
async function putChecklist(vault: Vault, summary: ChecklistSummary): Promise<void> {
  await vault.db.checklists.where({ id: summary.id }).and((row) => row.hash !== summary.hash).modify({ status: "retired" });
  const known = await vault.db.checklists.get(summary.hash);
  await vault.db.checklists.put({ ...summary, document: known?.document ?? null });
}

/** Drafts may still be on it, so its document stays. */
async function retireChecklist(vault: Vault, id: string): Promise<void> {
  await vault.db.checklists.where({ id }).modify({ status: "retired" });
}
