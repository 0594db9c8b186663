// @vitest-environment happy-dom
/** Answers between the finger and the disk: what shows at once, what waits, what is taken back. On a fake IndexedDB. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, shallowRef } from "vue";
import type { EffectScope } from "vue";
import type { Answer } from "../../../src/api/wire.ts";
import { closeVault } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { addRepeat, findSubmission, saveAnswer, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import { openFill } from "../../../src/field/screens/checklist/fill.ts";
import type { Fill } from "../../../src/field/screens/checklist/fill.ts";
import { SUBJECT_ID, aVault } from "../fakes.ts";

const document = JSON.parse(readFileSync(`${import.meta.dirname}/../../../../forms/checklists/road_transport.json`, "utf8"));
const PASS: Answer = { result: "pass" };
const FAIL: Answer = { result: "fail" };

let vault: Vault;
let submission_id: string;
let scope: EffectScope;
let fill: Fill;
let a: string;
let b: string;
let c: string;

beforeEach(async () => {
  vault = await aVault();
  await vault.db.checklists.put({ id: document.id, version: document.version, hash: "h", document } as never);
  const visit = await startVisit(vault, SUBJECT_ID);
  submission_id = (await startSubmission(vault, visit.id, { id: document.id, version: document.version, hash: "h" } as never)).id;
  scope = effectScope();
  fill = scope.run(() => openFill(vault, submission_id, shallowRef(new Map()))) as Fill;
  await vi.waitFor(() => expect(fill.state.value).toBe("ready"));
  [a = "", b = "", c = ""] = fill.sections.value.flatMap((section) => section.parts.flatMap((part) => part.rows))
    .filter((row) => row.item.type === "judgement").map((row) => row.path);
});

afterEach(() => {
  scope.stop();
  closeVault(vault);
});

const onDisk = async (path: string): Promise<Answer | undefined> => (await findSubmission(vault, submission_id))?.answers[path];

describe("a tap", () => {
  it("shows at once, and counts only when it is on disk", async () => {
    const kept = fill.answer(a, PASS);
    expect(fill.answerOf(a)).toEqual(PASS);
    expect(fill.resultOf(a)).toBe("unchecked");
    expect(await onDisk(a)).toBeUndefined();
    await kept;
    expect(await onDisk(a)).toEqual(PASS);
    await fill.settle();
    expect(fill.resultOf(a)).toBe("pass");
  });

  it("is taken back when it cannot be written, and the next one is written alone", async () => {
    await fill.answer(a, PASS);
    refuseWrites();
    await expect(fill.answer(a, FAIL)).rejects.toThrow("no room");
    expect(fill.answerOf(a)).toEqual(PASS);
    expect(fill.failure.value).not.toBeNull();
    allowWrites();
    await fill.answer(b, PASS);
    expect(fill.failure.value).toBeNull();
    expect([await onDisk(a), await onDisk(b)]).toEqual([PASS, PASS]);
  });

  it("stays when a photo writes to the same checklist meanwhile", async () => {
    const elsewhere = saveAnswer(vault, submission_id, b, { ...FAIL, photos: ["p"] });
    const kept = fill.answer(a, PASS);
    await elsewhere;
    await vi.waitFor(() => expect(fill.answerOf(b)).toBeDefined());
    expect(fill.answerOf(a)).toEqual(PASS);
    await kept;
    expect([await onDisk(a), await onDisk(b)]).toEqual([PASS, { ...FAIL, photos: ["p"] }]);
    expect(fill.answerOf(b)).toEqual({ ...FAIL, photos: ["p"] });
  });

  it("and another one right after it: the last one wins", async () => {
    await Promise.all([fill.answer(a, PASS), fill.answer(a, FAIL), fill.answer(b, PASS), fill.answer(a, null)]);
    expect(fill.answerOf(a)).toBeUndefined();
    expect([await onDisk(a), await onDisk(b)]).toEqual([undefined, PASS]);
  });
});

describe("typing", () => {
  it("before, between and after taps loses no letter", async () => {
    fill.typed(a, { remark: "灭" });
    fill.typed(b, { remark: "b" });
    const kept = fill.answer(a, { ...fill.answerOf(a), ...FAIL });
    fill.typed(a, { ...fill.answerOf(a), remark: "灭火器" });
    await kept;
    await fill.settle();
    expect([await onDisk(a), await onDisk(b)]).toEqual([{ remark: "灭火器", ...FAIL }, { remark: "b" }]);
  });

  it("that could not be written stays on the screen, also when a tap on it is taken back, and goes with the next write", async () => {
    refuseWrites();
    fill.typed(a, { remark: "栓" });
    await fill.settle();
    await expect(fill.answer(a, { remark: "栓", ...FAIL })).rejects.toThrow("no room");
    expect(fill.answerOf(a)).toEqual({ remark: "栓" });
    allowWrites();
    await fill.answer(b, PASS);
    expect([await onDisk(a), await onDisk(b)]).toEqual([{ remark: "栓" }, PASS]);
  });

  it("that is not written yet stays when another tab writes", async () => {
    await fill.answer(a, PASS);
    refuseWrites();
    fill.typed(a, { ...PASS, remark: "一" });
    fill.typed(b, { remark: "二" });
    await fill.settle();
    allowWrites();
    await saveAnswer(vault, submission_id, c, FAIL);
    await vi.waitFor(() => expect(fill.answerOf(c)).toEqual(FAIL));
    expect([fill.answerOf(a), fill.answerOf(b)]).toEqual([{ ...PASS, remark: "一" }, { remark: "二" }]);
  });

  it("into an instance that is taken away does not stop what comes after", async () => {
    await addRepeat(vault, submission_id, "vehicle", "晋E12345");
    await vi.waitFor(() => expect(fill.submission.value?.repeats["vehicle"]).toHaveLength(1));
    const id = fill.submission.value?.repeats["vehicle"]?.[0]?.id ?? "";
    refuseWrites();
    fill.typed(`vehicle[${id}].v_papers`, { remark: "x" });
    await fill.settle();
    allowWrites();
    await fill.removeInstance("vehicle", id);
    await fill.answer(a, PASS);
    expect(await onDisk(a)).toEqual(PASS);
  });
});

function refuseWrites(): void {
  vi.spyOn(vault.db.submissions, "put").mockImplementation(() => {
    throw new Error("no room");
  });
}

function allowWrites(): void {
  vi.restoreAllMocks();
}
