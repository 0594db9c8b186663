import { describe, expect, it } from "vitest";
import { heal } from "../../../src/field/local/heal.ts";
import { finishVisit } from "../../../src/field/local/finish.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { saveVisitDetails, startVisit } from "../../../src/field/local/visits.ts";
import { aVault, prepareByContent, SUBJECT_ID } from "../fakes.ts";

const HTML = new TextEncoder().encode("<html>请登录</html>").buffer;
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 0xff, 0xd9]).buffer;
const A_PROXYS = { type: "about:blank", title: "HTTP 403", status: 403 };
const OURS = { type: "/problems/not-a-photo", title: "不是可以识别的照片", status: 422 };

async function aVisitWithPhoto(): Promise<{ vault: Vault; visit_id: string; photo_id: string }> {
  const vault = await aVault();
  const visit = await startVisit(vault, SUBJECT_ID);
  const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob(["a"]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
  await saveVisitDetails(vault, visit.id, { signature: { kind: "absent", reason: "外出" } });
  return { vault, visit_id: visit.id, photo_id: photo.id };
}

describe("what an older release kept of a gateway's answers", () => {
  it("keeps no visit from being finished: times that are none are no measurement", async () => {
    const { vault, visit_id, photo_id } = await aVisitWithPhoto();
    await vault.db.photos.where({ id: photo_id }).modify((photo) => void (photo.clock = { ...photo.clock, server_offset_ms: NaN, error_bound_ms: NaN }));
    await vault.db.meta.put({ key: "server_clock", value: { offset_ms: NaN, round_trip_ms: 4, reading: { device_ms: 1, monotonic_ms: 1, page_id: "p" } } });

    await heal(vault);

    expect((await finishVisit(vault, visit_id)).kind).toBe("finished");
    expect((await vault.db.photos.get(photo_id))?.clock).toMatchObject({ server_offset_ms: null, error_bound_ms: null });
  });

  it("is sent again where a proxy had refused it, and stays where the server had", async () => {
    const { vault, visit_id, photo_id } = await aVisitWithPhoto();
    await finishVisit(vault, visit_id);
    const [first, second] = await vault.db.records.orderBy("order").primaryKeys();
    await vault.db.records.update(first ?? "", { state: "refused", problem: A_PROXYS });
    await vault.db.records.update(second ?? "", { state: "refused", problem: OURS });
    await vault.db.photos.where({ id: photo_id }).modify((photo) => void Object.assign(photo.upload, { state: "refused", problem: A_PROXYS }));

    await heal(vault);

    expect((await vault.db.records.orderBy("order").toArray()).map((record) => [record.state, record.problem?.type])).toEqual([["waiting", undefined], ["refused", OURS.type]]);
    expect((await vault.db.photos.get(photo_id))?.upload).toMatchObject({ state: "waiting", problem: null });
  });

  it("is fetched again in the place of pages that were kept as pictures", async () => {
    const { vault } = await aVisitWithPhoto();
    await vault.db.pictures.bulkPut([
      { photo_id: "p1", size: "thumbnail", hazard_id: "h", bytes: HTML },
      { photo_id: "p2", size: "thumbnail", hazard_id: "h", bytes: JPEG },
    ]);
    await vault.db.photo_bytes.bulkPut([
      { photo_id: "p3", bytes: new ArrayBuffer(0), thumbnail: HTML },
      { photo_id: "p4", bytes: new ArrayBuffer(0), thumbnail: JPEG },
      { photo_id: "p5", bytes: JPEG, thumbnail: null },
    ]);

    await heal(vault);

    expect(await vault.db.pictures.toCollection().primaryKeys()).toEqual([["p2", "thumbnail"]]);
    expect((await vault.db.photo_bytes.toCollection().primaryKeys()).filter((id) => id.startsWith("p"))).toEqual(["p4", "p5"]);
  });

  it("is looked for once", async () => {
    const { vault } = await aVisitWithPhoto();
    await heal(vault);
    await vault.db.pictures.put({ photo_id: "p1", size: "thumbnail", hazard_id: "h", bytes: HTML });

    await heal(vault);

    expect(await vault.db.pictures.count()).toBe(1);
  });
});
