import type { Change } from "../../../src/api/wire.ts";
import { describe, expect, it, vi } from "vitest";
import type { VisitRow } from "../../../src/field/local/rows.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { saveVisitDetails, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { outboxState } from "../../../src/field/outbox/state.ts";
import { collectVisitReceipts, fetchChecklist, newPushing, pullChanges, pushRecords, uploadPhoto } from "../../../src/field/outbox/steps.ts";
import { Pauses } from "../../../src/field/outbox/pauses.ts";
import { canonicalJson, sha256Hex } from "../../../src/sync/records.ts";
import { A_CHECKLIST, aSubject, aVault, FakeClocks, FakeServer, prepareByContent, refusal, reply500, SUBJECT_ID } from "../fakes.ts";

const DEVICE = "dddd0000-0000-4000-8000-000000000001";
const never = new AbortController().signal;
const half = (): number => 0.5;
const somePauses = (): Pauses => new Pauses(15_000, 60_000);

async function aFinishedVisit(photos = 2): Promise<{ vault: Vault; server: FakeServer; clocks: FakeClocks; visit_id: string; photo_ids: string[] }> {
  const clocks = new FakeClocks();
  const vault = await aVault({ clocks });
  const visit = await startVisit(vault, SUBJECT_ID);
  await startSubmission(vault, visit.id, A_CHECKLIST);
  const photo_ids: string[] = [];
  for (let nth = 0; nth < photos; nth += 1) {
    clocks.pass(1000);
    const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob([`photo ${nth}`]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    photo_ids.push(photo.id);
  }
  await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
  await finishVisit(vault, visit.id);
  return { vault, server: new FakeServer(), clocks, visit_id: visit.id, photo_ids };
}

async function visitOf(vault: Vault, visit_id: string): Promise<VisitRow> {
  const visit = await vault.db.visits.get(visit_id);
  if (visit === undefined) throw new Error("no such visit");
  return visit;
}

describe("sending records", () => {
  it("stores a checked receipt for each and then has nothing to do", async () => {
    const { vault, server } = await aFinishedVisit(0);

    const first = await pushRecords(vault, server, newPushing(DEVICE));
    const second = await pushRecords(vault, server, newPushing(DEVICE));

    expect([first.kind, second.kind]).toEqual(["progress", "idle"]);
    expect((await vault.db.records.toArray()).map((row) => row.state)).toEqual(["stored", "stored"]);
    expect(await vault.db.receipts.where("id").anyOf((await vault.db.records.toArray()).map((row) => row.id)).count()).toBeGreaterThanOrEqual(2);
  });

  it("takes the visit's receipt from the same answer when nothing else is missing", async () => {
    const { vault, server, visit_id } = await aFinishedVisit(0);

    await pushRecords(vault, server, newPushing(DEVICE));

    expect((await visitOf(vault, visit_id)).receipt).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}$/);
  });

  it("leaves everything waiting when there is no connection", async () => {
    const { vault, server } = await aFinishedVisit(0);
    server.faults.push = () => ({ kind: "unreachable" });

    const step = await pushRecords(vault, server, newPushing(DEVICE));

    expect(step).toEqual({ kind: "failed", problem: null, retry_after_s: null });
    expect((await vault.db.records.toArray()).map((row) => row.state)).toEqual(["waiting", "waiting"]);
  });

  it("sends again after the answer was lost, and the server has each record once", async () => {
    const { vault, server } = await aFinishedVisit(0);
    const lost = Object.create(server, { pushRecords: { value: async (...args: Parameters<FakeServer["pushRecords"]>) => (await server.pushRecords(...args), { kind: "unreachable" }) } }) as FakeServer;

    await pushRecords(vault, lost, newPushing(DEVICE));
    await pushRecords(vault, server, newPushing(DEVICE));

    expect(server.records.size).toBe(2);
    expect((await vault.db.records.toArray()).every((row) => row.state === "stored")).toBe(true);
  });

  it("shows the reason of a refusal and does not send that record again", async () => {
    const { vault, server } = await aFinishedVisit(0);
    const submission = await vault.db.submissions.toCollection().first();
    server.refused.set(submission?.id ?? "", "refused");

    await pushRecords(vault, server, newPushing(DEVICE));
    const again = await pushRecords(vault, server, newPushing(DEVICE));

    expect(again.kind).toBe("idle");
    expect((await outboxState(vault)).refusals).toMatchObject([{ of: "record", id: submission?.id, state: "refused", problem: { title: "这个主体不在您的包联范围内。" } }]);
  });

  it("counts a quarantined record as kept by the server, and still says so", async () => {
    const { vault, server, visit_id } = await aFinishedVisit(0);
    const submission = await vault.db.submissions.toCollection().first();
    server.refused.set(submission?.id ?? "", "quarantined");

    await pushRecords(vault, server, newPushing(DEVICE));

    const state = await outboxState(vault);
    expect((await visitOf(vault, visit_id)).receipt).not.toBeNull();
    expect(state.refusals).toMatchObject([{ state: "quarantined" }]);
  });

  it("does not believe a receipt for other content", async () => {
    const { vault, server } = await aFinishedVisit(0);
    const lying = Object.create(server, {
      pushRecords: {
        value: async (...args: Parameters<FakeServer["pushRecords"]>) => {
          const reply = await server.pushRecords(...args);
          if (reply.kind === "ok") for (const result of reply.value.results) if (result.receipt) result.receipt.code = "0000-0000-0000";
          if (reply.kind === "ok") reply.value.visits = [];
          return reply;
        },
      },
    }) as FakeServer;

    const step = await pushRecords(vault, lying, newPushing(DEVICE));

    expect(step.kind).toBe("failed");
    expect((await vault.db.records.toArray()).every((row) => row.state === "waiting")).toBe(true);
  });

  it("finds the one bad record of a batch that was refused as a whole", async () => {
    const { vault, server, visit_id } = await aFinishedVisit(0);
    server.faults.push = (records: { id: string }[]) => (records.length > 1 || records[0]?.id === visit_id ? refusal(422) : null);
    const pushing = newPushing(DEVICE);

    for (let turn = 0; turn < 4; turn += 1) await pushRecords(vault, server, pushing);

    expect((await vault.db.records.orderBy("order").toArray()).map((row) => row.state)).toEqual(["stored", "refused"]);
  });

  it("lets others pass a record on which the server breaks down", async () => {
    const { vault, server } = await aFinishedVisit(0);
    const first = await vault.db.records.orderBy("order").first();
    server.faults.push = (records: { id: string }[]) => (records.some((record) => record.id === first?.id) ? reply500() : null);
    const pushing = newPushing(DEVICE);

    for (let turn = 0; turn < 4; turn += 1) await pushRecords(vault, server, pushing);

    expect((await vault.db.records.orderBy("order").toArray()).map((row) => row.state)).toEqual(["waiting", "stored"]);
  });
});

