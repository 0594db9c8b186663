/**
 * A gateway, a proxy or a captive portal answers in the server's place, at each address and in each way they do. Whatever it
 * says, nothing of it is kept, nothing is refused or called signed out, and once it is gone everything arrives without a tap.
 */
import { describe, expect, it, vi } from "vitest";
import { createFieldSession } from "../../../src/field/session/session.ts";
import type { Room } from "../../../src/field/session/session.ts";
import { askFor } from "../../../src/api/http.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { closeVault, systemClocks } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { saveVisitDetails, startVisit } from "../../../src/field/local/visits.ts";
import { startOutbox } from "../../../src/field/outbox/engine.ts";
import { httpNetwork } from "../../../src/field/outbox/http-network.ts";
import { outboxState } from "../../../src/field/outbox/state.ts";
import { canonicalJson, sha256Hex } from "../../../src/sync/records.ts";
import { aKnownHazard, aSubject, aVault, FakeServer, HAZARD_ID, prepareByContent, SUBJECT_ID } from "../fakes.ts";
import { carrierOf } from "../http-server.ts";
import type { Answer, Impostor } from "../http-server.ts";

const HTML = "<!doctype html><title>登录网络</title><p>请先登录</p>";
const page = (status: number): Answer => ({ status, type: "text/html; charset=utf-8", body: HTML });

const CELLS: Record<string, Answer> = {
  "a page with 200": page(200),
  "JSON of its own with 200": { status: 200, type: "application/json", body: '{"code":401}' },
  "an empty answer with 200": { status: 200, type: "text/html", body: "" },
  "204": { status: 204 },
  "a redirect": "redirect",
  ...Object.fromEntries([400, 401, 403, 404, 405, 407, 413, 451, 502].map((status) => [`a page with ${status}`, page(status)])),
  "an answer that is cut": "cut",
};

/** Addresses, as the start of method and path. */
const ENDPOINTS: Record<string, RegExp> = {
  "the push of records": /^POST \/api\/sync\/records/,
  "the pull of changes": /^GET \/api\/sync\/changes/,
  "a checklist": /^GET \/api\/forms\/checklists/,
  "a picture": /^GET \/api\/evidence\/photos/,
  "a new upload": /^POST \/api\/evidence\/uploads/,
  "the offset of an upload": /^HEAD \/api\/evidence\/uploads/,
  "a piece of an upload": /^PATCH \/api\/evidence\/uploads/,
  "a visit's receipt": /^GET \/api\/visits\/[0-9a-f-]+$/,
  "the copy of a draft": /^PUT \/api\/visits\/drafts/,
  "everything": /./,
};

const OTHER_SUBJECT = "5b1e0000-0000-4000-8000-000000000002";
const PULLED_SUBJECT = "5b1e0000-0000-4000-8000-000000000003";
const PICTURE_ID = "22220000-0000-4000-8000-000000000001";
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]).buffer;
const DOCUMENT = { id: "coal_mine", sections: [] };

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 50_000, interval: 20 });

/** A phone with work of every kind: a finished visit with a new photo and a half sent one, a draft, and things to fetch. */
async function aBusyPhone(): Promise<{ vault: Vault; server: FakeServer; visit_id: string; draft_id: string; photo_ids: string[]; hash: string }> {
  const vault = await aVault({ clocks: systemClocks() });
  const server = new FakeServer();
  const visit = await startVisit(vault, SUBJECT_ID);
  const photo_ids: string[] = [];
  for (const content of ["new photo", "half sent photo"]) {
    const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob([content]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    photo_ids.push(photo.id);
  }
  const [, half_sent = ""] = photo_ids;
  server.announced.set(half_sent, "half sent photo".length);
  await vault.db.photos.where({ id: half_sent }).modify((photo) => void (photo.upload.url = `/api/evidence/uploads/${half_sent}`));
  await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
  await finishVisit(vault, visit.id);
  await vault.db.subjects.put(aSubject({ id: OTHER_SUBJECT }));
  const draft = await startVisit(vault, OTHER_SUBJECT);
  const hash = await sha256Hex(canonicalJson(DOCUMENT));
  const summary = { id: "coal_mine", version: "2026.1", title: { zh: "煤矿", en: "Coal mine" }, sector: "coal_mine", status: "published" as const, applies_to: { subject_kinds: ["enterprise"] }, item_count: 1 };
  await vault.db.checklists.put({ ...summary, hash, document: null });
  await vault.db.hazards.put(aKnownHazard({ state: "draft", photos: [{ id: PICTURE_ID, role: "before" }] }));
  server.checklists.set(hash, DOCUMENT);
  server.pictures.set(`${PICTURE_ID}/thumbnail`, JPEG);
  const body = aSubject({ id: PULLED_SUBJECT, name: "周村镇常坡村" });
  server.pages = [{ cursor: "c1", more: false, server_time: "2026-11-23T09:15:12+08:00", changes: [{ kind: "subject", id: body.id, deleted: false, body }] }];
  return { vault, server, visit_id: visit.id, draft_id: draft.id, photo_ids, hash };
}

async function kept(vault: Vault): Promise<string> {
  const tables = [vault.db.subjects, vault.db.hazards, vault.db.checklists, vault.db.reviews, vault.db.receipts, vault.db.meta, vault.db.records, vault.db.photos];
  const rows = await Promise.all(tables.map((table) => table.toArray()));
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? "not a number" : value));
}

