/** Mounts a long list a few rows at a time, so that the first rows are there at once and taps between batches are answered. */
import { computed, onScopeDispose, ref, watch } from "vue";
import type { ComputedRef } from "vue";

export const BATCH = 8;

export interface Incremental<T> {
  mounted: ComputedRef<T[]>;
  /** Mounts at least up to this row, e.g. to jump to it. */
  reach: (index: number) => void;
}

export function useIncremental<T>(rows: () => readonly T[], key: () => unknown, page: Pick<Window, "setTimeout" | "clearTimeout"> = window): Incremental<T> {
  const limit = ref(BATCH);
  let timer = 0;

  function grow(): void {
    if (limit.value >= rows().length) return;
    limit.value += BATCH;
    timer = page.setTimeout(grow, 0);
  }
  watch(key, () => {
    page.clearTimeout(timer);
    limit.value = BATCH;
    // The first batch is painted before the second is made.
    timer = page.setTimeout(grow, 32);
  }, { immediate: true });
  // Rows that appear later, through a skip condition, follow without a batch of their own.
  watch(() => rows().length, () => {
    page.clearTimeout(timer);
    timer = page.setTimeout(grow, 0);
  });
  onScopeDispose(() => page.clearTimeout(timer));
  return {
    mounted: computed(() => rows().slice(0, limit.value)),
    reach: (index) => {
      limit.value = Math.max(limit.value, index + 1);
    },
  };
}
