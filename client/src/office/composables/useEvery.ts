/** Repeats something while the page is shown and the window is in front. */
import { onScopeDispose } from 'vue';

export function useEvery(everyMs: number, work: () => void): void {
  const timer = window.setInterval(() => { if (!document.hidden) work(); }, everyMs);
  onScopeDispose(() => window.clearInterval(timer));
}
