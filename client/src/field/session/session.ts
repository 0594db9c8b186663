/**
 * Who works on this phone, and with which vault. Signing out closes a vault and never deletes from it; another person gets
 * another vault. An expired session leaves everything open: only sending waits for the next sign-in.
 *
 * The store and the sending (the "room") are a separate download, so that the sign-in screen does not wait for them.
 */
import { shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";
import { userOf } from "../../api/accounts.ts";
import type { Reply } from "../../api/http.ts";
import type { Problem, SessionReply, User, Uuid } from "../../api/wire.ts";
import type { SignedIn, SignInReason } from "../local/device.ts";
import type { Vault } from "../local/vault.ts";
import type { Outbox } from "../outbox/engine.ts";

export type SessionState =
  | { kind: "starting" }
  | { kind: "signed_out" }
  /** A part of the app itself could not be fetched; it must be opened anew. */
  | { kind: "not_loaded" }
  /** The browser gives no database (private mode, insecure address): nothing can be kept, so nothing may be entered. */
  | { kind: "no_store"; reason: string }
  | { kind: "open"; user: User; vault: Vault; outbox: Outbox; needs_sign_in: SignInReason | null };

export type SignInOutcome = { kind: "signed_in" } | { kind: "unreachable" } | { kind: "refused"; problem: Problem };

export interface Session {
  state: ShallowRef<SessionState>;
  /** Opens the vault of whoever is signed in on this phone, without a network; also after another tab changed that. */
  restore(): Promise<void>;
  /** `device_label`: what the person calls this phone; a lost one can then be shut out by name. */
  signIn(username: string, password: string, device_label?: string): Promise<SignInOutcome>;
  signOut(): Promise<void>;
  /** What the server says of the person now: roles and actions may have changed since the sign-in. */
  noteUser(user: User): Promise<void>;
}

export const SESSION: InjectionKey<Session> = Symbol("session");

export interface Room {
  readSignedIn(): Promise<SignedIn | null>;
  writeSignedIn(signed_in: SignedIn | null): Promise<void>;
  markNeedsSignIn(user_id: Uuid, reason: SignInReason): Promise<void>;
  openVault(user_id: Uuid): Promise<Vault>;
  closeVault(vault: Vault): void;
  startOutbox(vault: Vault, hooks: { onSignInNeeded: (reason: SignInReason) => void }): Outbox;
  /** Calls back when another tab signed somebody in or out. */
  watchSignedIn(changed: () => void): void;
}

/** The store and the sending could not be fetched. */
export class RoomNotLoaded extends Error {
  override name = "RoomNotLoaded";
}

export interface SessionParts {
  /** Raises RoomNotLoaded; anything else that it raises is the store's. */
  loadRoom(): Promise<Room>;
  accounts: {
    createSession(credentials: { username: string; password: string; device_label?: string }): Promise<Reply<SessionReply>>;
    deleteSession(): Promise<Reply<null>>;
  };
  /** Whether somebody probably is signed in; only a guess that decides which screen waits for the room. */
  hint: { read(): boolean; write(signed_in: boolean): void };
  whenIdle(work: () => void): void;
  device_label: string;
}

export function createFieldSession(parts: SessionParts): Session {
  const state = shallowRef<SessionState>({ kind: "starting" });
  let room: Promise<Room> | null = null;
  let turn: Promise<void> = Promise.resolve();

  function enterRoom(): Promise<Room> {
    room ??= parts.loadRoom().then((loaded) => {
      loaded.watchSignedIn(() => void restoreFrom(loaded).catch(() => undefined));
      return loaded;
    });
    // A failed download (or database) may succeed at the next attempt.
    room.catch(() => (room = null));
    return room;
  }

  /** Opening and closing take time, and another tab may sign somebody out meanwhile: one change after the other. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const done = turn.then(change);
    turn = done.catch(() => undefined);
    return done;
  }

  async function restoreFrom(from: Room): Promise<void> {
    const known = await from.readSignedIn();
    parts.hint.write(known !== null);
    await inTurn(async () => {
      if (known !== null) return open(from, known.user, known.needs_sign_in);
      await close(from);
      state.value = { kind: "signed_out" };
    });
  }

  async function open(from: Room, user: User, needs_sign_in: SignInReason | null): Promise<void> {
    const before = state.value;
    if (before.kind === "open" && before.user.id === user.id) {
      if (before.needs_sign_in === needs_sign_in) return;
      state.value = { ...before, user, needs_sign_in };
      if (needs_sign_in === null) before.outbox.sendNow();
      return;
    }
    await close(from);
    const vault = await from.openVault(user.id);
    const outbox = from.startOutbox(vault, { onSignInNeeded: (reason) => void askForSignIn(from, user.id, reason) });
    state.value = { kind: "open", user, vault, outbox, needs_sign_in };
  }

  async function close(from: Room): Promise<void> {
    const before = state.value;
    if (before.kind !== "open") return;
    await before.outbox.stop();
    from.closeVault(before.vault);
  }

  async function askForSignIn(from: Room, user_id: Uuid, reason: SignInReason): Promise<void> {
    await from.markNeedsSignIn(user_id, reason);
    const now = state.value;
    if (now.kind === "open" && now.user.id === user_id) state.value = { ...now, needs_sign_in: reason };
  }

  function noteFailure(error: unknown): void {
    if (error instanceof RoomNotLoaded) state.value = { kind: "not_loaded" };
    else state.value = { kind: "no_store", reason: error instanceof Error ? error.message : String(error) };
  }

  return {
    state,

    async restore() {
      const enter = (): Promise<void> => enterRoom().then(restoreFrom).catch(noteFailure);
      if (parts.hint.read()) return enter();
      if (state.value.kind === "starting") state.value = { kind: "signed_out" };
      // The hint may be wrong, and the room will be wanted; but first the sign-in screen.
      parts.whenIdle(() => void enter());
    },

    async signIn(username, password, device_label = parts.device_label) {
      // The room is fetched while the server checks the password.
      const [reply, from] = await Promise.all([
        parts.accounts.createSession({ username, password, device_label }),
        enterRoom().catch(() => null),
      ]);
      if (reply.kind === "unreachable") return { kind: "unreachable" };
      if (reply.kind === "refused") return { kind: "refused", problem: reply.problem };
      if (from === null) return { kind: "unreachable" };
      const user = userOf(reply.value);
      await from.writeSignedIn({ user, needs_sign_in: null });
      parts.hint.write(true);
      await inTurn(() => open(from, user, null));
      return { kind: "signed_in" };
    },

    async noteUser(user) {
      const from = await enterRoom();
      await inTurn(async () => {
        const before = state.value;
        if (before.kind !== "open" || before.user.id !== user.id || JSON.stringify(before.user) === JSON.stringify(user)) return;
        await from.writeSignedIn({ user, needs_sign_in: before.needs_sign_in });
        state.value = { ...before, user };
      });
    },

    async signOut() {
      const from = await enterRoom();
      await inTurn(async () => {
        await close(from);
        await from.writeSignedIn(null);
        parts.hint.write(false);
        state.value = { kind: "signed_out" };
      });
      // Offline the server keeps the session until it expires; nobody can use it without this phone's cookie.
      await parts.accounts.deleteSession();
    },
  };
}
