/** Hazard sheets and re-checks of a visit in progress, and hazards as this phone knows them (server's word plus own events). */
import { closesOnSpot } from "../../sync/duties.ts";
import { hazardIdForItem } from "../../sync/hazards.ts";
import { formatTime } from "../../sync/times.ts";
import type { Uuid } from "../../api/wire.ts";
import type { HazardState } from "../../vocabulary/codes.ts";
import type { HazardDraftRow, HazardRow, RecheckDraftRow } from "./rows.ts";
import { dropPhotos } from "./drop-photos.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { answerAt, changeOpenSubmission, getOpenVisit, putAnswer } from "./visits.ts";

/** What the hazard sheet edits. */
export type HazardDraft = Omit<HazardDraftRow, "visit_id" | "subject_id" | "found_at" | "revision">;

/** The id for the next hazard of a failed item, the same as the server would give it; a random one without an item. */
export async function nextHazardId(vault: Vault, submission_id: Uuid | null, item_path: string | null): Promise<Uuid> {
  if (submission_id === null || item_path === null) return vault.newId();
  const taken = new Set(await inVault(vault, () => vault.db.hazard_drafts.where({ submission_id }).primaryKeys()));
  for (let nth = 1; ; nth += 1) {
    const id = await hazardIdForItem(submission_id, item_path, nth);
    if (!taken.has(id)) return id;
  }
}

/** Saves the sheet (new or changed) and names the hazard in its item's answer, in one write. */
export function saveHazard(vault: Vault, visit_id: Uuid, draft: HazardDraft): Promise<HazardDraftRow> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.visits, db.submissions, db.hazard_drafts, async () => {
      const visit = await getOpenVisit(vault, visit_id);
      const before = await db.hazard_drafts.get(draft.id);
      const row: HazardDraftRow = {
        ...draft,
        visit_id,
        subject_id: visit.subject_id,
        found_at: before?.found_at ?? formatTime(vault.clocks.now()),
        revision: (before?.revision ?? 0) + 1,
      };
      await db.hazard_drafts.put(row);
      if (draft.submission_id !== null && draft.item_path !== null) {
        await nameInAnswer(vault, draft.submission_id, draft.item_path, (ids) => (ids.includes(draft.id) ? ids : [...ids, draft.id]));
      }
      return row;
    }),
  );
}

/** Takes a hazard sheet back, with its photos; the item may pass after all. */
export function removeHazard(vault: Vault, hazard_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.hazard_drafts, db.photos, db.photo_bytes, db.picked], async () => {
      const draft = await db.hazard_drafts.get(hazard_id);
      if (draft === undefined) return;
      await getOpenVisit(vault, draft.visit_id);
      await dropPhotos(vault, { hazard_id });
      await db.hazard_drafts.delete(hazard_id);
      if (draft.submission_id !== null && draft.item_path !== null) {
        await nameInAnswer(vault, draft.submission_id, draft.item_path, (ids) => ids.filter((id) => id !== hazard_id));
      }
    }),
  );
}

export function saveRecheck(
  vault: Vault,
  visit_id: Uuid,
  hazard_id: Uuid,
  recheck: { result: "pass" | "return"; reason?: string },
): Promise<RecheckDraftRow> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.visits, db.recheck_drafts, async () => {
      await getOpenVisit(vault, visit_id);
      const before = await db.recheck_drafts.get([visit_id, hazard_id]);
      const row: RecheckDraftRow = {
        hazard_id,
        visit_id,
        result: recheck.result,
        reason: recheck.reason ?? "",
        at: formatTime(vault.clocks.now()),
        revision: (before?.revision ?? 0) + 1,
      };
      await db.recheck_drafts.put(row);
      return row;
    }),
  );
}

export function removeRecheck(vault: Vault, visit_id: Uuid, hazard_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.visits, db.recheck_drafts, async () => {
      await getOpenVisit(vault, visit_id);
      await db.recheck_drafts.delete([visit_id, hazard_id]);
    }),
  );
}

export function findHazardDraft(vault: Vault, hazard_id: Uuid): Promise<HazardDraftRow | undefined> {
  return inVault(vault, () => vault.db.hazard_drafts.get(hazard_id));
}

export function hazardDraftsOf(vault: Vault, visit_id: Uuid): Promise<HazardDraftRow[]> {
  return inVault(vault, () => vault.db.hazard_drafts.where({ visit_id }).sortBy("found_at"));
}

export function rechecksOf(vault: Vault, visit_id: Uuid): Promise<RecheckDraftRow[]> {
  return inVault(vault, () => vault.db.recheck_drafts.where({ visit_id }).toArray());
}

export interface HazardView extends HazardRow {
  /** True while this phone holds events of the hazard that the server has not confirmed in a pull. */
  ahead_of_server: boolean;
  /** True while the report that the rectification is done waits to be sent from here. */
  reported_here?: boolean;
}

