import { describe, expect, it } from "vitest";
import { isForked } from "../../../src/field/local/forks.ts";
import { continueDraft } from "../../../src/field/local/mirror.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { discardVisit, saveAnswer, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { applyChanges } from "../../../src/field/outbox/changes.ts";
import { mirrorDrafts } from "../../../src/field/outbox/drafts.ts";
import type { Mirroring } from "../../../src/field/outbox/drafts.ts";
import { Pauses } from "../../../src/field/outbox/pauses.ts";
import { fetchPicture } from "../../../src/field/outbox/pictures.ts";
import { uploadPhoto } from "../../../src/field/outbox/steps.ts";
import type { Change } from "../../../src/api/wire.ts";
import { A_CHECKLIST, aVault, FakeClocks, FakeServer, prepareByContent, refusal, reply500, SUBJECT_ID } from "../fakes.ts";

interface Phone {
  vault: Vault;
  clocks: FakeClocks;
  visit_id: string;
  submission_id: string;
  mirroring: Mirroring;
}

async function aPhone(device_id = "phone-1"): Promise<Phone> {
  const clocks = new FakeClocks();
  const vault = await aVault({ clocks });
  const visit = await startVisit(vault, SUBJECT_ID);
  const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
  await vault.db.meta.put({ key: "device_id", value: device_id });
  return { vault, clocks, visit_id: visit.id, submission_id: submission.id, mirroring: { device_id, photos_wait: false, not_before: new Map() } };
}

/** A second phone of the same person that goes on with what the first has mirrored. */
async function another(first: Phone, server: FakeServer): Promise<Phone> {
  const clocks = new FakeClocks();
  const vault = await aVault({ clocks });
  const draft = server.drafts.get(first.visit_id);
  if (draft === undefined) throw new Error("nothing was mirrored");
  await continueDraft(vault, structuredClone(draft));
  return { vault, clocks, visit_id: first.visit_id, submission_id: first.submission_id, mirroring: { device_id: "phone-2", photos_wait: false, not_before: new Map() } };
}

const run = ({ vault, mirroring }: Phone, server: FakeServer): ReturnType<typeof mirrorDrafts> => mirrorDrafts(vault, server, mirroring);
const pulled = (vault: Vault, ...changes: Change[]): Promise<unknown> => applyChanges(vault, { cursor: "c", more: false, server_time: "2026-11-23T09:15:12+08:00", changes }, "2026-11-23T09:15:12+08:00");

describe("mirroring a visit in progress", () => {
  it("sends what was filled in once, and again only after a change and a pause", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    await saveAnswer(phone.vault, phone.submission_id, "fan", { result: "pass" });

    await run(phone, server);
    expect(server.drafts.get(phone.visit_id)?.content.submissions[0]?.answers).toEqual({ fan: { result: "pass" } });
    phone.clocks.pass(60_000);
    expect(await run(phone, server)).toEqual({ kind: "idle" });
    await saveAnswer(phone.vault, phone.submission_id, "pump", { result: "pass" });
    await run(phone, server);
    await saveAnswer(phone.vault, phone.submission_id, "belt", { result: "pass" });
    expect(await run(phone, server)).toEqual({ kind: "idle" });
    phone.clocks.pass(15_000);
    await run(phone, server);

    expect(server.drafts.get(phone.visit_id)?.revision).toBe(3);
    expect((await phone.vault.db.mirrors.get(phone.visit_id))?.based_on).toBe(3);
  });

  it("takes a twentieth of a slow network at most, and less while photos wait", async () => {
    const slow = await aPhone();
    const server = new FakeServer();
    server.faults.saveDraft = () => (slow.clocks.pass(4_000), null);
    await run(slow, server);
    await saveAnswer(slow.vault, slow.submission_id, "fan", { result: "pass" });
    slow.clocks.pass(79_000);
    expect(await run(slow, server)).toEqual({ kind: "idle" });
    slow.clocks.pass(2_000);
    expect(await run(slow, server)).toEqual({ kind: "progress" });

    const loaded = await aPhone();
    loaded.mirroring.photos_wait = true;
    await run(loaded, new FakeServer());
    expect(loaded.mirroring.not_before.get(loaded.visit_id)).toBe(60_000);
  });

  it("leaves the visit as it is when the server refuses the copy, and asks again after ten minutes", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    server.faults.saveDraft = () => refusal(404);

    expect(await run(phone, server)).toEqual({ kind: "progress" });
    expect(await run(phone, server)).toEqual({ kind: "idle" });
    phone.clocks.pass(600_000);
    expect(await run(phone, server)).toEqual({ kind: "progress" });
    expect((await phone.vault.db.visits.get(phone.visit_id))?.state).toBe("open");
  });

  it("reports a server in trouble, so that the outbox waits", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    server.faults.saveDraft = () => reply500();

    expect(await run(phone, server)).toMatchObject({ kind: "failed", problem: { status: 500 } });
  });

  it("takes the copy away with a visit that was thrown away, also later", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    await run(phone, server);
    await discardVisit(phone.vault, phone.visit_id);
    server.faults.discardDraft = () => ({ kind: "unreachable" });
    await run(phone, server);
    expect(server.drafts.size).toBe(1);

    server.faults = {};
    await run(phone, server);

    expect(server.drafts.size).toBe(0);
    expect(await phone.vault.db.mirrors.count()).toBe(0);
  });
});

