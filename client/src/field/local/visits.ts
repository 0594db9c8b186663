/**
 * A visit in progress: every answer is in IndexedDB before the promise resolves, so the screen may only then show it.
 * Turning a finished visit into records is in finish.ts.
 */
import type { ChecklistDocument } from "../../forms/format.ts";
import { instanceId, readPath } from "../../forms/reading.ts";
import { formatTime } from "../../sync/times.ts";
import { VisitScope } from "../../vocabulary/codes.ts";
import type { Answer, ChecklistRef, ProfileValue, RepeatInstance, Uuid } from "../../api/wire.ts";
import type { Position } from "../../media/position.ts";
import type { NamedPerson, Signature } from "./rows.ts";
import type { SubmissionRow, VisitRow } from "./rows.ts";
import { dropPhotos } from "./drop-photos.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** The visit was finished (perhaps in another tab) or thrown away; nothing was changed. */
export class VisitNotOpen extends Error {
  override name = "VisitNotOpen";
}

export class NotInVault extends Error {
  override name = "NotInVault";
}

/** Opens a visit, or hands back the one that is still open at this subject: an interrupted visit is never void. */
export function startVisit(vault: Vault, subject_id: Uuid, position: Position | null = null): Promise<VisitRow> {
  return inVault(vault, () =>
    vault.db.transaction("rw", vault.db.visits, vault.db.subjects, async () => {
      const open = await vault.db.visits.where({ subject_id }).filter((visit) => visit.state === "open").first();
      if (open !== undefined) return open;
      const subject = await vault.db.subjects.get(subject_id);
      if (subject === undefined) throw new NotInVault(`subject ${subject_id}`);
      const now = formatTime(vault.clocks.now());
      const visit: VisitRow = {
        id: vault.newId(),
        subject_id,
        subject_name: subject.name,
        pairing_id: subject.pairings.find((pairing) => pairing.mine)?.id ?? null,
        state: "open",
        started_at: now,
        finished_at: null,
        position,
        companions: [],
        representative: representativeOf(subject.representative),
        signature: null,
        summary: "",
        expected_records: [],
        expected_photos: [],
        receipt: null,
        received_at: null,
        changed_at: now,
      };
      await vault.db.visits.add(visit);
      return visit;
    }),
  );
}

export interface VisitDetails {
  position: Position | null;
  companions: string[];
  representative: NamedPerson | null;
  signature: Signature | null;
  summary: string;
}

export function saveVisitDetails(vault: Vault, visit_id: Uuid, details: Partial<VisitDetails>): Promise<VisitRow> {
  return inVault(vault, () =>
    vault.db.transaction("rw", vault.db.visits, async () => {
      const visit = await getOpenVisit(vault, visit_id);
      const changed = { ...visit, ...details, changed_at: formatTime(vault.clocks.now()) };
      await vault.db.visits.put(changed);
      return changed;
    }),
  );
}

/**
 * Begins a checklist within a visit, or hands back the one begun before: it stays on the version it began with.
 * The visit of a pairing looks at the core items unless told otherwise, another one at everything.
 */
export function startSubmission(vault: Vault, visit_id: Uuid, checklist: ChecklistRef, scope?: VisitScope): Promise<SubmissionRow> {
  return inVault(vault, () =>
    vault.db.transaction("rw", vault.db.visits, vault.db.submissions, vault.db.subjects, vault.db.checklists, async () => {
      const visit = await getOpenVisit(vault, visit_id);
      const begun = await vault.db.submissions.where({ visit_id }).filter((row) => row.checklist.id === checklist.id).first();
      if (begun !== undefined) return begun;
      const subject = await vault.db.subjects.get(visit.subject_id);
      const now = formatTime(vault.clocks.now());
      const submission: SubmissionRow = {
        id: vault.newId(),
        visit_id,
        subject_id: visit.subject_id,
        checklist: { id: checklist.id, version: checklist.version, hash: checklist.hash },
        profile: { ...subject?.profile },
        answers: {},
        repeats: {},
        scope: scope ?? (visit.pairing_id !== null && hasCoreItems((await vault.db.checklists.get(checklist.hash))?.document) ? VisitScope.core : VisitScope.full),
        sections: [],
        none_here: {},
        revises: null,
        started_at: now,
        earlier: [],
        revision: 1,
        changed_at: now,
      };
      await vault.db.submissions.add(submission);
      return submission;
    }),
  );
}

/** Takes a checklist which was begun by mistake out of the visit. Its hazards and photos go with it. */
export function removeSubmission(vault: Vault, submission_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.hazard_drafts, db.photos, db.photo_bytes, db.picked], async () => {
      const submission = await db.submissions.get(submission_id);
      if (submission === undefined) return;
      await getOpenVisit(vault, submission.visit_id);
      await dropPhotos(vault, { submission_id });
      await db.hazard_drafts.where({ submission_id }).delete();
      await db.submissions.delete(submission_id);
    }),
  );
}

