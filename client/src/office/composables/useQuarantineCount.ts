/** The number beside 待核记录 in the menu; settling a record lowers it at once. */
import { ref, type Ref } from 'vue';
import type { Counted } from '../api/lists';
import { countQuarantined } from '../api/quarantine';
import { useEvery } from './useEvery';

const EVERY_MS = 60_000;
const openQuarantine = ref<Counted | null>(null);

export async function refreshQuarantineCount(): Promise<void> {
  try {
    openQuarantine.value = await countQuarantined();
  } catch {
    // A badge is no reason to disturb anybody; the page itself shows what is wrong.
    openQuarantine.value = null;
  }
}

export function useQuarantineCount(isWanted: () => boolean): { openQuarantine: Ref<Counted | null> } {
  const refresh = (): void => { if (isWanted()) void refreshQuarantineCount(); };
  refresh();
  useEvery(EVERY_MS, refresh);
  return { openQuarantine };
}
