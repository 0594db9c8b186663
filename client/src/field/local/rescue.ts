/**
 * The rescue file: one ZIP with everything that the server has not confirmed, for a phone that cannot send any more. The
 * office imports it; records and photos carry their ids and hashes, so importing it twice, or after all the rest has come
 * in by itself, changes nothing.
 *
 * Shape: manifest.json {format, made_at, device_id, user, records: [{id, kind, sha256, file}], photos: [{id, sha256,
 * size_bytes, media_type, file}], drafts}; records/<id>.json is the envelope; photos/<id> the bytes; drafts.json what is
 * still being filled in.
 */
import { formatTime } from "../../sync/times.ts";
import type { User, Uuid } from "../../api/wire.ts";
import type { PhotoRow, RecordRow } from "./rows.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";

export const RESCUE_FORMAT = "zero-accident-rescue/1";

export interface RescueFile {
  name: string;
  content: Blob;
  records: number;
  photos: number;
  /** Photos of which the bytes could not be read; the rest is in the file all the same. */
  unreadable: Uuid[];
}

export async function writeRescueFile(vault: Vault, owner: { user: User; device_id: Uuid }): Promise<RescueFile> {
  // Loaded on demand: most people never need it.
  const { Zip, ZipPassThrough, ZipDeflate } = await import("fflate");
  const { db } = vault;
  const [records, photos, drafts] = await inVault(vault, () =>
    Promise.all([unconfirmedRecords(vault), unconfirmedPhotos(vault), readDrafts(vault)]),
  );
  const made_at = formatTime(vault.clocks.now());
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip();
  const written = new Promise<void>((resolve, reject) => {
    zip.ondata = (error, part, isLast) => {
      if (error !== null) return reject(error);
      parts.push(part as Uint8Array<ArrayBuffer>);
      if (isLast) resolve();
    };
  });
  const addText = (name: string, value: unknown): void => {
    const file = new ZipDeflate(name);
    zip.add(file);
    file.push(new TextEncoder().encode(JSON.stringify(value)), true);
  };
  const kept: PhotoRow[] = [];
  for (const record of records) addText(`records/${record.id}.json`, record.envelope);
  // One photo in memory at a time.
  for (const photo of photos) {
    const bytes = await inVault(vault, () => db.photo_bytes.get(photo.id)).catch(() => undefined);
    if (bytes === undefined || bytes.bytes.byteLength === 0) continue;
    const file = new ZipPassThrough(`photos/${photo.id}`);
    zip.add(file);
    file.push(new Uint8Array(bytes.bytes), true);
    kept.push(photo);
  }
  addText("drafts.json", drafts);
  addText("manifest.json", {
    format: RESCUE_FORMAT,
    made_at,
    device_id: owner.device_id,
    user: { id: owner.user.id, username: owner.user.username, name: owner.user.name },
    records: records.map((row) => ({ id: row.id, kind: row.kind, sha256: row.envelope.content_hash, file: `records/${row.id}.json` })),
    photos: kept.map(({ id, sha256, size_bytes, media_type, visit_id, subject_id }) => ({
      id,
      sha256,
      size_bytes,
      media_type,
      visit_id,
      subject_id,
      file: `photos/${id}`,
    })),
    drafts: "drafts.json",
  });
  zip.end();
  await written;
  const have = new Set(kept.map((photo) => photo.id));
  return {
    name: `rescue_${owner.user.username}_${made_at.slice(0, 16).replace(/[-:T]/g, "")}.zip`,
    content: new Blob(parts, { type: "application/zip" }),
    records: records.length,
    photos: kept.length,
    unreadable: photos.map((photo) => photo.id).filter((id) => !have.has(id)),
  };
}

/** Also what the server refused or holds in conflict: that is what a person in the office must look at. */
function unconfirmedRecords(vault: Vault): Promise<RecordRow[]> {
  return vault.db.records.where("state").anyOf("waiting", "refused", "conflict").sortBy("order");
}

/** Those of copies that gave way to another device's are unsent as well. */
async function unconfirmedPhotos({ db }: Vault): Promise<PhotoRow[]> {
  const [photos, aside] = await Promise.all([
    db.photos.where("upload.state").anyOf("waiting", "sending", "refused").sortBy("captured_at"),
    db.set_aside.toArray(),
  ]);
  const known = new Set(await db.photos.toCollection().primaryKeys());
  const others = aside.flatMap((row) => row.content.photos).filter((photo) => photo.upload.state !== "stored" && !known.has(photo.id));
  return [...photos, ...new Map(others.map((photo) => [photo.id, photo])).values()];
}

async function readDrafts(vault: Vault): Promise<object> {
  const { db } = vault;
  const visits = await db.visits.where({ state: "open" }).toArray();
  const ids = visits.map((visit) => visit.id);
  const [submissions, hazards, rechecks, photos, set_aside] = await Promise.all([
    db.submissions.where("visit_id").anyOf(ids).toArray(),
    db.hazard_drafts.where("visit_id").anyOf(ids).toArray(),
    db.recheck_drafts.where("visit_id").anyOf(ids).toArray(),
    db.photos.where("visit_id").anyOf(ids).toArray(),
    db.set_aside.toArray(),
  ]);
  return { visits, submissions, hazards, rechecks, photos, set_aside };
}