describe("sending photos", () => {
  it("goes on from the byte where it was cut", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(1);
    server.faults.upload = (_photo: unknown, hooks: { onAccepted: (bytes: number) => void }) => {
      hooks.onAccepted(3);
      return { kind: "unreachable" };
    };
    await uploadPhoto(vault, server, new Set(), never, half);
    let resumed: string | null = null;
    server.faults.upload = (photo: { url: string | null }) => {
      resumed = photo.url;
      return null;
    };

    await uploadPhoto(vault, server, new Set(), never, half);

    expect(resumed).toBe(`/api/evidence/uploads/${photo_ids[0]}`);
    expect((await vault.db.photos.get(photo_ids[0] ?? ""))?.upload.state).toBe("stored");
  });

  it("begins anew when the bytes were garbled, and keeps its copy", async () => {
    const { vault, server, photo_ids, clocks } = await aFinishedVisit(1);
    server.faults.upload = () => refusal(460, "checksum-mismatch");

    await uploadPhoto(vault, server, new Set(), never, half);
    const waiting = await vault.db.photos.get(photo_ids[0] ?? "");
    delete server.faults.upload;
    clocks.pass(1000);
    await uploadPhoto(vault, server, new Set(), never, half);

    expect(waiting?.upload).toMatchObject({ state: "waiting", url: null, offset_bytes: 0, failed_attempts: 1 });
    expect(server.photos.size).toBe(1);
    expect(await vault.db.photo_bytes.count()).toBe(1);
  });

  it("lets the next photo pass one that the server cannot take now", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(2);
    server.faults.upload = (photo: { id: string }) => (photo.id === photo_ids[0] ? reply500() : null);

    const steps = [await uploadPhoto(vault, server, new Set(), never, half), await uploadPhoto(vault, server, new Set(), never, half), await uploadPhoto(vault, server, new Set(), never, half)];

    expect(steps.map((step) => step.kind)).toEqual(["progress", "progress", "idle"]);
    expect([...server.photos.keys()]).toEqual([photo_ids[1]]);
    expect((await vault.db.photos.get(photo_ids[0] ?? ""))?.upload.next_try_ms).toBeGreaterThan(vault.clocks.now());
  });

  it("honours Retry-After for a photo, and stays away up to as long again", async () => {
    const { vault, server, photo_ids, clocks } = await aFinishedVisit(1);
    server.faults.upload = () => ({ ...refusal(429, "too-many-requests"), retry_after_s: 120 });

    await uploadPhoto(vault, server, new Set(), never, half);

    expect((await vault.db.photos.get(photo_ids[0] ?? ""))?.upload.next_try_ms).toBe(clocks.now() + 120_000 + 60_000);
  });

  it("does not wait a day for a photo because the clock was set back by one", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(1);
    await vault.db.photos.toCollection().modify((photo) => {
      photo.upload.next_try_ms = vault.clocks.now() + 86_400_000;
    });

    await uploadPhoto(vault, server, new Set(), never, half);

    expect([...server.photos.keys()]).toEqual(photo_ids);
  });

  it("stops at a final refusal, says why, and deletes nothing", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(1);
    server.faults.upload = () => refusal(413, "too-large");

    await uploadPhoto(vault, server, new Set(), never, half);
    const again = await uploadPhoto(vault, server, new Set(), never, half);

    expect(again.kind).toBe("idle");
    expect((await outboxState(vault)).refusals).toMatchObject([{ of: "photo", id: photo_ids[0], problem: { type: "/problems/too-large" } }]);
    expect(await vault.db.photo_bytes.count()).toBe(1);
  });

  it("does not say that a photo has arrived without the right receipt", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(1);
    server.faults.upload = () => ({ kind: "ok", value: { receipt: null } }) as never;

    await uploadPhoto(vault, server, new Set(), never, half);

    expect((await vault.db.photos.get(photo_ids[0] ?? ""))?.upload).toMatchObject({ state: "waiting", url: null, receipt: null });
  });

  it("says so when the browser lost the bytes that it had confirmed", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(1);
    await vault.db.photo_bytes.clear();

    await uploadPhoto(vault, server, new Set(), never, half);

    expect((await outboxState(vault)).refusals).toMatchObject([{ of: "photo", id: photo_ids[0], problem: { type: "/problems/photo-bytes-lost" } }]);
  });

  it("never takes the same photo in two lanes", async () => {
    const { vault, server, photo_ids } = await aFinishedVisit(2);
    const claim = new Set<string>();

    await Promise.all([uploadPhoto(vault, server, claim, never, half), uploadPhoto(vault, server, claim, never, half)]);

    expect(server.calls.filter((call) => call === "upload")).toHaveLength(2);
    expect([...server.photos.keys()].sort()).toEqual([...photo_ids].sort());
  });
});

