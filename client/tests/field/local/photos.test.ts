import { describe, expect, it, vi } from "vitest";
import { forgetOldBytes } from "../../../src/field/local/housekeeping.ts";
import { savePhotoMarks } from "../../../src/field/local/photos.ts";
import { addPhoto, addSignature } from "../../../src/field/local/picks.ts";
import { findPhoto, photoPicture } from "../../../src/field/local/pictures.ts";
import { discardVisit, startVisit, VisitNotOpen } from "../../../src/field/local/visits.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { A_DRAWING, aVault, FakeClocks, preparedFrom, prepareByContent, SUBJECT_ID } from "../fakes.ts";

const POSITION = { lng: 112.8991, lat: 35.6172, accuracy_m: 12, datum: "WGS-84", provider: "gps", fixed_at: "2026-11-23T09:15:00.000+08:00" } as const;
const NOWHERE = { kind: "not_located", reason: "timeout" } as const;

async function aVisit(clocks = new FakeClocks()): Promise<{ vault: Vault; visit_id: string; clocks: FakeClocks }> {
  const vault = await aVault({ clocks });
  return { vault, visit_id: (await startVisit(vault, SUBJECT_ID)).id, clocks };
}

describe("a photo", () => {
  it("is on disk with its bytes and facts when the promise resolves", async () => {
    const { vault, visit_id } = await aVisit();

    const photo = await addPhoto(vault, visit_id, { role: "overview" }, new Blob(["jpeg"]), "camera", { kind: "located", position: POSITION }, prepareByContent);

    vault.db.close();
    await vault.db.open();
    const kept = await findPhoto(vault, photo.id);
    expect(kept).toMatchObject({ source: "camera", captured_at: "2026-11-23T09:15:02.000+08:00", position: POSITION, size_bytes: 4, bytes_kept: true });
    expect(kept?.clock).toMatchObject({ device_time: "2026-11-23T09:15:02.000+08:00", server_offset_ms: null });
    expect(await (await photoPicture(vault, photo.id, "full"))?.text()).toBe("jpeg");
  });

  it("does not wait for its position, which follows by itself", async () => {
    const { vault, visit_id } = await aVisit();
    let tell: (located: { kind: "located"; position: typeof POSITION }) => void = () => undefined;
    const coming = new Promise<{ kind: "located"; position: typeof POSITION }>((resolve) => (tell = resolve));

    const photo = await addPhoto(vault, visit_id, { role: "overview" }, new Blob(["jpeg"]), "camera", coming, prepareByContent);
    expect(photo.position).toBeNull();
    tell({ kind: "located", position: POSITION });

    await vi.waitFor(async () => expect((await findPhoto(vault, photo.id))?.position).toEqual(POSITION));
  });

  it("from the album was taken when its EXIF says, else when its file says, never later than now", async () => {
    const { vault, visit_id } = await aVisit();
    const withExif = async (file: Blob) => ({ ...(await preparedFrom(await file.text())), taken_ms: Date.parse("2026-11-20T08:00:00+08:00") });
    const old = new File(["a"], "a.jpg", { lastModified: Date.parse("2026-11-21T08:00:00+08:00") });
    const future = new File(["b"], "b.jpg", { lastModified: Date.parse("2027-01-01T08:00:00+08:00") });

    const photos = [
      await addPhoto(vault, visit_id, { role: "item" }, old, "album", NOWHERE, withExif),
      await addPhoto(vault, visit_id, { role: "item" }, old, "album", NOWHERE, prepareByContent),
      await addPhoto(vault, visit_id, { role: "item" }, future, "album", NOWHERE, prepareByContent),
    ];

    expect(photos.map((photo) => photo.captured_at.slice(0, 10))).toEqual(["2026-11-20", "2026-11-21", "2026-11-23"]);
  });

  it("keeps marks apart from its bytes", async () => {
    const { vault, visit_id } = await aVisit();
    const photo = await addPhoto(vault, visit_id, { role: "overview" }, new Blob(["jpeg"]), "camera", NOWHERE, prepareByContent);

    await savePhotoMarks(vault, photo.id, [{ shape: "circle", x: 0.5, y: 0.5, r: 0.1 }]);

    const kept = await findPhoto(vault, photo.id);
    expect(kept?.marks).toHaveLength(1);
    expect(kept?.sha256).toBe(photo.sha256);
  });

  it("is not kept for a visit that was thrown away while it was being prepared", async () => {
    const { vault, visit_id } = await aVisit();
    const slow = async (file: Blob) => {
      await discardVisit(vault, visit_id);
      return prepareByContent(file);
    };

    await expect(addPhoto(vault, visit_id, { role: "item" }, new Blob(["x"]), "camera", NOWHERE, slow)).rejects.toThrow(VisitNotOpen);
    expect(await vault.db.photo_bytes.count()).toBe(0);
  });

  it("of a signature is the drawing itself", async () => {
    const { vault, visit_id } = await aVisit();

    const photo = await addSignature(vault, visit_id, A_DRAWING);

    expect(photo).toMatchObject({ role: "signature", media_type: "image/png", original: null, size_bytes: 8 });
  });
});

describe("giving back room", () => {
  it("never touches what has no receipt, and keeps the thumbnail of what has", async () => {
    const { vault, visit_id, clocks } = await aVisit();
    const photo = await addPhoto(vault, visit_id, { role: "item" }, new Blob(["jpeg"]), "camera", NOWHERE, prepareByContent);
    await vault.db.photos.toCollection().modify((row) => {
      row.upload.state = "stored";
    });
    clocks.pass(300 * 86_400_000);
    await forgetOldBytes(vault);
    expect(await photoPicture(vault, photo.id, "full")).not.toBeNull();

    await vault.db.visits.update(visit_id, { receipt: "7F3C-21A9-0B44", received_at: "2027-09-01T10:00:00+08:00" });
    await forgetOldBytes(vault);

    expect(await photoPicture(vault, photo.id, "full")).toBeNull();
    expect(await photoPicture(vault, photo.id, "thumbnail")).not.toBeNull();
  });

  it("forgets a visit ninety days after its receipt", async () => {
    const { vault, visit_id, clocks } = await aVisit();
    await vault.db.visits.update(visit_id, { receipt: "7F3C-21A9-0B44", received_at: "2026-11-23T10:00:00+08:00" });
    clocks.pass(91 * 86_400_000);

    await forgetOldBytes(vault);

    expect(await vault.db.visits.count()).toBe(0);
  });
});
