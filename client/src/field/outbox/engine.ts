/**
 * Sends what the vault holds, and fetches what changed, whenever there is a network. Three lanes run side by side: records
 * with fetching, and two photo uploads, which let waiting records go first. Of several tabs one sends (Web Locks).
 *
 * Nothing is ever deleted here. A failure of the connection holds all lanes; "send now", coming online and coming back to
 * the screen end the wait.
 */
import { liveQuery } from "dexie";
import { decideRetry } from "../../sync/retry.ts";
import type { Problem, Uuid } from "../../api/wire.ts";
import type { SignInReason } from "../local/device.ts";
import { forgetOldBytes } from "../local/housekeeping.ts";
import { FRESH_UPLOAD } from "../local/rows.ts";
import { withReserve } from "../local/space.ts";
import { inVault, readMeta, StorageFull, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";
import { holdLock } from "./lock.ts";
import type { LockKeeper } from "./lock.ts";
import { mirrorDrafts } from "./drafts.ts";
import { isAboutThePerson, signInReason } from "./last-words.ts";
import type { Network } from "./network.ts";
import { Pauses } from "./pauses.ts";
import { fetchPicture } from "./pictures.ts";
import { CALM } from "./state.ts";
import type { SendingMeta } from "./state.ts";
import { collectVisitReceipts, fetchChecklist, IDLE, newPushing, pullChanges, pushRecords, uploadPhoto } from "./steps.ts";
import type { Step } from "./steps.ts";

export interface Outbox {
  /** Ends every wait, also after "sign in again"; in whichever tab does the sending. */
  sendNow(): void;
  /** Fetches what changed on the server at the next turn. */
  pullNow(): void;
  /** One more try for a record or photo that the server had refused, after the person did something about it. */
  retryRefused(id: Uuid): Promise<void>;
  stop(): Promise<void>;
}

export interface OutboxParts {
  network: (signal: AbortSignal) => Network;
  device_id: Uuid;
  /** False once another person has signed in on this phone: the server's session is theirs now. */
  isCurrentUser: () => Promise<boolean>;
  onSignInNeeded: (reason: SignInReason) => void;
  locks?: LockKeeper;
  /** Gives back the room that was kept aside for the phone being full. */
  spendReserve?: () => Promise<boolean>;
  random?: () => number;
  /** Events of the page; absent in tests. */
  page?: Pick<Window, "addEventListener" | "removeEventListener"> & { document: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener"> };
}

const PARALLEL_UPLOADS = 2;
const PULL_EVERY_MS = 60_000;
/** Photos have next tries of their own, and visits wait for receipts: this is how often a lane looks again. */
const LOOK_AGAIN_MS = 5_000;
const NO_ROOM_PAUSE_MS = 60_000;
/** How often a visit in progress is looked at for something new to mirror. */
const DRAFTS_EVERY_MS = 15_000;

export function startOutbox(vault: Vault, parts: OutboxParts): Outbox {
  const engine = new Engine(vault, parts);
  engine.start();
  return engine;
}

class Engine implements Outbox {
  /** For what must be written whatever happens; `fetched` is the same store for what can wait until there is room. */
  private readonly vault: Vault;
  private readonly fetched: Vault;
  private readonly parts: OutboxParts;
  private readonly random: () => number;
  private readonly stopping = new AbortController();
  private readonly claimed = new Set<Uuid>();
  private readonly visitPauses = new Pauses(15_000, 15_000);
  /** The server makes copies of a photo in the seconds after it arrived. */
  private readonly picturePauses = new Pauses(30_000, 600_000);
  private readonly checklistPauses = new Pauses(2_000, 600_000);
  private readonly wakers = new Set<() => void>();
  private sending: SendingMeta = { ...CALM };
  private readonly draftNotBefore = new Map<Uuid, number>();
  private waiting = { records: 0, photos: 0, visits: 0, drafts: 0 };
  private network: Network;
  private pullDueMs = 0;
  private fetching = { failed_attempts: 0, notBeforeMs: 0 };
  private failedAtMs = -1;
  private waitUntilMs = 0;
  private wakes = 0;
  private finished: Promise<void> = Promise.resolve();
  private subscription: { unsubscribe: () => void } | null = null;

  constructor(vault: Vault, parts: OutboxParts) {
    this.vault = withReserve(vault, parts.spendReserve ?? (() => Promise.resolve(false)));
    this.fetched = vault;
    this.parts = parts;
    this.random = parts.random ?? Math.random;
    this.network = parts.network(this.stopping.signal);
  }

  start(): void {
    const { page } = this.parts;
    page?.addEventListener("online", this.onOnline);
    page?.document.addEventListener("visibilitychange", this.onVisible);
    this.finished = holdLock(this.parts.locks, `outbox-${this.vault.user_id}`, this.vault, this.stopping.signal, (lost) => this.run(lost)).catch(
      (error: unknown) => {
        if (!this.vault.is_closed) console.error("outbox ended", error);
      },
    );
  }

  sendNow(): void {
    this.fetching.notBeforeMs = 0;
    this.endWait();
    // Another tab may be the one that sends; it watches this row.
    void inVault(this.vault, () => writeMeta(this.vault, "send_now", this.vault.clocks.now())).catch(() => undefined);
  }

  pullNow(): void {
    this.pullDueMs = 0;
    this.sendNow();
  }

  async retryRefused(id: Uuid): Promise<void> {
    const { db } = this.vault;
    await inVault(this.vault, () =>
      db.transaction("rw", db.records, db.photos, async () => {
        const record = await db.records.get(id);
        if (record?.state === "refused" || record?.state === "conflict") await db.records.update(id, { state: "waiting", problem: null });
        const photo = await db.photos.get(id);
        if (photo?.upload.state === "refused") await db.photos.update(id, { upload: { ...FRESH_UPLOAD } });
      }),
    );
    this.sendNow();
  }

  async stop(): Promise<void> {
    const { page } = this.parts;
    page?.removeEventListener("online", this.onOnline);
    page?.document.removeEventListener("visibilitychange", this.onVisible);
    this.stopping.abort();
    this.wake();
    await this.finished;
  }

  private readonly onOnline = (): void => this.endWait();

  private readonly onVisible = (): void => {
    if (this.parts.page?.document.visibilityState === "visible") return this.endWait();
    // The phone may be put away for good: what was filled in so far goes up now.
    this.draftNotBefore.clear();
    this.wake();
  };

  /** Runs while this tab holds the lock. */
  private async run(lost: AbortSignal): Promise<void> {
    const ended = (): boolean => lost.aborted || this.stopping.signal.aborted;
    const abort = new AbortController();
    const onEnd = (): void => {
      abort.abort();
      this.wake();
    };
    this.network = this.parts.network(abort.signal);
    lost.addEventListener("abort", onEnd);
    this.stopping.signal.addEventListener("abort", onEnd);
    await this.recoverInterruptedUploads();
    await inVault(this.vault, () => writeMeta(this.vault, "device_id", this.parts.device_id)).catch(() => undefined);
    await this.setSending({ ...CALM });
    await forgetOldBytes(this.vault).catch(() => undefined);
    await this.watchVault();
    const lanes = [this.recordsLane(ended)];
    for (let lane = 0; lane < PARALLEL_UPLOADS; lane += 1) lanes.push(this.photosLane(ended, abort.signal));
    await Promise.all(lanes);
    this.subscription?.unsubscribe();
    await this.recoverInterruptedUploads();
  }

  private async recordsLane(ended: () => boolean): Promise<void> {
    const pushing = newPushing(this.parts.device_id);
    while (!ended()) {
      const since = this.wakes;
      if (await this.mustWait()) {
        await this.pause(this.waitMs() || LOOK_AGAIN_MS, since);
        continue;
      }
      const step = await this.attempt(() => this.recordsStep(pushing));
      if (step.kind === "idle") await this.pause(Math.min(this.idleMs(this.waiting.records + this.waiting.visits), this.draftsMs(), this.fetchMs()), since);
    }
  }

  private async recordsStep(pushing: ReturnType<typeof newPushing>): Promise<Step> {
    const pushed = await pushRecords(this.vault, this.network, pushing);
    if (pushed.kind !== "idle" || this.now() < this.fetching.notBeforeMs) return pushed;
    const fetched = await this.fetchStep().catch((error: unknown) => {
      if (!(error instanceof StorageFull)) throw error;
      // What is to be sent goes on; what was to be kept waits for room.
      this.fetching = { failed_attempts: 0, notBeforeMs: this.now() + NO_ROOM_PAUSE_MS };
      return IDLE;
    });
    if (fetched.kind === "progress") this.fetching = { failed_attempts: 0, notBeforeMs: 0 };
    if (fetched.kind !== "failed" || (fetched.problem !== null && isAboutThePerson(fetched.problem))) return fetched;
    // A server that cannot answer a question must not hold up what is to be sent.
    const failed_attempts = this.fetching.failed_attempts + 1;
    const delay_ms = retryAfter(failed_attempts, fetched.retry_after_s, this.random());
    this.fetching = { failed_attempts, notBeforeMs: this.now() + delay_ms };
    if (this.waiting.records + this.waiting.photos === 0) await this.showWaiting(fetched.problem, failed_attempts, delay_ms);
    return IDLE;
  }

  private async fetchStep(): Promise<Step> {
    const { fetched: vault, network } = this;
    const received = await collectVisitReceipts(this.vault, network, this.visitPauses);
    if (received.kind !== "idle") return received;
    const photos_wait = this.waiting.photos > 0;
    const mirrored = await mirrorDrafts(vault, network, { device_id: this.parts.device_id, photos_wait, not_before: this.draftNotBefore });
    if (mirrored.kind !== "idle") return mirrored;
    // Checklists before the rest of the register: without them no visit can begin.
    const fetched = await fetchChecklist(vault, network, this.checklistPauses);
    if (fetched.kind !== "idle") return fetched;
    if (this.now() >= this.pullDueMs) {
      const pulled = await pullChanges(vault, network);
      if (pulled.kind === "progress") this.pullDueMs = pulled.more === true ? 0 : this.now() + PULL_EVERY_MS;
      return pulled;
    }
    return vault.shortage.noticed ? IDLE : fetchPicture(vault, network, this.picturePauses);
  }

  private async photosLane(ended: () => boolean, signal: AbortSignal): Promise<void> {
    while (!ended()) {
      const since = this.wakes;
      // Records go first, but a server that stumbles over one of them must not keep the photos here.
      const recordsFirst = this.waiting.records > 0 && this.sending.failed_attempts === 0;
      const mayPass = this.sending.next_try_ms !== null && this.sending.reason === "busy";
      if (recordsFirst || (await this.mustWait(mayPass))) {
        await this.pause(recordsFirst || mayPass ? LOOK_AGAIN_MS : this.waitMs() || LOOK_AGAIN_MS, since);
        continue;
      }
      const step = await this.attempt(() => uploadPhoto(this.vault, this.network, this.claimed, signal, this.random), "photo");
      if (step.kind === "idle") await this.pause(this.idleMs(this.waiting.photos), since);
      else this.wake();
    }
  }

  /** Before anything is sent: is it allowed now, and does this person still work on this phone? */
  private async mustWait(passBusy = false): Promise<boolean> {
    if (this.sending.sign_in !== null || (!passBusy && this.waitMs() > 0)) return true;
    return !(await this.parts.isCurrentUser());
  }

  /**
   * Runs a step and takes note of how it went. A bug in a step must not end the sending for good, so it waits and goes on.
   * A photo that arrives while records are held back is no sign that the server takes records again.
   */
  private async attempt(step: () => Promise<Step>, of: "record" | "photo" = "record"): Promise<Step> {
    const startedMs = this.now();
    let outcome: Step;
    try {
      outcome = await step();
    } catch (error) {
      if (!this.stopping.signal.aborted) console.error("outbox step failed", error);
      outcome = { kind: "failed", problem: null, retry_after_s: null, ...(error instanceof StorageFull ? { no_room: true } : {}) };
    }
    if (outcome.kind === "failed") await this.noteFailure(outcome, startedMs);
    else if (outcome.kind === "progress" && this.sending.failed_attempts > 0 && !(of === "photo" && this.sending.reason === "busy")) await this.setSending({ ...CALM });
    return outcome;
  }

  private async noteFailure({ problem, retry_after_s, no_room = false }: Extract<Step, { kind: "failed" }>, startedMs: number): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const sign_in = problem === null ? null : signInReason(problem);
    if (sign_in !== null) {
      await this.setSending({ ...CALM, sign_in });
      this.parts.onSignInNeeded(sign_in);
      return;
    }
    // Three lanes that lose the same connection have failed once, not three times.
    if (startedMs <= this.failedAtMs) return;
    this.failedAtMs = this.now();
    const failed_attempts = this.sending.failed_attempts + 1;
    const delay_ms = retryAfter(failed_attempts, retry_after_s, this.random());
    this.waitUntilMs = this.now() + delay_ms;
    await this.showWaiting(problem, failed_attempts, delay_ms, no_room);
  }

  private showWaiting(problem: Problem | null, failed_attempts: number, delay_ms: number, no_room = false): Promise<void> {
    const answered = problem === null ? "unreachable" : "busy";
    const reason = no_room ? "full" : answered;
    return this.setSending({ failed_attempts, next_try_ms: this.vault.clocks.now() + delay_ms, reason, problem, sign_in: null });
  }

  private endWait(): void {
    void this.setSending({ ...CALM, failed_attempts: this.sending.failed_attempts }).catch(() => undefined);
    void inVault(this.vault, () =>
      this.vault.db.photos.where("upload.state").equals("waiting").and((photo) => photo.upload.next_try_ms !== null).modify((photo) => {
        photo.upload.next_try_ms = null;
      }),
    ).catch(() => undefined);
    this.wake();
  }

  private async setSending(sending: SendingMeta): Promise<void> {
    this.sending = sending;
    if (sending.next_try_ms === null) this.waitUntilMs = 0;
    await inVault(this.vault, () => writeMeta(this.vault, "sending", sending)).catch(() => undefined);
  }

  /** What a killed page left as "sending" is waiting again; its upload URL is kept, so it goes on from the byte. */
  private async recoverInterruptedUploads(): Promise<void> {
    await inVault(this.vault, () =>
      this.vault.db.photos.where("upload.state").equals("sending").modify((photo) => {
        photo.upload.state = "waiting";
      }),
    ).catch(() => undefined);
  }

  private async watchVault(): Promise<void> {
    const { db } = this.vault;
    const readAsked = (): Promise<number | null> => readMeta<number>(this.vault, "send_now");
    // Before anything is sent, so that being asked during the first attempt is heard.
    let lastAsked = await inVault(this.vault, readAsked).catch(() => null);
    this.subscription = liveQuery(async () => ({
      records: await db.records.where({ state: "waiting" }).count(),
      photos: await db.photos.where("upload.state").equals("waiting").count(),
      visits: await db.visits.filter((visit) => visit.state === "finished" && visit.receipt === null).count(),
      drafts: await db.visits.where({ state: "open" }).count(),
      // Read so that a person's choice wakes the lane.
      urgent: await db.mirrors.filter((mirror) => mirror.urgent).count(),
      asked: await readAsked(),
    })).subscribe({
      next: ({ records, photos, visits, drafts, asked }) => {
        this.waiting = { records, photos, visits, drafts };
        // Not "later than before": the clock may have been set back.
        const isAsked = asked !== null && asked !== lastAsked;
        lastAsked = asked;
        if (isAsked) this.endWait();
        else this.wake();
      },
      error: () => this.wake(),
    });
  }

  private waitMs(): number {
    if (this.sending.sign_in !== null) return PULL_EVERY_MS;
    return Math.max(0, this.waitUntilMs - this.now());
  }

  /** Until there is something to fetch again: after a failure when that is over, else the next pull or whatever was put off. */
  private fetchMs(): number {
    const now = this.now();
    if (this.fetching.notBeforeMs > now) return this.fetching.notBeforeMs - now;
    return Math.min(this.pullDueMs, this.checklistPauses.nextDue(now), this.picturePauses.nextDue(now)) - now;
  }

  private draftsMs(): number {
    return this.waiting.drafts > 0 ? DRAFTS_EVERY_MS : PULL_EVERY_MS;
  }

  private idleMs(waiting: number): number {
    return waiting > 0 ? LOOK_AGAIN_MS : PULL_EVERY_MS;
  }

  /** Monotonic: somebody may set the phone's clock back by a day, which must not stop the sending for a day. */
  private now(): number {
    return this.vault.clocks.monotonic();
  }

  /** Ends at once when something woke the lanes after `since`: a change that came during a step must not wait for the next look. */
  private pause(ms: number, since: number): Promise<void> {
    if (this.stopping.signal.aborted || this.wakes !== since) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(ms, 10), PULL_EVERY_MS));
      this.wakers.add(done);
    });
  }

  private wake(): void {
    this.wakes += 1;
    for (const done of [...this.wakers]) done();
  }
}

/** Whatever a refusal was about, it may be over later: a person could not mend it either. */
function retryAfter(failed_attempts: number, retry_after_s: number | null, random: number): number {
  return decideRetry(503, failed_attempts, retry_after_s, random).delay_ms ?? 0;
}