describe("the visit's receipt", () => {
  it("comes only when records and photos are all there", async () => {
    const { vault, server, visit_id } = await aFinishedVisit(1);
    await pushRecords(vault, server, newPushing(DEVICE));
    const early = await collectVisitReceipts(vault, server, somePauses());
    const state = (await outboxState(vault)).visits[0];
    expect(early.kind).toBe("idle");
    expect(state?.delivery).toEqual({ state: "uploading", done: 3, total: 4 });

    await uploadPhoto(vault, server, new Set(), never, half);
    expect((await outboxState(vault)).visits[0]?.delivery).toEqual({ state: "uploading", done: 4, total: 4 });
    await collectVisitReceipts(vault, server, somePauses());

    expect((await visitOf(vault, visit_id)).receipt).not.toBeNull();
    expect((await outboxState(vault)).visits[0]?.delivery).toEqual({ state: "on_server" });
    expect((await outboxState(vault)).overall).toEqual({ state: "on_server" });
  });

  it("sends a photo again that the server gave a receipt for and no longer has", async () => {
    const { vault, server, photo_ids, visit_id } = await aFinishedVisit(1);
    await pushRecords(vault, server, newPushing(DEVICE));
    await uploadPhoto(vault, server, new Set(), never, half);
    server.photos.clear();

    await collectVisitReceipts(vault, server, somePauses());

    expect((await vault.db.photos.get(photo_ids[0] ?? ""))?.upload.state).toBe("waiting");
    expect((await visitOf(vault, visit_id)).receipt).toBeNull();
  });

  it("is asked for again after a while and not at once", async () => {
    const { vault, server } = await aFinishedVisit(1);
    await pushRecords(vault, server, newPushing(DEVICE));
    await uploadPhoto(vault, server, new Set(), never, half);
    server.faults.visit = () => refusal(404, "not-found");
    const pauses = somePauses();

    const steps = [await collectVisitReceipts(vault, server, pauses), await collectVisitReceipts(vault, server, pauses)];

    expect(steps.map((step) => step.kind)).toEqual(["progress", "idle"]);
  });
});

