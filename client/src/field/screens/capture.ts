/** From a picked file to a photo on disk. One after another: a cheap phone has memory for one picture at a time. */
import { computed, ref } from "vue";
import type { ComputedRef, Ref } from "vue";
import type { Uuid } from "../../api/wire.ts";
import { photoFailureOf } from "../local/failures.ts";
import type { PhotoFailure } from "../local/failures.ts";
import { addPhoto } from "../local/photos.ts";
import type { PhotoTarget } from "../local/photos.ts";
import type { PhotoRow } from "../local/rows.ts";
import type { Vault } from "../local/vault.ts";
import type { ScreenPosition } from "./position.ts";

export interface Capture {
  /** Photos that are being scaled, hashed and written just now. */
  pending: Ref<number>;
  busy: ComputedRef<boolean>;
  failure: Ref<PhotoFailure | null>;
  take: (files: readonly File[], source: "camera" | "album", target: PhotoTarget) => Promise<PhotoRow[]>;
}

export function useCapture(vault: Vault, visitId: () => Uuid, position: ScreenPosition): Capture {
  const pending = ref(0);
  const failure: Capture["failure"] = ref(null);
  let queue: Promise<unknown> = Promise.resolve();

  function take(files: readonly File[], source: "camera" | "album", target: PhotoTarget): Promise<PhotoRow[]> {
    pending.value += files.length;
    failure.value = null;
    const work = queue.then(() => save(files, source, target));
    queue = work;
    return work;
  }

  async function save(files: readonly File[], source: "camera" | "album", target: PhotoTarget): Promise<PhotoRow[]> {
    const saved: PhotoRow[] = [];
    for (const file of files) {
      try {
        saved.push(await addPhoto(vault, visitId(), target, file, source, position.current()));
      } catch (error) {
        failure.value = photoFailureOf(error);
      } finally {
        pending.value -= 1;
      }
    }
    return saved;
  }

  return { pending, busy: computed(() => pending.value > 0), failure, take };
}
