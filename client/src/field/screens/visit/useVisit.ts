/** A visit under way: what to re-check, which checklists, which hazards, and how far each is. */
import { computed } from "vue";
import type { ComputedRef, ShallowRef } from "vue";
import { hazardDraftsOf, hazardsOfSubject, isOpenHazard, rechecksOf } from "../../local/hazards.ts";
import type { HazardView } from "../../local/hazards.ts";
import { useLive } from "../../local/live.ts";
import { mirrorOf } from "../../local/mirror.ts";
import { photosOf } from "../../local/pictures.ts";
import type { ChecklistRow, HazardDraftRow, MirrorRow, PhotoRow, RecheckDraftRow, SubjectRow, SubmissionRow, VisitRow } from "../../local/rows.ts";
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
  mirror: MirrorRow | null;
}

export interface VisitUse {
  /** null: not on this phone. */
  page: ComputedRef<VisitPage | null | undefined>;
  error: ShallowRef<unknown>;
  gone: ComputedRef<boolean>;
  add: (checklist: ChecklistRow) => Promise<string>;
  discard: () => Promise<void>;
}

export function useVisit(visitId: () => string): VisitUse {
  const vault = useVault();
  // One query per step: what a query reads after its first await is not followed, and documents are large.
  const { value: own, error } = useLive(() => readOwn(visitId()), visitId);
  const subjectId = computed(() => own.value?.visit?.subject_id ?? null);
  const { value: around } = useLive(() => readAround(subjectId.value), () => subjectId.value);
  const { value: offered } = useLive(async () => (around.value?.subject ? checklistsFor(vault, around.value.subject) : []), () => around.value?.subject?.sectors.join());
  const hashes = computed(() => (own.value?.submissions ?? []).map((row) => row.checklist.hash));
  const { value: documents } = useLive(() => inVault(vault, () => vault.db.checklists.bulkGet(hashes.value)), () => hashes.value.join());

  const { value: mirror } = useLive(() => mirrorOf(vault, visitId()), visitId);

  async function readOwn(id: string): Promise<Pick<VisitPage, "hazards" | "rechecks" | "photos"> & { visit: VisitRow | undefined; submissions: SubmissionRow[] }> {
    const [visit, submissions, hazards, rechecks, photos] = await Promise.all([
      findVisit(vault, id),
      submissionsOf(vault, id),
      hazardDraftsOf(vault, id),
      rechecksOf(vault, id),
      photosOf(vault, { visit_id: id }),
    ]);
    return { visit, submissions, hazards, rechecks, photos };
  }

  async function readAround(id: string | null): Promise<{ subject: SubjectRow | null; known: HazardView[] }> {
    if (id === null) return { subject: null, known: [] };
    const [subject, known] = await Promise.all([findSubject(vault, id), hazardsOfSubject(vault, id)]);
    return { subject: subject ?? null, known };
  }

  const page = computed<VisitPage | null | undefined>(() => {
    if (own.value === undefined) return undefined;
    const { visit, submissions, hazards, rechecks, photos } = own.value;
    if (visit === undefined) return null;
    const byHash = new Map((documents.value ?? []).flatMap((row) => (row ? [[row.hash, row] as const] : [])));
    const begun = new Set(submissions.map((row) => row.checklist.id));
    const found = new Set(hazards.map((hazard) => hazard.id));
    return {
      visit,
      submissions: submissions.map((row) => ({ row, checklist: byHash.get(row.checklist.hash) ?? null })),
      hazards,
      rechecks,
      earlier: (around.value?.known ?? []).filter((hazard) => isOpenHazard(hazard) && !found.has(hazard.id)),
      photos,
      mirror: mirror.value ?? null,
      addable: (offered.value ?? []).filter((checklist) => !begun.has(checklist.id)),
    };
  });

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
