import { describe, expect, it, vi } from "vitest";
import { openDevice, readSignedIn, writeSignedIn } from "../../../src/field/local/device.ts";
import { addPhoto } from "../../../src/field/local/picks.ts";
import { keepReserve, spendReserve } from "../../../src/field/local/reserve.ts";
import { makeRoom, withReserve } from "../../../src/field/local/space.ts";
import { inVault, openVault, StorageFull } from "../../../src/field/local/vault.ts";
import type { Vault } from "../../../src/field/local/vault.ts";
import { startVisit } from "../../../src/field/local/visits.ts";
import { aSubject, aUser, FakeClocks, prepareByContent, SUBJECT_ID } from "../fakes.ts";

let vaults = 0;

/** With copies of hazards' photos, a photo that is on the server with its visit, and one that is only here. */
async function aFullPhone(): Promise<{ vault: Vault; received: string; own: string }> {
  vaults += 1;
  const vault = await openVault(`99999999-0000-4000-8000-${String(vaults).padStart(12, "0")}`, { clocks: new FakeClocks(), makeRoom });
  await vault.db.subjects.put(aSubject());
  const ids: string[] = [];
  for (const receipt of ["7F3C-21A9-0B44", null]) {
    const visit = await startVisit(vault, SUBJECT_ID);
    const photo = await addPhoto(vault, visit.id, { role: "item" }, new Blob([String(receipt)]), "camera", { kind: "not_located", reason: "timeout" }, prepareByContent);
    await vault.db.visits.update(visit.id, { state: "finished", receipt });
    if (receipt !== null) await vault.db.photos.where({ id: photo.id }).modify((row) => void (row.upload.state = "stored"));
    ids.push(photo.id);
  }
  await vault.db.pictures.put({ photo_id: "x", size: "display", hazard_id: "h", bytes: new ArrayBuffer(8) });
  const [received = "", own = ""] = ids;
  return { vault, received, own };
}

/** Fails for want of room until so many things were given up. */
function refusing(times: number): () => Promise<string> {
  let tries = 0;
  return () => ((tries += 1) <= times ? Promise.reject(new DOMException("full", "QuotaExceededError")) : Promise.resolve("saved"));
}

describe("a full phone", () => {
  it("gives up copies first, then what the server has whole, and never what is only here", async () => {
    const { vault, received, own } = await aFullPhone();

    expect(await inVault(vault, refusing(1))).toBe("saved");
    expect([await vault.db.pictures.count(), await vault.db.photo_bytes.count()]).toEqual([0, 2]);
    expect(await inVault(vault, refusing(1))).toBe("saved");
    expect([(await vault.db.photo_bytes.get(received)) === undefined, (await vault.db.photo_bytes.get(own)) === undefined]).toEqual([true, false]);

    await expect(inVault(vault, refusing(1))).rejects.toThrow(StorageFull);
    expect(vault.shortage.noticed).toBe(true);
  });

  it("has room kept aside for what was sent, and not for what is being entered", async () => {
    const { vault } = await aFullPhone();
    const device = openDevice("device-full");
    await keepReserve(device);
    const sending = withReserve(vault, () => spendReserve(device));
    await inVault(vault, refusing(2));

    await expect(inVault(vault, refusing(1))).rejects.toThrow(StorageFull);
    expect(await inVault(sending, refusing(1))).toBe("saved");

    expect(await device.facts.count()).toBe(0);
    await expect(inVault(sending, refusing(1))).rejects.toThrow(StorageFull);
  });

  it("lets a person sign in, with the room kept aside or for as long as the page lives", async () => {
    const device = openDevice("device-full-2");
    await keepReserve(device);
    const put = vi.spyOn(device.facts, "put");
    const full = new DOMException("full", "QuotaExceededError") as never;

    put.mockRejectedValueOnce(full);
    await writeSignedIn(device, { user: aUser("u1"), needs_sign_in: null });
    expect([(await device.facts.get("signed_in")) !== undefined, await device.facts.where({ key: "reserve" }).count()]).toEqual([true, 0]);
    put.mockRejectedValueOnce(full);
    await writeSignedIn(device, { user: aUser("u2"), needs_sign_in: null });

    expect((await readSignedIn(device))?.user.id).toBe("u2");
    expect(((await device.facts.get("signed_in"))?.value as { user: { id: string } }).user.id).toBe("u1");
  });
});
