/** Mounts a long list a few rows at a time, so that the first rows are there at once and taps between batches are answered. */
import { computed, onScopeDispose, ref, watch } from "vue";
import type { ComputedRef } from "vue";

export const BATCH = 8;

/** The batches that are mounted by now. `key` says when it is another list, which begins with its first batch again. */
export function useBatches<T>(rows: () => readonly T[], key: () => unknown, page: Pick<Window, "setTimeout" | "clearTimeout"> = window): ComputedRef<T[][]> {
  const mounted = ref(1);
  const batches = computed(() => inBatches(rows()));
  let timer = 0;

  function grow(): void {
    if (mounted.value >= batches.value.length) return;
    // Two at a time: every turn also costs a frame, and more of them at once would keep a tap waiting.
    mounted.value += 2;
    timer = page.setTimeout(grow, 0);
  }
  watch(key, () => {
    page.clearTimeout(timer);
    mounted.value = 1;
    // The first batch is painted before the second is made.
    timer = page.setTimeout(grow, 32);
  }, { immediate: true });
  // Rows that appear later, through a skip condition, may need one more batch.
  watch(() => batches.value.length, () => {
    page.clearTimeout(timer);
    timer = page.setTimeout(grow, 0);
  });
  onScopeDispose(() => page.clearTimeout(timer));
  return computed(() => batches.value.slice(0, mounted.value));
}

function inBatches<T>(rows: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < rows.length; start += BATCH) batches.push(rows.slice(start, start + BATCH));
  return batches;
}
