/**
 * From a picked file to a photo. The file is on disk before anything else is done with it; then it is scaled and hashed, one at a
 * time, and takes its place. A page that is closed in between goes on with what is left when it is opened again.
 */
import { clockFacts } from "../../media/clock.ts";
import type { OffsetMeasurement } from "../../media/clock.ts";
import { mediaTypeOf } from "../../media/formats.ts";
import type { Located } from "../../media/position.ts";
import { preparePhoto } from "../../media/prepare.ts";
import type { PreparedPhoto } from "../../media/prepare.ts";
import { LARGEST } from "../../sync/largest.ts";
import { formatTime } from "../../sync/times.ts";
import type { UnsealedRecord } from "../../sync/records.ts";
import type { PhotoReview, Uuid } from "../../api/wire.ts";
import type { PhotoRole } from "../../vocabulary/codes.ts";
import { photoFailureOf } from "./failures.ts";
import { photoBody, positionFacts, recordRow, savePhotoPosition } from "./photos.ts";
import { FRESH_UPLOAD } from "./rows.ts";
import type { PhotoRow, PickedRow, RecordRow } from "./rows.ts";
import { inVault, readClocks, readMeta, StorageFull } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { answerAt, changeOpenSubmission, getOpenVisit, putAnswer, VisitNotOpen } from "./visits.ts";

/** What a photo shows. With `hazard_id` it belongs to a hazard (found or re-checked now), with only `item_path` to an item. */
export interface PhotoTarget {
  role: PhotoRole;
  submission_id?: Uuid | null;
  item_path?: string | null;
  hazard_id?: Uuid | null;
}

/** A fix may take seconds; the photo is saved at once and gets its position when it comes. */
export type PositionSource = Located | Promise<Located>;

/** A hazard can be reported with so many and no more. */
export class EnoughPhotos extends Error {
  override name = "EnoughPhotos";
}

export type Prepare = (file: Blob) => Promise<PreparedPhoto>;

type Source = PickedRow["source"];

const NOWHERE: Located = { kind: "not_located", reason: "timeout" };

/** Fixes that are on their way while this page lives. */
const coming = new Map<Uuid, Promise<Located>>();

/** Resolves when the file is on disk. Raises StorageFull; then nothing of it was kept. */
export async function pickPhoto(vault: Vault, visit_id: Uuid, target: PhotoTarget, file: Blob, source: Source, position: PositionSource): Promise<PickedRow> {
  const { subject_id } = await inVault(vault, () => getOpenVisit(vault, visit_id));
  return keepPick(vault, { visit_id, review: null, subject_id, target, file, source, position });
}

/** A reviewer returned a photo: a new one onto the same hazard or item. It is looked at before it is kept (`keepRetake`). */
export async function pickRetake(vault: Vault, review: PhotoReview, file: Blob, source: Source, position: PositionSource): Promise<PickedRow> {
  const returned = await inVault(vault, () => vault.db.photos.get(review.photo_id));
  const target: PhotoTarget = {
    role: returned?.role ?? "after",
    hazard_id: review.hazard_id,
    item_path: review.item_path,
    submission_id: returned?.submission_id ?? null,
  };
  return keepPick(vault, { visit_id: null, review, subject_id: review.subject_id, target, file, source, position });
}

/** Picks and processes one photo. Raises what processing raised; then nothing of it is left. */
export async function addPhoto(
  vault: Vault, visit_id: Uuid, target: PhotoTarget, file: Blob, source: Source, position: PositionSource, prepare: Prepare = preparePhoto,
): Promise<PhotoRow> {
  const pick = await pickPhoto(vault, visit_id, target, file, source, position);
  try {
    return await processPick(vault, pick, prepare);
  } catch (error) {
    await dismissPick(vault, pick.id);
    throw error;
  }
}

