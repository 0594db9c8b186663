/** A hazard sheet being filled in: every change is written at once, the last one wins, and the screen shows what was written. */
import { computed, ref, shallowRef, watch } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import { findHazardDraft, removeHazard, saveHazard } from "../../local/hazards.ts";
import { useLive } from "../../local/live.ts";
import { photosOf } from "../../local/pictures.ts";
import type { HazardDraftRow, PhotoRow } from "../../local/rows.ts";
import { useVault } from "../vault-access.ts";
import { faultsOfHazard } from "./completeness.ts";
import type { HazardFault } from "./completeness.ts";

export type HazardPatch = Partial<Omit<HazardDraftRow, "id" | "visit_id" | "subject_id" | "found_at" | "revision" | "found_event_id">>;

export interface HazardDraftUse {
  draft: ShallowRef<HazardDraftRow | null | undefined>;
  photos: ComputedRef<PhotoRow[]>;
  savedAt: Ref<number | null>;
  failure: ShallowRef<unknown>;
  faults: ComputedRef<HazardFault[]>;
  patch: (change: HazardPatch) => void;
  /** Resolves when everything typed so far is on disk. */
  settle: () => Promise<void>;
  remove: () => Promise<void>;
}

export function useHazardDraft(visitId: () => string, hazardId: () => string): HazardDraftUse {
  const vault = useVault();
  const draft = shallowRef<HazardDraftRow | null>();
  const savedAt = ref<number | null>(null);
  const failure = shallowRef<unknown>(null);
  const { value: stored } = useLive(async () => (await findHazardDraft(vault, hazardId())) ?? null, hazardId);
  const { value: photos } = useLive(() => photosOf(vault, { hazard_id: hazardId() }), hazardId);
  let writing: Promise<void> = Promise.resolve();
  let unwritten: HazardDraftRow | null = null;

  // Another tab may edit the same sheet; what is being typed here is newer than anything read.
  watch(stored, (row) => {
    if (row !== undefined && unwritten === null) draft.value = row;
  }, { immediate: true });

  function patch(change: HazardPatch): void {
    if (!draft.value) return;
    draft.value = { ...draft.value, ...change };
    const queued = unwritten !== null;
    unwritten = draft.value;
    if (!queued) writing = writing.then(write);
  }

  async function write(): Promise<void> {
    const row = unwritten;
    if (row === null) return;
    try {
      await saveHazard(vault, visitId(), row);
      savedAt.value = Date.now();
      failure.value = null;
    } catch (error) {
      failure.value = error;
    }
    if (unwritten === row) unwritten = null;
    else await write();
  }

  async function settle(): Promise<void> {
    await writing;
    if (failure.value !== null) throw failure.value;
  }

  return {
    draft,
    photos: computed(() => photos.value ?? []),
    savedAt,
    failure,
    faults: computed(() => (draft.value ? faultsOfHazard(draft.value, photos.value ?? []) : [])),
    patch,
    settle,
    remove: async () => {
      await writing;
      await removeHazard(vault, hazardId());
    },
  };
}
