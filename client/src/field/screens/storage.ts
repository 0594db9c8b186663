/** How much room the phone has left, as screens show it. */
import { computed, onMounted, shallowRef } from "vue";
import type { ComputedRef, ShallowRef } from "vue";
import { storageHealth } from "../local/storage.ts";
import type { StorageHealth } from "../local/storage.ts";

/** What a scaled photo takes, with its thumbnail. */
const PHOTO_BYTES = 520_000;

export interface StorageUse {
  health: ShallowRef<StorageHealth | null>;
  free: ComputedRef<number | null>;
  photosLeft: ComputedRef<number | null>;
  refresh: () => Promise<void>;
}

export function useStorageHealth(): StorageUse {
  const health = shallowRef<StorageHealth | null>(null);
  const free = computed(() => {
    const { usage_bytes = null, quota_bytes = null } = health.value ?? {};
    return usage_bytes === null || quota_bytes === null ? null : Math.max(0, quota_bytes - usage_bytes);
  });
  async function refresh(): Promise<void> {
    health.value = await storageHealth();
  }
  onMounted(refresh);
  return { health, free, photosLeft: computed(() => (free.value === null ? null : Math.floor(free.value / PHOTO_BYTES))), refresh };
}
