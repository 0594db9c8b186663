import { describe, expect, it } from "vitest";
import type { VisitBody } from "../../../src/api/wire.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { hazardsOfSubject, nextHazardId, saveHazard, saveRecheck } from "../../../src/field/local/hazards.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { saveAnswer, saveVisitDetails, startSubmission, startVisit, VisitNotOpen } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { contentHash } from "../../../src/sync/records.ts";
import { A_CHECKLIST, aHazard, aKnownHazard, aVault, HAZARD_ID, prepareByContent, SUBJECT_ID } from "../fakes.ts";

async function eventsAfterRecheck(vault: Vault, result: "pass" | "return"): Promise<string[]> {
  const visit = await startVisit(vault, SUBJECT_ID);
  await saveRecheck(vault, visit.id, HAZARD_ID, { result, reason: "仍未更换" });
  await saveVisitDetails(vault, visit.id, { signature: { kind: "refused", reason: "外出" } });
  await finishVisit(vault, visit.id);
  const rows = await vault.db.records.where({ hazard_id: HAZARD_ID }).sortBy("order");
  return rows.map((row) => (row.envelope.body as { kind: string }).kind);
}

describe("finishing a visit", () => {
  it("makes one record of everything and lists all of it in the visit's own record, which goes last", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
    await saveAnswer(vault, submission.id, "ch4_return_air", { value: "1.20" });
    const hazard_id = await nextHazardId(vault, submission.id, "ch4_return_air");
    await saveHazard(vault, visit.id, aHazard({ id: hazard_id, submission_id: submission.id, item_path: "ch4_return_air" }));
    const photo = await addPhoto(vault, visit.id, { role: "close_up", hazard_id, submission_id: submission.id }, new Blob(["jpeg"]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" }, companions: ["赵强"] });

    const outcome = await finishVisit(vault, visit.id);

    const records = await vault.db.records.orderBy("order").toArray();
    expect(outcome.kind).toBe("finished");
    expect(records.map((record) => record.kind)).toEqual(["submission", "hazard_event", "photo", "visit"]);
    const closing = records[3]?.envelope;
    expect(closing?.id).toBe(visit.id);
    expect((closing?.body as VisitBody).expected).toEqual({
      records: records.slice(0, 3).map((record) => record.id),
      photos: [{ id: photo.id, sha256: photo.sha256, size_bytes: 4 }],
    });
    expect(records[1]?.envelope.body).toMatchObject({ kind: "found", hazard_id, photos: [{ id: photo.id, role: "close_up" }] });
    expect(records[2]?.envelope.body).toMatchObject({ photo_id: photo.id, position: null, no_position_reason: "timeout" });
    for (const record of records) expect(record.envelope.content_hash).toBe(await contentHash(record.envelope));
  });

  it("asks for the signature first and leaves the visit open", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);

    const outcome = await finishVisit(vault, visit.id);

    expect(outcome).toEqual({ kind: "incomplete", missing: ["signature"] });
    expect(await vault.db.records.count()).toBe(0);
  });

  it("happens once, whichever tab was first", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    await startSubmission(vault, visit.id, A_CHECKLIST);
    await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });

    const outcomes = await Promise.all([finishVisit(vault, visit.id), finishVisit(vault, visit.id)]);

    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["finished", "finished"]);
    expect(await vault.db.records.count()).toBe(2);
  });

  it("contains an answer that was given while the records were being made", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
    await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });

    const finishing = finishVisit(vault, visit.id);
    await saveAnswer(vault, submission.id, "late", { result: "pass" }).catch(() => undefined);
    await finishing;

    const sealed = (await vault.db.records.get(submission.id))?.envelope.body as { answers: object };
    const onDisk = await vault.db.submissions.get(submission.id);
    expect(sealed.answers).toEqual(onDisk?.answers);
    await expect(saveAnswer(vault, submission.id, "later", { result: "pass" })).rejects.toThrow(VisitNotOpen);
  });

  it("passes a hazard that its owner had reported with one event", async () => {
    const vault = await aVault();
    await vault.db.hazards.put(aKnownHazard());

    expect(await eventsAfterRecheck(vault, "pass")).toEqual(["rechecked"]);
    expect((await hazardsOfSubject(vault, SUBJECT_ID))[0]).toMatchObject({ state: "closed", ahead_of_server: true });
  });

  it("reports a hazard that nobody reported on the owner's behalf, and leaves it to somebody else to pass", async () => {
    const vault = await aVault();
    await vault.db.hazards.put(aKnownHazard({ state: "rectifying" }));

    expect(await eventsAfterRecheck(vault, "pass")).toEqual(["submitted"]);
    expect((await hazardsOfSubject(vault, SUBJECT_ID))[0]).toMatchObject({ state: "submitted", reported_here: true });
  });

  it("notes what is still not put right, since there is no report to return", async () => {
    const vault = await aVault();
    await vault.db.hazards.put(aKnownHazard({ state: "rectifying" }));

    expect(await eventsAfterRecheck(vault, "return")).toEqual(["noted"]);
  });

  it("shows a hazard found on this phone before the server knows it", async () => {
    const vault = await aVault();
    const visit = await startVisit(vault, SUBJECT_ID);
    await saveHazard(vault, visit.id, aHazard({ id: HAZARD_ID }));
    await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });

    await finishVisit(vault, visit.id);

    expect(await hazardsOfSubject(vault, SUBJECT_ID)).toMatchObject([{ id: HAZARD_ID, state: "draft", ahead_of_server: true }]);
  });
});
