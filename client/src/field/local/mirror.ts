/**
 * A visit in progress that two devices may hold. Its rows go to the server as one document (the outbox sends it); here they
 * are read, taken over from another device, and, where both went on, set beside each other. Whichever copy gives way is set
 * aside whole and can be brought back: no choice made here loses an answer or a photo.
 */
import { receiptCode } from "../../sync/receipts.ts";
import { formatTime } from "../../sync/times.ts";
import type { Uuid } from "../../api/wire.ts";
import { FRESH_UPLOAD } from "./rows.ts";
import type { DraftContent, DraftDocument, DraftSummary, MirrorRow, PhotoRow, SetAsideRow, VisitRow } from "./rows.ts";
import { inVault } from "./vault.ts";
import type { Vault } from "./vault.ts";
import { VisitNotOpen } from "./visits.ts";

/** The rows of an open visit; null when it is not (any more) open on this phone. */
export function draftOf(vault: Vault, visit_id: Uuid): Promise<DraftContent | null> {
  return inVault(vault, () => vault.db.transaction("r", draftTables(vault), () => readDraft(vault, visit_id)));
}

/** Equal as long as nothing in the draft was written. */
export function fingerprintOf({ visit, submissions, hazards, rechecks, photos }: DraftContent): string {
  const { receipt: _receipt, received_at: _at, ...own } = visit;
  const revisions = [submissions, hazards, photos].map((rows) => rows.map((row) => `${row.id}:${row.revision}`).sort());
  return JSON.stringify([own, ...revisions, rechecks.map((row) => `${row.hazard_id}:${row.revision}`).sort()]);
}

export function mirrorOf(vault: Vault, visit_id: Uuid): Promise<MirrorRow | undefined> {
  return inVault(vault, () => vault.db.mirrors.get(visit_id));
}

export function setAsideOf(vault: Vault, visit_id: Uuid): Promise<SetAsideRow[]> {
  return inVault(vault, () => vault.db.set_aside.where({ visit_id }).reverse().sortBy("set_aside_at"));
}

/** Goes on here with what another device filled in; this phone's own copy, if there is one, is set aside. */
export async function continueDraft(vault: Vault, draft: DraftDocument): Promise<VisitRow> {
  const arrived = await receiptsOf(draft);
  return inVault(vault, () =>
    vault.db.transaction("rw", draftTables(vault), async () => {
      const visit = await replaceDraft(vault, draft.content, arrived);
      if (!draft.mine) await takeOverFrom(vault, visit, draft.author_name);
      await putMirror(vault, draft, draft.revision);
      return visit;
    }),
  );
}

/** Goes on with this phone's copy; the other one is set aside here and no longer what the server shows. */
export function keepOwnDraft(vault: Vault, draft: DraftDocument): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", draftTables(vault), async () => {
      await db.set_aside.add(asideRow(vault, draft.content, "other", draft.author_name));
      await putMirror(vault, draft, draft.revision);
    }),
  );
}

/** The visit was submitted from another device: this phone's copy leaves the list of visits, and stays on the phone. */
export function giveWay(vault: Vault, visit_id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", draftTables(vault), async () => {
      const content = await readDraft(vault, visit_id);
      if (content === null) return;
      await db.set_aside.add(asideRow(vault, content, "mine", null));
      await removeRows(vault, visit_id);
      await db.visits.delete(visit_id);
      await db.mirrors.delete(visit_id);
    }),
  );
}

/** Exchanges the copy in hand for one that was set aside. */
export async function bringBack(vault: Vault, id: Uuid): Promise<VisitRow> {
  const { db } = vault;
  const aside = await inVault(vault, () => db.set_aside.get(id));
  if (aside === undefined) throw new VisitNotOpen(id);
  const known = await receiptsOf({ content: aside.content, photos: {} });
  return inVault(vault, () =>
    db.transaction("rw", draftTables(vault), async () => {
      const visit = await replaceDraft(vault, aside.content, known);
      await db.set_aside.delete(id);
      await db.mirrors.where({ visit_id: visit.id }).modify({ mirrored: null, urgent: true });
      return visit;
    }),
  );
}

