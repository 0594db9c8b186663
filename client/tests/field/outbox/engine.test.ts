import { describe, expect, it, vi } from "vitest";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { saveVisitDetails, startVisit } from "../../../src/field/local/visits.ts";
import { closeVault, systemClocks, writeMeta } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { startOutbox } from "../../../src/field/outbox/engine.ts";
import type { Outbox, OutboxParts } from "../../../src/field/outbox/engine.ts";
import { outboxState } from "../../../src/field/outbox/state.ts";
import { aVault, FakeServer, prepareByContent, refusal, reply500, SUBJECT_ID } from "../fakes.ts";

async function aVaultWithVisit(photos: number): Promise<{ vault: Vault; visit_id: string }> {
  const vault = await aVault({ clocks: systemClocks() });
  const visit = await startVisit(vault, SUBJECT_ID);
  for (let nth = 0; nth < photos; nth += 1) {
    await addPhoto(vault, visit.id, { role: "item" }, new Blob([`photo ${nth}`]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
  }
  await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
  return { vault, visit_id: visit.id };
}

function anOutbox(vault: Vault, server: FakeServer, changes: Partial<OutboxParts> = {}): Outbox {
  return startOutbox(vault, { network: () => server, device_id: "d", isCurrentUser: () => Promise.resolve(true), onSignInNeeded: () => undefined, random: () => 0, ...changes });
}

async function end(outbox: Outbox, vault: Vault): Promise<void> {
  await outbox.stop();
  closeVault(vault);
}

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });

