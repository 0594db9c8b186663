/**
 * Mirrors visits in progress to the server, so that a broken phone costs nothing, and notices where another device went on.
 * Small and seldom on purpose: records and photos go first, and on a slow network a copy of the draft every few minutes is
 * enough.
 */
import { receiptCode } from "../../sync/receipts.ts";
import { formatTime } from "../../sync/times.ts";
import type { Uuid } from "../../api/wire.ts";
import { isForked } from "../local/forks.ts";
import { draftOf, emptyMirror, fingerprintOf } from "../local/mirror.ts";
import type { DraftContent, MirrorRow } from "../local/rows.ts";
import { inVault } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { isAnswerTo } from "./last-words.ts";
import type { Network } from "./network.ts";
import { failureOf, IDLE, PROGRESS } from "./steps.ts";
import type { Step } from "./steps.ts";

export interface Mirroring {
  device_id: Uuid;
  /** Photos wait for the network too: the draft takes less of it. */
  photos_wait: boolean;
  not_before: Map<Uuid, number>;
}

const PAUSE_MS = 15_000;
const PAUSE_BESIDE_PHOTOS_MS = 60_000;
const LONGEST_PAUSE_MS = 300_000;
/** A save may take this part of the time at most: on 2G one that took four seconds is not repeated within eighty. */
const SHARE_OF_TIME = 20;
const REFUSED_PAUSE_MS = 600_000;
const GONE = 410;
const STALE = 412;

export async function mirrorDrafts(vault: Vault, network: Network, mirroring: Mirroring): Promise<Step> {
  const { db } = vault;
  const now = vault.clocks.monotonic();
  const [mirrors, open] = await inVault(vault, () => Promise.all([db.mirrors.toArray(), db.visits.where({ state: "open" }).primaryKeys()]));
  const discarded = mirrors.find((mirror) => mirror.discarded);
  if (discarded !== undefined) return discard(vault, network, discarded);
  const byId = new Map(mirrors.map((mirror) => [mirror.visit_id, mirror]));
  for (const visit_id of open) {
    const mirror = byId.get(visit_id);
    if ((mirroring.not_before.get(visit_id) ?? 0) > now && mirror?.urgent !== true) continue;
    if (mirror !== undefined && isForked(mirror)) {
      if (isOtherKnown(mirror)) continue;
      return fetchOther(vault, network, mirror, mirroring);
    }
    const content = await draftOf(vault, visit_id);
    if (content === null) continue;
    const fingerprint = fingerprintOf(content);
    if (mirror?.mirrored !== fingerprint) return save(vault, network, mirroring, mirror, content, fingerprint);
  }
  return IDLE;
}

async function save(vault: Vault, network: Network, mirroring: Mirroring, mirror: MirrorRow | undefined, content: DraftContent, fingerprint: string): Promise<Step> {
  const { id: visit_id, subject_id } = content.visit;
  const startedMs = vault.clocks.monotonic();
  const saved_at = formatTime(vault.clocks.now());
  const reply = await network.saveDraft(visit_id, { subject_id, device_id: mirroring.device_id, based_on: mirror?.based_on ?? null, saved_at, content });
  const tookMs = vault.clocks.monotonic() - startedMs;
  if (reply.kind === "ok") {
    const pause = Math.max(mirroring.photos_wait ? PAUSE_BESIDE_PHOTOS_MS : PAUSE_MS, Math.min(LONGEST_PAUSE_MS, tookMs * SHARE_OF_TIME));
    mirroring.not_before.set(visit_id, vault.clocks.monotonic() + pause);
    await changeMirror(vault, content, { based_on: reply.value.revision, mirrored: fingerprint, mirrored_at: saved_at, server: null, other: null, urgent: false });
    await notePhotosThere(vault, visit_id, reply.value.photos);
    return PROGRESS;
  }
  if (!isAnswerTo(reply)) return failureOf(reply);
  if (reply.status === GONE) await changeMirror(vault, content, { finished_elsewhere: true, urgent: false });
  else if (reply.status === STALE) await noteFork(vault, network, content);
  // A refusal of the copy (the subject is not ours any more, say) takes nothing from the visit itself.
  else {
    mirroring.not_before.set(visit_id, vault.clocks.monotonic() + REFUSED_PAUSE_MS);
    await changeMirror(vault, content, { urgent: false });
  }
  return PROGRESS;
}

async function discard(vault: Vault, network: Network, mirror: MirrorRow): Promise<Step> {
  if (mirror.based_on !== null) {
    const reply = await network.discardDraft(mirror.visit_id, mirror.based_on);
    if (reply.kind !== "ok" && !isAnswerTo(reply)) return failureOf(reply);
  }
  await inVault(vault, () => vault.db.mirrors.delete(mirror.visit_id));
  return PROGRESS;
}

/** Somebody went on with the copy: this phone says so and fetches the other one, to be compared without a network. */
async function noteFork(vault: Vault, network: Network, content: DraftContent): Promise<void> {
  const reply = await network.draft(content.visit.id);
  if (reply.kind === "ok") {
    const { content: _content, photos: _photos, ...server } = reply.value;
    await changeMirror(vault, content, { server, other: reply.value, urgent: false });
    return;
  }
  // Nobody has it any more: what is here is all there is, and begins anew on the server.
  if (reply.kind === "refused" && reply.status === 404) await changeMirror(vault, content, { server: null, other: null, based_on: null });
}

async function fetchOther(vault: Vault, network: Network, mirror: MirrorRow, mirroring: Mirroring): Promise<Step> {
  const reply = await network.draft(mirror.visit_id);
  if (reply.kind !== "ok" && !isAnswerTo(reply)) return failureOf(reply);
  if (reply.kind === "ok") await inVault(vault, () => vault.db.mirrors.update(mirror.visit_id, { other: reply.value }));
  else mirroring.not_before.set(mirror.visit_id, vault.clocks.monotonic() + REFUSED_PAUSE_MS);
  return PROGRESS;
}

function isOtherKnown({ server, other, finished_elsewhere }: MirrorRow): boolean {
  if (server === null) return finished_elsewhere;
  return other !== null && other.revision >= server.revision;
}

/** Photos that were on another device when the draft was taken over, and have arrived since. */
async function notePhotosThere(vault: Vault, visit_id: Uuid, there: Record<Uuid, string>): Promise<void> {
  const { db } = vault;
  const waiting = await inVault(vault, () => db.photos.where({ visit_id }).filter((photo) => photo.upload.state === "elsewhere" && there[photo.id] === photo.sha256).toArray());
  for (const photo of waiting) {
    const receipt = await receiptCode("photo", photo.id, photo.sha256);
    await inVault(vault, () =>
      db.photos.where({ id: photo.id }).modify((row) => {
        row.upload = { ...row.upload, state: "stored", offset_bytes: row.size_bytes, receipt };
        row.revision += 1;
      }),
    );
  }
}

function changeMirror(vault: Vault, { visit }: DraftContent, change: Partial<MirrorRow>): Promise<void> {
  const { db } = vault;
  return inVault(vault, () =>
    db.transaction("rw", db.visits, db.mirrors, async () => {
      const known = await db.mirrors.get(visit.id);
      const isThrownAway = (await db.visits.get(visit.id)) === undefined;
      await db.mirrors.put({ ...emptyMirror(visit.id, visit.subject_id), ...known, ...change, ...(isThrownAway ? { discarded: true } : {}) });
    }),
  );
}
