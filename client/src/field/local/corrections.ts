/**
 * A checklist that the server keeps in quarantine, corrected by its author: a copy to work on, and a new record that revises the
 * old one. The visit stays as it was sealed; the server lets the correction take the place of what it revises.
 */
import { formatTime } from "../../sync/times.ts";
import type { AnswersDocument, ChecklistRef, Uuid } from "../../api/wire.ts";
import { recordRow } from "./photos.ts";
import { answersOf } from "./rows.ts";
import type { EarlierAnswers, RecordRow, SubmissionRow } from "./rows.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { NotInVault } from "./visits.ts";

type SealedSubmission = AnswersDocument & { checklist: ChecklistRef; finished_at: string; earlier?: EarlierAnswers[] };

/** Begins to correct a record, or hands back the copy that was begun before. */
export function beginCorrection(vault: Vault, record_id: Uuid): Promise<SubmissionRow> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.records, db.submissions, async () => {
      const record = await db.records.get(record_id);
      if (record === undefined || record.visit_id === null || record.kind !== "submission") throw new NotInVault(`submission ${record_id}`);
      const [begun] = await correctionsOf(vault, record);
      if (begun !== undefined) return begun;
      const sealed = record.envelope.body as SealedSubmission;
      const now = formatTime(vault.clocks.now());
      const { checklist, earlier = [], profile, answers, repeats, scope, sections, none_here } = structuredClone(sealed);
      const row: SubmissionRow = {
        id: vault.newId(), visit_id: record.visit_id, subject_id: record.envelope.subject_id ?? "", checklist, earlier, profile, answers, repeats,
        ...(scope === undefined ? {} : { scope }), ...(sections === undefined ? {} : { sections }), ...(none_here === undefined ? {} : { none_here }),
        revises: record_id, started_at: now, revision: 1, changed_at: now,
      };
      await db.submissions.add(row);
      return row;
    }),
  );
}

/** Where the correction of a record stands; null before it was begun. */
export function correctionOf(vault: Vault, record_id: Uuid): Promise<"begun" | "sealed" | null> {
  const { db } = vault;
  return inVault(vault, async () => {
    const record = await db.records.get(record_id);
    if (record === undefined || record.visit_id === null) return null;
    const sealed = await db.records.where({ visit_id: record.visit_id }).filter(({ envelope }) => revisedBy(envelope.body) === record_id).count();
    if (sealed > 0) return "sealed";
    return (await correctionsOf(vault, record)).length > 0 ? "begun" : null;
  });
}

/** Puts the corrected checklist among what is to be sent. */
export async function sealCorrection(vault: Vault, submission_id: Uuid): Promise<void> {
  const { db } = vault;
  for (;;) {
    const row = await inVault(vault, () => db.submissions.get(submission_id));
    const revised = row?.revises ? await inVault(vault, () => db.records.get(row.revises ?? "")) : undefined;
    if (row === undefined || revised === undefined) throw new NotInVault(`correction ${submission_id}`);
    const { finished_at } = revised.envelope.body as SealedSubmission;
    const now = vault.clocks.now();
    // The checklist was filled in when it was: only the record is new.
    const body = { checklist: row.checklist, ...answersOf(row), revises: row.revises, finished_at, ...(row.earlier.length === 0 ? {} : { earlier: row.earlier }) };
    const record = await recordRow({ id: row.id, visit_id: row.visit_id, subject_id: row.subject_id, made_at: formatTime(now), kind: "submission", body }, null, now);
    if (await inVault(vault, () => addUnlessChanged(vault, record, row.revision))) return;
  }
}

function addUnlessChanged({ db }: Vault, record: RecordRow, revision: number): Promise<boolean> {
  return db.transaction("rw", db.records, db.submissions, async () => {
    if ((await db.submissions.get(record.id))?.revision !== revision) return false;
    await db.records.add(record);
    return true;
  });
}

async function correctionsOf({ db }: Vault, { id, visit_id }: RecordRow): Promise<SubmissionRow[]> {
  const copies = await db.submissions.where({ visit_id: visit_id ?? "" }).filter((row) => row.revises === id).toArray();
  const sealed = await db.records.bulkGet(copies.map((row) => row.id));
  return copies.filter((_, index) => sealed[index] === undefined);
}

function revisedBy(body: object): unknown {
  return (body as { revises?: unknown }).revises;
}