/** The signature on glass, as the canvas gave it: neither scaled nor positioned. */
export function addSignature(vault: Vault, visit_id: Uuid, drawing: Blob): Promise<PhotoRow> {
  const asDrawn: Prepare = (file) => preparePhoto(file, { keep_as_is: true });
  return addPhoto(vault, visit_id, { role: "signature" }, drawing, "camera", { kind: "not_located", reason: "unsupported" }, asDrawn);
}

/** Tells files of one millisecond apart. */
let nth = 0;

const running = new WeakMap<Vault, Promise<void>>();

/**
 * Makes photos of all that was picked for visits, oldest first; whoever asks while it runs waits for the same. What fails keeps its
 * reason in its row. Raises StorageFull; the rest stays for the next time.
 */
export function processPicks(vault: Vault, prepare: Prepare = preparePhoto): Promise<void> {
  const before = running.get(vault);
  if (before !== undefined) return before;
  const work = processAll(vault, prepare).finally(() => running.delete(vault));
  running.set(vault, work);
  return work;
}

/** Scales and hashes a retake, so that it can be looked at. Raises what is wrong with the file; then nothing of it is left. */
export async function prepareRetake(vault: Vault, pick: PickedRow, prepare: Prepare = preparePhoto): Promise<void> {
  const { db } = vault;
  try {
    const { bytes, thumbnail, ...prepared } = await preparedFrom(vault, pick, prepare);
    await inVault(vault, () =>
      db.transaction("rw", db.picked, db.photo_bytes, async () => {
        if ((await db.picked.update(pick.id, { prepared })) > 0) await db.photo_bytes.put({ photo_id: pick.id, bytes, thumbnail });
      }),
    );
  } catch (error) {
    await dismissPick(vault, pick.id);
    throw error;
  }
}

/** The shot that a person looked at goes onto the hazard or item, and is sent without waiting for a visit. */
export async function keepRetake(vault: Vault, id: Uuid): Promise<PhotoRow> {
  const { db } = vault;
  const [known, kept] = await inVault(vault, () => Promise.all([db.picked.get(id), db.photo_bytes.get(id)]));
  if (!known?.review || known.prepared === null || kept === undefined) throw new Error("only a shot that was looked at is kept");
  const { review, prepared } = known;
  const located = (await coming.get(id)) ?? known.located ?? NOWHERE;
  const whole = { ...prepared, bytes: kept.bytes, thumbnail: kept.thumbnail };
  const row = { ...photoRow(known, whole), ...positionFacts(located) };
  const records = await retakeRecords(vault, row);
  await inVault(vault, () =>
    db.transaction("rw", [db.photos, db.photo_bytes, db.picked, db.records, db.reviews], async () => {
      await putPhoto(vault, row, whole);
      await db.records.bulkPut(records);
      await db.reviews.delete(review.photo_id);
    }),
  );
  return row;
}

/** What was picked, as a picture to look at. */
export async function pickPicture(vault: Vault, id: Uuid): Promise<Blob | null> {
  const kept = await inVault(vault, () => vault.db.photo_bytes.get(id));
  return kept === undefined ? null : new Blob([kept.bytes], { type: mediaTypeOf(kept.bytes) ?? "" });
}

/** Without the bytes. In the order in which they were picked. */
export function picksOf(vault: Vault, of: { visit_id: Uuid } | { review_of: Uuid }): Promise<PickedRow[]> {
  return inVault(vault, async () => {
    const { picked } = vault.db;
    const rows = "visit_id" in of ? await picked.where(of).toArray() : await picked.filter((pick) => pick.review?.photo_id === of.review_of).toArray();
    return rows.sort((a, b) => a.order - b.order);
  });
}

export function dismissPick(vault: Vault, id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.picked, db.photo_bytes, async () => {
      if ((await db.picked.where({ id }).delete()) > 0) await db.photo_bytes.delete(id);
    }),
  );
}

