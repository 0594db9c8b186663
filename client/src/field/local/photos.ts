/** Photos in the vault: what is changed on them, and how their facts travel. A picked file becomes one in picks.ts. */
import type { Located, NoPositionReason } from "../../media/position.ts";
import { sealRecord } from "../../sync/records.ts";
import type { UnsealedRecord } from "../../sync/records.ts";
import type { PhotoBody, PhotoMark, Uuid } from "../../api/wire.ts";
import type { PhotoRole } from "../../vocabulary/codes.ts";
import type { PhotoRow, RecordRow } from "./rows.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { answerAt, changeOpenSubmission, getOpenVisit, putAnswer } from "./visits.ts";

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

/** A fix that came after the photo was kept. The visit may have been finished meanwhile: raises VisitNotOpen. */
export function savePhotoPosition(vault: Vault, photo_id: Uuid, located: Located): Promise<PhotoRow | undefined> {
  return changePhoto(vault, photo_id, (photo) => ({ ...photo, ...positionFacts(located) }));
}

export function positionFacts(located: Located): Pick<PhotoRow, "position" | "no_position_reason"> {
  if (located.kind === "located") return { position: located.position, no_position_reason: null };
  return { position: null, no_position_reason: located.reason satisfies NoPositionReason };
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
