/**
 * Makes room on a full phone with what can be had again from the server, before anything that was entered fails to be saved.
 * Only deletes: a full store refuses even the smallest row.
 */
import type { Vault } from "./vault.ts";

/** True when something was given up, so that the write is worth another try. */
export async function makeRoom({ db }: Vault): Promise<boolean> {
  if ((await db.pictures.count()) > 0) {
    await db.pictures.clear();
    return true;
  }
  const received = await db.visits.filter((visit) => visit.receipt !== null).primaryKeys();
  const sent = await db.photos.where("visit_id").anyOf(received).filter((photo) => photo.upload.state === "stored").primaryKeys();
  return (await db.photo_bytes.where("photo_id").anyOf(sent).delete()) > 0;
}

/** The same store for what must be written whatever happens: it also gives back what was kept aside for that. */
export function withReserve(vault: Vault, spendReserve: () => Promise<boolean>): Vault {
  const own: Partial<Vault> = { makeRoom: async () => (await vault.makeRoom()) || spendReserve() };
  return Object.assign(Object.create(vault) as Vault, own);
}
