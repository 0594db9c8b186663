/** Somebody "signed in" whose sending does nothing: the screens ask for a session, and a preview sends nothing. */
import { shallowRef } from "vue";
import type { User } from "../../api/wire.ts";
import type { Vault } from "../local/vault.ts";
import type { Outbox } from "../outbox/engine.ts";
import type { Session, SessionState } from "../session/session.ts";

const NOBODY: User = { id: "preview", username: "", name: "", title: "", county_code: "", roles: [], locale: "", actions: [] };
const NO_SENDING: Outbox = { sendNow: () => undefined, pullNow: () => undefined, retryRefused: async () => undefined, stop: async () => undefined };

export function previewSession(vault: Vault): Session {
  const state = shallowRef<SessionState>({ kind: "open", user: NOBODY, vault, outbox: NO_SENDING, needs_sign_in: null });
  return {
    state,
    restore: async () => undefined,
    signIn: async () => ({ kind: "unreachable" }),
    signOut: async () => undefined,
    noteUser: async () => undefined,
  };
}
