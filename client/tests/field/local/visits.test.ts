import { describe, expect, it } from "vitest";
import { hazardDraftsOf, nextHazardId, removeHazard, saveHazard } from "../../../src/field/local/hazards.ts";
import { removePhoto } from "../../../src/field/local/photos.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { photosOf } from "../../../src/field/local/pictures.ts";
import { addRepeat, discardVisit, findSubmission, hangingOn, openVisits, removeRepeat, saveAnswer, saveAnswers, saveNoneHere, saveVisitDetails, startSubmission, startVisit, VisitNotOpen } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { A_CHECKLIST, aHazard, aVault, PAIRING_ID, prepareByContent, SUBJECT_ID } from "../fakes.ts";

async function aVisitWithChecklist(): Promise<{ vault: Vault; visit_id: string; submission_id: string }> {
  const vault = await aVault();
  const visit = await startVisit(vault, SUBJECT_ID);
  const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
  return { vault, visit_id: visit.id, submission_id: submission.id };
}

async function aVehicle(vault: Vault, submission_id: string, key: string): Promise<string> {
  return (await addRepeat(vault, submission_id, "vehicles", key)).repeats["vehicles"]?.at(-1)?.id ?? "";
}

describe("a visit in progress", () => {
  it("starts with what the roster knows: my pairing, the representative, the profile", async () => {
    const vault = await aVault();

    const visit = await startVisit(vault, SUBJECT_ID);
    const submission = await startSubmission(vault, visit.id, A_CHECKLIST);

    expect(visit.pairing_id).toBe(PAIRING_ID);
    expect(visit.representative).toEqual({ name: "李建国", title: "矿长" });
    expect(visit.started_at).toBe("2026-11-23T09:15:02.000+08:00");
    expect(submission.profile).toEqual({ mining_method: "underground" });
  });

  it("is gone on with and not begun twice", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();

    const again = await startVisit(vault, SUBJECT_ID);
    const sameChecklist = await startSubmission(vault, visit_id, { ...A_CHECKLIST, version: "2026.2", hash: "d".repeat(64) });

    expect(again.id).toBe(visit_id);
    expect(sameChecklist.id).toBe(submission_id);
    expect(sameChecklist.checklist.version).toBe("2026.1");
  });

  it("has every answer on disk when the promise resolves", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();

    await saveAnswer(vault, submission_id, "ch4_return_air", { value: "1.20" });

    vault.db.close();
    await vault.db.open();
    expect((await findSubmission(vault, submission_id))?.answers).toEqual({ ch4_return_air: { value: "1.20" } });
  });

  it("takes an answer away again, so that undo leaves it unchecked", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();
    await saveAnswers(vault, submission_id, [["a", { result: "pass" }], ["b", { result: "pass" }]]);

    await saveAnswers(vault, submission_id, [["a", null], ["b", null]]);

    expect((await findSubmission(vault, submission_id))?.answers).toEqual({});
  });

  it("keeps answers of two tabs that write at the same moment", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();

    await Promise.all(["a", "b", "c", "d"].map((path) => saveAnswer(vault, submission_id, path, { result: "pass" })));

    expect(Object.keys((await findSubmission(vault, submission_id))?.answers ?? {}).sort()).toEqual(["a", "b", "c", "d"]);
  });

  it("writes answers of a repeated section into the instance that the path names", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();
    await addRepeat(vault, submission_id, "vehicles", "晋E12345");
    const id = (await addRepeat(vault, submission_id, "vehicles", "晋E67890")).repeats["vehicles"]?.[1]?.id ?? "";

    await saveAnswer(vault, submission_id, `vehicles[${id}].tyres`, { result: "fail" });

    const vehicles = (await findSubmission(vault, submission_id))?.repeats["vehicles"] ?? [];
    expect(vehicles.map(({ key, answers }) => [key, answers])).toEqual([["晋E12345", {}], ["晋E67890", { tyres: { result: "fail" } }]]);
  });

  it("deletes an instance with what hangs on it, and leaves the one behind it its hazard and photos", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();
    const [first, second] = [await aVehicle(vault, submission_id, "晋E1"), await aVehicle(vault, submission_id, "晋E2")];
    for (const vehicle of [first, second]) {
      const item_path = `vehicles[${vehicle}].tyres`;
      const id = await nextHazardId(vault, submission_id, item_path);
      await saveAnswer(vault, submission_id, item_path, { result: "fail" });
      await saveHazard(vault, visit_id, aHazard({ id, submission_id, item_path, description: `轮胎磨平 ${vehicle}` }));
      await addPhoto(vault, visit_id, { role: "overview", hazard_id: id, submission_id, item_path }, new Blob([vehicle]), "camera", { kind: "not_located", reason: "denied" }, prepareByContent);
    }
    expect(await hangingOn(vault, submission_id, "vehicles", first)).toEqual({ answers: 1, hazards: [`轮胎磨平 ${first}`], photos: 1 });

    const left = await removeRepeat(vault, submission_id, "vehicles", first);

    expect(left.repeats["vehicles"]?.map(({ id, key }) => [id, key])).toEqual([[second, "晋E2"]]);
    expect((await hazardDraftsOf(vault, visit_id)).map((hazard) => hazard.item_path)).toEqual([`vehicles[${second}].tyres`]);
    expect((await photosOf(vault, { visit_id })).map((photo) => photo.item_path)).toEqual([`vehicles[${second}].tyres`]);
    expect(await vault.db.photo_bytes.count()).toBe(1);
  });

  it("keeps the places of instances that were begun before they had ids", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();
    await vault.db.submissions.update(submission_id, { repeats: { vehicles: [{ key: "晋E1", answers: {} }, { key: "晋E2", answers: { tyres: { result: "fail" } } }] } });

    await removeRepeat(vault, submission_id, "vehicles", "0");
    await saveAnswer(vault, submission_id, "vehicles[1].tyres", { result: "pass" });

    expect((await findSubmission(vault, submission_id))?.repeats).toEqual({ vehicles: [{ id: "1", key: "晋E2", answers: { tyres: { result: "pass" } } }] });
  });

  it("forgets that there is none once there is one", async () => {
    const { vault, submission_id } = await aVisitWithChecklist();
    await saveNoneHere(vault, submission_id, "vehicles", "车队已解散");
    expect((await findSubmission(vault, submission_id))?.none_here).toEqual({ vehicles: { reason: "车队已解散" } });

    await addRepeat(vault, submission_id, "vehicles", "晋E1");

    expect((await findSubmission(vault, submission_id))?.none_here).toEqual({});
  });

  it("names a hazard in its item's answer and forgets it together with its photos", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();
    const id = await nextHazardId(vault, submission_id, "ch4_return_air");
    await saveAnswer(vault, submission_id, "ch4_return_air", { value: "1.20" });
    await saveHazard(vault, visit_id, aHazard({ id, submission_id, item_path: "ch4_return_air" }));
    await addPhoto(vault, visit_id, { role: "overview", hazard_id: id, submission_id }, new Blob(["x"]), "camera", { kind: "not_located", reason: "denied" }, prepareByContent);
    expect((await findSubmission(vault, submission_id))?.answers).toEqual({ ch4_return_air: { value: "1.20", hazards: [id] } });

    await removeHazard(vault, id);

    expect((await findSubmission(vault, submission_id))?.answers).toEqual({ ch4_return_air: { value: "1.20" } });
    expect(await photosOf(vault, { visit_id })).toEqual([]);
    expect(await vault.db.photo_bytes.count()).toBe(0);
  });

  it("gives the second hazard of an item another id than the first", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();
    const first = await nextHazardId(vault, submission_id, "tyres");
    await saveHazard(vault, visit_id, aHazard({ id: first, submission_id, item_path: "tyres" }));

    const second = await nextHazardId(vault, submission_id, "tyres");

    expect(second).not.toBe(first);
    expect(await nextHazardId(vault, submission_id, "tyres")).toBe(second);
  });

  it("lists an item's photo in the answer and takes it out with the photo", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();
    const photo = await addPhoto(vault, visit_id, { role: "item", submission_id, item_path: "gate" }, new Blob(["x"]), "album", { kind: "not_located", reason: "timeout" }, prepareByContent);
    expect((await findSubmission(vault, submission_id))?.answers["gate"]).toEqual({ photos: [photo.id] });

    await removePhoto(vault, photo.id);

    expect((await findSubmission(vault, submission_id))?.answers["gate"]).toEqual({});
  });

  it("cannot be changed after it was thrown away", async () => {
    const { vault, visit_id, submission_id } = await aVisitWithChecklist();

    await discardVisit(vault, visit_id);

    await expect(saveVisitDetails(vault, visit_id, { summary: "x" })).rejects.toThrow(VisitNotOpen);
    expect(await findSubmission(vault, submission_id)).toBeUndefined();
    expect(await openVisits(vault)).toEqual([]);
  });
});
