/**
 * The single steps of sending and fetching. Each does one piece of work, writes what came of it to the vault, and says
 * whether there was anything to do. When to step, and how long to wait after a failure, is engine.ts.
 */
import { betterMeasurement, measureOffset } from "../../media/clock.ts";
import type { ClockReading, OffsetMeasurement } from "../../media/clock.ts";
import { canonicalJson, sha256Hex } from "../../sync/records.ts";
import { receiptCode } from "../../sync/receipts.ts";
import { decideRetry, LONGEST_RETRY_AFTER_S } from "../../sync/retry.ts";
import { formatTime } from "../../sync/times.ts";
import type { Problem, PushReply, RecordResult, Timestamp, Uuid } from "../../api/wire.ts";
import type { ChecklistDocument } from "../../forms/format.ts";
import type { ChecklistRow, PhotoRow, RecordRow } from "../local/rows.ts";
import { inVault, readClocks, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { applyChanges, beginAnewWithContract } from "./changes.ts";
import type { Network, PhotoToSend, Reply } from "./network.ts";
import { isAboutThePerson, isAnswerTo, isLastWordOn, willTryAgain } from "./last-words.ts";
import type { Pauses } from "./pauses.ts";
import { isReceiptFor, takeArrival } from "./receipts.ts";

export type Step =
  /** Nothing to do until something changes. */
  | { kind: "idle" }
  | { kind: "progress" }
  /** The connection or the server as a whole failed; `problem` null is no connection. */
  | { kind: "failed"; problem: Problem | null; retry_after_s: number | null; no_room?: boolean };

export const IDLE: Step = { kind: "idle" };
export const PROGRESS: Step = { kind: "progress" };

/** About ten seconds on 2G, so that a cut costs little; and the server's limit. */
const BATCH_BYTES = 64_000;
const BATCH_RECORDS = 100;

export interface Pushing {
  device_id: Uuid;
  /** Falls to one after a batch was refused as a whole, so that one bad record does not hold up the others. */
  batch_limit: number;
  /** Records on which the server failed; held back for a while so that the ones behind them go up. */
  held_until: Map<Uuid, number>;
}

/** A record that makes the server fail needs a new server, not another try within the minute. */
const HOLD_MS = 300_000;

export function newPushing(device_id: Uuid): Pushing {
  return { device_id, batch_limit: BATCH_RECORDS, held_until: new Map() };
}

export async function pushRecords(vault: Vault, network: Network, pushing: Pushing): Promise<Step> {
  const batch = await nextBatch(vault, pushing);
  if (batch.length === 0) {
    pushing.batch_limit = BATCH_RECORDS;
    return IDLE;
  }
  const sent = readClocks(vault);
  const device = { device_id: pushing.device_id, device_time: formatTime(sent.device_ms) };
  const reply = await network.pushRecords(batch.map((row) => row.envelope), device);
  if (reply.kind === "ok") return takeResults(vault, batch, reply.value, sent);
  if (reply.kind === "refused" && reply.status === 500) {
    if (batch.length === 1) for (const row of batch) pushing.held_until.set(row.id, sent.monotonic_ms + HOLD_MS);
    pushing.batch_limit = 1;
  }
  if (reply.kind === "unreachable" || !isLastWordOn("records", reply.problem)) return failureOf(reply);
  if (batch.length > 1) {
    pushing.batch_limit = 1;
    return PROGRESS;
  }
  for (const row of batch) await inVault(vault, () => vault.db.records.update(row.id, { state: "refused", problem: reply.problem }));
  return PROGRESS;
}

/** The browser lost what it had confirmed; only a new photo helps, so the person must know. */
const BYTES_LOST: Problem = { type: "/problems/photo-bytes-lost", title: "手机上找不到这张照片的内容，请重新拍摄。", status: 0 };

/** Sends one photo. `claim` keeps two uploads of this tab from taking the same one. */
export async function uploadPhoto(vault: Vault, network: Network, claim: Set<Uuid>, signal: AbortSignal, random: () => number): Promise<Step> {
  const photo = await nextPhoto(vault, claim);
  if (photo === null) return IDLE;
  claim.add(photo.id);
  try {
    const bytes = (await inVault(vault, () => vault.db.photo_bytes.get(photo.id)))?.bytes;
    if (bytes === undefined) {
      await changeUpload(vault, photo.id, { state: "refused", problem: BYTES_LOST });
      return PROGRESS;
    }
    await changeUpload(vault, photo.id, { state: "sending", problem: null, next_try_ms: null });
    const hooks = {
      signal,
      onUrl: (url: string) => void changeUpload(vault, photo.id, { url }).catch(() => undefined),
      onAccepted: (offset_bytes: number) => void changeUpload(vault, photo.id, { offset_bytes }).catch(() => undefined),
    };
    const reply = await network.uploadPhoto(photoToSend(photo, bytes), hooks);
    return await takeUploadReply(vault, photo, reply, random);
  } finally {
    claim.delete(photo.id);
  }
}

/** Asks for the receipts of visits of which everything has gone up; the server completes a visit after the last photo. */
export async function collectVisitReceipts(vault: Vault, network: Network, pauses: Pauses): Promise<Step> {
  const now = vault.clocks.monotonic();
  for (const visit_id of await visitsToAsk(vault)) {
    if (!pauses.isDue(visit_id, now)) continue;
    const reply = await network.visit(visit_id);
    if (reply.kind !== "ok" && !isAnswerTo(reply)) return failureOf(reply);
    const received = reply.kind === "ok" && (await takeArrival(vault, reply.value));
    if (!received) pauses.putOff(visit_id, now);
    return PROGRESS;
  }
  return IDLE;
}

/** One page of what changed on the server, and the checklists that it names. */
export async function pullChanges(vault: Vault, network: Network): Promise<Step & { more?: boolean }> {
  await beginAnewWithContract(vault);
  const cursor = await inVault(vault, () => readMeta<string>(vault, "cursor"));
  const sent = readClocks(vault);
  const reply = await network.changes(cursor);
  if (reply.kind !== "ok") {
    // The server no longer knows the cursor (restored from a backup): begin anew; rows are put, not added.
    if (cursor !== null && reply.kind === "refused" && (reply.status === 410 || reply.status === 422)) {
      await inVault(vault, () => vault.db.meta.bulkPut([{ key: "cursor", value: null }, { key: "register_arriving", value: true }]));
      return PROGRESS;
    }
    return failureOf(reply);
  }
  await noteServerTime(vault, reply.value.server_time, sent);
  const arrivals = await applyChanges(vault, reply.value, formatTime(vault.clocks.now()));
  for (const arrival of arrivals) await takeArrival(vault, arrival);
  return reply.value.more ? { kind: "progress", more: true } : PROGRESS;
}

/** Fetches one checklist document that is known by name only. It never changes, so its hash says whether it is whole. */
export async function fetchChecklist(vault: Vault, network: Network, pauses: Pauses): Promise<Step> {
  const now = vault.clocks.monotonic();
  const hash = (await wantedChecklists(vault)).find((wanted) => pauses.isDue(wanted, now));
  if (hash === undefined) return IDLE;
  const reply = await network.checklist(hash);
  if (reply.kind !== "ok" && !isAnswerTo(reply)) return failureOf(reply);
  if (reply.kind === "ok" && (await hashOf(reply.value)) === hash) await keepChecklist(vault, hash, reply.value);
  else pauses.putOff(hash, now);
  return PROGRESS;
}

async function hashOf(document: unknown): Promise<string | null> {
  try {
    return await sha256Hex(canonicalJson(document));
  } catch {
    return null;
  }
}

/** Those that new visits begin with, and those of visits in progress: one may have come from another device. */
async function wantedChecklists({ db }: Vault): Promise<string[]> {
  const open = await db.visits.where({ state: "open" }).primaryKeys();
  const [rows, begun] = await Promise.all([db.checklists.toArray(), db.submissions.where("visit_id").anyOf(open).toArray()]);
  const have = new Set(rows.filter((row) => row.document !== null).map((row) => row.hash));
  const wanted = [...begun.map((row) => row.checklist.hash), ...rows.filter((row) => row.status === "published").map((row) => row.hash)];
  return wanted.filter((hash) => !have.has(hash));
}

function keepChecklist({ db }: Vault, hash: string, document: unknown): Promise<void> {
  return db.transaction("rw", db.checklists, async () => {
    const known = await db.checklists.get(hash);
    if (known !== undefined) return void (await db.checklists.update(hash, { document }));
    const { id, version, title, sector, applies_to, sections } = document as ChecklistDocument;
    const item_count = sections.reduce((sum, section) => sum + section.items.length, 0);
    await db.checklists.put({ id, version, hash, title, sector, status: "retired", applies_to, item_count, document } as ChecklistRow);
  });
}

export function failureOf(reply: Exclude<Reply<unknown>, { kind: "ok" }>): Extract<Step, { kind: "failed" }> {
  if (reply.kind === "unreachable") return { kind: "failed", problem: null, retry_after_s: null };
  return { kind: "failed", problem: reply.problem, retry_after_s: reply.retry_after_s };
}

async function nextBatch(vault: Vault, { batch_limit, held_until }: Pushing): Promise<RecordRow[]> {
  const now = vault.clocks.monotonic();
  const all = await inVault(vault, () => vault.db.records.where({ state: "waiting" }).sortBy("order"));
  const waiting = all.filter((row) => (held_until.get(row.id) ?? 0) <= now);
  const batch: RecordRow[] = [];
  let bytes = 0;
  for (const row of waiting.slice(0, batch_limit)) {
    bytes += JSON.stringify(row.envelope).length;
    if (batch.length > 0 && bytes > BATCH_BYTES) break;
    batch.push(row);
  }
  return batch;
}

async function takeResults(vault: Vault, batch: RecordRow[], reply: PushReply, sent: ClockReading): Promise<Step> {
  await noteServerTime(vault, reply.server_time, sent);
  const byId = new Map(reply.results.map((result) => [result.id, result]));
  let settled = 0;
  for (const row of batch) {
    const result = byId.get(row.id);
    if (result !== undefined && (await takeResult(vault, row, result))) settled += 1;
  }
  for (const arrival of reply.visits ?? []) if (arrival.complete) await takeArrival(vault, arrival);
  // An answer that settles nothing (a wrong receipt, a busy part) must not be asked for again at once.
  return settled > 0 ? PROGRESS : failureOf({ kind: "unreachable" });
}

/** True when the record need not be sent again by itself. */
async function takeResult(vault: Vault, row: RecordRow, result: RecordResult): Promise<boolean> {
  const { receipt, problem, status } = result;
  if (status === "refused" || status === "conflict") {
    if (problem === null || willTryAgain(problem)) return false;
    await inVault(vault, () => vault.db.records.update(row.id, { state: status, problem }));
    return true;
  }
  if (receipt === null || !(await isReceiptFor(receipt, "record", row.id, row.envelope.content_hash))) return false;
  await inVault(vault, () =>
    vault.db.transaction("rw", vault.db.records, vault.db.receipts, async () => {
      await vault.db.receipts.put(receipt);
      await vault.db.records.update(row.id, { state: status === "quarantined" ? status : "stored", problem, receipt: receipt.code });
    }),
  );
  return true;
}

/** Photos go up in the order in which they were taken, while the form is still being filled. */
async function nextPhoto(vault: Vault, claim: ReadonlySet<Uuid>): Promise<PhotoRow | null> {
  const now = vault.clocks.now();
  const waiting = await inVault(vault, () => vault.db.photos.where("upload.state").anyOf("waiting", "sending").sortBy("captured_at"));
  const due = waiting.filter((photo) => !claim.has(photo.id) && isDue(photo.upload.next_try_ms, now));
  return due[0] ?? null;
}

/** A next try beyond every wait that we set means that the clock was set back since. */
function isDue(next_try_ms: number | null, now: number): boolean {
  return next_try_ms === null || next_try_ms <= now || next_try_ms > now + LONGEST_RETRY_AFTER_S * 1000;
}

async function takeUploadReply(vault: Vault, photo: PhotoRow, reply: Reply<{ receipt: string | null }>, random: () => number): Promise<Step> {
  if (reply.kind === "unreachable") {
    await changeUpload(vault, photo.id, { state: "waiting" });
    return failureOf(reply);
  }
  if (reply.kind === "refused") return takeUploadRefusal(vault, photo, reply, random);
  const code = await receiptCode("photo", photo.id, photo.sha256);
  if (reply.value.receipt !== code) {
    // Without the right receipt the bytes are not known to be there: begin anew, where the server tells what it has.
    return retryUpload(vault, photo, { url: null, offset_bytes: 0 }, null, null, random);
  }
  const received_at = formatTime(vault.clocks.now());
  await inVault(vault, () =>
    vault.db.transaction("rw", vault.db.photos, vault.db.receipts, async () => {
      await vault.db.receipts.put({ code, kind: "photo", id: photo.id, sha256: photo.sha256, received_at });
      await changeUpload(vault, photo.id, { state: "stored", receipt: code, offset_bytes: photo.size_bytes, next_try_ms: null, problem: null });
    }),
  );
  return PROGRESS;
}

const CHECKSUM_MISMATCH = 460;
const NOT_THERE_ANY_MORE = [404, 410];

function takeUploadRefusal(
  vault: Vault,
  photo: PhotoRow,
  reply: Extract<Reply<never>, { kind: "refused" }>,
  random: () => number,
): Promise<Step> {
  const { status, problem, retry_after_s } = reply;
  if (isAboutThePerson(problem)) return changeUpload(vault, photo.id, { state: "waiting" }).then(() => failureOf(reply));
  // An expired upload, and bytes that were garbled on the way, are begun anew.
  const beginsAnew = status === CHECKSUM_MISMATCH || (NOT_THERE_ANY_MORE.includes(status) && photo.upload.url !== null);
  if (beginsAnew) return retryUpload(vault, photo, { url: null, offset_bytes: 0 }, problem, retry_after_s, random);
  if (isLastWordOn("photos", problem)) return changeUpload(vault, photo.id, { state: "refused", problem }).then(() => PROGRESS);
  return retryUpload(vault, photo, {}, problem, retry_after_s, random);
}

/** A failure of this photo alone: it waits, the others go on. */
async function retryUpload(
  vault: Vault,
  photo: PhotoRow,
  change: { url?: null; offset_bytes?: number },
  problem: Problem | null,
  retry_after_s: number | null,
  random: () => number,
): Promise<Step> {
  const failed_attempts = photo.upload.failed_attempts + 1;
  const { delay_ms } = decideRetry(503, failed_attempts, retry_after_s, random());
  const next_try_ms = vault.clocks.now() + (delay_ms ?? 0);
  await changeUpload(vault, photo.id, { ...change, state: "waiting", failed_attempts, next_try_ms, problem });
  return PROGRESS;
}

async function changeUpload(vault: Vault, photo_id: Uuid, change: Partial<PhotoRow["upload"]>): Promise<void> {
  await inVault(vault, () =>
    vault.db.photos.where({ id: photo_id }).modify((photo) => {
      photo.upload = { ...photo.upload, ...change };
    }),
  );
}

function photoToSend(photo: PhotoRow, bytes: ArrayBuffer): PhotoToSend {
  const { id, sha256, media_type, visit_id, subject_id } = photo;
  return { id, sha256, media_type, visit_id, subject_id, size_bytes: bytes.byteLength, bytes, url: photo.upload.url };
}

async function visitsToAsk(vault: Vault): Promise<Uuid[]> {
  const { db } = vault;
  const visits = await inVault(vault, () => db.visits.filter((visit) => visit.state === "finished" && visit.receipt === null).toArray());
  const ready: Uuid[] = [];
  for (const visit of visits) {
    const [records, photos] = await inVault(vault, () => Promise.all([db.records.bulkGet(visit.expected_records), db.photos.bulkGet(visit.expected_photos)]));
    const haveRecords = records.every((record) => record?.state === "stored" || record?.state === "quarantined");
    if (haveRecords && photos.every((photo) => photo?.upload.state === "stored")) ready.push(visit.id);
  }
  return ready;
}

async function noteServerTime(vault: Vault, server_time: Timestamp, sent: ClockReading): Promise<void> {
  const fresh = measureOffset(server_time, sent, readClocks(vault));
  await inVault(vault, async () => {
    const kept = await readMeta<OffsetMeasurement>(vault, "server_clock");
    await writeMeta(vault, "server_clock", betterMeasurement(kept, fresh));
  });
}
