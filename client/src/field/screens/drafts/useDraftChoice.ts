/** The copy of a visit that lies on the server beside the one on this phone, if there is one; and what a person can choose. */
import { computed, ref, shallowRef } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import { useLive } from "../../local/live.ts";
import { continueDraft, draftOf, keepOwnDraft, mirrorOf } from "../../local/mirror.ts";
import type { DraftContent, DraftDocument } from "../../local/rows.ts";
import { inVault } from "../../local/vault.ts";
import { askForDraft, KNOWN_FORMAT } from "../../outbox/draft-request.ts";
import { useOpenSession } from "../../session/index.ts";

export type OtherState = "loading" | "ready" | "offline" | "gone" | "newer_app";

export interface DraftChoice {
  state: Ref<OtherState>;
  other: ShallowRef<DraftDocument | null>;
  own: ComputedRef<DraftContent | null | undefined>;
  /** Photos of the other copy that are on the server or here. */
  there: ComputedRef<ReadonlySet<string>>;
  load: () => Promise<void>;
  takeOther: () => Promise<void>;
  keepOwn: () => Promise<void>;
}

export function useDraftChoice(visitId: string): DraftChoice {
  const { vault, outbox, user } = useOpenSession();
  const state = ref<OtherState>("loading");
  const other = shallowRef<DraftDocument | null>(null);
  const { value: own } = useLive(() => draftOf(vault, visitId));
  const { value: here } = useLive(() => inVault(vault, () => vault.db.photo_bytes.toCollection().primaryKeys()));

  async function load(): Promise<void> {
    state.value = "loading";
    const reply = await askForDraft(visitId, { user_id: user.id });
    if (reply.kind === "ok") return show(reply.value);
    // Fetched when this phone noticed that the other one had gone on.
    const kept = (await mirrorOf(vault, visitId))?.other;
    if (kept) return show(kept);
    state.value = reply.kind === "refused" && reply.status === 404 ? "gone" : "offline";
  }

  function show(draft: DraftDocument): void {
    other.value = draft;
    state.value = (draft.content.format ?? 1) > KNOWN_FORMAT ? "newer_app" : "ready";
  }

  async function decide(work: (draft: DraftDocument) => Promise<unknown>): Promise<void> {
    if (other.value === null) return;
    await work(other.value);
    outbox.sendNow();
  }

  return {
    state,
    other,
    own: computed(() => own.value),
    there: computed(() => new Set([...Object.keys(other.value?.photos ?? {}), ...(here.value ?? [])])),
    load,
    takeOther: () => decide((draft) => continueDraft(vault, draft)),
    keepOwn: () => decide((draft) => keepOwnDraft(vault, draft)),
  };
}
