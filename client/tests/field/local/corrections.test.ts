/** A checklist in quarantine, corrected by its author on the phone. */
import { describe, expect, it } from "vitest";
import { beginCorrection, correctionOf, sealCorrection } from "../../../src/field/local/corrections.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { forgetOldBytes } from "../../../src/field/local/housekeeping.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { addRepeat, removeRepeat, saveAnswer, saveVisitDetails, startSubmission, startVisit, VisitNotOpen } from "../../../src/field/local/visits.ts";
import { newPushing, pushRecords } from "../../../src/field/outbox/steps.ts";
import { A_CHECKLIST, aVault, FakeClocks, FakeServer, SUBJECT_ID } from "../fakes.ts";

async function quarantined(): Promise<{ vault: Vault; server: FakeServer; clocks: FakeClocks; visit_id: string; record_id: string }> {
  const clocks = new FakeClocks();
  const vault = await aVault({ clocks });
  const server = new FakeServer();
  const { id: visit_id } = await startVisit(vault, SUBJECT_ID);
  const { id: record_id } = await startSubmission(vault, visit_id, A_CHECKLIST);
  await saveAnswer(vault, record_id, "gas", { value: "1,2" });
  await saveAnswer(vault, record_id, "exit", { result: "pass" });
  await saveVisitDetails(vault, visit_id, { signature: { kind: "absent", reason: "外出" } });
  await finishVisit(vault, visit_id);
  server.refused.set(record_id, "quarantined");
  await pushRecords(vault, server, newPushing("d"));
  return { vault, server, clocks, visit_id, record_id };
}

describe("a correction", () => {
  it("is a record of its own that revises the sealed one, which stays as it was", async () => {
    const { vault, server, clocks, visit_id, record_id } = await quarantined();
    const sealed = await vault.db.records.get(record_id);
    const visit = await vault.db.visits.get(visit_id);
    clocks.pass(3_600_000);

    const { id } = await beginCorrection(vault, record_id);
    await saveAnswer(vault, id, "gas", { value: "1.2" });
    await sealCorrection(vault, id);
    await pushRecords(vault, server, newPushing("d"));

    const sent = server.records.get(id);
    expect(sent).toMatchObject({ kind: "submission", visit_id, subject_id: SUBJECT_ID, made_at: "2026-11-23T10:15:02.000+08:00" });
    expect(sent?.body).toMatchObject({ revises: record_id, finished_at: "2026-11-23T09:15:02.000+08:00", answers: { gas: { value: "1.2" }, exit: { result: "pass" } } });
    expect(await vault.db.records.get(record_id)).toEqual(sealed);
    expect(await vault.db.visits.get(visit_id)).toEqual(visit);
  });

  it("is gone on with where it was left, until it is sealed", async () => {
    const { vault, record_id } = await quarantined();
    expect(await correctionOf(vault, record_id)).toBeNull();
    const first = await beginCorrection(vault, record_id);
    await saveAnswer(vault, first.id, "gas", { value: "1.2" });

    const again = await beginCorrection(vault, record_id);

    expect([again.id, again.answers["gas"]]).toEqual([first.id, { value: "1.2" }]);
    expect(await correctionOf(vault, record_id)).toBe("begun");
    await sealCorrection(vault, first.id);
    expect(await correctionOf(vault, record_id)).toBe("sealed");
    await expect(saveAnswer(vault, first.id, "gas", { value: "2" })).rejects.toThrow(VisitNotOpen);
  });

  it("may add and remove instances, which the sealed visit may not", async () => {
    const { vault, record_id } = await quarantined();
    const { id } = await beginCorrection(vault, record_id);

    const { repeats } = await addRepeat(vault, id, "boilers", "1号");
    await removeRepeat(vault, id, "boilers", repeats["boilers"]?.[0]?.id ?? "");

    expect((await vault.db.submissions.get(id))?.repeats).toEqual({});
    await expect(addRepeat(vault, record_id, "boilers", "1号")).rejects.toThrow(VisitNotOpen);
  });

  it("keeps its visit on the phone while it is on its way", async () => {
    const { vault, clocks, visit_id, record_id } = await quarantined();
    await vault.db.visits.update(visit_id, { receipt: "7F3C-21A9", received_at: "2026-11-23T10:00:00+08:00" });
    await sealCorrection(vault, (await beginCorrection(vault, record_id)).id);
    clocks.pass(100 * 86_400_000);

    await forgetOldBytes(vault);

    expect(await vault.db.records.where({ state: "waiting" }).count()).toBe(1);
    expect(await vault.db.visits.count()).toBe(1);
  });
});
