import { describe, expect, it } from "vitest";
import type { PhotoReview } from "../../../src/api/wire.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { removeHazard, saveHazard } from "../../../src/field/local/hazards.ts";
import { addPhoto, dismissPick, EnoughPhotos, keepRetake, picksOf, pickPhoto, pickRetake, prepareRetake, processPicks } from "../../../src/field/local/picks.ts";
import type { Prepare } from "../../../src/field/local/picks.ts";
import { photosOf } from "../../../src/field/local/pictures.ts";
import { closeVault, openVault, StorageFull } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { discardVisit, findVisit, saveVisitDetails, startVisit } from "../../../src/field/local/visits.ts";
import { NotAPhoto } from "../../../src/media/formats.ts";
import type { Located } from "../../../src/media/position.ts";
import { aHazard, aVault, FakeClocks, HAZARD_ID, prepareByContent, SUBJECT_ID } from "../fakes.ts";

const NOWHERE = { kind: "not_located", reason: "timeout" } as const;
const HERE: Located = { kind: "located", position: { lng: 112.9, lat: 35.6, accuracy_m: 12, datum: "WGS-84", provider: "gps", fixed_at: "2026-11-23T09:15:02+08:00" } };
const ITEM = { role: "item" } as const;
const file = (content: string): Blob => new Blob([content], { type: "image/jpeg" });
const unlessBad: Prepare = async (picked) => {
  if ((await picked.text()) === "bad") throw new NotAPhoto("not_a_photo");
  return prepareByContent(picked);
};

async function aVisit(): Promise<{ vault: Vault; visit_id: string }> {
  const vault = await aVault();
  return { vault, visit_id: (await startVisit(vault, SUBJECT_ID)).id };
}

describe("files picked for photos", () => {
  it("outlive a page that was closed before they were processed, in their order", async () => {
    const { vault, visit_id } = await aVisit();
    for (let nth = 1; nth <= 6; nth += 1) await pickPhoto(vault, visit_id, ITEM, file(`photo ${nth}`), "album", NOWHERE);
    closeVault(vault);

    const later = await openVault(vault.user_id, { clocks: new FakeClocks() });
    expect((await picksOf(later, { visit_id })).length).toBe(6);
    await processPicks(later, prepareByContent);

    const photos = await later.db.photos.toArray();
    const texts = await Promise.all(photos.map(async ({ id }) => new TextDecoder().decode((await later.db.photo_bytes.get(id))?.bytes)));
    expect(texts.sort()).toEqual(["photo 1", "photo 2", "photo 3", "photo 4", "photo 5", "photo 6"]);
    expect(await picksOf(later, { visit_id })).toEqual([]);
  });

  it("are no more for one hazard than the server takes with it", async () => {
    const { vault, visit_id } = await aVisit();
    const before = { role: "before", hazard_id: HAZARD_ID } as const;
    for (let nth = 1; nth <= 40; nth += 1) await pickPhoto(vault, visit_id, before, file(`photo ${nth}`), "album", NOWHERE);

    await expect(pickPhoto(vault, visit_id, before, file("one more"), "album", NOWHERE)).rejects.toThrow(EnoughPhotos);
    await pickPhoto(vault, visit_id, { ...before, hazard_id: "11110000-0000-4000-8000-000000000002" }, file("of another"), "album", NOWHERE);

    expect((await picksOf(vault, { visit_id })).length).toBe(41);
  });

  it("keep the moment and the place in which they were picked", async () => {
    const clocks = new FakeClocks();
    const vault = await aVault({ clocks });
    const { id: visit_id } = await startVisit(vault, SUBJECT_ID);
    await pickPhoto(vault, visit_id, ITEM, file("a"), "camera", HERE);
    clocks.pass(3_600_000);

    await processPicks(vault, prepareByContent);

    expect((await vault.db.photos.toArray())[0]).toMatchObject({ captured_at: "2026-11-23T09:15:02.000+08:00", position: HERE.kind === "located" ? HERE.position : null });
  });

  it.each(["before", "after"])("get a fix that comes %s they are processed", async (when) => {
    const { vault, visit_id } = await aVisit();
    let come = (_located: Located): void => undefined;
    const pick = await pickPhoto(vault, visit_id, ITEM, file("a"), "camera", new Promise((resolve) => (come = resolve)));

    if (when === "before") come(HERE);
    if (when === "before") await expect.poll(async () => (await vault.db.picked.get(pick.id))?.located).toEqual(HERE);
    await processPicks(vault, prepareByContent);
    come(HERE);

    await expect.poll(async () => (await vault.db.photos.get(pick.id))?.position?.lng).toBe(112.9);
  });

  it("that are none say so and stay until they are dismissed, and do not stop the others", async () => {
    const { vault, visit_id } = await aVisit();
    const bad = await pickPhoto(vault, visit_id, ITEM, file("bad"), "album", NOWHERE);
    await pickPhoto(vault, visit_id, ITEM, file("good"), "album", NOWHERE);

    await processPicks(vault, unlessBad);

    expect((await picksOf(vault, { visit_id })).map((pick) => [pick.id, pick.failure])).toEqual([[bad.id, { reason: "not_a_photo" }]]);
    expect((await photosOf(vault, { visit_id })).length).toBe(1);
    await dismissPick(vault, bad.id);
    expect([await vault.db.picked.count(), await vault.db.photo_bytes.count()]).toEqual([0, 1]);
  });

  it("wait for room when the phone is full", async () => {
    const { vault, visit_id } = await aVisit();
    await pickPhoto(vault, visit_id, ITEM, file("a"), "camera", NOWHERE);

    await expect(processPicks(vault, () => Promise.reject(new StorageFull("full")))).rejects.toThrow(StorageFull);
    await processPicks(vault, prepareByContent);

    expect((await photosOf(vault, { visit_id })).length).toBe(1);
  });

  it("become one photo each when two tabs process them", async () => {
    const { vault, visit_id } = await aVisit();
    const other = await openVault(vault.user_id, { clocks: new FakeClocks() });
    await pickPhoto(vault, visit_id, ITEM, file("a"), "camera", NOWHERE);

    await Promise.all([processPicks(vault, prepareByContent), processPicks(other, prepareByContent)]);

    expect([await vault.db.photos.count(), await vault.db.picked.count()]).toEqual([1, 0]);
  });

  it("are waited for before a visit ends", async () => {
    const { vault, visit_id } = await aVisit();
    await saveVisitDetails(vault, visit_id, { signature: { kind: "absent", reason: "外出" } });
    await pickPhoto(vault, visit_id, ITEM, file("a"), "camera", NOWHERE);

    expect(await finishVisit(vault, visit_id)).toEqual({ kind: "incomplete", missing: ["photos"] });
    await processPicks(vault, prepareByContent);

    expect((await finishVisit(vault, visit_id)).kind).toBe("finished");
  });

  it("go with the hazard or the visit that they were picked for", async () => {
    const { vault, visit_id } = await aVisit();
    await saveHazard(vault, visit_id, aHazard({ id: HAZARD_ID }));
    await pickPhoto(vault, visit_id, { role: "overview", hazard_id: HAZARD_ID }, file("a"), "camera", NOWHERE);
    await pickPhoto(vault, visit_id, ITEM, file("b"), "camera", NOWHERE);

    await removeHazard(vault, HAZARD_ID);
    expect(await vault.db.picked.count()).toBe(1);
    await discardVisit(vault, visit_id);

    expect([await vault.db.picked.count(), await vault.db.photo_bytes.count()]).toEqual([0, 0]);
  });

  it("of the signed paper are the signature once they are photos", async () => {
    const { vault, visit_id } = await aVisit();
    const pick = await pickPhoto(vault, visit_id, { role: "paper" }, file("paper"), "camera", NOWHERE);

    await processPicks(vault, prepareByContent);

    expect((await findVisit(vault, visit_id))?.signature).toEqual({ kind: "paper", photo_id: pick.id });
  });

  it("leave nothing behind when somebody waits for one and it is none", async () => {
    const { vault, visit_id } = await aVisit();

    await expect(addPhoto(vault, visit_id, ITEM, file("bad"), "camera", NOWHERE, unlessBad)).rejects.toThrow(NotAPhoto);

    expect([await vault.db.picked.count(), await vault.db.photo_bytes.count()]).toEqual([0, 0]);
  });
});

