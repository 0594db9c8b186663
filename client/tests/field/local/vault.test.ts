import Dexie from "dexie";
import { describe, expect, it } from "vitest";
import { LADDER } from "../../../src/field/local/ladder.ts";
import type { Rung } from "../../../src/field/local/ladder.ts";
import { closeVault, inVault, openVault, StorageFull, vaultName } from "../../../src/field/local/vault.ts";
import { saveAnswer, startSubmission, startVisit, findSubmission } from "../../../src/field/local/visits.ts";
import { A_CHECKLIST, aVault, SUBJECT_ID } from "../fakes.ts";

function lost(name: string, message = "Connection to Indexed Database server lost. Refresh the page to try again"): Error {
  return Object.assign(new Error(message), { name });
}

describe("a vault", () => {
  it("is another one for another person on the same phone", async () => {
    const first = await openVault("11111111-0000-4000-8000-000000000001");
    await first.db.meta.put({ key: "x", value: "unsent work" });
    closeVault(first);

    const second = await openVault("22222222-0000-4000-8000-000000000002");
    const again = await openVault("11111111-0000-4000-8000-000000000001");

    expect(await second.db.meta.get("x")).toBeUndefined();
    expect((await again.db.meta.get("x"))?.value).toBe("unsent work");
  });

  it.each(["DatabaseClosedError", "InvalidStateError", "UnknownError"])("opens again and repeats the work after %s", async (name) => {
    const vault = await aVault();
    let runs = 0;

    const count = await inVault(vault, () => {
      runs += 1;
      if (runs === 1) throw lost(name);
      return vault.db.subjects.count();
    });

    expect([runs, count]).toEqual([2, 1]);
  });

  it("saves an answer although the connection was closed under it", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
    vault.db.backendDB().close();

    await saveAnswer(vault, submission.id, "a", { result: "pass" });

    expect((await findSubmission(vault, submission.id))?.answers).toEqual({ a: { result: "pass" } });
  });

  it("says plainly that the disk is full", async () => {
    const vault = await aVault();
    const full = Object.assign(new Error("aborted"), { name: "AbortError", inner: lost("QuotaExceededError") });

    await expect(inVault(vault, () => Promise.reject(full))).rejects.toThrow(StorageFull);
  });

  it("gives other errors to the caller at once", async () => {
    const vault = await aVault();
    let runs = 0;

    await expect(inVault(vault, () => Promise.reject(new TypeError(`bug ${(runs += 1)}`)))).rejects.toThrow("bug 1");
  });

  it("stays closed after its person signed out, whatever work comes late", async () => {
    const vault = await aVault();
    closeVault(vault);

    await expect(inVault(vault, () => vault.db.subjects.count())).rejects.toThrow();
    expect(vault.db.isOpen()).toBe(false);
  });
});

describe("the ladder", () => {
  it("has rungs that only go up, each with a reason", () => {
    const versions = LADDER.map((rung) => rung.version);

    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
    expect(LADDER.every((rung) => rung.reason.length > 5)).toBe(true);
  });

  it.each(LADDER.map((rung, index) => [rung.version, index] as const))("keeps every row of a phone that comes from version %i", async (_version, index) => {
    const user_id = `30000000-0000-4000-8000-00000000000${index}`;
    const old = await openVault(user_id, { ladder: LADDER.slice(0, index + 1) });
    await old.db.table("meta").put({ key: "server_clock", value: "c1" });
    await old.db.table("subjects").put({ id: SUBJECT_ID, name: "巴公镇东板桥煤矿", town_code: "140525104", kind: "enterprise" });
    await old.db.table("photo_bytes").put({ photo_id: "p", bytes: Uint8Array.from([1, 2, 3]).buffer, thumbnail: null });
    closeVault(old);

    const now = await openVault(user_id);

    expect((await now.db.meta.get("server_clock"))?.value).toBe("c1");
    expect((await now.db.subjects.get(SUBJECT_ID))?.name).toBe("巴公镇东板桥煤矿");
    await now.db.pictures.put({ photo_id: "p", hazard_id: "h", size: "thumbnail", bytes: new ArrayBuffer(1) });
    expect([...new Uint8Array((await now.db.photo_bytes.get("p"))?.bytes ?? new ArrayBuffer(0))]).toEqual([1, 2, 3]);
  });

  it("climbs step by step, running each upgrade once", async () => {
    const next: Rung = {
      version: LADDER.length + 1,
      reason: "A step that a test makes up.",
      stores: { subjects: "id, town_code, kind, initials" },
      upgrade: async (transaction) => {
        await transaction.table("subjects").toCollection().modify((subject: { initials: string }) => {
          subject.initials = "moved";
        });
      },
    };
    const user_id = "30000000-0000-4000-8000-0000000000ff";
    const old = await openVault(user_id);
    await old.db.table("subjects").put({ id: SUBJECT_ID, name: "x" });
    closeVault(old);

    const now = await openVault(user_id, { ladder: [...LADDER, next] });

    expect((await now.db.subjects.where({ initials: "moved" }).first())?.name).toBe("x");
    expect((await Dexie.getDatabaseNames()).includes(vaultName(user_id))).toBe(true);
  });
});