describe("two devices with one visit", () => {
  it("do not overwrite each other: the first one is told and has both copies", async () => {
    const first = await aPhone();
    const server = new FakeServer();
    await run(first, server);
    const second = await another(first, server);
    await saveAnswer(second.vault, first.submission_id, "fan", { result: "fail" });
    await run(second, server);
    await saveAnswer(first.vault, first.submission_id, "fan", { result: "pass" });
    first.clocks.pass(60_000);

    await run(first, server);

    const mirror = await first.vault.db.mirrors.get(first.visit_id);
    expect(mirror && isForked(mirror)).toBe(true);
    expect(mirror?.other?.content.submissions[0]?.answers).toEqual({ fan: { result: "fail" } });
    expect((await first.vault.db.submissions.get(first.submission_id))?.answers).toEqual({ fan: { result: "pass" } });
    expect(server.drafts.get(first.visit_id)?.device_id).toBe("phone-2");
    first.clocks.pass(60_000);
    expect(await run(first, server)).toEqual({ kind: "idle" });
  });

  it("hear of each other through the feed, and fetch the other copy at once", async () => {
    const first = await aPhone();
    const server = new FakeServer();
    await run(first, server);
    const second = await another(first, server);
    await run(second, server);
    const { content: _content, photos: _photos, ...summary } = server.drafts.get(first.visit_id) ?? (undefined as never);

    await pulled(first.vault, { kind: "visit_draft", id: first.visit_id, deleted: false, body: summary });
    first.clocks.pass(60_000);
    await run(first, server);

    expect((await first.vault.db.mirrors.get(first.visit_id))?.other?.device_id).toBe("phone-2");
  });

  it("do not take their own copy for another one's", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    await run(phone, server);
    const { content: _content, photos: _photos, ...summary } = server.drafts.get(phone.visit_id) ?? (undefined as never);

    await pulled(phone.vault, { kind: "visit_draft", id: phone.visit_id, deleted: false, body: { ...summary, revision: 9 } });

    const mirror = await phone.vault.db.mirrors.get(phone.visit_id);
    expect(mirror && isForked(mirror)).toBe(false);
  });

  it("learn that the visit was submitted", async () => {
    const byFeed = await aPhone();
    await run(byFeed, new FakeServer());
    await pulled(byFeed.vault, { kind: "visit", id: byFeed.visit_id, deleted: false, body: { id: byFeed.visit_id, subject_id: SUBJECT_ID, started_at: "2026-11-23T09:15:02+08:00", finished_at: "2026-11-23T10:15:02+08:00", complete: false, missing: { records: [], photos: [], different_photos: [] }, receipt: null } });
    expect((await byFeed.vault.db.mirrors.get(byFeed.visit_id))?.finished_elsewhere).toBe(true);

    const bySaving = await aPhone();
    const server = new FakeServer();
    server.faults.saveDraft = () => refusal(410);
    await run(bySaving, server);
    expect((await bySaving.vault.db.mirrors.get(bySaving.visit_id))?.finished_elsewhere).toBe(true);
  });

  it("begin anew on a server that lost the copy", async () => {
    const phone = await aPhone();
    const server = new FakeServer();
    await run(phone, server);
    server.drafts.clear();
    server.faults.saveDraft = () => (server.drafts.size === 0 && server.calls.filter((call) => call === "saveDraft").length === 2 ? refusal(412) : null);
    await saveAnswer(phone.vault, phone.submission_id, "fan", { result: "pass" });
    phone.clocks.pass(60_000);

    await run(phone, server);
    await run(phone, server);

    expect(server.drafts.get(phone.visit_id)?.content.submissions[0]?.answers).toEqual({ fan: { result: "pass" } });
  });
});

describe("photos of a continued visit", () => {
  async function aPhotoOn(phone: Phone, content: string): Promise<string> {
    const nowhere = { kind: "not_located", reason: "timeout" } as const;
    return (await addPhoto(phone.vault, phone.visit_id, { role: "item" }, new Blob([content]), "camera", nowhere, prepareByContent)).id;
  }

  it("that arrive later from the first phone are attached after all", async () => {
    const first = await aPhone();
    const server = new FakeServer();
    const photo_id = await aPhotoOn(first, "late");
    await run(first, server);
    const second = await another(first, server);
    expect((await second.vault.db.photos.get(photo_id))?.upload.state).toBe("elsewhere");

    await uploadPhoto(first.vault, server, new Set(), new AbortController().signal, () => 0);
    await run(second, server);

    expect((await second.vault.db.photos.get(photo_id))?.upload).toMatchObject({ state: "stored", receipt: (await first.vault.db.photos.get(photo_id))?.upload.receipt });
  });

  it("get their small picture from the server", async () => {
    const first = await aPhone();
    const server = new FakeServer();
    const photo_id = await aPhotoOn(first, "sent");
    await uploadPhoto(first.vault, server, new Set(), new AbortController().signal, () => 0);
    await run(first, server);
    const second = await another(first, server);
    server.pictures.set(`${photo_id}/thumbnail`, Uint8Array.from([9]).buffer);

    await fetchPicture(second.vault, server, new Pauses(1, 1));

    const kept = await second.vault.db.photo_bytes.get(photo_id);
    expect([kept?.bytes.byteLength, [...new Uint8Array(kept?.thumbnail ?? new ArrayBuffer(0))]]).toEqual([0, [9]]);
  });
});