describe("a returned photo that is taken again", () => {
  const review: PhotoReview = {
    photo_id: "22220000-0000-4000-8000-000000000001",
    hazard_id: HAZARD_ID,
    subject_id: SUBJECT_ID,
    visit_id: null,
    item_path: "ch4_return_air",
    decision: "returned",
    reason: "看不清铭牌",
    mark: null,
    reviewed_at: "2026-11-23T09:00:00+08:00",
    reviewer_name: "周敏",
  };

  it("is looked at first, and then sent onto the same hazard without a visit", async () => {
    const { vault } = await aVisit();
    await vault.db.reviews.put(review);
    const pick = await pickRetake(vault, review, file("again"), "camera", HERE);
    await processPicks(vault, prepareByContent);
    expect([await vault.db.photos.count(), await vault.db.records.count()]).toEqual([0, 0]);

    await prepareRetake(vault, pick, prepareByContent);
    expect((await picksOf(vault, { review_of: review.photo_id }))[0]?.prepared).toMatchObject({ media_type: "image/jpeg" });
    const photo = await keepRetake(vault, pick.id);

    const records = await vault.db.records.orderBy("order").toArray();
    expect(records.map((record) => [record.kind, record.visit_id])).toEqual([["photo", null], ["hazard_event", null]]);
    expect(records[1]?.envelope.body).toMatchObject({ kind: "photo_added", hazard_id: HAZARD_ID, photos: [{ id: photo.id, role: "after" }] });
    expect(records[0]?.envelope.body).toMatchObject({ position: { lng: 112.9 }, item_path: "ch4_return_air" });
    expect([await vault.db.reviews.count(), await vault.db.picked.count()]).toEqual([0, 0]);
  });

  it("is told at once when the file is none", async () => {
    const { vault } = await aVisit();
    const pick = await pickRetake(vault, review, file("bad"), "album", NOWHERE);

    await expect(prepareRetake(vault, pick, unlessBad)).rejects.toThrow(NotAPhoto);

    expect([await vault.db.picked.count(), await vault.db.photo_bytes.count()]).toEqual([0, 0]);
  });
});
