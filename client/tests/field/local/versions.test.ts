import type { ChecklistSummary } from "../../../src/api/wire.ts";
import { describe, expect, it } from "vitest";
import type { ChecklistRow } from "../../../src/field/local/rows.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { saveHazard } from "../../../src/field/local/hazards.ts";
import { acceptCarryOver, newerVersion, offerCarryOver } from "../../../src/field/local/versions.ts";
import { saveAnswer, saveVisitDetails, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import { applyChanges } from "../../../src/field/outbox/changes.ts";
import { Pauses } from "../../../src/field/outbox/pauses.ts";
import { fetchChecklist } from "../../../src/field/outbox/steps.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { contentHash } from "../../../src/forms/content-hash.ts";
import { aHazard, aVault, FakeServer, HAZARD_ID, SUBJECT_ID } from "../fakes.ts";

const words = (zh: string): { zh: string; en: string } => ({ zh, en: zh });
const judgement = (id: string, statement = id): object => ({ id, type: "judgement", points: 5, statement: words(statement) });

function document(version: string, items: object[]): object {
  return { id: "small", version, title: words("小检查表"), sector: null, applies_to: { subject_kinds: ["enterprise"] }, sections: [{ id: "all", title: words("全部"), weight: 1, items }], scoring: { rounding: "one_decimal", bands: [], not_applicable_limit_percent: 50 } };
}

const OLD = document("2026.9", [judgement("exit"), judgement("lamp", "应急灯完好"), { id: "door", type: "choice", points: 5, statement: words("防火门"), choice: { options: [{ value: "w", label: words("木门"), result: "fail" }] } }]);
const NEW = document("2026.10", [judgement("exit", "安全出口畅通"), judgement("alarm")]);

async function put(vault: Vault, content: object, status: ChecklistRow["status"]): Promise<ChecklistRow> {
  const { id, version } = content as { id: string; version: string };
  const row: ChecklistRow = { id, version, hash: await contentHash(content), title: words("小检查表"), sector: null, status, applies_to: { subject_kinds: ["enterprise"] }, item_count: 2, document: content };
  await vault.db.checklists.put(row);
  return row;
}

/** A visit on the old version with two answers and a hazard that the new version has no place for. */
async function begunOnOld(): Promise<{ vault: Vault; visit_id: string; submission_id: string; newer: ChecklistRow }> {
  const vault = await aVault();
  const old = await put(vault, OLD, "retired");
  const visit = await startVisit(vault, SUBJECT_ID);
  const { id } = await startSubmission(vault, visit.id, old);
  await saveAnswer(vault, id, "exit", { result: "pass" });
  await saveAnswer(vault, id, "lamp", { result: "fail", remark: "三盏不亮" });
  await saveHazard(vault, visit.id, aHazard({ id: HAZARD_ID, submission_id: id, item_path: "lamp" }));
  await saveAnswer(vault, id, "door", { value: "w" } as never);
  return { vault, visit_id: visit.id, submission_id: id, newer: await put(vault, NEW, "published") };
}

describe("a newer version of a checklist", () => {
  it("is offered only when it is newer, published and here", async () => {
    const { vault, newer, submission_id } = await begunOnOld();
    const { checklist } = (await vault.db.submissions.get(submission_id)) ?? (undefined as never);

    expect((await newerVersion(vault, checklist))?.version).toBe("2026.10");
    await vault.db.checklists.update(newer.hash, { document: null });
    expect(await newerVersion(vault, checklist)).toBeNull();
    await vault.db.checklists.update(newer.hash, { document: NEW, status: "retired" });
    expect(await newerVersion(vault, checklist)).toBeNull();
    expect(await newerVersion(vault, { ...checklist, version: "2026.11" })).toBeNull();
  });

  it("changes nothing by being looked at, and says what has no place, in the old words", async () => {
    const { vault, submission_id } = await begunOnOld();
    const before = await vault.db.submissions.get(submission_id);

    const offer = await offerCarryOver(vault, submission_id);

    expect(offer?.outcome.kept).toEqual([{ path: "exit", lookAgain: true }]);
    expect(offer?.lost).toEqual([
      { path: "door", code: "unknown-item", statement: words("防火门"), chosen: [words("木门")], answer: { value: "w" } },
      { path: "lamp", code: "unknown-item", statement: words("应急灯完好"), chosen: [], answer: { result: "fail", remark: "三盏不亮", hazards: [HAZARD_ID] } },
    ]);
    expect(await vault.db.submissions.get(submission_id)).toEqual(before);
  });

  it("takes the rest along and sends the others with the visit", async () => {
    const { vault, visit_id, submission_id, newer } = await begunOnOld();
    const offer = await offerCarryOver(vault, submission_id);
    if (offer === null) throw new Error("nothing was offered");

    const row = await acceptCarryOver(vault, offer);

    expect([row?.checklist.hash, row?.answers]).toEqual([newer.hash, { exit: { result: "pass" } }]);
    expect(row?.earlier.map((part) => [part.checklist.version, part.answers.map((answer) => answer.path)])).toEqual([["2026.9", ["door", "lamp"]]]);
    expect(await vault.db.hazard_drafts.get(HAZARD_ID)).toMatchObject({ item_path: null, submission_id: null, description: "回风巷甲烷超限" });
    await saveVisitDetails(vault, visit_id, { signature: { kind: "absent", reason: "外出" } });
    await finishVisit(vault, visit_id);
    const body = (await vault.db.records.get(submission_id))?.envelope.body as { earlier: { answers: { answer: unknown }[] }[] };
    expect(body.earlier[0]?.answers[1]?.answer).toEqual({ result: "fail", remark: "三盏不亮", hazards: [HAZARD_ID] });
  });

  it("is looked at again when something was answered since", async () => {
    const { vault, submission_id } = await begunOnOld();
    const offer = await offerCarryOver(vault, submission_id);
    if (offer === null) throw new Error("nothing was offered");
    await saveAnswer(vault, submission_id, "exit", { result: "fail" });

    expect(await acceptCarryOver(vault, offer)).toBeNull();
    expect((await vault.db.submissions.get(submission_id))?.answers["exit"]).toEqual({ result: "fail" });
  });
});

describe("versions on the phone", () => {
  const summary = ({ document: _document, ...row }: ChecklistRow): ChecklistSummary => row;

  it("leave the list when another one takes their place, also an older one", async () => {
    const vault = await aVault();
    const newer = await put(vault, NEW, "published");
    const older = { ...newer, version: "2026.9", hash: "0".repeat(64) };

    await applyChanges(vault, { cursor: "c", more: false, server_time: "2026-11-23T09:15:12+08:00", changes: [{ kind: "checklist", id: "small", deleted: false, body: summary(older) }] }, "2026-11-23T09:15:12+08:00");

    expect((await vault.db.checklists.toArray()).map((row) => [row.version, row.status]).sort()).toEqual([["2026.10", "retired"], ["2026.9", "published"]]);
    expect((await vault.db.checklists.get(newer.hash))?.document).toEqual(NEW);
  });

  it("are fetched for a visit that was begun elsewhere, although new visits do not begin with them", async () => {
    const vault = await aVault();
    const server = new FakeServer();
    const hash = await contentHash(OLD);
    server.checklists.set(hash, OLD);
    const visit = await startVisit(vault, SUBJECT_ID);
    await startSubmission(vault, visit.id, { id: "small", version: "2026.9", hash });

    await fetchChecklist(vault, server, new Pauses(1, 1));

    expect(await vault.db.checklists.get(hash)).toMatchObject({ version: "2026.9", status: "retired", document: OLD });
  });
});