describe("a photo that the server refuses for good after its visit was sealed", () => {
  // Known gap: a visit announces its photos once; withdrawing one needs a record that says so, on both sides.
  it.fails("does not keep the visit from its receipt", async () => {
    const { vault, server, visit_id } = await aFinishedVisit(1);
    server.faults.upload = () => refusal(422, "not-a-photo");
    await pushRecords(vault, server, newPushing(DEVICE));
    await uploadPhoto(vault, server, new Set(), never, half);

    await collectVisitReceipts(vault, server, somePauses());

    expect((await visitOf(vault, visit_id)).receipt).not.toBeNull();
  });
});

describe("fetching", () => {
  it("takes a page and its cursor together, and remembers the server's clock", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const added = aSubject({ id: "5b1e0000-0000-4000-8000-000000000002", name: "周村镇常坡村" });
    server.pages = [
      {
        cursor: "c1",
        more: true,
        server_time: "2026-11-23T09:15:12+08:00",
        changes: [
          { kind: "subject", id: added.id, deleted: false, body: added },
          { kind: "subject", id: SUBJECT_ID, deleted: true, body: null },
          { kind: "settings", id: "x", deleted: false, body: {} } as never,
        ],
      },
    ];

    const step = await pullChanges(vault, server);

    expect(step).toEqual({ kind: "progress", more: true });
    expect((await vault.db.subjects.toArray()).map((subject) => subject.name)).toEqual(["周村镇常坡村"]);
    expect((await vault.db.meta.get("cursor"))?.value).toBe("c1");
    expect((await vault.db.meta.get("server_clock"))?.value).toMatchObject({ offset_ms: 10_000 });
  });

  it("says that the register is still arriving until the last page of it is here", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const page = { server_time: "2026-11-23T09:15:12+08:00", changes: [] };
    server.pages = [{ ...page, cursor: "c1", more: true }, { ...page, cursor: "c2", more: false }];

    const said = [(await outboxState(vault)).register_arriving];
    for (let turn = 0; turn < 2; turn += 1) {
      await pullChanges(vault, server);
      said.push((await outboxState(vault)).register_arriving);
    }

    expect(said).toEqual([true, true, false]);
  });

  it("keeps whose a subject is now that was mine, until it is mine again", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const page = { server_time: "2026-11-23T09:15:12+08:00", more: false };
    const left = { id: SUBJECT_ID, name: "巴公镇东板桥煤矿", pairings: [{ layer: "town", org_name: "周村镇", officer_name: "张强" }] };
    server.pages = [
      { ...page, cursor: "c1", changes: [{ kind: "subject", id: SUBJECT_ID, deleted: true, body: null }, { kind: "left_subject", id: SUBJECT_ID, deleted: false, body: left }] },
      { ...page, cursor: "c2", changes: [{ kind: "subject", id: SUBJECT_ID, deleted: false, body: aSubject() }] },
    ];

    await pullChanges(vault, server);
    const meanwhile = await vault.db.left.toArray();
    await pullChanges(vault, server);

    expect(meanwhile).toMatchObject([left]);
    expect(await vault.db.subjects.count()).toBe(1);
    expect(await vault.db.left.count()).toBe(0);
  });

  it("begins anew when the server no longer knows the cursor", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    await pullChanges(vault, server);
    await vault.db.meta.put({ key: "cursor", value: "from before the backup" });
    server.faults.changes = () => refusal(422);

    const step = await pullChanges(vault, server);

    expect(step.kind).toBe("progress");
    expect((await vault.db.meta.get("cursor"))?.value).toBeNull();
  });

  it("fetches a checklist whose document is missing and keeps it only with the right hash", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const document = { id: "coal_mine", points: 0.5 };
    const hash = await sha256Hex(canonicalJson(document));
    const summary = { id: "coal_mine", version: "2026.1", title: { zh: "煤矿", en: "Coal mine" }, sector: "coal_mine", status: "published" as const, applies_to: { subject_kinds: ["enterprise"] }, item_count: 1, document: null };
    await vault.db.checklists.bulkPut([{ ...summary, hash }, { ...summary, hash: "f".repeat(64) }]);
    server.checklists.set(hash, document);
    server.checklists.set("f".repeat(64), document);
    const pauses = somePauses();

    for (let turn = 0; turn < 3; turn += 1) await fetchChecklist(vault, server, pauses);

    expect((await vault.db.checklists.get(hash))?.document).toEqual(document);
    expect((await vault.db.checklists.get("f".repeat(64)))?.document).toBeNull();
    expect(server.calls.filter((call) => call === "checklist")).toHaveLength(2);
  });

  it("keeps nothing of a change that does not fit its kind, and all of the others", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const sound = aSubject({ id: "5b1e0000-0000-4000-8000-000000000002", name: "周村镇常坡村" });
    const changes: Change[] = [
      { kind: "subject", id: SUBJECT_ID, deleted: false, body: { id: SUBJECT_ID, name: 5 } } as never,
      { kind: "visit", id: SUBJECT_ID, deleted: false, body: "<html>" } as never,
      { kind: "subject", id: sound.id, deleted: false, body: sound },
    ];
    server.pages = [{ cursor: "c1", more: false, server_time: "2026-11-23T09:15:12+08:00", changes }];
    const told = vi.spyOn(console, "warn").mockReturnValue();

    await pullChanges(vault, server);

    expect((await vault.db.subjects.toArray()).map((subject) => subject.name)).toEqual(["巴公镇东板桥煤矿", "周村镇常坡村"]);
    expect(told).toHaveBeenCalledTimes(2);
    expect((await outboxState(vault)).left_out).toBe(2);
  });

  it("pulls everything anew for a build that reads another contract", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    await pullChanges(vault, server);
    await vault.db.meta.bulkPut([{ key: "cursor", value: "c7" }, { key: "left_out", value: 3 }]);
    const asked = vi.spyOn(server, "changes");

    await pullChanges(vault, server);
    await vault.db.meta.put({ key: "contract", value: "of the build before" });
    await pullChanges(vault, server);

    expect(asked.mock.calls).toEqual([["c7"], [null]]);
    expect((await outboxState(vault)).left_out).toBe(0);
  });

  it("keeps no server time that cannot be computed with", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    server.pages = [{ cursor: "c1", more: false, server_time: "soon", changes: [] }];

    await pullChanges(vault, server);

    expect((await vault.db.meta.get("server_clock"))?.value ?? null).toBeNull();
  });
});
