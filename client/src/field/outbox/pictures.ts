/** Fetches pictures of open hazards while there is a network, so that a re-check can be compared with them offline. */
import type { HazardRow, PictureRow } from "../local/rows.ts";
import { isOpenHazard } from "../local/hazards.ts";
import { inVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import type { Uuid } from "../../api/wire.ts";
import { isAnswerTo } from "./last-words.ts";
import type { Network } from "./network.ts";
import type { Pauses } from "./pauses.ts";
import { failureOf, IDLE, PROGRESS } from "./steps.ts";
import type { Step } from "./steps.ts";

/** The first ones show how it was found, the last how it was put right; a hazard with twenty photos must not fill the phone. */
const PER_HAZARD = 3;
/** About 25 MB of copies at most, small ones first. */
const MOST_PICTURES = 400;
const MOST_LARGE_PICTURES = 60;
interface Wanted {
  photo_id: Uuid;
  hazard_id: Uuid;
  size: PictureRow["size"];
}

export async function fetchPicture(vault: Vault, network: Network, pauses: Pauses): Promise<Step> {
  const now = vault.clocks.monotonic();
  const isDue = ({ photo_id, size }: Pick<Wanted, "photo_id" | "size">): boolean => pauses.isDue(`${photo_id}/${size}`, now);
  const own = (await unseenPhotos(vault)).find((photo_id) => isDue({ photo_id, size: "thumbnail" }));
  if (own !== undefined) return fetchThumbnail(vault, network, own, pauses);
  const wanted = (await wantedPictures(vault)).find(isDue);
  if (wanted === undefined) return IDLE;
  const reply = await network.picture(wanted.photo_id, wanted.size);
  if (reply.kind === "ok") await inVault(vault, () => vault.db.pictures.put({ ...wanted, bytes: reply.value }));
  else if (!isAnswerTo(reply)) return failureOf(reply);
  else pauses.putOff(`${wanted.photo_id}/${wanted.size}`, now);
  return PROGRESS;
}

/** Photos of a visit that was begun on another device. */
async function unseenPhotos({ db }: Vault): Promise<Uuid[]> {
  const open = await db.visits.where({ state: "open" }).primaryKeys();
  const ids = await db.photos.where("visit_id").anyOf(open).filter((photo) => photo.upload.state === "stored" && !photo.bytes_kept).primaryKeys();
  const have = new Set(await db.photo_bytes.where("photo_id").anyOf(ids).primaryKeys());
  return ids.filter((id) => !have.has(id));
}

async function fetchThumbnail(vault: Vault, network: Network, photo_id: Uuid, pauses: Pauses): Promise<Step> {
  const reply = await network.picture(photo_id, "thumbnail");
  if (reply.kind === "ok") await inVault(vault, () => vault.db.photo_bytes.add({ photo_id, bytes: new ArrayBuffer(0), thumbnail: reply.value }));
  else if (!isAnswerTo(reply)) return failureOf(reply);
  else pauses.putOff(`${photo_id}/thumbnail`, vault.clocks.monotonic());
  return PROGRESS;
}

/** Hazards that wait for their re-check come first, in both sizes after each other. */
async function wantedPictures(vault: Vault): Promise<Wanted[]> {
  const { db } = vault;
  const [hazards, kept, own] = await inVault(vault, () =>
    Promise.all([db.hazards.filter(isOpenHazard).toArray(), db.pictures.toCollection().primaryKeys(), db.photo_bytes.toCollection().primaryKeys()]),
  );
  const mine = new Set(own);
  const have = new Set(kept.map((key) => key.join("/")));
  const urgent = [...hazards].sort((a, b) => Number(b.state === "submitted") - Number(a.state === "submitted"));
  const small = urgent.flatMap((hazard) => picturesOf(hazard, "thumbnail")).slice(0, MOST_PICTURES);
  const large = urgent
    .filter((hazard) => hazard.state === "submitted")
    .flatMap((hazard) => picturesOf(hazard, "display"))
    .slice(0, MOST_LARGE_PICTURES);
  return [...small, ...large].filter(({ photo_id, size }) => !mine.has(photo_id) && !have.has(`${photo_id}/${size}`));
}

function picturesOf(hazard: HazardRow, size: PictureRow["size"]): Wanted[] {
  const after = hazard.photos.filter((photo) => photo.role === "after");
  const before = hazard.photos.filter((photo) => photo.role !== "after" && photo.role !== "signature");
  return [...before.slice(0, PER_HAZARD), ...after.slice(-PER_HAZARD)].map((photo) => ({ photo_id: photo.id, hazard_id: hazard.id, size }));
}
