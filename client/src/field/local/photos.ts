/**
 * Photos in the vault: prepared (scaled, hashed) and written with their bytes before the promise resolves. The upload
 * state on each row is the outbox's; who looks at a photo before it has arrived reads its bytes here.
 */
import { clockFacts } from "../../media/clock.ts";
import type { OffsetMeasurement } from "../../media/clock.ts";
import type { Located, NoPositionReason } from "../../media/position.ts";
import { preparePhoto } from "../../media/prepare.ts";
import type { PreparedPhoto } from "../../media/prepare.ts";
import { sealRecord } from "../../sync/records.ts";
import type { UnsealedRecord } from "../../sync/records.ts";
import { formatTime } from "../../sync/times.ts";
import type { PhotoBody, PhotoMark, PhotoReviewBody, PhotoRole, Uuid } from "../../api/wire.ts";
import { FRESH_UPLOAD } from "./rows.ts";
import type { PhotoRow, RecordRow } from "./rows.ts";
import { inVault, readClocks, readMeta } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { answerAt, changeOpenSubmission, getOpenVisit, putAnswer } from "./visits.ts";

/** What a photo shows. With `hazard_id` it belongs to a hazard (found or re-checked now), with only `item_path` to an item. */
export interface PhotoTarget {
  role: PhotoRole;
  submission_id?: Uuid | null;
  item_path?: string | null;
  hazard_id?: Uuid | null;
}

/** A fix may take seconds; the photo is saved at once and gets its position when it comes. */
export type PositionSource = Located | Promise<Located>;

export type Prepare = (file: Blob) => Promise<PreparedPhoto>;

/** Resolves when facts and bytes are on disk. Raises StorageFull; then nothing of the photo was kept. */
export async function addPhoto(
  vault: Vault,
  visit_id: Uuid,
  target: PhotoTarget,
  file: Blob,
  source: "camera" | "album",
  position: PositionSource,
  prepare: Prepare = preparePhoto,
): Promise<PhotoRow> {
  const prepared = await prepare(file);
  const subject_id = (await inVault(vault, () => getOpenVisit(vault, visit_id))).subject_id;
  const row = await photoRow(vault, { visit_id, subject_id, target, file, source, prepared });
  const { db } = vault;
  await inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.photos, db.photo_bytes], async () => {
      await getOpenVisit(vault, visit_id);
      await putPhoto(vault, row, prepared);
      if (row.submission_id !== null && row.item_path !== null && row.hazard_id === null) {
        await changeOpenSubmission(vault, row.submission_id, (submission) => {
          const path = row.item_path ?? "";
          const answer = answerAt(submission, path) ?? {};
          const photos = answer.photos ?? [];
          putAnswer(submission, path, { ...answer, photos: photos.includes(row.id) ? photos : [...photos, row.id] });
        });
      }
    }),
  );
  return settlePosition(vault, row, position);
}

/** The signature on glass, as the canvas gave it: neither scaled nor positioned. */
export function addSignature(vault: Vault, visit_id: Uuid, drawing: Blob): Promise<PhotoRow> {
  const asDrawn: Prepare = (file) => preparePhoto(file, { keep_as_is: true });
  return addPhoto(vault, visit_id, { role: "signature" }, drawing, "camera", { kind: "not_located", reason: "unsupported" }, asDrawn);
}

/** Circles drawn on a copy; the photo itself is never altered. */
export function savePhotoMarks(vault: Vault, photo_id: Uuid, marks: PhotoMark[]): Promise<PhotoRow | undefined> {
  return changePhoto(vault, photo_id, (photo) => ({ ...photo, marks }));
}

export function savePhotoRole(vault: Vault, photo_id: Uuid, role: PhotoRole): Promise<PhotoRow | undefined> {
  return changePhoto(vault, photo_id, (photo) => ({ ...photo, role }));
}

/** Removes a photo from a visit that is still open. */
export function removePhoto(vault: Vault, photo_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", [db.visits, db.submissions, db.photos, db.photo_bytes], async () => {
      const photo = await db.photos.get(photo_id);
      if (photo === undefined || photo.visit_id === null) return;
      await getOpenVisit(vault, photo.visit_id);
      await db.photos.delete(photo_id);
      await db.photo_bytes.delete(photo_id);
      if (photo.submission_id === null || photo.item_path === null || photo.hazard_id !== null) return;
      await changeOpenSubmission(vault, photo.submission_id, (submission) => {
        const path = photo.item_path ?? "";
        const answer = answerAt(submission, path);
        if (answer === undefined) return;
        const { photos: before = [], ...rest } = answer;
        const photos = before.filter((id) => id !== photo_id);
        putAnswer(submission, path, photos.length === 0 ? rest : { ...rest, photos });
      });
    }),
  );
}

/**
 * One tap after a reviewer returned a photo: a new photo onto the same hazard or item, sent without waiting for a visit.
 * The returned photo stays what it was.
 */
