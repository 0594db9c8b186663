/** Writes a page of server changes and its cursor in one transaction, so that no page is half taken. */
import type { ShapeName } from "../../api/shape-names.ts";
import type { hasShape } from "../../api/shapes.ts";
import type { Change, ChecklistSummary, Completeness, Pull, QuarantineLine, Timestamp } from "../../api/wire.ts";
import type { QuarantineResolution, SubjectRow } from "../local/rows.ts";
import { takeDraftChange } from "../local/mirror.ts";
import { QuarantineState } from "../../vocabulary/codes.ts";
import { inVault, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

/** Returns what the page said about visits of this phone, for the receipts. */
export async function applyChanges(vault: Vault, page: Pull, now: Timestamp): Promise<Completeness[]> {
  const { db } = vault;
  // In no screen's way; whoever fetched the page has loaded it already.
  const shapes = await import("../../api/shapes.ts");
  const readable = page.changes.filter((change) => isReadable(change, shapes.hasShape));
  const tables = [db.subjects, db.pairings, db.hazards, db.checklists, db.reviews, db.visits, db.mirrors, db.records, db.left, db.meta];
  await inVault(vault, () =>
    db.transaction("rw", tables, async () => {
      const device_id = await readMeta<string>(vault, "device_id");
      const left_out = ((await readMeta<number>(vault, "left_out")) ?? 0) + page.changes.length - readable.length;
      for (const change of readable) await applyChange(vault, change, device_id, now);
      await db.meta.bulkPut([
        { key: "left_out", value: left_out },
        { key: "cursor", value: page.cursor },
        { key: "last_pull_at", value: now },
        { key: "register_arriving", value: page.more },
      ]);
    }),
  );
  return readable.flatMap((change) => (change.kind === "visit" && change.body !== null ? [change.body] : []));
}

/** What a change of a kind must look like before anything is kept of it; the other kinds are not kept here. */
const SHAPES: Readonly<Partial<Record<Change["kind"], ShapeName>>> = {
  subject: "SubjectChange", left_subject: "LeftSubjectChange", hazard: "HazardChange", photo_review: "PhotoReviewChange", checklist: "ChecklistChange",
  visit_draft: "VisitDraftChange", quarantine: "QuarantineChange", visit: "VisitChange",
};

/**
 * A body that does not fit what this version knows of its kind is for a later one, and the person is told: one odd row must not hold
 * up the page, nor take the place of a sound one.
 */
function isReadable(change: Change, fits: typeof hasShape): boolean {
  const shape = SHAPES[change.kind];
  if (shape === undefined || fits(change, shape)) return true;
  console.warn("a change that does not fit its kind was left out", change.kind, change.id);
  return false;
}

/** A build that reads another contract reads everything anew: what the one before left out, and what it kept in an older shape. */
export async function beginAnewWithContract(vault: Vault): Promise<void> {
  const contract = await import("../../api/shapes.ts").then((shapes) => shapes.CONTRACT, () => null);
  if (contract === null) return;
  await inVault(vault, () =>
    vault.db.transaction("rw", vault.db.meta, async () => {
      if ((await readMeta<string>(vault, "contract")) === contract) return;
      await vault.db.meta.bulkDelete(["cursor", "left_out"]);
      await writeMeta(vault, "register_arriving", true);
      await writeMeta(vault, "contract", contract);
    }),
  );
}

/** A kind that this version does not know is for a later one. */
async function applyChange(vault: Vault, change: Change, device_id: string | null, now: Timestamp): Promise<void> {
  const { db } = vault;
  switch (change.kind) {
    case "subject":
      return change.body === null ? db.subjects.delete(change.id) : putSubject(vault, change.body);
    case "left_subject":
      return change.body === null ? db.left.delete(change.id) : void (await db.left.put({ ...change.body, heard_at: now }));
    case "hazard":
      return change.body === null ? db.hazards.delete(change.id) : void (await db.hazards.put(change.body));
    case "photo_review":
      return change.body === null ? db.reviews.delete(change.id) : void (await db.reviews.put(change.body));
    case "checklist":
      return change.body === null ? retireChecklist(vault, change.id) : putChecklist(vault, change.body);
    case "visit_draft":
      return takeDraftChange(vault, change.id, change.body, device_id);
    case "quarantine":
      return change.body === null ? undefined : takeResolution(vault, change.id, change.body);
    case "visit":
      return change.body === null ? undefined : noteSubmittedVisit(vault, change.id);
    default:
      return undefined;
  }
}

async function putSubject({ db }: Vault, subject: SubjectRow): Promise<void> {
  await db.subjects.put(subject);
  await db.left.delete(subject.id);
}

/** A record that counts now needs no words any more; one that was set aside keeps its notice until the person has read it. */
async function takeResolution({ db }: Vault, id: string, { state, resolution }: QuarantineLine): Promise<void> {
  const record = await db.records.get(id);
  if (record?.state !== "quarantined" || !(state === QuarantineState.accepted || state === QuarantineState.corrected || state === QuarantineState.set_aside)) return;
  const decided: QuarantineResolution = { state, reason: resolution?.reason ?? "", by: resolution?.by?.name ?? null, at: resolution?.at ?? null };
  await db.records.update(id, state === QuarantineState.set_aside ? { resolution: decided } : { resolution: decided, state: "stored", problem: null });
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
