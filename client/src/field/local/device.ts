/**
 * What belongs to the phone and not to a person: its id, who is signed in, and the canary that tells whether the browser
 * threw the store away. A small database of its own, since vaults are per user.
 */
import Dexie from "dexie";
import type { Table } from "dexie";
import type { User, Uuid } from "../../api/wire.ts";
import { spendReserve } from "./reserve.ts";
import { isStorageFull } from "./vault.ts";

/** Why the server takes nothing more from here until somebody signs in. */
export type SignInReason = "expired" | "signed_in_as_other" | "account_closed";

export interface SignedIn {
  user: User;
  /** Null while the server takes our session. What is on the phone stays open and can be worked on either way. */
  needs_sign_in: SignInReason | null;
}

interface DeviceRow {
  key: string;
  value: unknown;
}

export type DeviceDatabase = Dexie & { facts: Table<DeviceRow, string> };

const CANARY_KEY = "vault-canary";

export function openDevice(name = "device"): DeviceDatabase {
  const db = new Dexie(name) as DeviceDatabase;
  db.version(1).stores({ facts: "key" });
  db.on("versionchange", () => db.close({ disableAutoOpen: false }));
  return db;
}

export async function deviceId(device: DeviceDatabase): Promise<Uuid> {
  return device.transaction("rw", device.facts, async () => {
    const known = (await device.facts.get("device_id"))?.value as Uuid | undefined;
    if (known !== undefined) return known;
    const id = crypto.randomUUID();
    await device.facts.put({ key: "device_id", value: id });
    return id;
  });
}

export async function readSignedIn(device: DeviceDatabase): Promise<SignedIn | null> {
  const held = unwritten.get(device);
  if (held !== undefined) return held;
  const kept = (await device.facts.get("signed_in"))?.value as { user?: User; needs_sign_in: SignInReason | boolean | null } | undefined;
  // Earlier releases kept whatever answered a sign-in, and a yes whoever had said so: the server is asked again.
  if (typeof kept?.user?.id !== "string") return null;
  const { needs_sign_in } = kept;
  // Earlier releases knew no actions; the server tells them at the next opening.
  const user = { ...kept.user, actions: kept.user.actions ?? [] };
  return { user, needs_sign_in: typeof needs_sign_in === "string" ? needs_sign_in : null };
}

/** What could not be written because the phone is full; it holds as long as the page. */
const unwritten = new WeakMap<DeviceDatabase, SignedIn>();

/** Never fails for want of room: a person must be able to sign in and send, which is what makes room. */
export async function writeSignedIn(device: DeviceDatabase, signed_in: SignedIn | null): Promise<void> {
  unwritten.delete(device);
  if (signed_in === null) return device.facts.delete("signed_in");
  const write = (): Promise<unknown> => device.facts.put({ key: "signed_in", value: signed_in });
  try {
    await write().catch(async (error: unknown) => {
      if (!isStorageFull(error) || !(await spendReserve(device))) throw error;
      await write();
    });
  } catch (error) {
    if (!isStorageFull(error)) throw error;
    unwritten.set(device, signed_in);
  }
}

export async function markNeedsSignIn(device: DeviceDatabase, user_id: Uuid, reason: SignInReason): Promise<void> {
  const known = await readSignedIn(device);
  if (known?.user.id === user_id) await writeSignedIn(device, { ...known, needs_sign_in: reason });
}

export interface CanaryPlaces {
  storage: Pick<Storage, "getItem" | "setItem"> | null;
  caches: Pick<CacheStorage, "open"> | null;
}

/**
 * Browsers evict IndexedDB without a word. The same canary sits in three stores; when it is gone from IndexedDB and still
 * in another, unsent work may have been lost, and the person must be told. Evicting all three at once cannot be noticed.
 */
export async function checkCanary(device: DeviceDatabase, places: CanaryPlaces): Promise<"first_use" | "alive" | "evicted"> {
  const inDatabase = (await device.facts.get(CANARY_KEY)) !== undefined;
  const elsewhere = readStorageCanary(places.storage) || (await readCacheCanary(places.caches));
  await device.facts.put({ key: CANARY_KEY, value: true });
  writeStorageCanary(places.storage);
  await writeCacheCanary(places.caches);
  if (inDatabase) return "alive";
  return elsewhere ? "evicted" : "first_use";
}

function readStorageCanary(storage: CanaryPlaces["storage"]): boolean {
  try {
    return storage?.getItem(CANARY_KEY) === "1";
  } catch {
    return false;
  }
}

function writeStorageCanary(storage: CanaryPlaces["storage"]): void {
  try {
    storage?.setItem(CANARY_KEY, "1");
  } catch {
    return;
  }
}

async function readCacheCanary(caches: CanaryPlaces["caches"]): Promise<boolean> {
  try {
    return (await (await caches?.open(CANARY_KEY))?.match("/canary")) !== undefined;
  } catch {
    return false;
  }
}

async function writeCacheCanary(caches: CanaryPlaces["caches"]): Promise<void> {
  try {
    await (await caches?.open(CANARY_KEY))?.put("/canary", new Response("1"));
  } catch {
    return;
  }
}