export async function reshootPhoto(
  vault: Vault,
  review: PhotoReviewBody,
  file: Blob,
  source: "camera" | "album",
  position: PositionSource,
  prepare: Prepare = preparePhoto,
): Promise<PhotoRow> {
  const [prepared, located, returned] = await Promise.all([prepare(file), position, vault.db.photos.get(review.photo_id)]);
  const target: PhotoTarget = {
    role: returned?.role ?? "after",
    hazard_id: review.hazard_id,
    item_path: review.item_path,
    submission_id: returned?.submission_id ?? null,
  };
  const bare = await photoRow(vault, { visit_id: null, subject_id: review.subject_id, target, file, source, prepared });
  const row = withPosition(bare, located);
  const records = await reshootRecords(vault, row);
  const { db } = vault;
  await inVault(vault, () =>
    db.transaction("rw", [db.photos, db.photo_bytes, db.records, db.reviews], async () => {
      await putPhoto(vault, row, prepared);
      await db.records.bulkPut(records);
      await db.reviews.delete(review.photo_id);
    }),
  );
  return row;
}

export function photoBody(photo: PhotoRow): PhotoBody {
  return {
    photo_id: photo.id,
    hazard_id: photo.hazard_id,
    item_path: photo.item_path,
    submission_id: photo.submission_id,
    role: photo.role,
    sha256: photo.sha256,
    size_bytes: photo.size_bytes,
    media_type: photo.media_type,
    width: photo.width,
    height: photo.height,
    source: photo.source,
    captured_at: photo.captured_at,
    position: photo.position,
    ...(photo.no_position_reason === null ? {} : { no_position_reason: photo.no_position_reason }),
    clock: photo.clock,
    original: photo.original,
    ...(photo.marks.length === 0 ? {} : { marks: photo.marks }),
  };
}

interface NewPhoto {
  visit_id: Uuid | null;
  subject_id: Uuid;
  target: PhotoTarget;
  file: Blob;
  source: "camera" | "album";
  prepared: PreparedPhoto;
}

async function photoRow(vault: Vault, shot: NewPhoto): Promise<PhotoRow> {
  const { target, prepared } = shot;
  const measured = await inVault(vault, () => readMeta<OffsetMeasurement>(vault, "server_clock"));
  return {
    id: vault.newId(),
    visit_id: shot.visit_id,
    subject_id: shot.subject_id,
    submission_id: target.submission_id ?? null,
    item_path: target.item_path ?? null,
    hazard_id: target.hazard_id ?? null,
    role: target.role,
    sha256: prepared.sha256,
    size_bytes: prepared.bytes.byteLength,
    media_type: prepared.media_type,
    width: prepared.width,
    height: prepared.height,
    source: shot.source,
    captured_at: capturedAt(vault, shot),
    position: null,
    no_position_reason: null,
    clock: clockFacts(readClocks(vault), measured),
    original: prepared.original,
    marks: [],
    revision: 1,
    upload: { ...FRESH_UPLOAD },
    bytes_kept: true,
  };
}

/** The camera was pressed just now; an album picture was taken when its file says so. */
function capturedAt(vault: Vault, shot: NewPhoto): string {
  const now = vault.clocks.now();
  if (shot.source === "camera") return formatTime(now);
  const modified = shot.file instanceof File ? shot.file.lastModified : now;
  return formatTime(shot.prepared.taken_ms ?? Math.min(modified, now));
}

async function putPhoto(vault: Vault, row: PhotoRow, prepared: PreparedPhoto): Promise<void> {
  await vault.db.photo_bytes.put({ photo_id: row.id, bytes: prepared.bytes, thumbnail: prepared.thumbnail });
  await vault.db.photos.put(row);
}

/** A position that is there already is stored before returning; one that is on its way follows by itself. */
async function settlePosition(vault: Vault, row: PhotoRow, source: PositionSource): Promise<PhotoRow> {
  if (!(source instanceof Promise)) return (await changePhoto(vault, row.id, (photo) => withPosition(photo, source))) ?? row;
  void source
    .then((located) => changePhoto(vault, row.id, (photo) => withPosition(photo, located)))
    // The visit may have been finished meanwhile: the photo then went without a position, which is a legal state.
    .catch(() => undefined);
  return row;
}

function withPosition(photo: PhotoRow, located: Located): PhotoRow {
  if (located.kind === "located") return { ...photo, position: located.position, no_position_reason: null };
  return { ...photo, position: null, no_position_reason: located.reason satisfies NoPositionReason };
}

function changePhoto(vault: Vault, photo_id: Uuid, change: (photo: PhotoRow) => PhotoRow): Promise<PhotoRow | undefined> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.visits, db.photos, async () => {
      const photo = await db.photos.get(photo_id);
      if (photo === undefined) return undefined;
      if (photo.visit_id !== null) await getOpenVisit(vault, photo.visit_id);
      const changed = { ...change(photo), revision: photo.revision + 1 };
      await db.photos.put(changed);
      return changed;
    }),
  );
}

async function reshootRecords(vault: Vault, photo: PhotoRow): Promise<RecordRow[]> {
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

export async function recordRow(record: UnsealedRecord<object>, hazard_id: Uuid | null, order: number): Promise<RecordRow> {
  return {
    id: record.id,
    visit_id: record.visit_id,
    hazard_id,
    kind: record.kind,
    order,
    state: "waiting",
    envelope: await sealRecord(record),
    problem: null,
    receipt: null,
  };
}
