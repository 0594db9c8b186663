/**
 * Where every visit and photo is, in the three plain states 在手机上 / 正在上传 n/m / 已在县服务器, and what was refused and why.
 * Read from the vault alone, so that every tab shows the same. What sends is engine.ts.
 */
import type { Delivery } from "../../ui/delivery.ts";
import type { Problem, Timestamp, Uuid } from "../../api/wire.ts";
import type { SignInReason } from "../local/device.ts";
import type { PhotoRow, QuarantineResolution, RecordRow, VisitRow } from "../local/rows.ts";
import { inVault, readMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

export interface Refusal {
  of: "record" | "photo";
  id: Uuid;
  visit_id: Uuid | null;
  /** `conflict`: another content is there under the same id. `quarantined` is kept by the server, for a person to look at. */
  state: "refused" | "conflict" | "quarantined";
  problem: Problem | null;
  resolution: QuarantineResolution | null;
}

export interface PhotoDelivery {
  photo_id: Uuid;
  visit_id: Uuid | null;
  subject_id: Uuid;
  role: PhotoRow["role"];
  captured_at: Timestamp;
  size_bytes: number;
  /** While sending, done and total are kilobytes. */
  delivery: Delivery;
  next_try_ms: number | null;
  problem: Problem | null;
  receipt: string | null;
  /** Its bytes are on the device on which the visit was begun. */
  is_elsewhere: boolean;
  is_refused: boolean;
}

export interface VisitDelivery {
  visit_id: Uuid;
  subject_id: Uuid;
  subject_name: string;
  is_finished: boolean;
  started_at: Timestamp;
  finished_at: Timestamp | null;
  /** While sending, done and total count records and photos together. An open visit is on the phone, whatever went ahead. */
  delivery: Delivery;
  records: { done: number; total: number };
  photos: PhotoDelivery[];
  receipt: string | null;
  received_at: Timestamp | null;
  refusals: Refusal[];
}

/** What the sending is up to. `waiting` names the next try; `blocked` needs a person (see refusals). */
export type Sending =
  | { state: "idle" }
  | { state: "sending" }
  | { state: "waiting"; next_try_ms: number; reason: "unreachable" | "busy" | "full"; problem: Problem | null }
  | { state: "needs_sign_in"; reason: SignInReason };

/** Kept in the vault, so that a tab which does not send can show it. */
export interface SendingMeta {
  failed_attempts: number;
  next_try_ms: number | null;
  reason: "unreachable" | "busy" | "full";
  /** What the server said, where it did. */
  problem: Problem | null;
  sign_in: SignInReason | null;
}

export const CALM: Readonly<SendingMeta> = { failed_attempts: 0, next_try_ms: null, reason: "unreachable", problem: null, sign_in: null };

export interface OutboxState {
  /** For the header: all unsent work of this person in one word. */
  overall: Delivery;
  sending: Sending;
  visits: VisitDelivery[];
  /** Photos sent without a visit: re-shot after a reviewer returned them. */
  loose_photos: PhotoDelivery[];
  refusals: Refusal[];
  unsent: { visits: number; records: number; photos: number; photo_bytes: number };
  last_pull_at: Timestamp | null;
  /** What the server sent and this version of the app cannot read. */
  left_out: number;
  /** More of the register is to come: what is not there yet says nothing. */
  register_arriving: boolean;
}

/** Newest first. Use with `useLive`. */
export function outboxState(vault: Vault): Promise<OutboxState> {
  const { db } = vault;
  return inVault(vault, async () => {
    const [visits, records, photos, meta, last_pull_at, left_out, arriving] = await Promise.all([
      db.visits.toArray(),
      db.records.toArray(),
      db.photos.toArray(),
      readMeta<SendingMeta>(vault, "sending"),
      readMeta<Timestamp>(vault, "last_pull_at"),
      readMeta<number>(vault, "left_out"),
      readMeta<boolean>(vault, "register_arriving"),
    ]);
    return stateFrom({ visits, records, photos, meta: { ...CALM, ...meta }, last_pull_at, left_out: left_out ?? 0, register_arriving: last_pull_at === null || arriving === true });
  });
}

interface Rows {
  visits: VisitRow[];
  records: RecordRow[];
  photos: PhotoRow[];
  meta: SendingMeta;
  last_pull_at: Timestamp | null;
  left_out: number;
  register_arriving: boolean;
}

export function stateFrom({ visits, records, photos, meta, last_pull_at, left_out, register_arriving }: Rows): OutboxState {
  const recordsOf = groupByVisit(records);
  const photosOf = groupByVisit(photos);
  const deliveries = visits
    .map((visit) => deliveryOfVisit(visit, recordsOf.get(visit.id) ?? [], photosOf.get(visit.id) ?? []))
    .sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
  const waitingRecords = records.filter((record) => record.state === "waiting");
  const waitingPhotos = photos.filter((photo) => photo.upload.state === "waiting" || photo.upload.state === "sending");
  const total = records.length + photos.length;
  const unsentVisits = deliveries.filter((visit) => visit.receipt === null);
  return {
    overall: overallDelivery(unsentVisits, waitingRecords.length + waitingPhotos.length, total, meta, waitingPhotos),
    sending: sendingOf(meta, waitingRecords.length + waitingPhotos.length),
    visits: deliveries,
    loose_photos: (photosOf.get(null) ?? []).map(deliveryOfPhoto),
    refusals: [...records.flatMap(refusalOfRecord), ...photos.flatMap(refusalOfPhoto)],
    unsent: {
      visits: unsentVisits.length,
      records: waitingRecords.length,
      photos: waitingPhotos.length,
      photo_bytes: waitingPhotos.reduce((sum, photo) => sum + photo.size_bytes - photo.upload.offset_bytes, 0),
    },
    last_pull_at,
    left_out,
    register_arriving,
  };
}

export function deliveryOfPhoto(photo: PhotoRow): PhotoDelivery {
  const { upload } = photo;
  return {
    photo_id: photo.id,
    visit_id: photo.visit_id,
    subject_id: photo.subject_id,
    role: photo.role,
    captured_at: photo.captured_at,
    size_bytes: photo.size_bytes,
    delivery: deliveryOfUpload(photo),
    next_try_ms: upload.next_try_ms,
    problem: upload.problem,
    receipt: upload.receipt,
    is_elsewhere: upload.state === "elsewhere",
    is_refused: upload.state === "refused",
  };
}

function deliveryOfUpload({ upload, size_bytes }: PhotoRow): Delivery {
  if (upload.state === "stored") return { state: "on_server" };
  if (upload.state === "sending") return { state: "uploading", done: kilobytes(upload.offset_bytes), total: kilobytes(size_bytes) };
  return { state: "on_phone" };
}

function deliveryOfVisit(visit: VisitRow, records: RecordRow[], photos: PhotoRow[]): VisitDelivery {
  const done = records.filter((record) => record.state === "stored" || record.state === "quarantined").length;
  const sent = photos.filter((photo) => photo.upload.state === "stored").length;
  return {
    visit_id: visit.id,
    subject_id: visit.subject_id,
    subject_name: visit.subject_name,
    is_finished: visit.state === "finished",
    started_at: visit.started_at,
    finished_at: visit.finished_at,
    delivery: visitDelivery(visit, done + sent, records.length + photos.length, photos),
    records: { done, total: records.length },
    photos: photos.map(deliveryOfPhoto),
    receipt: visit.receipt,
    received_at: visit.received_at,
    refusals: [...records.flatMap(refusalOfRecord), ...photos.flatMap(refusalOfPhoto)],
  };
}

/** "On the county server" is said only with the visit's receipt in hand. */
function visitDelivery(visit: VisitRow, done: number, total: number, photos: PhotoRow[]): Delivery {
  if (visit.receipt !== null) return { state: "on_server" };
  if (visit.state === "open") return { state: "on_phone" };
  const isMoving = done > 0 || photos.some((photo) => photo.upload.state === "sending");
  return isMoving ? { state: "uploading", done, total } : { state: "on_phone" };
}

function overallDelivery(unsent: VisitDelivery[], waiting: number, total: number, meta: SendingMeta, photos: PhotoRow[]): Delivery {
  if (unsent.length === 0 && waiting === 0) return { state: "on_server" };
  const isMoving = waiting > 0 && meta.next_try_ms === null && meta.sign_in === null && photos.some((photo) => photo.upload.state === "sending");
  if (isMoving) return { state: "uploading", done: total - waiting, total };
  return { state: "on_phone", count: Math.max(unsent.length, 1) };
}

function sendingOf(meta: SendingMeta, waiting: number): Sending {
  if (meta.sign_in !== null) return { state: "needs_sign_in", reason: meta.sign_in };
  if (meta.next_try_ms !== null) return { state: "waiting", next_try_ms: meta.next_try_ms, reason: meta.reason, problem: meta.problem };
  return waiting > 0 ? { state: "sending" } : { state: "idle" };
}

function refusalOfRecord(record: RecordRow): Refusal[] {
  if (record.state === "waiting" || record.state === "stored") return [];
  return [{ of: "record", id: record.id, visit_id: record.visit_id, state: record.state, problem: record.problem, resolution: record.resolution ?? null }];
}

function refusalOfPhoto(photo: PhotoRow): Refusal[] {
  if (photo.upload.state !== "refused") return [];
  return [{ of: "photo", id: photo.id, visit_id: photo.visit_id, state: "refused", problem: photo.upload.problem, resolution: null }];
}

function groupByVisit<Row extends { visit_id: Uuid | null }>(rows: Row[]): Map<Uuid | null, Row[]> {
  const groups = new Map<Uuid | null, Row[]>();
  for (const row of rows) groups.set(row.visit_id, [...(groups.get(row.visit_id) ?? []), row]);
  return groups;
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}
