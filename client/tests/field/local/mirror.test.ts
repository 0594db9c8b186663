import { describe, expect, it } from "vitest";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { saveHazard } from "../../../src/field/local/hazards.ts";
import { bringBack, continueDraft, draftOf, forgetSetAside, giveWay, keepOwnDraft, setAsideOf } from "../../../src/field/local/mirror.ts";
import { addPhoto, addSignature } from "../../../src/field/local/picks.ts";
import type { DraftDocument } from "../../../src/field/local/rows.ts";
import { writeRescueFile } from "../../../src/field/local/rescue.ts";
import { findSubmission, findVisit, saveAnswer, saveVisitDetails, startSubmission, startVisit } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import type { VisitBody } from "../../../src/api/wire.ts";
import { A_CHECKLIST, A_DRAWING, aHazard, aUser, aVault, HAZARD_ID, prepareByContent, SUBJECT_ID } from "../fakes.ts";

const NOWHERE = { kind: "not_located", reason: "timeout" } as const;

interface Filled {
  vault: Vault;
  visit_id: string;
  submission_id: string;
  photo_ids: string[];
}

/** A visit with one answer, one hazard and two photos of it. */
async function filledIn(): Promise<Filled> {
  const vault = await aVault();
  const visit = await startVisit(vault, SUBJECT_ID);
  const submission = await startSubmission(vault, visit.id, A_CHECKLIST);
  await saveAnswer(vault, submission.id, "fan", { result: "fail" });
  await saveHazard(vault, visit.id, aHazard({ id: HAZARD_ID, submission_id: submission.id, item_path: "fan" }));
  const photo_ids = [];
  for (const content of ["overview", "close-up"]) {
    photo_ids.push((await addPhoto(vault, visit.id, { role: "overview", hazard_id: HAZARD_ID }, new Blob([content]), "camera", NOWHERE, prepareByContent)).id);
  }
  return { vault, visit_id: visit.id, submission_id: submission.id, photo_ids };
}

/** What the server would hand out of it; `there` of its photos have arrived. */
async function asDraft({ vault, visit_id }: Filled, there: string[], changes: Partial<DraftDocument> = {}): Promise<DraftDocument> {
  const content = await draftOf(vault, visit_id);
  if (content === null) throw new Error("the visit is not open");
  const wire = JSON.parse(JSON.stringify(content)) as DraftDocument["content"];
  const photos = Object.fromEntries(wire.photos.filter((photo) => there.includes(photo.id)).map((photo) => [photo.id, photo.sha256]));
  return {
    visit_id, subject_id: SUBJECT_ID, subject_name: "巴公镇东板桥煤矿", author_name: "王芳", mine: true, device_id: "other", revision: 3,
    saved_at: "2026-11-23T09:20:00+08:00", received_at: "2026-11-23T09:20:01+08:00", finished: false, content: wire, photos, ...changes,
  };
}

describe("continuing on another phone", () => {
  it("brings answers, hazards and the photos that the server has", async () => {
    const first = await filledIn();
    const second = await aVault();

    await continueDraft(second, await asDraft(first, first.photo_ids));

    expect((await findSubmission(second, first.submission_id))?.answers).toEqual({ fan: { result: "fail", hazards: [HAZARD_ID] } });
    expect((await second.db.hazard_drafts.get(HAZARD_ID))?.description).toBe("回风巷甲烷超限");
    const photos = await second.db.photos.toArray();
    expect(photos.map((photo) => [photo.id, photo.upload.state, photo.bytes_kept])).toEqual(first.photo_ids.map((id) => [id, "stored", false]));
  });

  it("announces with the visit what is on the server, and not what only the first phone has", async () => {
    const first = await filledIn();
    const [there = "", missing = ""] = first.photo_ids;
    const second = await aVault();
    await continueDraft(second, await asDraft(first, [there]));
    await saveVisitDetails(second, first.visit_id, { signature: { kind: "absent", reason: "外出" } });

    await finishVisit(second, first.visit_id);

    expect((await second.db.photos.get(missing))?.upload.state).toBe("elsewhere");
    const body = (await second.db.records.get(first.visit_id))?.envelope.body as VisitBody;
    expect(body.expected.photos.map((photo) => photo.id)).toEqual([there]);
    expect(body.expected.records).not.toContain(missing);
  });

  it("asks for the signature again when its drawing is on the first phone only", async () => {
    const first = await filledIn();
    const drawn = await addSignature(first.vault, first.visit_id, A_DRAWING);
    await saveVisitDetails(first.vault, first.visit_id, { signature: { kind: "signed", photo_id: drawn.id } });
    const second = await aVault();

    const visit = await continueDraft(second, await asDraft(first, first.photo_ids));

    expect(visit.signature).toBeNull();
  });

  it("takes the partner's own pairing and names who began", async () => {
    const first = await filledIn();
    const partner = await aVault();
    const pairing = { id: "5b1e0000-0000-4000-8000-0000000000bb", subject_id: SUBJECT_ID, valid_from: "2026-01-01", layer: "industry_department", org_name: "应急局", officer_name: "李强", mine: true, members: [], frequencies: [] };
    await partner.db.subjects.update(SUBJECT_ID, { pairings: [pairing] });

    const visit = await continueDraft(partner, await asDraft(first, [], { mine: false }));

    expect([visit.pairing_id, visit.companions]).toEqual(["5b1e0000-0000-4000-8000-0000000000bb", ["王芳"]]);
  });
});

