/**
 * Turns an open visit into its records. Either all of them are in the vault together with the visit's new state, or none:
 * hashes are computed first (a transaction does not wait for them), then written if nothing was edited in the meantime.
 */
import { clockFacts } from "../../media/clock.ts";
import type { OffsetMeasurement } from "../../media/clock.ts";
import type { UnsealedRecord } from "../../sync/records.ts";
import { formatTime, shanghaiDate } from "../../sync/times.ts";
import type { HazardAct, HazardFound, SubmissionBody, Uuid, VisitBody } from "../../api/wire.ts";
import { photoBody, recordRow } from "./photos.ts";
import { answersOf } from "./rows.ts";
import type { HazardDraftRow, HazardRow, PhotoRow, RecheckDraftRow, RecordRow, SubmissionRow, VisitRow } from "./rows.ts";
import { inVault, readClocks, readMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { getOpenVisit, NotInVault } from "./visits.ts";

export type FinishOutcome =
  | { kind: "finished"; visit: VisitRow }
  /** The visit stays open; the codes name what the screen must ask for. */
  | { kind: "incomplete"; missing: ("signature" | "photos")[] };

interface Snapshot {
  visit: VisitRow;
  submissions: SubmissionRow[];
  hazards: HazardDraftRow[];
  rechecks: RecheckDraftRow[];
  rechecked: Map<Uuid, HazardRow>;
  photos: PhotoRow[];
  /** Files picked for photos that are not made of them yet. */
  unprocessed: number;
}

const REBUILD_LIMIT = 5;

export async function finishVisit(vault: Vault, visit_id: Uuid): Promise<FinishOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const snapshot = await inVault(vault, () => takeSnapshot(vault, visit_id));
    if (snapshot.visit.state === "finished") return { kind: "finished", visit: snapshot.visit };
    const missing: ("signature" | "photos")[] = snapshot.unprocessed > 0 ? ["photos"] : [];
    if (snapshot.visit.signature === null) missing.push("signature");
    if (missing.length > 0) return { kind: "incomplete", missing };
    const finished = await buildRecords(vault, snapshot);
    const visit = await inVault(vault, () => commit(vault, snapshot, finished));
    if (visit !== null) return { kind: "finished", visit };
    if (attempt === REBUILD_LIMIT) throw new Error("the visit was being edited all the time while it was finished");
  }
}

async function takeSnapshot(vault: Vault, visit_id: Uuid): Promise<Snapshot> {
  const { db } = vault;
  const tables = [db.visits, db.submissions, db.hazard_drafts, db.recheck_drafts, db.hazards, db.photos, db.picked];
  return db.transaction("r", tables, async () => {
    const visit = await db.visits.get(visit_id);
    if (visit === undefined) throw new NotInVault(`visit ${visit_id}`);
    const rechecks = await db.recheck_drafts.where({ visit_id }).toArray();
    const photos = await db.photos.where({ visit_id }).sortBy("captured_at");
    const rechecked = await db.hazards.bulkGet(rechecks.map((recheck) => recheck.hazard_id));
    return {
      visit,
      unprocessed: await db.picked.where({ visit_id }).filter((pick) => pick.failure === null).count(),
      submissions: await db.submissions.where({ visit_id }).sortBy("started_at"),
      hazards: await db.hazard_drafts.where({ visit_id }).sortBy("found_at"),
      rechecks,
      rechecked: new Map(rechecked.flatMap((hazard) => (hazard === undefined ? [] : [[hazard.id, hazard] as const]))),
      // What only another device has cannot be announced: the visit would never be complete.
      photos: photos.filter((photo) => photo.upload.state !== "elsewhere"),
    };
  });
}

async function buildRecords(vault: Vault, snapshot: Snapshot): Promise<{ visit: VisitRow; records: RecordRow[] }> {
  const now = vault.clocks.now();
  const finished_at = formatTime(now);
  const measured = await inVault(vault, () => readMeta<OffsetMeasurement>(vault, "server_clock"));
  const { visit, photos } = snapshot;
  const common = { visit_id: visit.id, subject_id: visit.subject_id, made_at: finished_at };
  const unsealed: { record: UnsealedRecord<object>; hazard_id: Uuid | null }[] = [
    ...snapshot.submissions.map((submission) => ({
      record: { ...common, id: submission.id, kind: "submission" as const, body: submissionBody(submission, finished_at) },
      hazard_id: null,
    })),
    ...snapshot.hazards.map((draft) => ({
      record: { ...common, id: vault.newId(), kind: "hazard_event" as const, body: foundBody(draft, photos) },
      hazard_id: draft.id,
    })),
    ...snapshot.rechecks.flatMap((recheck) =>
      recheckBodies(recheck, snapshot.rechecked.get(recheck.hazard_id), photos, now).map((body) => ({
        record: { ...common, id: vault.newId(), kind: "hazard_event" as const, body },
        hazard_id: recheck.hazard_id,
      })),
    ),
    ...photos.map((photo) => ({
      record: { ...common, id: photo.id, kind: "photo" as const, body: photoBody(photo) },
      hazard_id: photo.hazard_id,
    })),
  ];
  const records: RecordRow[] = [];
  for (const [index, { record, hazard_id }] of unsealed.entries()) records.push(await recordRow(record, hazard_id, now + index / 1000));
  const body: VisitBody = {
    pairing_id: visit.pairing_id,
    started_at: visit.started_at,
    finished_at,
    position: visit.position,
    companions: visit.companions,
    representative: visit.representative ?? { name: "", title: "" },
    signature: signatureOf(visit),
    ...(visit.summary === "" ? {} : { summary: visit.summary }),
    expected: {
      records: records.map((record) => record.id),
      photos: photos.map((photo) => ({ id: photo.id, sha256: photo.sha256, size_bytes: photo.size_bytes })),
    },
    clock: clockFacts(readClocks(vault), measured),
  };
  const closing = await recordRow({ ...common, id: visit.id, kind: "visit", body }, null, now + 0.999);
  return {
    visit: {
      ...visit,
      state: "finished",
      finished_at,
      expected_records: [...body.expected.records, visit.id],
      expected_photos: body.expected.photos.map((photo) => photo.id),
      changed_at: finished_at,
    },
    records: [...records, closing],
  };
}

