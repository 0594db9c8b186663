/** Re-checking one hazard within a visit; the visit is opened when the first thing is kept, not when somebody just looks. */
import { computed, ref } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import { findHazard, saveRecheck } from "../../local/hazards.ts";
import type { HazardView } from "../../local/hazards.ts";
import { useLive } from "../../local/live.ts";
import { photosOf } from "../../local/pictures.ts";
import type { PhotoRow, RecheckDraftRow, SubjectRow } from "../../local/rows.ts";
import { findSubject } from "../../local/subjects.ts";
import { inVault } from "../../local/vault.ts";
import { startVisit } from "../../local/visits.ts";
import { useCapture } from "../capture.ts";
import type { Capture } from "../capture.ts";
import { useScreenPosition } from "../position.ts";
import type { ScreenPosition } from "../position.ts";
import { useVault } from "../vault-access.ts";

export interface RecheckPage {
  hazard: HazardView;
  subject: SubjectRow | null;
  visitId: string | null;
  recheck: RecheckDraftRow | null;
  photos: PhotoRow[];
}

export interface RecheckUse {
  page: ComputedRef<RecheckPage | null | undefined>;
  error: ShallowRef<unknown>;
  position: ScreenPosition;
  capture: Capture;
  failure: Ref<unknown>;
  photos: ComputedRef<PhotoRow[]>;
  take: (files: File[], source: "camera" | "album") => Promise<void>;
  /** Returns the visit in which the re-check is kept. */
  decide: (result: "pass" | "return", reason: string) => Promise<string>;
}

export function useRecheck(hazardId: () => string): RecheckUse {
  const vault = useVault();
  const visitId = ref("");
  const failure = ref<unknown>(null);
  const position = useScreenPosition();
  const capture = useCapture(vault, () => visitId.value, position);
  // Two queries: what a query reads after its first await is not followed.
  const { value: hazard, error } = useLive(async () => (await findHazard(vault, hazardId())) ?? null, hazardId);
  const subjectId = computed(() => hazard.value?.subject_id ?? "");
  const { value: around } = useLive(() => readAround(subjectId.value, hazardId()), () => subjectId.value);

  async function readAround(subject_id: string, hazard_id: string): Promise<Omit<RecheckPage, "hazard">> {
    const [subject, visits, photos, rechecks] = await Promise.all([
      findSubject(vault, subject_id),
      inVault(vault, () => vault.db.visits.where({ subject_id }).filter((visit) => visit.state === "open").toArray()),
      photosOf(vault, { hazard_id }),
      inVault(vault, () => vault.db.recheck_drafts.where({ hazard_id }).toArray()),
    ]);
    const visit = visits[0];
    return {
      subject: subject ?? null,
      visitId: visit?.id ?? null,
      recheck: rechecks.find((recheck) => recheck.visit_id === visit?.id) ?? null,
      photos: photos.filter((photo) => photo.visit_id === visit?.id),
    };
  }

  const page = computed<RecheckPage | null | undefined>(() => {
    if (hazard.value === undefined || hazard.value === null) return hazard.value;
    return around.value && { hazard: hazard.value, ...around.value };
  });

  async function openVisit(): Promise<string> {
    const hazard = page.value?.hazard;
    if (!hazard) throw new Error("the hazard was not read yet");
    visitId.value = (await startVisit(vault, hazard.subject_id)).id;
    return visitId.value;
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      failure.value = null;
      return await work();
    } catch (raised) {
      failure.value = raised;
      throw raised;
    }
  }

  return {
    page,
    error,
    position,
    capture,
    failure,
    photos: computed(() => page.value?.photos ?? []),
    take: (files, source) => guarded(async () => {
      await openVisit();
      await capture.take(files, source, { role: "after", hazard_id: hazardId() });
    }),
    decide: (result, reason) => guarded(async () => {
      const visit = await openVisit();
      await saveRecheck(vault, visit, hazardId(), { result, reason });
      return visit;
    }),
  };
}
