/** A checklist begun on one version stays on it; going over to a newer one is offered, and loses no answer. */
import { carryOver } from "../../forms/carry-over.ts";
import type { CarryOver } from "../../forms/carry-over.ts";
import { findItem, loadChecklist } from "../../forms/checklist.ts";
import type { Checklist } from "../../forms/checklist.ts";
import type { AnswersDocument as FormAnswers, ChecklistDocument } from "../../forms/format.ts";
import { formatTime } from "../../sync/times.ts";
import type { AnswersDocument, Uuid } from "../../api/wire.ts";
import { answersOf } from "./rows.ts";
import type { ChecklistRow, EarlierAnswer, SubmissionRow } from "./rows.ts";
import { isNewer } from "./subjects.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { getOpenVisit, NotInVault } from "./visits.ts";

export interface CarryOverOffer {
  submission: SubmissionRow;
  next: ChecklistRow;
  outcome: CarryOver;
  /** What will be kept as earlier answers, with the words of the old version. */
  lost: EarlierAnswer[];
}

/** The version that new visits begin with, where it is newer than the one of this submission and its document is here. */
export function newerVersion(vault: Vault, checklist: { id: string; version: string; hash: string }): Promise<ChecklistRow | null> {
  return inVault(vault, async () => {
    const rows = await vault.db.checklists.where({ id: checklist.id }).toArray();
    return rows.find((row) => row.status === "published" && row.document !== null && row.hash !== checklist.hash && isNewer(row.version, checklist.version)) ?? null;
  });
}

/** What going over would do; nothing is written. Null when there is nothing to go over to, or the old version is not here. */
export async function offerCarryOver(vault: Vault, submission_id: Uuid): Promise<CarryOverOffer | null> {
  const submission = await inVault(vault, () => vault.db.submissions.get(submission_id));
  if (submission === undefined) return null;
  const [next, old] = await Promise.all([newerVersion(vault, submission.checklist), inVault(vault, () => vault.db.checklists.get(submission.checklist.hash))]);
  if (next === null || !old?.document) return null;
  const before = loadChecklist(old.document as ChecklistDocument);
  const outcome = carryOver(before, loadChecklist(next.document as ChecklistDocument), answersOf(submission) as FormAnswers);
  return { submission, next, outcome, lost: outcome.lost.map((lost) => ({ ...lost, ...wordsOf(before, lost.path, lost.answer) })) };
}

/**
 * Goes over. Answers without a place in the newer version stay with the submission as earlier answers; hazards that hung on
 * them become hazards of the visit. Null when something was answered since the offer: it is to be made anew.
 */
export function acceptCarryOver(vault: Vault, { submission, next, outcome, lost }: CarryOverOffer): Promise<SubmissionRow | null> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.hazard_drafts, db.photos], async () => {
      const current = await db.submissions.get(submission.id);
      if (current === undefined) throw new NotInVault(`submission ${submission.id}`);
      await getOpenVisit(vault, current.visit_id);
      if (current.checklist.hash === next.hash) return current;
      if (current.revision !== submission.revision) return null;
      const now = formatTime(vault.clocks.now());
      const { profile = {}, answers = {}, repeats = {}, scope, sections, none_here } = outcome.answers as Partial<AnswersDocument>;
      const row: SubmissionRow = {
        ...current,
        checklist: { id: next.id, version: next.version, hash: next.hash },
        profile,
        answers,
        repeats,
        ...(scope === undefined ? {} : { scope }),
        ...(sections === undefined ? {} : { sections }),
        ...(none_here === undefined ? {} : { none_here }),
        earlier: lost.length === 0 ? current.earlier : [...current.earlier, { checklist: current.checklist, carried_at: now, answers: lost }],
        revision: current.revision + 1,
        changed_at: now,
      };
      await db.submissions.put(row);
      const gone = new Set(lost.map((answer) => answer.path));
      await db.hazard_drafts.where({ submission_id: row.id }).modify((draft) => {
        if (draft.item_path === null || !gone.has(draft.item_path)) return;
        draft.item_path = null;
        draft.submission_id = null;
        draft.revision += 1;
      });
      return row;
    }),
  );
}

/** In the words of the version that it was given to, which the next one may not have any more. */
function wordsOf(checklist: Checklist, path: string, answer: unknown): Pick<EarlierAnswer, "statement" | "chosen"> {
  const item = findItem(checklist, path.slice(path.lastIndexOf(".") + 1));
  const values = [(answer as { value?: string | string[] } | null)?.value ?? []].flat();
  const options = [...(item?.choice?.options ?? []), ...(item?.facts?.options ?? [])];
  return { statement: item?.statement ?? null, chosen: values.flatMap((value) => options.find((option) => option.value === value)?.label ?? []) };
}
