import type { QuarantineLine } from "../../../src/api/wire.ts";
import { describe, expect, it } from "vitest";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { saveVisitDetails, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import { applyChanges } from "../../../src/field/outbox/changes.ts";
import { outboxState } from "../../../src/field/outbox/state.ts";
import { newPushing, pushRecords } from "../../../src/field/outbox/steps.ts";
import phone from "../../../src/i18n/zh/words-screens.json";
import { faultLines } from "../../../src/field/screens/outbox/refusals.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { A_CHECKLIST, aVault, FakeServer, SUBJECT_ID } from "../fakes.ts";
import { wordsOf } from "../../i18n/words.ts";

/** A submitted visit of which the server keeps the checklist in quarantine. */
async function quarantined(): Promise<{ vault: Vault; record_id: string }> {
  const vault = await aVault();
  const server = new FakeServer();
  const visit = await startVisit(vault, SUBJECT_ID);
  const { id } = await startSubmission(vault, visit.id, A_CHECKLIST);
  await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
  await finishVisit(vault, visit.id);
  server.refused.set(id, "quarantined");
  await pushRecords(vault, server, newPushing("d"));
  return { vault, record_id: id };
}

const A_LINE: Omit<QuarantineLine, "id" | "state" | "resolution"> = {
  kind: "submission", visit_id: null, subject_id: null, subject_name: null, town_code: null, author: { id: "u", name: "王芳" }, mine: true,
  made_at: "2026-11-23T10:00:00+08:00", received_at: "2026-11-23T10:00:00+08:00", checklist: null, fault_count: 1, may_resolve: false,
  receipt: { code: "c", kind: "record", id: "r", sha256: "s", received_at: "2026-11-23T10:00:00+08:00" },
};

function resolved(vault: Vault, id: string, state: QuarantineLine["state"], reason = ""): Promise<unknown> {
  const body = { ...A_LINE, id, state, resolution: { outcome: state === "open" ? "accepted" : state, by: { id: "u", name: "陈主任" }, at: "2026-11-24T10:00:00+08:00", reason, record_id: null } };
  return applyChanges(vault, { cursor: "c", more: false, server_time: "2026-11-24T10:00:00+08:00", changes: [{ kind: "quarantine", id, deleted: false, body }] }, "2026-11-24T10:00:00+08:00");
}

const notices = async (vault: Vault): Promise<[string, string | undefined][]> => (await outboxState(vault)).refusals.map(({ state, resolution }) => [state, resolution?.reason]);

describe("a quarantined record", () => {
  it("is shown until the office has decided, and is not sent again", async () => {
    const { vault, record_id } = await quarantined();

    expect(await notices(vault)).toEqual([["quarantined", undefined]]);
    expect((await vault.db.records.get(record_id))?.receipt).toMatch(/-/);
    await resolved(vault, record_id, "open");
    expect(await notices(vault)).toEqual([["quarantined", undefined]]);
  });

  it.each(["accepted", "corrected"] as const)("needs no words any more once it is %s", async (state) => {
    const { vault, record_id } = await quarantined();

    await resolved(vault, record_id, state);

    expect(await notices(vault)).toEqual([]);
    expect((await vault.db.records.get(record_id))?.state).toBe("stored");
  });

  it("says why the office set it aside, until the person has read it", async () => {
    const { vault, record_id } = await quarantined();

    await resolved(vault, record_id, "set_aside", "同一次检查已另报");

    expect(await notices(vault)).toEqual([["quarantined", "同一次检查已另报"]]);
    expect((await outboxState(vault)).refusals[0]?.resolution?.by).toBe("陈主任");
  });

  it("changes nothing about records that the server took", async () => {
    const { vault, record_id } = await quarantined();
    await vault.db.records.update(record_id, { state: "refused" });

    await resolved(vault, record_id, "accepted");

    expect((await vault.db.records.get(record_id))?.state).toBe("refused");
  });
});

describe("words for people", () => {
  const t = wordsOf(phone);
  const problem = (errors: object[]): never => ({ type: "/problems/answers-invalid", title: "", status: 422, errors }) as never;
  const checklist = {
    sections: [{ id: "all", title: { zh: "全部", en: "All" }, weight: 1, items: [{ id: "gas", type: "judgement", points: 1, statement: { zh: "甲烷低于 1.0%", en: "Methane below 1.0%" } }] }],
    scoring: { rounding: "one_decimal", bands: [], not_applicable_limit_percent: 50 },
  };

  it("name the item of a fault, or its path where the item is unknown", () => {
    const lines = faultLines(problem([{ pointer: "#/body/answers/gas/value", code: "unknown-item" }, { pointer: "#/body/repeats/boilers/0/answers/drum", code: "unknown-item" }]), checklist, "zh", t);

    expect(lines.map((line) => line.item)).toEqual(["甲烷低于 1.0%", "boilers[0].drum"]);
    expect(lines[0]?.words).toMatch(/[一-龥]/);
    expect(faultLines(problem([{ pointer: "#/body/answers/gas", code: "unknown-item" }]), checklist, "en", t)[0]?.item).toBe("Methane below 1.0%");
  });

});
