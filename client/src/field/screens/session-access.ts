/** Who is signed in, for screens behind the guard. */
import { computed } from "vue";
import type { ComputedRef } from "vue";
import type { User } from "../../api/wire.ts";
import { useSession } from "../session/index.ts";

export function useCurrentUser(): ComputedRef<User | null> {
  const { state } = useSession();
  return computed(() => (state.value.kind === "open" ? state.value.user : null));
}
