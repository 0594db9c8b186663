/** Photos of this phone as they are looked at, and copies of others'; taking and changing photos is photos.ts. */
import type { Uuid } from "../../api/wire.ts";
import type { PhotoRow } from "./rows.ts";
import { inVault, readMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";

export function findPhoto(vault: Vault, photo_id: Uuid): Promise<PhotoRow | undefined> {
  return inVault(vault, () => vault.db.photos.get(photo_id));
}

export function photosOf(vault: Vault, of: { visit_id: Uuid } | { hazard_id: Uuid } | { submission_id: Uuid }): Promise<PhotoRow[]> {
  return inVault(vault, () => vault.db.photos.where(of).sortBy("captured_at"));
}

/**
 * The picture to show: this phone's own photo, or the copy kept of a hazard's. Null when it cannot be drawn here (HEIC,
 * broken), its bytes were given up after arrival, or the server has it in full and can be reached.
 */
export async function photoPicture(vault: Vault, photo_id: Uuid, size: "thumbnail" | "full"): Promise<Blob | null> {
  const [row, bytes] = await inVault(vault, () => Promise.all([vault.db.photos.get(photo_id), vault.db.photo_bytes.get(photo_id)]));
  if (row === undefined || bytes === undefined) return keptPicture(vault, photo_id, size);
  if (size === "thumbnail") return bytes.thumbnail === null ? null : new Blob([bytes.thumbnail], { type: "image/jpeg" });
  return row.bytes_kept && bytes.bytes.byteLength > 0 ? new Blob([bytes.bytes], { type: row.media_type }) : null;
}

async function keptPicture(vault: Vault, photo_id: Uuid, size: "thumbnail" | "full"): Promise<Blob | null> {
  const { db } = vault;
  const [small, large, sending] = await inVault(vault, () =>
    Promise.all([db.pictures.get([photo_id, "thumbnail"]), db.pictures.get([photo_id, "display"]), readMeta<{ next_try_ms: number | null }>(vault, "sending")]),
  );
  const isServerAway = sending !== null && sending.next_try_ms !== null;
  const picture = (size === "full" ? large : undefined) ?? (size === "thumbnail" || isServerAway ? small : undefined);
  return picture === undefined ? null : new Blob([picture.bytes], { type: "image/jpeg" });
}
