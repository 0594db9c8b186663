/**
 * One person's store on a phone that several may share: an IndexedDB database of its own per user id. Opening, closing, and
 * coming back after the connection died; what is in it is the business of the modules beside this one.
 */
import Dexie from "dexie";
import type { Table } from "dexie";
import type { ClockReading } from "../../media/clock.ts";
import type { Uuid } from "../../api/wire.ts";
import { LADDER } from "./ladder.ts";
import type { Rung } from "./ladder.ts";
import type {
  ChecklistRow,
  HazardDraftRow,
  HazardRow,
  LeftRow,
  MetaRow,
  MirrorRow,
  PhotoBytesRow,
  PhotoRow,
  PickedRow,
  PictureRow,
  ReceiptRow,
  RecheckDraftRow,
  RecordRow,
  ReviewRow,
  SetAsideRow,
  SubjectRow,
  SubmissionRow,
  VisitRow,
} from "./rows.ts";

export interface VaultTables {
  subjects: Table<SubjectRow, Uuid>;
  pairings: Table<{ id: Uuid; subject_id: Uuid }, Uuid>;
  hazards: Table<HazardRow, Uuid>;
  checklists: Table<ChecklistRow, string>;
  reviews: Table<ReviewRow, Uuid>;
  visits: Table<VisitRow, Uuid>;
  submissions: Table<SubmissionRow, Uuid>;
  hazard_drafts: Table<HazardDraftRow, Uuid>;
  recheck_drafts: Table<RecheckDraftRow, [Uuid, Uuid]>;
  records: Table<RecordRow, Uuid>;
  photos: Table<PhotoRow, Uuid>;
  photo_bytes: Table<PhotoBytesRow, Uuid>;
  receipts: Table<ReceiptRow, string>;
  mirrors: Table<MirrorRow, Uuid>;
  set_aside: Table<SetAsideRow, Uuid>;
  left: Table<LeftRow, Uuid>;
  picked: Table<PickedRow, Uuid>;
  pictures: Table<PictureRow, [Uuid, PictureRow["size"]]>;
  meta: Table<MetaRow, string>;
}

export type VaultDatabase = Dexie & VaultTables;

export interface Clocks {
  now: () => number;
  monotonic: () => number;
  page_id: string;
}

export interface Vault {
  user_id: Uuid;
  db: VaultDatabase;
  clocks: Clocks;
  newId: () => Uuid;
  /** Set when its person signed out: late work must not open the database again. */
  is_closed: boolean;
  /** Noticed once room had to be made: nothing is fetched then that can be done without. */
  shortage: { noticed: boolean };
  /** Gives up what can be had again; true when there was something. */
  makeRoom: () => Promise<boolean>;
}

export interface VaultOptions {
  clocks?: Clocks;
  newId?: () => Uuid;
  makeRoom?: (vault: Vault) => Promise<boolean>;
  /** Tests climb from an older rung. */
  ladder?: readonly Rung[];
}

/** The disk is full. Nothing that was there before is touched; the caller says so and keeps the screen as it is. */
export class StorageFull extends Error {
  override name = "StorageFull";
}

const REOPEN_ATTEMPTS = 3;
/** As many kinds of things there are to give up. */
const ROOM_ATTEMPTS = 3;
const REOPEN_PAUSE_MS = 50;

export function systemClocks(): Clocks {
  return { now: () => Date.now(), monotonic: () => performance.now(), page_id: crypto.randomUUID() };
}

export function vaultName(user_id: Uuid): string {
  return `vault-${user_id}`;
}

export async function openVault(user_id: Uuid, options: VaultOptions = {}): Promise<Vault> {
  const db = new Dexie(vaultName(user_id)) as VaultDatabase;
  for (const rung of options.ladder ?? LADDER) {
    const version = db.version(rung.version).stores(rung.stores);
    if (rung.upgrade !== undefined) version.upgrade(rung.upgrade);
  }
  const vault: Vault = {
    user_id,
    db,
    clocks: options.clocks ?? systemClocks(),
    newId: options.newId ?? (() => crypto.randomUUID()),
    is_closed: false,
    shortage: { noticed: false },
    makeRoom: () => Promise.resolve(false),
  };
  // A newer version of the app in another tab wants to climb the ladder; holding on would block it for ever.
  db.on("versionchange", () => db.close({ disableAutoOpen: false }));
  await inVault(vault, () => db.open());
  // Only now there is something to make room in.
  vault.makeRoom = () => options.makeRoom?.(vault) ?? Promise.resolve(false);
  return vault;
}

export function closeVault(vault: Vault): void {
  vault.is_closed = true;
  vault.db.close();
}

/**
 * Runs a piece of work that may be repeated, and repeats it when the connection was lost under it. iOS ends IndexedDB
 * connections of pages that were in the background; Dexie notices that only for some of the ways in which it happens.
 *
 * On a full phone it is repeated too, after room was made for it.
 *
 * Assumes: running the work twice is the same as running it once. All writes here put rows under ids chosen before.
 */
export async function inVault<T>(vault: Vault, work: () => PromiseLike<T>): Promise<T> {
  let rooms = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isStorageFull(error)) {
        vault.shortage.noticed = true;
        if ((rooms += 1) > ROOM_ATTEMPTS || !(await vault.makeRoom())) throw new StorageFull("the phone has no room left", { cause: error });
        continue;
      }
      if (vault.is_closed || !isConnectionLost(error) || attempt > REOPEN_ATTEMPTS) throw error;
      vault.db.close({ disableAutoOpen: false });
      await new Promise((resolve) => setTimeout(resolve, REOPEN_PAUSE_MS * attempt));
      await vault.db.open();
    }
  }
}

export function readClocks(vault: Vault): ClockReading {
  return { device_ms: vault.clocks.now(), monotonic_ms: vault.clocks.monotonic(), page_id: vault.clocks.page_id };
}

export async function readMeta<T>(vault: Vault, key: string): Promise<T | null> {
  const row = await vault.db.meta.get(key);
  return row === undefined ? null : (row.value as T);
}

export async function writeMeta(vault: Vault, key: string, value: unknown): Promise<void> {
  await vault.db.meta.put({ key, value });
}

export function isStorageFull(error: unknown): boolean {
  return errorNames(error).includes("QuotaExceededError");
}

function isConnectionLost(error: unknown): boolean {
  const names = errorNames(error);
  if (names.some((name) => name === "DatabaseClosedError" || name === "InvalidStateError")) return true;
  return names.includes("UnknownError") && /connection|server|lost|clos/i.test(String((error as Error).message));
}

/** Dexie wraps the browser's error in its own, sometimes twice. */
function errorNames(error: unknown): string[] {
  const names: string[] = [];
  for (let inner = error, depth = 0; inner instanceof Object && depth < 4; depth += 1) {
    const { name, inner: cause } = inner as { name?: string; inner?: unknown };
    if (name !== undefined) names.push(name);
    inner = cause;
  }
  return names;
}