/** A phone without room for the whole file may have some for what is sent of it. */
async function keepPick(vault: Vault, shot: NewPick): Promise<PickedRow> {
  try {
    return await writePick(vault, shot);
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    const { bytes, media_type } = await preparePhoto(shot.file);
    return writePick(vault, { ...shot, file: new Blob([bytes], { type: media_type }) });
  }
}

interface NewPick {
  visit_id: Uuid | null;
  review: PhotoReview | null;
  subject_id: Uuid;
  target: PhotoTarget;
  file: Blob;
  source: Source;
  position: PositionSource;
}

async function writePick(vault: Vault, { visit_id, review, subject_id, target, file, source, position }: NewPick): Promise<PickedRow> {
  const { db } = vault;
  const now = vault.clocks.now();
  const [bytes, measured] = await Promise.all([file.arrayBuffer(), inVault(vault, () => readMeta<OffsetMeasurement>(vault, "server_clock"))]);
  const pick: PickedRow = {
    id: vault.newId(),
    visit_id,
    review,
    subject_id,
    submission_id: target.submission_id ?? null,
    item_path: target.item_path ?? null,
    hazard_id: target.hazard_id ?? null,
    role: target.role,
    source,
    picked_at: formatTime(now),
    modified_ms: file instanceof File ? file.lastModified : now,
    clock: clockFacts(readClocks(vault), measured),
    media_type: file.type,
    located: position instanceof Promise ? null : position,
    order: now + (nth = (nth + 1) % 1000) / 1000,
    prepared: null,
    failure: null,
  };
  await inVault(vault, () =>
    db.transaction("rw", db.photos, db.picked, db.photo_bytes, async () => {
      await checkRoom(vault, pick);
      await db.photo_bytes.put({ photo_id: pick.id, bytes, thumbnail: null });
      await db.picked.put(pick);
    }),
  );
  if (position instanceof Promise) followPosition(vault, pick.id, position);
  return pick;
}

/** Two fingers may pick at once: counted where it is written. */
async function checkRoom({ db }: Vault, { id, hazard_id, visit_id }: PickedRow): Promise<void> {
  if (hazard_id === null || visit_id === null) return;
  const photos = await db.photos.where({ hazard_id }).filter((photo) => photo.visit_id === visit_id).count();
  const picks = await db.picked.where({ hazard_id }).filter((pick) => pick.visit_id === visit_id && pick.failure === null && pick.id !== id).count();
  if (photos + picks >= LARGEST.photos_of_hazard) throw new EnoughPhotos(`a hazard has at most ${LARGEST.photos_of_hazard} photos`);
}

/** The photo may be made before its fix comes, or after it. */
function followPosition(vault: Vault, id: Uuid, position: Promise<Located>): void {
  const { picked } = vault.db;
  const settled = position.catch(() => NOWHERE);
  coming.set(id, settled);
  void settled
    .then(async (located) => {
      const isPick = (await inVault(vault, () => picked.update(id, { located }))) > 0;
      if (!isPick) await savePhotoPosition(vault, id, located);
    })
    // The visit may have been finished meanwhile: the photo then went without a position, which is a legal state.
    .catch(() => undefined)
    .finally(() => coming.delete(id));
}

async function processAll(vault: Vault, prepare: Prepare): Promise<void> {
  for (;;) {
    const waiting = await inVault(vault, () => vault.db.picked.filter((pick) => pick.failure === null && pick.visit_id !== null).toArray());
    const [next] = waiting.sort((a, b) => a.order - b.order);
    if (next === undefined) return;
    try {
      await processPick(vault, next, prepare);
    } catch (error) {
      if (error instanceof StorageFull || vault.is_closed) throw error;
      await inVault(vault, () => vault.db.picked.update(next.id, { failure: photoFailureOf(error) }));
    }
  }
}