/** The person looked at it and does not want it; photos that no other copy names go with it. */
export function forgetSetAside(vault: Vault, id: Uuid): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", draftTables(vault), async () => {
      const aside = await db.set_aside.get(id);
      if (aside === undefined) return;
      await db.set_aside.delete(id);
      const others = await db.set_aside.where({ visit_id: aside.visit_id }).toArray();
      const named = new Set(others.flatMap((row) => row.content.photos.map((photo) => photo.id)));
      const kept = new Set(await db.photos.where("id").anyOf(aside.content.photos.map((photo) => photo.id)).primaryKeys());
      await db.photo_bytes.bulkDelete(aside.content.photos.map((photo) => photo.id).filter((photo_id) => !named.has(photo_id) && !kept.has(photo_id)));
    }),
  );
}

/** What the feed says about a draft. Within the caller's transaction. */
export async function takeDraftChange({ db }: Vault, visit_id: Uuid, summary: DraftSummary | null, device_id: Uuid | null): Promise<void> {
  const known = await db.mirrors.get(visit_id);
  const isOwn = summary !== null && summary.mine && summary.device_id === device_id;
  if (summary === null || isOwn) {
    if (known === undefined) return;
    const isOpen = (await db.visits.get(visit_id))?.state === "open";
    if (isOpen || known.discarded) await db.mirrors.update(visit_id, { server: null, other: null });
    else await db.mirrors.delete(visit_id);
    return;
  }
  await db.mirrors.put({ ...emptyMirror(visit_id, summary.subject_id), ...known, server: summary });
}

export function emptyMirror(visit_id: Uuid, subject_id: Uuid): MirrorRow {
  return {
    visit_id, subject_id, server: null, based_on: null, mirrored: null, mirrored_at: null, other: null, finished_elsewhere: false, discarded: false, urgent: false,
  };
}

function draftTables({ db }: Vault): (typeof db.visits | typeof db.submissions | typeof db.photos)[] {
  const tables = [db.visits, db.submissions, db.hazard_drafts, db.recheck_drafts, db.photos, db.photo_bytes, db.mirrors, db.set_aside, db.subjects];
  return tables as ReturnType<typeof draftTables>;
}

async function readDraft({ db }: Vault, visit_id: Uuid): Promise<DraftContent | null> {
  const visit = await db.visits.get(visit_id);
  if (visit?.state !== "open") return null;
  return {
    format: 1,
    visit,
    submissions: await db.submissions.where({ visit_id }).sortBy("started_at"),
    hazards: await db.hazard_drafts.where({ visit_id }).sortBy("found_at"),
    rechecks: await db.recheck_drafts.where({ visit_id }).toArray(),
    photos: await db.photos.where({ visit_id }).sortBy("captured_at"),
  };
}

