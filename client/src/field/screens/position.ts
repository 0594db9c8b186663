/** The position of a screen: asked for once, reused while fresh, never followed. Refusal and failure are shown and change nothing else. */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Ref, ShallowRef } from "vue";
import { locate } from "../../media/position.ts";
import type { Located } from "../../media/position.ts";

const FRESH_MS = 30_000;

export interface ScreenPosition {
  looking: Ref<boolean>;
  located: ShallowRef<Located | null>;
  /** The fix to keep with a photo taken now; a promise, so that saving never waits for satellites. */
  current: () => Promise<Located>;
  retry: () => Promise<Located>;
}

export function useScreenPosition(): ScreenPosition {
  const looking = ref(false);
  const located = shallowRef<Located | null>(null);
  let asked: { at: number; answer: Promise<Located> } | null = null;
  let closed = false;

  function ask(): Promise<Located> {
    looking.value = true;
    const answer = locate({ geolocation: navigator.geolocation, now: () => Date.now() });
    asked = { at: Date.now(), answer };
    void answer.then((found) => {
      if (closed) return;
      looking.value = false;
      located.value = found;
    });
    return answer;
  }
  onScopeDispose(() => {
    closed = true;
  });
  return {
    looking,
    located,
    current: () => (asked !== null && Date.now() - asked.at < FRESH_MS ? asked.answer : ask()),
    retry: ask,
  };
}