describe("the outbox", () => {
  it("brings a visit to the server by itself, with photos ahead of the form", async () => {
    const { vault, visit_id } = await aVaultWithVisit(3);
    const server = new FakeServer();
    const outbox = anOutbox(vault, server);
    await eventually(async () => expect(server.photos.size).toBe(3));
    expect(server.records.size).toBe(0);

    await finishVisit(vault, visit_id);

    await eventually(async () => expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/));
    expect((await outboxState(vault)).sending).toEqual({ state: "idle" });
    await end(outbox, vault);
  });

  it("waits after a lost connection, says until when, and goes on with 'send now'", async () => {
    const { vault, visit_id } = await aVaultWithVisit(1);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    server.faults.push = server.faults.upload = () => ({ kind: "unreachable" });
    const outbox = anOutbox(vault, server);
    await eventually(async () => expect((await outboxState(vault)).sending).toMatchObject({ state: "waiting", reason: "unreachable" }));

    server.faults = {};
    outbox.sendNow();

    await eventually(async () => expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/));
    await end(outbox, vault);
  });

  it("hears 'send now' of another tab after the phone's clock was set back", async () => {
    const { vault, visit_id } = await aVaultWithVisit(0);
    await finishVisit(vault, visit_id);
    await writeMeta(vault, "send_now", Date.now() + 86_400_000);
    const server = new FakeServer();
    server.faults.push = () => ({ ...refusal(503, "unavailable"), retry_after_s: 600 });
    const outbox = anOutbox(vault, server);
    await eventually(async () => expect((await outboxState(vault)).sending).toMatchObject({ state: "waiting" }));

    server.faults = {};
    await writeMeta(vault, "send_now", Date.now());

    await eventually(async () => expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/));
    await end(outbox, vault);
  });

  it("asks for a new sign-in, keeps everything, and sends after it", async () => {
    const { vault, visit_id } = await aVaultWithVisit(1);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    server.faults.push = server.faults.upload = () => refusal(401, "not-signed-in");
    const onSignInNeeded = vi.fn();
    const outbox = anOutbox(vault, server, { onSignInNeeded });
    await eventually(async () => expect((await outboxState(vault)).sending).toEqual({ state: "needs_sign_in", reason: "expired" }));
    expect(onSignInNeeded).toHaveBeenCalledWith("expired");
    expect(await vault.db.photo_bytes.count()).toBe(1);

    server.faults = {};
    outbox.sendNow();

    await eventually(async () => expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/));
    await end(outbox, vault);
  });

  it("sends nothing under another person's session", async () => {
    const { vault, visit_id } = await aVaultWithVisit(1);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    server.faults.push = server.faults.upload = () => refusal(401, "signed-in-as-other");
    const outbox = anOutbox(vault, server);

    await eventually(async () => expect((await outboxState(vault)).sending).toEqual({ state: "needs_sign_in", reason: "signed_in_as_other" }));

    expect(server.records.size + server.photos.size).toBe(0);
    await end(outbox, vault);
  });

  it("sends nothing once another person has signed in on this phone", async () => {
    const { vault, visit_id } = await aVaultWithVisit(1);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    const isCurrentUser = vi.fn(() => Promise.resolve(false));
    const outbox = anOutbox(vault, server, { isCurrentUser });

    await vi.waitFor(() => expect(isCurrentUser).toHaveBeenCalled());

    expect(server.calls).toEqual([]);
    await end(outbox, vault);
  });

  it("does not miss 'send now' while it is still asking who is signed in", async () => {
    const { vault, visit_id } = await aVaultWithVisit(0);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    const asked: ((isCurrent: boolean) => void)[] = [];
    const isCurrentUser = vi.fn(() => (asked.length < 3 ? new Promise<boolean>((resolve) => asked.push(resolve)) : Promise.resolve(true)));
    const outbox = anOutbox(vault, server, { isCurrentUser });
    await vi.waitFor(() => expect(asked).toHaveLength(3));

    outbox.sendNow();
    // The vault's own news of it comes a little later, and is missed as well.
    await eventually(async () => expect(await vault.db.meta.get("send_now")).toBeDefined());
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const answer of asked) answer(false);

    await eventually(async () => expect(server.records.has(visit_id)).toBe(true));
    await end(outbox, vault);
  });

  it("counts three lanes that lose the same connection as one failure", async () => {
    const { vault } = await aVaultWithVisit(3);
    const server = new FakeServer();
    let waiting = 0;
    let cut = (): void => undefined;
    const lost = new Promise<{ kind: "unreachable" }>((resolve) => (cut = () => resolve({ kind: "unreachable" })));
    server.faults.upload = () => {
      waiting += 1;
      return lost;
    };
    const outbox = anOutbox(vault, server);
    await vi.waitFor(() => expect(waiting).toBe(2));

    cut();

    await eventually(async () => expect((await vault.db.meta.get("sending"))?.value).toMatchObject({ failed_attempts: 1, reason: "unreachable" }));
    await end(outbox, vault);
  });

  it("shows what a killed page was sending as on the phone until it is sent again", async () => {
    const { vault } = await aVaultWithVisit(1);
    await vault.db.photos.toCollection().modify((photo) => {
      photo.upload.state = "sending";
    });
    const server = new FakeServer();
    server.faults.push = server.faults.upload = () => ({ kind: "unreachable" });

    const outbox = anOutbox(vault, server);

    await eventually(async () => expect((await outboxState(vault)).visits[0]?.photos[0]?.delivery).toEqual({ state: "on_phone" }));
    await end(outbox, vault);
  });

  it("takes up an upload that a killed page left behind", async () => {
    const { vault } = await aVaultWithVisit(1);
    await vault.db.photos.toCollection().modify((photo) => {
      photo.upload = { ...photo.upload, state: "sending", url: "/api/evidence/uploads/u1", offset_bytes: 3 };
    });
    const server = new FakeServer();
    let resumed: string | null = null;
    server.faults.upload = (photo: { url: string | null }) => {
      resumed = photo.url;
      return null;
    };

    const outbox = anOutbox(vault, server);

    await eventually(async () => expect(server.photos.size).toBe(1));
    expect(resumed).toBe("/api/evidence/uploads/u1");
    await end(outbox, vault);
  });

  it("sends from one of two tabs only", async () => {
    const { vault, visit_id } = await aVaultWithVisit(2);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    const locks = oneLock();

    const outboxes = [anOutbox(vault, server, { locks }), anOutbox(vault, server, { locks })];

    await eventually(async () => expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/));
    expect(server.calls.filter((call) => call === "upload")).toHaveLength(2);
    await Promise.all(outboxes.map((outbox) => outbox.stop()));
    closeVault(vault);
  });

  it("sends photos while the server stumbles over a record", async () => {
    const { vault, visit_id } = await aVaultWithVisit(2);
    await finishVisit(vault, visit_id);
    const server = new FakeServer();
    server.faults.push = () => reply500();
    const outbox = anOutbox(vault, server);

    await eventually(async () => expect(server.photos.size).toBe(2));

    expect((await outboxState(vault)).sending).toMatchObject({ state: "waiting", reason: "busy" });
    await end(outbox, vault);
  });

  it.each([
    ["somebody else works on this phone now", () => Promise.resolve(false), {}],
    ["the server cannot say what changed", () => Promise.resolve(true), { changes: () => reply500() }],
    ["the server fails on every record", () => Promise.resolve(true), { push: () => reply500() }],
  ])("does not spin while %s", async (_name, isCurrent, faults) => {
    const { vault, visit_id } = await aVaultWithVisit(1);
    await finishVisit(vault, visit_id);
    const server = Object.assign(new FakeServer(), { faults });
    const isCurrentUser = vi.fn(isCurrent);
    const outbox = anOutbox(vault, server, { isCurrentUser });

    await eventually(async () => expect(isCurrentUser.mock.calls.length + server.calls.length).toBeGreaterThan(0));
    // A lane that spins takes a turn of its own each time; how long the turns take does not matter.
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));

    expect(server.calls.length).toBeLessThan(15);
    expect(isCurrentUser.mock.calls.length).toBeLessThan(60);
    await end(outbox, vault);
  });

  it("sends records while the server cannot say what changed", async () => {
    const { vault, visit_id } = await aVaultWithVisit(0);
    const server = new FakeServer();
    server.faults.changes = () => reply500();
    const outbox = anOutbox(vault, server);
    await eventually(async () => expect(server.calls).toContain("changes"));

    await finishVisit(vault, visit_id);

    await eventually(async () => expect(server.records.has(visit_id)).toBe(true));
    await end(outbox, vault);
  });

  it("tries a refused photo once more when the person asks for it", async () => {
    const { vault } = await aVaultWithVisit(1);
    const server = new FakeServer();
    server.faults.upload = () => refusal(422, "not-a-photo");
    const outbox = anOutbox(vault, server);
    await eventually(async () => expect((await outboxState(vault)).refusals).toHaveLength(1));
    const [refused] = (await outboxState(vault)).refusals;

    delete server.faults.upload;
    await outbox.retryRefused(refused?.id ?? "");

    await eventually(async () => expect(server.photos.size).toBe(1));
    await end(outbox, vault);
  });
});

/** Web Locks in a few lines: one holder, the others queue until they give up. */
function oneLock(): NonNullable<OutboxParts["locks"]> {
  let held: Promise<unknown> = Promise.resolve();
  const request = (_name: string, options: { signal?: AbortSignal }, work: () => Promise<unknown>): Promise<unknown> => {
    const before = held;
    const gaveUp = new Promise<never>((_resolve, reject) => options.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
    const mine = Promise.race([before, gaveUp]).then(work);
    held = mine.catch(() => undefined);
    return mine;
  };
  return { request } as unknown as NonNullable<OutboxParts["locks"]>;
}