/** Puts a copy in the place of the one in hand, which is set aside. Within the caller's transaction. */
async function replaceDraft(vault: Vault, content: DraftContent, arrived: ReadonlyMap<Uuid, string>): Promise<VisitRow> {
  const { db } = vault;
  const visit_id = content.visit.id;
  const before = await db.visits.get(visit_id);
  if (before?.state === "finished") throw new VisitNotOpen(visit_id);
  const own = await readDraft(vault, visit_id);
  if (own !== null) await db.set_aside.add(asideRow(vault, own, "mine", null));
  await removeRows(vault, visit_id);
  const photos: PhotoRow[] = [];
  const ownPhotos = new Map((own?.photos ?? []).map((photo) => [photo.id, photo]));
  for (const photo of content.photos) photos.push(await adoptPhoto(vault, photo, ownPhotos.get(photo.id), arrived.get(photo.id)));
  const elsewhere = new Set(photos.filter((photo) => photo.upload.state === "elsewhere").map((photo) => photo.id));
  const { signature } = content.visit;
  const isUnsigned = signature !== null && "photo_id" in signature && elsewhere.has(signature.photo_id);
  const visit: VisitRow = { ...content.visit, state: "open", signature: isUnsigned ? null : signature, changed_at: formatTime(vault.clocks.now()) };
  // Screens that are open follow a row only to a later revision.
  const later = (revision: number, rows: readonly { revision: number }[] | undefined): number => 1 + Math.max(revision, ...(rows ?? []).map((row) => row.revision));
  await db.visits.put(visit);
  await db.submissions.bulkPut(content.submissions.map((row) => ({ ...row, earlier: row.earlier ?? [], revision: later(row.revision, own?.submissions) })));
  await db.hazard_drafts.bulkPut(content.hazards.map((row) => ({ ...row, revision: later(row.revision, own?.hazards) })));
  await db.recheck_drafts.bulkPut(content.rechecks.map((row) => ({ ...row, revision: later(row.revision, own?.rechecks) })));
  await db.photos.bulkPut(photos);
  return visit;
}

/** Where a photo of the copy is: here, on the server, or still on the device that took it. */
async function adoptPhoto({ db }: Vault, photo: PhotoRow, own: PhotoRow | undefined, receipt: string | undefined): Promise<PhotoRow> {
  const bytes = await db.photo_bytes.get(photo.id);
  const isHere = bytes !== undefined && bytes.bytes.byteLength > 0;
  if (own !== undefined && (isHere || own.upload.state === "stored")) return { ...photo, upload: own.upload, bytes_kept: own.bytes_kept };
  if (receipt !== undefined) return { ...photo, bytes_kept: isHere, upload: { ...FRESH_UPLOAD, state: "stored", offset_bytes: photo.size_bytes, receipt } };
  if (isHere) return { ...photo, bytes_kept: true, upload: { ...FRESH_UPLOAD } };
  return { ...photo, bytes_kept: false, upload: { ...FRESH_UPLOAD, state: "elsewhere" } };
}

/** Photo bytes stay: the copy that was set aside names them. */
async function removeRows({ db }: Vault, visit_id: Uuid): Promise<void> {
  for (const table of [db.submissions, db.hazard_drafts, db.recheck_drafts, db.photos]) await table.where({ visit_id }).delete();
}

/** The pairing is the one of whoever submits; who began is named as having been there. */
async function takeOverFrom({ db }: Vault, visit: VisitRow, author_name: string): Promise<void> {
  const subject = await db.subjects.get(visit.subject_id);
  visit.pairing_id = subject?.pairings.find((pairing) => pairing.mine)?.id ?? visit.pairing_id;
  if (author_name !== "" && !visit.companions.includes(author_name)) visit.companions = [...visit.companions, author_name];
  await db.visits.put(visit);
}

async function putMirror({ db }: Vault, draft: DraftDocument, based_on: number): Promise<void> {
  await db.mirrors.put({ ...emptyMirror(draft.visit_id, draft.subject_id), based_on, finished_elsewhere: draft.finished, urgent: true });
}

function asideRow(vault: Vault, content: DraftContent, from: SetAsideRow["from"], author_name: string | null): SetAsideRow {
  return { id: vault.newId(), visit_id: content.visit.id, set_aside_at: formatTime(vault.clocks.now()), from, author_name, content };
}

/** Receipt codes of the photos that the server has with the same bytes; computed here, as for any upload. */
async function receiptsOf({ content, photos }: Pick<DraftDocument, "content" | "photos">): Promise<Map<Uuid, string>> {
  const codes = new Map<Uuid, string>();
  for (const photo of content.photos) {
    const isThere = photos[photo.id] === photo.sha256 || photo.upload.state === "stored";
    if (isThere) codes.set(photo.id, await receiptCode("photo", photo.id, photo.sha256));
  }
  return codes;
}
