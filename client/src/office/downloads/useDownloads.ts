/** The person's downloads: ordered, watched while they run, and fetched as files. */
import { onScopeDispose, watch, type ShallowRef } from 'vue';
import { listDownloads, orderDownload, type DownloadOrder } from '../api/downloads';
import type { Download } from '../api/types';
import { useAction, type RunningAction } from '../composables/useAction';
import { useLoad, type Loaded } from '../composables/useLoad';

const LOOK_AGAIN_MS = 1500;

export interface Downloads { state: ShallowRef<Loaded<Download[]>>; reload: () => Promise<void>; order: RunningAction<[DownloadOrder]> }

export function isRunning(download: Pick<Download, 'state'>): boolean {
  return download.state === 'queued' || download.state === 'running';
}

export function useDownloads(): Downloads {
  const { state, reload } = useLoad(listDownloads);
  let timer = 0;

  watch(state, (loaded) => {
    window.clearTimeout(timer);
    if (loaded.kind === 'ready' && !loaded.refreshing && loaded.value.some(isRunning)) timer = window.setTimeout(() => void reload(), LOOK_AGAIN_MS);
  });
  onScopeDispose(() => window.clearTimeout(timer));

  const order = useAction(async (wanted: DownloadOrder) => {
    await orderDownload(wanted);
    await reload();
  });
  return { state, reload, order };
}