describe.concurrent.each(Object.keys(ENDPOINTS))("an impostor at %s", (endpoint) => {
  it.each(Object.keys(CELLS))("that answers with %s is not believed, and stops nothing for good", async (cell) => {
    const { vault, server, visit_id, draft_id, photo_ids, hash } = await aBusyPhone();
    const impostor: Impostor = { met: 0, answers: (method, path) => (ENDPOINTS[endpoint]?.test(`${method} ${path.split("?")[0]}`) ? (CELLS[cell] as Answer) : null) };
    const carrier = carrierOf(server, impostor);
    const onSignInNeeded = vi.fn();
    const outbox = startOutbox(vault, {
      network: (signal) => httpNetwork(vault.user_id, signal, carrier), device_id: "d", isCurrentUser: () => Promise.resolve(true), onSignInNeeded, random: () => 0,
    });
    await eventually(async () => expect(impostor.met).toBeGreaterThan(0));
    await eventually(async () => expect(["waiting", "idle", "sending"]).toContain((await outboxState(vault)).sending.state));

    const state = await outboxState(vault);
    expect(state.refusals).toEqual([]);
    expect(onSignInNeeded).not.toHaveBeenCalled();
    expect(state.sending.state === "waiting" ? state.sending.reason : "unreachable").toBe("unreachable");
    expect(state.visits.filter((visit) => visit.delivery.state === "on_server" && !server.records.has(visit.visit_id))).toEqual([]);
    const rows = await kept(vault);
    expect(rows).not.toMatch(/登录网络|not a number|"code":401/);
    expect((await vault.db.pictures.toArray()).every((picture) => new Uint8Array(picture.bytes)[0] === 0xff)).toBe(true);

    impostor.answers = () => null;
    await eventually(async () => {
      expect((await vault.db.visits.get(visit_id))?.receipt).toMatch(/-/);
      expect([...server.photos.keys()].sort()).toEqual([...photo_ids].sort());
      expect(await vault.db.subjects.get(PULLED_SUBJECT)).toBeDefined();
      expect((await vault.db.checklists.get(hash))?.document).toEqual(DOCUMENT);
      expect(await vault.db.pictures.count()).toBe(1);
      expect(server.drafts.has(draft_id)).toBe(true);
      expect((await outboxState(vault)).sending).toEqual({ state: "idle" });
    });
    expect((await outboxState(vault)).refusals).toEqual([]);
    expect(onSignInNeeded).not.toHaveBeenCalled();
    await outbox.stop();
    closeVault(vault);
  });
});

describe.each(["signing in", "the registry of standards"])("an impostor at %s", (what) => {
  it.each(Object.keys(CELLS))("that answers with %s is no connection", async (cell) => {
    const impostor: Impostor = { met: 0, answers: () => CELLS[cell] as Answer };
    const { fetch: fetch_ } = carrierOf(new FakeServer(), impostor);
    if (what !== "signing in") {
      expect(await askFor("/api/forms/standards", "Standards", {}, fetch_)).toEqual({ kind: "unreachable" });
      return;
    }
    const written = vi.fn();
    const room = { readSignedIn: () => Promise.resolve(null), writeSignedIn: written, watchSignedIn: () => undefined } as unknown as Room;
    const session = createFieldSession({
      loadRoom: () => Promise.resolve(room),
      accounts: {
        createSession: (body) => askFor("/api/accounts/session", "Session", { method: "POST", body }, fetch_),
        deleteSession: () => Promise.resolve({ kind: "unreachable" }),
      },
      hint: { read: () => false, write: () => undefined },
      whenIdle: () => undefined,
      device_label: "test",
    });

    expect(await session.signIn("wangfang", "x")).toEqual({ kind: "unreachable" });

    expect(written).not.toHaveBeenCalled();
  });
});

it("tells a closed account from a lost connection, and keeps everything", async () => {
  const { vault, server } = await aBusyPhone();
  const problem = { type: "/problems/account-closed", title: "这个账号已停用", status: 403, detail: "这个账号已停用。" };
  const answer: Answer = { status: 403, type: "application/problem+json", body: JSON.stringify(problem) };
  const onSignInNeeded = vi.fn();
  const carrier = carrierOf(server, { met: 0, answers: (method) => (method === "HEAD" ? null : answer) });
  const outbox = startOutbox(vault, {
    network: (signal) => httpNetwork(vault.user_id, signal, carrier), device_id: "d", isCurrentUser: () => Promise.resolve(true), onSignInNeeded, random: () => 0,
  });

  await eventually(async () => expect((await outboxState(vault)).sending).toEqual({ state: "needs_sign_in", reason: "account_closed" }));

  expect(onSignInNeeded).toHaveBeenCalledWith("account_closed");
  expect((await outboxState(vault)).refusals).toEqual([]);
  expect(await vault.db.records.where({ state: "waiting" }).count()).toBe(await vault.db.records.count());
  expect((await vault.db.hazards.get(HAZARD_ID))?.description).toBe("灭火器过期");
  await outbox.stop();
  closeVault(vault);
});
