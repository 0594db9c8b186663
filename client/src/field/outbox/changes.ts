/** Writes a page of server changes and its cursor in one transaction, so that no page is half taken. */
import type { ShapeName } from "../../api/shape-names.ts";
import { CONTRACT, hasShape } from "../../api/shapes.ts";
import type { Change, ChangesReply, ChecklistSummary, Timestamp, VisitArrival } from "../../api/wire.ts";
import type { DraftSummary, HazardRow, LeftRow, QuarantineResolution, ReviewRow, SubjectRow } from "../local/rows.ts";
import { takeDraftChange } from "../local/mirror.ts";
import { inVault, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

/** Returns what the page said about visits of this phone, for the receipts. */
export async function applyChanges(vault: Vault, page: ChangesReply, now: Timestamp): Promise<VisitArrival[]> {
  const { db } = vault;
  const tables = [db.subjects, db.pairings, db.hazards, db.checklists, db.reviews, db.visits, db.mirrors, db.records, db.left, db.meta];
  await inVault(vault, () =>
    db.transaction("rw", tables, async () => {
      const device_id = await readMeta<string>(vault, "device_id");
      let left_out = (await readMeta<number>(vault, "left_out")) ?? 0;
      for (const change of page.changes) {
        if (isReadable(change)) await applyChange(vault, change, device_id, now);
        else left_out += 1;
      }
      await db.meta.bulkPut([
        { key: "left_out", value: left_out },
        { key: "cursor", value: page.cursor },
        { key: "last_pull_at", value: now },
        { key: "register_arriving", value: page.more },
      ]);
    }),
  );
  return page.changes.flatMap(({ kind, deleted, body }) => (kind === "visit" && !deleted && hasShape(body, "Completeness") ? [body as VisitArrival] : []));
}

/** What the body of a kind must look like before anything is kept of it. */
const SHAPES: Readonly<Record<string, ShapeName>> = {
  subject: "Subject", checklist: "ChecklistSummary", visit: "Completeness", visit_draft: "DraftRow", quarantine: "QuarantineLine",
};

/**
 * A body that does not fit what this version knows of its kind is for a later one, and the person is told: one odd row must not hold
 * up the page, nor take the place of a sound one.
 */
function isReadable({ kind, id, deleted, body }: Change): boolean {
  const shape = SHAPES[kind];
  if (deleted || shape === undefined || hasShape(body, shape)) return true;
  console.warn("a change that does not fit its kind was left out", kind, id);
  return false;
}

/** A build that reads another contract reads everything anew: what the one before left out, and what it kept in an older shape. */
export async function beginAnewWithContract(vault: Vault): Promise<void> {
  await inVault(vault, () =>
    vault.db.transaction("rw", vault.db.meta, async () => {
      if ((await readMeta<string>(vault, "contract")) === CONTRACT) return;
      await vault.db.meta.bulkDelete(["cursor", "left_out"]);
      await writeMeta(vault, "register_arriving", true);
      await writeMeta(vault, "contract", CONTRACT);
    }),
  );
}

/** A kind that this version does not know is for a later one. */
async function applyChange(vault: Vault, { kind, id, deleted, body }: Change, device_id: string | null, now: Timestamp): Promise<void> {
  const { db } = vault;
  switch (kind) {
    case "subject":
      return deleted ? db.subjects.delete(id) : putSubject(vault, body as SubjectRow);
    case "left_subject":
      return deleted ? db.left.delete(id) : void (await db.left.put({ ...(body as Omit<LeftRow, "heard_at">), heard_at: now }));
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
    case "quarantine":
      return deleted ? undefined : takeResolution(vault, id, body as QuarantineEntry);
    case "visit":
      return deleted ? undefined : noteSubmittedVisit(vault, id);
    default:
      return undefined;
  }
}

async function putSubject({ db }: Vault, subject: SubjectRow): Promise<void> {
  await db.subjects.put(subject);
  await db.left.delete(subject.id);
}

/** The author's own entry of the county office's list; more stands in it than a phone reads. */
interface QuarantineEntry {
  state: string;
  resolution: { by: { name: string } | null; at: Timestamp; reason: string } | null;
}

/** A record that counts now needs no words any more; one that was set aside keeps its notice until the person has read it. */
async function takeResolution({ db }: Vault, id: string, { state, resolution }: QuarantineEntry): Promise<void> {
  const record = await db.records.get(id);
  if (record?.state !== "quarantined" || !["accepted", "corrected", "set_aside"].includes(state)) return;
  const decided = { state, reason: resolution?.reason ?? "", by: resolution?.by?.name ?? null, at: resolution?.at ?? null } as QuarantineResolution;
  await db.records.update(id, state === "set_aside" ? { resolution: decided } : { resolution: decided, state: "stored", problem: null });
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
