/** The number beside 照片审核 in the menu. Shared, so that a decision on the review page lowers it at once. */
import { ref, type Ref } from 'vue';
import { listReviews } from '../api/evidence';
import type { Counted } from '../api/lists';
import { useEvery } from './useEvery';

const EVERY_MS = 60_000;
const pendingReviews = ref<Counted | null>(null);

export function setPendingReviews(count: Counted): void {
  pendingReviews.value = count;
}

export function usePendingCount(isWanted: () => boolean): { pendingReviews: Ref<Counted | null> } {
  async function refresh(): Promise<void> {
    if (!isWanted()) return;
    try {
      pendingReviews.value = (await listReviews({ state: 'pending', page_size: '1', count: 'true' })).count;
    } catch {
      // A badge is no reason to disturb anybody; the page itself shows what is wrong.
      pendingReviews.value = null;
    }
  }

  void refresh();
  useEvery(EVERY_MS, () => void refresh());
  return { pendingReviews };
}
