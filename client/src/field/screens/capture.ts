/** From picked files to photos, as a screen sees it: all files are on disk first, and what waits is read from there. */
import { computed, ref } from "vue";
import type { ComputedRef, Ref } from "vue";
import type { Uuid } from "../../api/wire.ts";
import { photoFailureOf } from "../local/failures.ts";
import type { PhotoFailure } from "../local/failures.ts";
import { useLive } from "../local/live.ts";
import { dismissPick, picksOf, pickPhoto, processPicks } from "../local/picks.ts";
import type { PhotoTarget } from "../local/picks.ts";
import type { PickedRow } from "../local/rows.ts";
import type { Vault } from "../local/vault.ts";
import type { ScreenPosition } from "./position.ts";

export interface Capture {
  /** Files of this visit that are no photos yet, also of an earlier page; with a failure they stay until they are dismissed. */
  picks: ComputedRef<PickedRow[]>;
  busy: ComputedRef<boolean>;
  failure: Ref<PhotoFailure | null>;
  /** Resolves when the photos are there. A role for each file, where they differ. */
  take: (files: readonly File[], source: "camera" | "album", target: PhotoTarget | ((nth: number) => PhotoTarget)) => Promise<void>;
  dismiss: (id: Uuid) => Promise<void>;
}

export function useCapture(vault: Vault, visitId: () => Uuid, position: ScreenPosition): Capture {
  const failure: Capture["failure"] = ref(null);
  const { value: stored } = useLive(() => picksOf(vault, { visit_id: visitId() }), visitId);
  const picks = computed(() => stored.value ?? []);

  async function take(files: readonly File[], source: "camera" | "album", target: PhotoTarget | ((nth: number) => PhotoTarget)): Promise<void> {
    failure.value = null;
    const visit_id = visitId();
    try {
      for (const [nth, file] of files.entries()) {
        await pickPhoto(vault, visit_id, typeof target === "function" ? target(nth) : target, file, source, position.current());
      }
      await processPicks(vault);
      // Somebody else's run may have ended while these were being written.
      await processPicks(vault);
    } catch (error) {
      failure.value = photoFailureOf(error);
    }
  }

  return { picks, busy: computed(() => picks.value.some((pick) => pick.failure === null)), failure, take, dismiss: (id) => dismissPick(vault, id) };
}