/** Hazards of a subject as of now: what the server said, with this phone's finished but unsent events laid over it. */
export function hazardsOfSubject(vault: Vault, subject_id: Uuid): Promise<HazardView[]> {
  return inVault(vault, async () => {
    const [rows, records] = await Promise.all([
      vault.db.hazards.where({ subject_id }).toArray(),
      vault.db.records.where("state").anyOf("waiting", "stored").and((row) => row.kind === "hazard_event").toArray(),
    ]);
    const own = records.filter((row) => row.envelope.subject_id === subject_id).sort((a, b) => a.order - b.order);
    const views = new Map<Uuid, HazardView>(rows.map((row) => [row.id, { ...row, ahead_of_server: false }]));
    for (const record of own) {
      const event = record.envelope.body as OwnEvent;
      const known = views.get(event.hazard_id);
      if (event.kind === "found") {
        if (known === undefined) views.set(event.hazard_id, viewOfFound(event));
      } else if (known !== undefined && record.state === "waiting") {
        views.set(event.hazard_id, applyOwnEvent(known, event));
      }
    }
    return [...views.values()].sort((a, b) => (a.found_at < b.found_at ? 1 : -1));
  });
}

export async function findHazard(vault: Vault, hazard_id: Uuid): Promise<HazardView | undefined> {
  const row = await inVault(vault, () => vault.db.hazards.get(hazard_id));
  const record = row ? undefined : await inVault(vault, () => vault.db.records.where({ hazard_id }).first());
  const subject_id = row?.subject_id ?? record?.envelope.subject_id;
  if (!subject_id) return undefined;
  return (await hazardsOfSubject(vault, subject_id)).find((hazard) => hazard.id === hazard_id);
}

export function isOpenHazard(hazard: { state: HazardState }): boolean {
  return hazard.state !== "closed" && hazard.state !== "voided";
}

type OwnEvent =
  | ({ kind: "found" } & Omit<HazardDraftRow, "id"> & { hazard_id: Uuid; at: string; photos: HazardRow["photos"] })
  | { kind: "submitted" | "photo_added" | "noted"; hazard_id: Uuid; at: string; photos?: HazardRow["photos"] }
  | { kind: "rechecked"; hazard_id: Uuid; at: string; result: "pass" | "return"; reason?: string; photos?: HazardRow["photos"] };

function viewOfFound(event: Extract<OwnEvent, { kind: "found" }>): HazardView {
  const fixed = event.fixed_on_spot && event.grade === "general";
  const closed = closesOnSpot(event);
  return {
    id: event.hazard_id,
    subject_id: event.subject_id,
    number: null,
    state: closed ? "closed" : fixed ? "submitted" : "draft",
    grade: event.grade,
    description: event.description,
    spot: event.spot,
    kind_of_hazard: event.kind_of_hazard,
    basis: event.basis,
    determinations: event.determinations,
    deadline: event.deadline,
    original_deadline: event.deadline,
    found_at: event.at,
    submitted_at: fixed ? event.at : null,
    closed_at: closed ? event.at : null,
    reported_here: fixed,
    owner: event.owner,
    responsible_unit: null,
    returned_count: 0,
    return_reason: null,
    reported_by: null,
    fixed_on_spot: event.fixed_on_spot,
    immediate_measure: event.immediate_measure ?? null,
    item_path: event.item_path,
    submission_id: event.submission_id,
    checklist_id: event.checklist_id,
    photos: event.photos,
    ahead_of_server: true,
  };
}

/** Only the events which a phone makes; the server's fold over all events has the last word at the next pull. */
function applyOwnEvent(view: HazardView, event: Exclude<OwnEvent, { kind: "found" }>): HazardView {
  const known = new Set(view.photos.map((photo) => photo.id));
  const photos = [...view.photos, ...(event.photos ?? []).filter((photo) => !known.has(photo.id))];
  const next: HazardView = { ...view, photos, ahead_of_server: true };
  if (!isOpenHazard(view)) return next;
  if (event.kind === "submitted") return { ...next, state: "submitted", submitted_at: event.at, reported_here: true };
  if (event.kind !== "rechecked") return next;
  if (event.result === "pass") return { ...next, state: "closed", closed_at: event.at };
  return { ...next, state: "rectifying", returned_count: view.returned_count + 1, return_reason: event.reason ?? null };
}

async function nameInAnswer(vault: Vault, submission_id: Uuid, path: string, change: (ids: Uuid[]) => Uuid[]): Promise<void> {
  await changeOpenSubmission(vault, submission_id, (submission) => {
    const answer = answerAt(submission, path) ?? {};
    const { hazards: before = [], ...rest } = answer;
    const hazards = change(before);
    putAnswer(submission, path, hazards.length === 0 ? rest : { ...rest, hazards });
  });
}
