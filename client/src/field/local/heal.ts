/**
 * Mends what releases before the gate (src/api/http.ts) kept of the answers of gateways: numbers that are none, pages in the
 * place of pictures, refusals that no server of ours made. Once per phone, after opening; a ladder's rung would have to write,
 * and a full phone could not open its work any more.
 */
import { isWholeJpeg } from "../../api/http.ts";
import type { Problem } from "../../api/wire.ts";
import type { Clock } from "../../media/clock.ts";
import { FRESH_UPLOAD } from "./rows.ts";
import type { PhotoRow } from "./rows.ts";
import { readMeta, writeMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";

const KEY = "healed";
const HEALED = 1;

export async function heal(vault: Vault): Promise<void> {
  const { db } = vault;
  await db.transaction("rw", [db.photos, db.photo_bytes, db.pictures, db.records, db.mirrors, db.set_aside, db.meta], async () => {
    if ((await readMeta<number>(vault, KEY)) === HEALED) return;
    await db.photos.filter(isPoisoned).modify((photo) => void Object.assign(photo, healed(photo)));
    await db.set_aside.filter((row) => row.content.photos.some(isPoisoned)).modify((row) => {
      row.content.photos = row.content.photos.map(healed);
    });
    await db.records.where("state").anyOf("refused", "conflict").and((record) => isStrangers(record.problem)).modify({ state: "waiting", problem: null });
    await db.pictures.filter((picture) => !isWholeJpeg(picture.bytes)).delete();
    // Small copies of another device's photos; fetched again.
    await db.photo_bytes.filter((row) => row.bytes.byteLength === 0 && row.thumbnail !== null && !isWholeJpeg(row.thumbnail)).delete();
    await db.mirrors.filter((mirror) => mirror.other !== null && !Array.isArray(mirror.other.content?.submissions)).modify({ other: null });
    await writeMeta(vault, KEY, HEALED);
  });
}

function isPoisoned(photo: PhotoRow): boolean {
  return !isSound(photo.clock) || (photo.upload.state === "refused" && isStrangers(photo.upload.problem));
}

function healed(photo: PhotoRow): PhotoRow {
  const { clock, upload } = photo;
  return {
    ...photo,
    clock: isSound(clock) ? clock : { device_time: clock.device_time, server_offset_ms: null, offset_measured_at: null, monotonic_gap_ms: null, error_bound_ms: null },
    upload: upload.state === "refused" && isStrangers(upload.problem) ? { ...FRESH_UPLOAD } : upload,
  };
}

function isSound(clock: Clock): boolean {
  return [clock.server_offset_ms, clock.monotonic_gap_ms, clock.error_bound_ms].every((value) => value === null || Number.isFinite(value));
}

/** Those of a proxy had no name of ours. */
function isStrangers(problem: Problem | null): boolean {
  return problem !== null && !problem.type.startsWith("/problems/");
}
