/**
 * The vault's schema as a ladder: one rung per released shape, each with its reason. A rung is never edited after release;
 * a phone may come from any of them. tests/field/local/ladder.test.ts climbs from every rung with rows in the tables.
 */
import type { Transaction } from "dexie";

export interface Rung {
  version: number;
  reason: string;
  stores: Record<string, string | null>;
  upgrade?: (transaction: Transaction) => Promise<void>;
}

export const LADDER: readonly Rung[] = [
  {
    version: 1,
    reason: "First shape.",
    stores: {
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
    },
  },
  {
    version: 2,
    reason: "Pictures of open hazards, for a re-check where there is no network.",
    stores: { pictures: "[photo_id+size], hazard_id" },
  },
  {
    version: 3,
    reason: "Drafts mirrored to the server and continued on other devices; answers that a newer checklist has no place for.",
    stores: { mirrors: "visit_id, subject_id", set_aside: "id, visit_id" },
    async upgrade(transaction) {
      await transaction.table("submissions").toCollection().modify((row: { earlier?: unknown }) => {
        row.earlier ??= [];
      });
      // The kind of change that tells of drafts was skipped until now: everything is fetched once more.
      await transaction.table("meta").delete("cursor");
    },
  },
  {
    version: 4,
    reason: "Files that were picked for photos and are not processed yet, so that they outlive the page.",
    stores: { picked: "id, visit_id, hazard_id, submission_id" },
  },
  {
    version: 5,
    reason: "Whose a subject is that was mine.",
    stores: { left: "id" },
    async upgrade(transaction) {
      // The kind of change that tells of them was skipped until now: everything is fetched once more.
      await transaction.table("meta").delete("cursor");
    },
  },
];