/** `path` is an item id, or `section[id].item` within a repeated section. Null takes the answer away (未检查). */
export function saveAnswer(vault: Vault, submission_id: Uuid, path: string, answer: Answer | null): Promise<SubmissionRow> {
  return saveAnswers(vault, submission_id, [[path, answer]]);
}

/** Several answers in one write: "the rest of this section passes", and its undo. */
export function saveAnswers(
  vault: Vault,
  submission_id: Uuid,
  answers: readonly (readonly [path: string, answer: Answer | null])[],
): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    for (const [path, answer] of answers) putAnswer(submission, path, answer);
  });
}

export function saveProfileValue(vault: Vault, submission_id: Uuid, key: string, value: ProfileValue | null): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    if (value === null) delete submission.profile[key];
    else submission.profile[key] = value;
  });
}

/** Adds a vehicle, a boiler and the like. What hangs on it is named by its id, which no other one ever gets. */
export function addRepeat(vault: Vault, submission_id: Uuid, section_id: string, key: string): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    instancesWithIds(submission, section_id).push({ id: vault.newId(), key, answers: {} });
    delete submission.none_here?.[section_id];
  });
}

/** What would go with an instance: shown before it is deleted. */
export interface Hanging {
  answers: number;
  hazards: string[];
  photos: number;
}

export function hangingOn(vault: Vault, submission_id: Uuid, section_id: string, instance_id: string): Promise<Hanging> {
  const { db } = vault;
  return inVault(vault, async () => {
    const [submission, hazards, photos] = await Promise.all([
      db.submissions.get(submission_id),
      db.hazard_drafts.where({ submission_id }).filter(({ item_path }) => isWithin(item_path, section_id, instance_id)).toArray(),
      db.photos.where({ submission_id }).filter(({ item_path }) => isWithin(item_path, section_id, instance_id)).count(),
    ]);
    const instance = submission && findInstance(submission, section_id, instance_id);
    return { answers: Object.keys(instance?.answers ?? {}).length, hazards: hazards.map((hazard) => hazard.description), photos };
  });
}

/** Deletes an instance with its answers, hazards and photos; the others keep theirs. The person was shown what goes. */
export function removeRepeat(vault: Vault, submission_id: Uuid, section_id: string, instance_id: string): Promise<SubmissionRow> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.hazard_drafts, db.photos, db.photo_bytes, db.picked, db.records], async () => {
      const submission = await db.submissions.get(submission_id);
      if (submission === undefined) throw new NotInVault(`submission ${submission_id}`);
      await checkMayChange(vault, submission);
      await dropPhotos(vault, { submission_id }, ({ item_path }) => isWithin(item_path, section_id, instance_id));
      await db.hazard_drafts.where({ submission_id }).filter(({ item_path }) => isWithin(item_path, section_id, instance_id)).delete();
      return changeOpenSubmission(vault, submission_id, (row) => {
        const left = instancesWithIds(row, section_id).filter(({ id }) => id !== instance_id);
        if (left.length > 0) row.repeats[section_id] = left;
        else delete row.repeats[section_id];
      });
    }),
  );
}

/** "None here", with its reason; null takes it back. */
export function saveNoneHere(vault: Vault, submission_id: Uuid, section_id: string, reason: string | null): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    submission.none_here ??= {};
    if (reason === null) delete submission.none_here[section_id];
    else submission.none_here[section_id] = { reason };
  });
}

/** What the visit looks at in this checklist. Answers outside a smaller scope stay. */
export function saveScope(vault: Vault, submission_id: Uuid, scope: VisitScope): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    submission.scope = scope;
  });
}

export function addSection(vault: Vault, submission_id: Uuid, section_id: string): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    submission.sections = [...new Set([...(submission.sections ?? []), section_id])];
  });
}

/** A repeated section that a skip condition hides now: nobody asked for what is in it. */
export function clearRepeats(vault: Vault, submission_id: Uuid, section_id: string): Promise<SubmissionRow> {
  return changeSubmission(vault, submission_id, (submission) => {
    delete submission.repeats[section_id];
    delete submission.none_here?.[section_id];
  });
}

/** Throws away a visit that nothing was sent of. The person was asked before. */
export function discardVisit(vault: Vault, visit_id: Uuid): Promise<void> {
  const { db } = vault;
  const tables = [db.visits, db.submissions, db.hazard_drafts, db.recheck_drafts, db.photos, db.photo_bytes, db.picked, db.mirrors];
  return inVault(vault, () =>
    db.transaction("rw", tables, async () => {
      const visit = await db.visits.get(visit_id);
      if (visit === undefined) return;
      if (visit.state !== "open") throw new VisitNotOpen(visit_id);
      await dropPhotos(vault, { visit_id });
      await db.submissions.where({ visit_id }).delete();
      await db.hazard_drafts.where({ visit_id }).delete();
      await db.recheck_drafts.where({ visit_id }).delete();
      await db.visits.delete(visit_id);
      await db.mirrors.where({ visit_id }).modify({ discarded: true, urgent: true });
    }),
  );
}

