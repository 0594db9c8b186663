/** The person's downloads: ordered, watched while they run, and fetched as files. */
import { onScopeDispose, ref, watch, type Ref, type ShallowRef } from 'vue';
import { listDownloads, orderDownload, type DownloadOrder } from '../api/downloads';
import type { ListPage } from '../api/lists';
import type { Download } from '../api/types';
import { useAction, type RunningAction } from '../composables/useAction';
import { useLoad, type Loaded } from '../composables/useLoad';

const LOOK_AGAIN_MS = 1500;
const PAGE_SIZE = 50;

export interface Downloads { state: ShallowRef<Loaded<ListPage<Download>>>; cursor: Ref<string>; reload: () => Promise<void>; order: RunningAction<[DownloadOrder]> }

export function isRunning(download: Pick<Download, 'state'>): boolean {
  return download.state === 'queued' || download.state === 'running';
}

export function useDownloads(): Downloads {
  const cursor = ref('');
  const { state, reload } = useLoad((signal) => listDownloads({ page_size: String(PAGE_SIZE), cursor: cursor.value }, signal), cursor);
  let timer = 0;

  watch(state, (loaded) => {
    window.clearTimeout(timer);
    if (loaded.kind === 'ready' && !loaded.refreshing && loaded.value.items.some(isRunning)) timer = window.setTimeout(() => void reload(), LOOK_AGAIN_MS);
  });
  onScopeDispose(() => window.clearTimeout(timer));

  const order = useAction(async (wanted: DownloadOrder) => {
    await orderDownload(wanted);
    cursor.value = '';
    await reload();
  });
  return { state, cursor, reload, order };
}
