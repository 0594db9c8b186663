/** Taking a returned photo again: the shot is on disk at once, is looked at, and only then kept and sent. */
import { computed, onMounted, onScopeDispose, ref, shallowRef, watch } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import type { PhotoReview } from "../../../api/wire.ts";
import { photoFailureOf } from "../../local/failures.ts";
import type { PhotoFailure } from "../../local/failures.ts";
import { useLive } from "../../local/live.ts";
import { dismissPick, keepRetake, pickPicture, pickRetake, picksOf, prepareRetake } from "../../local/picks.ts";
import type { PickedRow } from "../../local/rows.ts";
import type { Vault } from "../../local/vault.ts";
import type { ScreenPosition } from "../position.ts";

export interface RetakeUse {
  /** What was taken and is not kept yet, also on an earlier page. */
  shot: ComputedRef<PickedRow | null>;
  /** An address of its picture; null where this phone cannot draw it. */
  picture: ShallowRef<string | null>;
  working: Ref<boolean>;
  failure: Ref<PhotoFailure | null>;
  take: (file: File, source: "camera" | "album") => Promise<void>;
  again: () => Promise<void>;
  /** True when it is kept. */
  keep: () => Promise<boolean>;
}

export function useRetake(vault: Vault, photoId: string, review: () => PhotoReview | undefined, position: ScreenPosition): RetakeUse {
  const working = ref(false);
  const failure: RetakeUse["failure"] = ref(null);
  const picture = shallowRef<string | null>(null);
  const { value: picks } = useLive(() => picksOf(vault, { review_of: photoId }));
  const shot = computed(() => picks.value?.at(-1) ?? null);

  async function guarded(work: () => Promise<unknown>): Promise<boolean> {
    working.value = true;
    failure.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = photoFailureOf(error);
      return false;
    } finally {
      working.value = false;
    }
  }

  async function show(id: string): Promise<void> {
    forget();
    const blob = await pickPicture(vault, id);
    if (blob !== null && shot.value?.id === id) picture.value = URL.createObjectURL(blob);
  }

  function forget(): void {
    if (picture.value !== null) URL.revokeObjectURL(picture.value);
    picture.value = null;
  }

  watch(() => shot.value?.prepared && shot.value.id, (id) => (id ? void show(id) : forget()));
  onMounted(async () => {
    // The page was closed while it was being scaled.
    const [left] = (await picksOf(vault, { review_of: photoId })).filter((pick) => pick.prepared === null);
    if (left !== undefined) await guarded(() => prepareRetake(vault, left));
  });
  onScopeDispose(forget);

  return {
    shot,
    picture,
    working,
    failure,
    take: async (file, source) => {
      const asked = review();
      if (asked !== undefined) await guarded(async () => prepareRetake(vault, await pickRetake(vault, asked, file, source, position.current())));
    },
    again: async () => {
      for (const pick of picks.value ?? []) await dismissPick(vault, pick.id);
    },
    keep: () => guarded(async () => keepRetake(vault, shot.value?.id ?? "")),
  };
}
