import type { Uuid } from "../../api/wire.ts";
import type { Vault } from "./vault.ts";

type Owner = { visit_id: Uuid } | { submission_id: Uuid } | { hazard_id: Uuid };
type Place = { item_path: string | null };

/**
 * Takes photos out of a visit, with files that were picked for one and are not processed yet. Within a transaction of the caller
 * over photos, photo_bytes and picked.
 */
export async function dropPhotos({ db }: Vault, of: Owner, isMeant: (row: Place) => boolean = () => true): Promise<void> {
  const photos = await db.photos.where(of).filter(isMeant).primaryKeys();
  const picks = await db.picked.where(of).filter(isMeant).primaryKeys();
  await db.photos.bulkDelete(photos);
  await db.picked.bulkDelete(picks);
  await db.photo_bytes.bulkDelete([...photos, ...picks]);
}
