/** How fresh the roster on this phone is, and asking for it again. */
import { computed, onScopeDispose, ref } from "vue";
import type { ComputedRef, Ref } from "vue";
import { useOpenSession } from "../session/index.ts";
import { useDelivery } from "./delivery.ts";

export interface Roster {
  /** The browser knows of no network, or the last attempt did not reach the server. */
  offline: ComputedRef<boolean>;
  pulledAt: ComputedRef<string | null>;
  /** More of it is to come, so what is not in the list says nothing yet. */
  arriving: ComputedRef<boolean>;
  /** Parts of the roster that only a newer version of the app can read. */
  leftOut: ComputedRef<number>;
  pull: () => void;
}

export function useRoster(): Roster {
  const { outbox: engine } = useOpenSession();
  const { outbox } = useDelivery();
  const online = useOnline();
  const sending = computed(() => outbox.value?.sending);
  const offline = computed(() => !online.value || (sending.value?.state === "waiting" && sending.value.reason === "unreachable"));
  const pulledAt = computed(() => outbox.value?.last_pull_at ?? null);
  return { offline, pulledAt, arriving: computed(() => outbox.value?.register_arriving ?? true), leftOut: computed(() => outbox.value?.left_out ?? 0), pull: () => engine.pullNow() };
}

function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine);
  const follow = (): void => {
    online.value = navigator.onLine;
  };
  window.addEventListener("online", follow);
  window.addEventListener("offline", follow);
  onScopeDispose(() => {
    window.removeEventListener("online", follow);
    window.removeEventListener("offline", follow);
  });
  return online;
}