describe("two copies of one visit", () => {
  async function forked(): Promise<{ first: Filled; draft: DraftDocument }> {
    const first = await filledIn();
    const second = await aVault();
    await continueDraft(second, await asDraft(first, first.photo_ids));
    await saveAnswer(second, first.submission_id, "fan", { result: "pass" });
    const draft = await asDraft({ ...first, vault: second }, first.photo_ids, { revision: 4, author_name: "李强", mine: false });
    await saveAnswer(first.vault, first.submission_id, "pump", { result: "pass" });
    await addPhoto(first.vault, first.visit_id, { role: "overview", hazard_id: HAZARD_ID }, new Blob(["taken after the fork"]), "camera", NOWHERE, prepareByContent);
    return { first, draft };
  }

  it("keep this phone's whole when the other one is taken, and exchange them again", async () => {
    const { first, draft } = await forked();
    const { vault, submission_id, visit_id } = first;

    await continueDraft(vault, draft);

    expect((await findSubmission(vault, submission_id))?.answers).toEqual({ fan: { result: "pass" } });
    expect((await vault.db.photos.where({ visit_id }).primaryKeys()).sort()).toEqual([...first.photo_ids].sort());
    const [aside] = await setAsideOf(vault, visit_id);
    expect(aside?.content.photos).toHaveLength(3);

    await bringBack(vault, aside?.id ?? "");

    expect((await findSubmission(vault, submission_id))?.answers).toEqual({ fan: { result: "fail", hazards: [HAZARD_ID] }, pump: { result: "pass" } });
    expect((await vault.db.photos.where({ visit_id }).toArray()).map((photo) => photo.upload.state)).toEqual(["waiting", "waiting", "waiting"]);
    expect((await setAsideOf(vault, visit_id)).map((row) => row.content.submissions[0]?.answers)).toEqual([{ fan: { result: "pass" } }]);
  });

  it("keep the other one when this phone's is chosen, and build on its revision", async () => {
    const { first, draft } = await forked();

    await keepOwnDraft(first.vault, draft);

    expect((await findSubmission(first.vault, first.submission_id))?.answers["pump"]).toEqual({ result: "pass" });
    expect(await first.vault.db.mirrors.get(first.visit_id)).toMatchObject({ based_on: 4, mirrored: null, urgent: true });
    const [aside] = await setAsideOf(first.vault, first.visit_id);
    expect([aside?.from, aside?.author_name, aside?.content.submissions[0]?.answers]).toEqual(["other", "李强", { fan: { result: "pass" } }]);
  });

  it("follow on a screen that is open, also from a copy with fewer changes", async () => {
    const { first, draft } = await forked();
    for (let nth = 0; nth < 9; nth += 1) await saveAnswer(first.vault, first.submission_id, "pump", { result: nth % 2 ? "pass" : "fail" });
    const before = (await findSubmission(first.vault, first.submission_id))?.revision ?? 0;

    await continueDraft(first.vault, draft);

    expect((await findSubmission(first.vault, first.submission_id))?.revision).toBeGreaterThan(before);
  });

  it("leave the list when the visit was submitted elsewhere, and stay on the phone and in the rescue file", async () => {
    const { first } = await forked();

    await giveWay(first.vault, first.visit_id);

    expect(await findVisit(first.vault, first.visit_id)).toBeUndefined();
    const [aside] = await setAsideOf(first.vault, first.visit_id);
    expect(aside?.content.photos).toHaveLength(3);
    expect(await first.vault.db.photo_bytes.count()).toBe(3);
    const file = await writeRescueFile(first.vault, { user: aUser(first.vault.user_id), device_id: "d" });
    expect(file.photos).toBe(3);
  });

  it("go for good only when the person says so, and never with bytes that the other copy names", async () => {
    const { first, draft } = await forked();
    await continueDraft(first.vault, draft);
    const [aside] = await setAsideOf(first.vault, first.visit_id);

    await forgetSetAside(first.vault, aside?.id ?? "");

    expect(await setAsideOf(first.vault, first.visit_id)).toEqual([]);
    expect((await first.vault.db.photo_bytes.toCollection().primaryKeys()).sort()).toEqual([...first.photo_ids].sort());
  });
});
