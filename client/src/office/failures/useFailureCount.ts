/** The number beside the person's name in the menu: work that failed and waits for somebody. */
import { ref, type Ref } from 'vue';
import { listFailures } from '../api/work';
import { useEvery } from '../composables/useEvery';

const EVERY_MS = 300_000;
const failedWork = ref<number | null>(null);

export async function refreshFailureCount(): Promise<void> {
  try {
    failedWork.value = (await listFailures()).total;
  } catch {
    // A badge is no reason to disturb anybody; the page itself shows what is wrong.
    failedWork.value = null;
  }
}

export function useFailureCount(isWanted: () => boolean): { failedWork: Ref<number | null> } {
  const refresh = (): void => { if (isWanted()) void refreshFailureCount(); };
  refresh();
  useEvery(EVERY_MS, refresh);
  return { failedWork };
}