async function processPick(vault: Vault, pick: PickedRow, prepare: Prepare): Promise<PhotoRow> {
  const { db } = vault;
  const prepared = await preparedFrom(vault, pick, prepare);
  const made = photoRow(pick, prepared);
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.photos, db.photo_bytes, db.picked], async () => {
      // Another tab may have been at it too, it may have been taken out, and a fix may have come meanwhile.
      const current = await db.picked.get(pick.id);
      if (current === undefined) return getPhoto(vault, pick);
      const row = { ...made, ...positionFacts(current.located ?? NOWHERE) };
      const visit = await getOpenVisit(vault, row.visit_id ?? "");
      await putPhoto(vault, row, prepared);
      if (row.role === "paper") await db.visits.put({ ...visit, signature: { kind: "paper", photo_id: row.id }, changed_at: formatTime(vault.clocks.now()) });
      if (row.submission_id !== null && row.item_path !== null && row.hazard_id === null) {
        await changeOpenSubmission(vault, row.submission_id, (submission) => {
          const path = row.item_path ?? "";
          const answer = answerAt(submission, path) ?? {};
          putAnswer(submission, path, { ...answer, photos: [...(answer.photos ?? []), row.id] });
        });
      }
      return row;
    }),
  );
}

/** Raises VisitNotOpen when what was picked has been taken out with its hazard or visit. */
async function getPhoto({ db }: Vault, pick: PickedRow): Promise<PhotoRow> {
  const photo = await db.photos.get(pick.id);
  if (photo === undefined) throw new VisitNotOpen(pick.id);
  return photo;
}

async function preparedFrom(vault: Vault, pick: PickedRow, prepare: Prepare): Promise<PreparedPhoto> {
  const kept = await inVault(vault, () => vault.db.photo_bytes.get(pick.id));
  return prepare(new Blob([kept?.bytes ?? new ArrayBuffer(0)], { type: pick.media_type }));
}

/** Within a transaction of the caller. */
async function putPhoto({ db }: Vault, row: PhotoRow, prepared: PreparedPhoto): Promise<void> {
  await db.photo_bytes.put({ photo_id: row.id, bytes: prepared.bytes, thumbnail: prepared.thumbnail });
  await db.photos.put(row);
  await db.picked.delete(row.id);
}

function photoRow(pick: PickedRow, prepared: PreparedPhoto): PhotoRow {
  return {
    id: pick.id,
    visit_id: pick.visit_id,
    subject_id: pick.subject_id,
    submission_id: pick.submission_id,
    item_path: pick.item_path,
    hazard_id: pick.hazard_id,
    role: pick.role,
    sha256: prepared.sha256,
    size_bytes: prepared.bytes.byteLength,
    media_type: prepared.media_type,
    width: prepared.width,
    height: prepared.height,
    source: pick.source,
    captured_at: capturedAt(pick, prepared.taken_ms),
    position: null,
    no_position_reason: null,
    clock: pick.clock,
    original: prepared.original,
    marks: [],
    revision: 1,
    upload: { ...FRESH_UPLOAD },
    bytes_kept: true,
  };
}

/** The camera was pressed when the file was picked; an album picture was taken when its file says so. */
function capturedAt({ source, picked_at, modified_ms }: PickedRow, taken_ms: number | null): string {
  return source === "camera" ? picked_at : formatTime(taken_ms ?? Math.min(modified_ms, Date.parse(picked_at)));
}

async function retakeRecords(vault: Vault, photo: PhotoRow): Promise<RecordRow[]> {
  const made_at = formatTime(vault.clocks.now());
  const order = vault.clocks.now();
  const common = { visit_id: null, subject_id: photo.subject_id, made_at };
  const facts: UnsealedRecord<object> = { ...common, id: photo.id, kind: "photo", body: photoBody(photo) };
  const records = [await recordRow(facts, photo.hazard_id, order)];
  if (photo.hazard_id !== null) {
    const body = { hazard_id: photo.hazard_id, kind: "photo_added", at: made_at, photos: [{ id: photo.id, role: photo.role }] };
    records.push(await recordRow({ ...common, id: vault.newId(), kind: "hazard_event", body }, photo.hazard_id, order + 1));
  }
  return records;
}