export function findVisit(vault: Vault, visit_id: Uuid): Promise<VisitRow | undefined> {
  return inVault(vault, () => vault.db.visits.get(visit_id));
}

export function openVisits(vault: Vault): Promise<VisitRow[]> {
  return inVault(vault, () => vault.db.visits.where({ state: "open" }).reverse().sortBy("changed_at"));
}

export function findSubmission(vault: Vault, submission_id: Uuid): Promise<SubmissionRow | undefined> {
  return inVault(vault, () => vault.db.submissions.get(submission_id));
}

export function submissionsOf(vault: Vault, visit_id: Uuid): Promise<SubmissionRow[]> {
  return inVault(vault, () => vault.db.submissions.where({ visit_id }).sortBy("started_at"));
}

/** For modules of this folder that write within a transaction of their own. */
export async function getOpenVisit(vault: Vault, visit_id: Uuid): Promise<VisitRow> {
  const visit = await vault.db.visits.get(visit_id);
  if (visit?.state !== "open") throw new VisitNotOpen(visit_id);
  return visit;
}

/** Within a transaction of the caller, which has checked that the visit is open. */
export async function changeOpenSubmission(vault: Vault, submission_id: Uuid, change: (submission: SubmissionRow) => void): Promise<SubmissionRow> {
  const submission = await vault.db.submissions.get(submission_id);
  if (submission === undefined) throw new NotInVault(`submission ${submission_id}`);
  change(submission);
  submission.revision += 1;
  submission.changed_at = formatTime(vault.clocks.now());
  await vault.db.submissions.put(submission);
  return submission;
}

export function answerAt(submission: Pick<SubmissionRow, "answers" | "repeats">, path: string): Answer | undefined {
  const place = readPath(path);
  if (place.section_id === null) return submission.answers[place.item_id];
  return findInstance(submission, place.section_id, place.instance_id)?.answers[place.item_id];
}

export function putAnswer(submission: SubmissionRow, path: string, answer: Answer | null): void {
  const place = readPath(path);
  const answers = place.section_id === null ? submission.answers : instanceAt(submission, place.section_id, place.instance_id).answers;
  if (answer === null) delete answers[place.item_id];
  else answers[place.item_id] = answer;
}

function changeSubmission(vault: Vault, submission_id: Uuid, change: (submission: SubmissionRow) => void): Promise<SubmissionRow> {
  return inVault(vault, () =>
    vault.db.transaction("rw", vault.db.visits, vault.db.submissions, vault.db.records, async () => {
      const submission = await vault.db.submissions.get(submission_id);
      if (submission === undefined) throw new NotInVault(`submission ${submission_id}`);
      await checkMayChange(vault, submission);
      return changeOpenSubmission(vault, submission_id, change);
    }),
  );
}

/** While its visit is open; a correction of a sealed one until it is sealed itself. */
async function checkMayChange(vault: Vault, { id, visit_id, revises }: SubmissionRow): Promise<void> {
  if (revises === null) await getOpenVisit(vault, visit_id);
  else if ((await vault.db.records.get(id)) !== undefined) throw new VisitNotOpen(visit_id);
}

export function findInstance(submission: Pick<SubmissionRow, "repeats">, section_id: string, instance_id: string): RepeatInstance | undefined {
  return submission.repeats[section_id]?.find((instance, index) => instanceId(instance, index) === instance_id);
}

function instanceAt(submission: SubmissionRow, section_id: string, instance_id: string): RepeatInstance {
  const instance = findInstance(submission, section_id, instance_id);
  if (instance === undefined) throw new NotInVault(`${section_id}[${instance_id}]`);
  return instance;
}

/** The instances of a section; those from before instances had ids get theirs before any of them moves. */
function instancesWithIds(submission: SubmissionRow, section_id: string): RepeatInstance[] {
  const instances = (submission.repeats[section_id] ?? []).map((instance, index) => ({ ...instance, id: instanceId(instance, index) }));
  submission.repeats[section_id] = instances;
  return instances;
}

function isWithin(item_path: string | null, section_id: string, instance_id: string): boolean {
  return item_path?.startsWith(`${section_id}[${instance_id}].`) ?? false;
}

function representativeOf(known: { name: string; title: string | null; phone: string | null } | null): NamedPerson | null {
  if (known === null) return null;
  return { name: known.name, title: known.title ?? "", ...(known.phone ? { phone: known.phone } : {}) };
}

function hasCoreItems(document: unknown): boolean {
  return ((document as ChecklistDocument | null | undefined)?.sections ?? []).some((section) => section.items.some((item) => item.core));
}
