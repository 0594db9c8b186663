import { describe, expect, it, vi } from "vitest";
import type { Reply } from "../../../src/api/http.ts";
import type { SessionReply } from "../../../src/api/wire.ts";
import type { SignedIn } from "../../../src/field/local/device.ts";
import { closeVault, openVault } from "../../../src/field/local/vault.ts";
import { createFieldSession } from "../../../src/field/session/session.ts";
import type { Room, Session } from "../../../src/field/session/session.ts";
import { aUser, refusal } from "../fakes.ts";

const WANG = "a0000000-0000-4000-8000-000000000001";
const LI = "a0000000-0000-4000-8000-000000000002";

interface Phone {
  session: Session;
  room: Room;
  signed_in: () => SignedIn | null;
  expire: () => void;
  answer: (reply: Reply<SessionReply>) => void;
  otherTab: () => void;
}

function aPhone(known: SignedIn | null = null): Phone {
  let signed_in = known;
  let expire = (): void => undefined;
  let otherTab = (): void => undefined;
  let reply: Reply<SessionReply> = { kind: "unreachable" };
  let hint = known !== null;
  const room: Room = {
    readSignedIn: () => Promise.resolve(signed_in),
    writeSignedIn: (next) => Promise.resolve(void (signed_in = next)),
    markNeedsSignIn: (_user_id, reason) => Promise.resolve(void (signed_in = signed_in && { ...signed_in, needs_sign_in: reason })),
    openVault: (user_id) => openVault(user_id),
    closeVault: vi.fn(closeVault),
    startOutbox: (_vault, { onSignInNeeded }) => {
      expire = () => onSignInNeeded("expired");
      return { sendNow: vi.fn(), pullNow: vi.fn(), retryRefused: () => Promise.resolve(), stop: vi.fn(() => Promise.resolve()) };
    },
    watchSignedIn: (changed) => (otherTab = changed),
  };
  const session = createFieldSession({
    loadRoom: () => Promise.resolve(room),
    accounts: { createSession: () => Promise.resolve(reply), deleteSession: () => Promise.resolve({ kind: "unreachable" }) },
    hint: { read: () => hint, write: (next) => (hint = next) },
    whenIdle: () => undefined,
    device_label: "test",
  });
  return { session, room, signed_in: () => signed_in, expire: () => expire(), answer: (next) => (reply = next), otherTab: () => otherTab() };
}

function accepted(user_id: string): Reply<SessionReply> {
  return { kind: "ok", value: { user: aUser(user_id), expires_at: "2026-12-23T00:00:00+08:00", server_time: "2026-11-23T09:15:02+08:00", actions: [], rules: { holidays: {} } } };
}

function userOf(session: Session): string | null {
  return session.state.value.kind === "open" ? session.state.value.user.id : null;
}

describe("the session", () => {
  it("opens the last person's vault without a network", async () => {
    const { session } = aPhone({ user: aUser(WANG), needs_sign_in: null });

    await session.restore();

    expect(userOf(session)).toBe(WANG);
  });

  it("shows the sign-in screen without waiting for the store when nobody was signed in", async () => {
    const { session } = aPhone();

    await session.restore();

    expect(session.state.value.kind).toBe("signed_out");
  });

  it("says that there is no network instead of that the password is wrong", async () => {
    const { session, answer } = aPhone();

    expect(await session.signIn("wangfang", "x")).toEqual({ kind: "unreachable" });
    answer(refusal(401, "sign-in-failed"));
    expect(await session.signIn("wangfang", "x")).toMatchObject({ kind: "refused", problem: { type: "/problems/sign-in-failed" } });
  });

  it("keeps the vault open when the server's session expires, and sends after the next sign-in", async () => {
    const { session, expire, answer, signed_in } = aPhone({ user: aUser(WANG), needs_sign_in: null });
    await session.restore();
    const before = session.state.value;

    expire();
    await vi.waitFor(() => expect(session.state.value).toMatchObject({ kind: "open", needs_sign_in: "expired" }));
    answer(accepted(WANG));
    await session.signIn("wangfang", "x");

    const after = session.state.value;
    if (before.kind !== "open" || after.kind !== "open") throw new Error("not open");
    expect(after.vault).toBe(before.vault);
    expect(after.needs_sign_in).toBeNull();
    expect(after.outbox.sendNow).toHaveBeenCalled();
    expect(signed_in()?.needs_sign_in).toBeNull();
  });

  it("closes one person's vault before opening another's, and deletes nothing", async () => {
    const { session, answer, room } = aPhone({ user: aUser(WANG), needs_sign_in: null });
    await session.restore();
    const wang = session.state.value;
    if (wang.kind !== "open") throw new Error("not open");
    await wang.vault.db.meta.put({ key: "draft", value: "unsent" });
    answer(accepted(LI));

    await session.signIn("li", "x");
    const lisView = session.state.value.kind === "open" ? await session.state.value.vault.db.meta.get("draft") : "not open";
    answer(accepted(WANG));
    await session.signIn("wangfang", "x");

    expect(room.closeVault).toHaveBeenCalledTimes(2);
    expect(lisView).toBeUndefined();
    const again = session.state.value;
    expect(again.kind === "open" && (await again.vault.db.meta.get("draft"))?.value).toBe("unsent");
  });

  it("signs out without a network and keeps the vault for the next time", async () => {
    const { session, signed_in, answer } = aPhone({ user: aUser(WANG), needs_sign_in: null });
    await session.restore();
    if (session.state.value.kind === "open") await session.state.value.vault.db.meta.put({ key: "kept", value: 1 });

    const before = session.state.value;
    await session.signOut();

    expect(before.kind === "open" && before.outbox.stop).toHaveBeenCalledOnce();
    expect(session.state.value.kind).toBe("signed_out");
    expect(signed_in()).toBeNull();
    answer(accepted(WANG));
    await session.signIn("wangfang", "x");
    expect(session.state.value.kind === "open" && (await session.state.value.vault.db.meta.get("kept"))?.value).toBe(1);
  });

  it("follows another tab that signed somebody else in", async () => {
    const { session, room, otherTab } = aPhone({ user: aUser(WANG), needs_sign_in: null });
    await session.restore();

    await room.writeSignedIn({ user: aUser(LI), needs_sign_in: null });
    otherTab();

    await vi.waitFor(() => expect(userOf(session)).toBe(LI));
  });

  it("says so when the browser gives no store", async () => {
    const session = createFieldSession({
      loadRoom: () => Promise.reject(new Error("MissingAPIError")),
      accounts: { createSession: () => Promise.resolve(accepted(WANG)), deleteSession: () => Promise.resolve({ kind: "unreachable" }) },
      hint: { read: () => true, write: () => undefined },
      whenIdle: () => undefined,
      device_label: "test",
    });

    await session.restore();

    expect(session.state.value).toEqual({ kind: "no_store", reason: "MissingAPIError" });
  });
});
