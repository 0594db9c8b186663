/** Vault queries as Vue refs that follow every change, also those made in another tab. Stops with the component. */
import { liveQuery } from "dexie";
import { onScopeDispose, shallowRef, watch } from "vue";
import type { ShallowRef } from "vue";

export interface LiveQuery<T> {
  /** Undefined until the first answer came. */
  value: ShallowRef<T | undefined>;
  error: ShallowRef<unknown>;
}

/**
 * `query` runs again when the rows it read change; with `depends_on`, also when that changes.
 *
 * const hazards = useLive(() => hazardsOfSubject(vault, props.subjectId), () => props.subjectId);
 */
export function useLive<T>(query: () => Promise<T>, depends_on: () => unknown = () => null): LiveQuery<T> {
  const value = shallowRef<T | undefined>(undefined);
  const error = shallowRef<unknown>(null);
  let unsubscribe = (): void => undefined;
  watch(
    depends_on,
    () => {
      unsubscribe();
      const subscription = liveQuery(query).subscribe({
        next: (result) => {
          value.value = result;
          error.value = null;
        },
        error: (raised) => (error.value = raised),
      });
      unsubscribe = () => subscription.unsubscribe();
    },
    { immediate: true },
  );
  onScopeDispose(() => unsubscribe());
  return { value, error };
}
