/** A visit under way: what to re-check, which checklists, which hazards, and how far each is. */
import { computed } from "vue";
import type { ComputedRef, ShallowRef } from "vue";
import { hazardDraftsOf, hazardsOfSubject, isOpenHazard, rechecksOf } from "../../local/hazards.ts";
import type { HazardView } from "../../local/hazards.ts";
import { useLive } from "../../local/live.ts";
import { photosOf } from "../../local/photos.ts";
import type { ChecklistRow, HazardDraftRow, PhotoRow, RecheckDraftRow, SubmissionRow, VisitRow } from "../../local/rows.ts";
import { checklistsFor, findSubject } from "../../local/subjects.ts";
import { inVault } from "../../local/vault.ts";
import { discardVisit, findVisit, startSubmission, submissionsOf } from "../../local/visits.ts";
import { useVault } from "../vault-access.ts";

export interface VisitPage {
  visit: VisitRow;
  submissions: { row: SubmissionRow; checklist: ChecklistRow | null }[];
  hazards: HazardDraftRow[];
  rechecks: RecheckDraftRow[];
  earlier: HazardView[];
  photos: PhotoRow[];
  addable: ChecklistRow[];
}

export interface VisitUse {
  /** null: not on this phone. */
  page: ShallowRef<VisitPage | null | undefined>;
  error: ShallowRef<unknown>;
  gone: ComputedRef<boolean>;
  add: (checklist: ChecklistRow) => Promise<string>;
  discard: () => Promise<void>;
}

export function useVisit(visitId: () => string): VisitUse {
  const vault = useVault();
  const { value: page, error } = useLive(() => readVisitPage(visitId()));

  async function readVisitPage(id: string): Promise<VisitPage | null> {
    const visit = await findVisit(vault, id);
    if (!visit) return null;
    const [submissions, hazards, rechecks, known, photos, subject] = await Promise.all([
      submissionsOf(vault, id),
      hazardDraftsOf(vault, id),
      rechecksOf(vault, id),
      hazardsOfSubject(vault, visit.subject_id),
      photosOf(vault, { visit_id: id }),
      findSubject(vault, visit.subject_id),
    ]);
    const checklists = await inVault(vault, () => vault.db.checklists.bulkGet(submissions.map((row) => row.checklist.hash)));
    const begun = new Set(submissions.map((row) => row.checklist.id));
    const found = new Set(hazards.map((hazard) => hazard.id));
    return {
      visit,
      submissions: submissions.map((row, index) => ({ row, checklist: checklists[index] ?? null })),
      hazards,
      rechecks,
      earlier: known.filter((hazard) => isOpenHazard(hazard) && !found.has(hazard.id)),
      photos,
      addable: subject ? (await checklistsFor(vault, subject)).filter((checklist) => !begun.has(checklist.id)) : [],
    };
  }

  return {
    page,
    error,
    gone: computed(() => page.value === null),
    add: async (checklist) => {
      const submission = await startSubmission(vault, visitId(), checklist);
      return `/visits/${visitId()}/checklists/${submission.id}`;
    },
    discard: () => discardVisit(vault, visitId()),
  };
}
