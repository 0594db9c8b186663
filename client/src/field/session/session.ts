/**
 * Who works on this phone, and with which vault. Signing out closes a vault and never deletes from it; another person gets
 * another vault. An expired session leaves everything open: only sending waits for the next sign-in.
 */
import { shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import type { Reply } from "../../api/http.ts";
import type { Problem, SessionReply, User, Uuid } from "../../api/wire.ts";
import { markNeedsSignIn, readSignedIn, writeSignedIn } from "../local/device.ts";
import type { DeviceDatabase } from "../local/device.ts";
import { closeVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import type { Outbox } from "../outbox/engine.ts";

export type SessionState =
  | { kind: "starting" }
  | { kind: "signed_out" }
  | { kind: "open"; user: User; vault: Vault; outbox: Outbox; needs_sign_in: boolean };

export type SignInOutcome = { kind: "signed_in" } | { kind: "unreachable" } | { kind: "refused"; status: number; problem: Problem | null };

export interface Session {
  state: ShallowRef<SessionState>;
  /** Opens the vault of whoever was signed in last, without a network. */
  restore(): Promise<void>;
  signIn(username: string, password: string): Promise<SignInOutcome>;
  signOut(): Promise<void>;
}

export const SESSION: InjectionKey<Session> = Symbol("session");

export interface SessionParts {
  device: DeviceDatabase;
  accounts: {
    createSession(credentials: { username: string; password: string; device_label?: string }): Promise<Reply<SessionReply>>;
    deleteSession(): Promise<Reply<null>>;
  };
  openVault(user_id: Uuid): Promise<Vault>;
  startOutbox(vault: Vault, hooks: { onSignInNeeded: () => void }): Outbox;
  device_label: string;
}

export function createFieldSession(parts: SessionParts): Session {
  const state = shallowRef<SessionState>({ kind: "starting" });

  async function open(user: User, needs_sign_in: boolean): Promise<void> {
    const before = state.value;
    if (before.kind === "open" && before.user.id === user.id) {
      state.value = { ...before, user, needs_sign_in };
      if (!needs_sign_in) before.outbox.sendNow();
      return;
    }
    await close();
    const vault = await parts.openVault(user.id);
    const outbox = parts.startOutbox(vault, { onSignInNeeded: () => void askForSignIn(user.id) });
    state.value = { kind: "open", user, vault, outbox, needs_sign_in };
  }

  async function close(): Promise<void> {
    const before = state.value;
    if (before.kind !== "open") return;
    await before.outbox.stop();
    closeVault(before.vault);
  }

  async function askForSignIn(user_id: Uuid): Promise<void> {
    await markNeedsSignIn(parts.device, user_id);
    const now = state.value;
    if (now.kind === "open" && now.user.id === user_id && !now.needs_sign_in) state.value = { ...now, needs_sign_in: true };
  }

  return {
    state,

    async restore() {
      const known = await readSignedIn(parts.device);
      if (known === null) state.value = { kind: "signed_out" };
      else await open(known.user, known.needs_sign_in);
    },

    async signIn(username, password) {
      const reply = await parts.accounts.createSession({ username, password, device_label: parts.device_label });
      if (reply.kind === "unreachable") return { kind: "unreachable" };
      if (reply.kind === "refused") return { kind: "refused", status: reply.status, problem: reply.problem };
      const { user } = reply.value;
      await writeSignedIn(parts.device, { user, needs_sign_in: false });
      await open(user, false);
      return { kind: "signed_in" };
    },

    async signOut() {
      await close();
      await writeSignedIn(parts.device, null);
      state.value = { kind: "signed_out" };
      // Offline the server keeps the session until it expires; nobody can use it without this phone's cookie.
      await parts.accounts.deleteSession();
    },
  };
}