/** Null when something was edited after the snapshot; then nothing is written and the records are built anew. */
async function commit(vault: Vault, snapshot: Snapshot, finished: { visit: VisitRow; records: RecordRow[] }): Promise<VisitRow | null> {
  const { db } = vault;
  const tables = [db.visits, db.submissions, db.hazard_drafts, db.recheck_drafts, db.hazards, db.photos, db.picked, db.records];
  return db.transaction("rw", tables, async () => {
    const current = await takeSnapshot(vault, snapshot.visit.id);
    // The work runs again after a lost connection, and another tab may have finished the same visit.
    if (current.visit.state === "finished") return current.visit;
    await getOpenVisit(vault, snapshot.visit.id);
    if (current.unprocessed > 0 || fingerprint(current) !== fingerprint(snapshot)) return null;
    await db.records.bulkAdd(finished.records);
    await db.visits.put(finished.visit);
    return finished.visit;
  });
}

function fingerprint(snapshot: Snapshot): string {
  const { visit, submissions, hazards, rechecks, photos } = snapshot;
  return JSON.stringify([
    visit,
    submissions.map((row) => [row.id, row.revision]),
    hazards.map((row) => [row.id, row.revision]),
    rechecks.map((row) => [row.hazard_id, row.revision]),
    photos.map((row) => [row.id, row.revision]),
  ]);
}

function submissionBody(submission: SubmissionRow, finished_at: string): SubmissionBody {
  const { checklist, revises, earlier } = submission;
  return { checklist, ...answersOf(submission), revises, finished_at, ...(earlier.length === 0 ? {} : { earlier }) };
}

function foundBody(draft: HazardDraftRow, photos: PhotoRow[]): HazardFound {
  return {
    hazard_id: draft.id,
    kind: "found",
    at: draft.found_at,
    subject_id: draft.subject_id,
    submission_id: draft.submission_id,
    item_path: draft.item_path,
    checklist_id: draft.checklist_id,
    description: draft.description,
    spot: draft.spot,
    kind_of_hazard: draft.kind_of_hazard,
    grade: draft.grade,
    grade_suggested: draft.grade_suggested,
    determinations: draft.determinations,
    basis: draft.basis,
    deadline: draft.deadline,
    deadline_rule: draft.deadline_rule,
    owner: draft.owner,
    photos: photosOfHazard(photos, draft.id),
    ...(draft.no_photo_reason === null ? {} : { no_photo_reason: draft.no_photo_reason }),
    ...(draft.immediate_measure ? { immediate_measure: draft.immediate_measure } : {}),
    fixed_on_spot: draft.fixed_on_spot,
    source: draft.source,
  };
}

/**
 * A re-check counts only on a hazard that was submitted. Where the owner did not report and the inspector sees it put right,
 * the report is made on the owner's behalf, and somebody else accepts it; where it is not put right there is nothing to
 * return, so it is noted.
 */
function recheckBodies(recheck: RecheckDraftRow, hazard: HazardRow | undefined, photos: PhotoRow[], now: number): HazardAct[] {
  const { hazard_id, at, result, reason } = recheck;
  const evidence = photosOfHazard(photos, hazard_id);
  const rechecked: HazardAct = { hazard_id, kind: "rechecked", at, result, ...(reason === "" ? {} : { reason }), photos: evidence };
  if (hazard?.state === "submitted") return [rechecked];
  if (result === "pass") {
    return [{ hazard_id, kind: "submitted", at, note: reason, photos: evidence, completed_on: shanghaiDate(Date.parse(at)) }];
  }
  const text = reason === "" ? "复查：尚未整改。" : reason;
  const noted: HazardAct = { hazard_id, kind: "noted", at, text };
  return evidence.length === 0 ? [noted] : [noted, { hazard_id, kind: "photo_added", at: formatTime(now), photos: evidence }];
}

function photosOfHazard(photos: PhotoRow[], hazard_id: Uuid): { id: Uuid; role: PhotoRow["role"] }[] {
  return photos.filter((photo) => photo.hazard_id === hazard_id).map(({ id, role }) => ({ id, role }));
}

function signatureOf(visit: VisitRow): VisitBody["signature"] {
  if (visit.signature === null) throw new Error("finishVisit asks for the signature first");
  return visit.signature;
}
