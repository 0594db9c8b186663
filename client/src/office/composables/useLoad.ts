/** One remote value and its state. A newer load cancels the older one, so a slow answer never overwrites a fresh one. */
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue';
import { asProblem, isAbort, type Problem } from '../api/http';

export type Loaded<T> =
  | { kind: 'loading' }
  | { kind: 'ready'; value: T; refreshing: boolean }
  | { kind: 'failed'; problem: Problem };

export interface Loader<T> { state: ShallowRef<Loaded<T>>; reload: () => Promise<void> }

/** Loads at once and again whenever `when` changes; the last value stays visible while a new one is on its way. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, when?: WatchSource<unknown>): Loader<T> {
  const state = shallowRef<Loaded<T>>({ kind: 'loading' });
  let running: AbortController | null = null;

  async function reload(): Promise<void> {
    running?.abort();
    const current = (running = new AbortController());
    state.value = state.value.kind === 'ready' ? { ...state.value, refreshing: true } : { kind: 'loading' };
    try {
      const value = await load(current.signal);
      if (running === current) state.value = { kind: 'ready', value, refreshing: false };
    } catch (error) {
      if (running !== current || isAbort(error)) return;
      state.value = { kind: 'failed', problem: asProblem(error) };
    }
  }

  if (when) watch(when, reload, { immediate: true, deep: true });
  else void reload();
  onScopeDispose(() => running?.abort());
  return { state, reload };
}
