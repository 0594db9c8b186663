/**
 * A megabyte kept aside in the phone's own database while there is room, and given back when the phone is full: signing in and
 * taking down what was sent need a few hundred bytes, and without them finished work could neither leave nor make room.
 */
import type { Table } from "dexie";

interface Facts {
  facts: Table<{ key: string; value: unknown }, string>;
}

const KEY = "reserve";
const RESERVE_BYTES = 1_000_000;
const RANDOM_BYTES_AT_ONCE = 65_536;

/** Best effort, when nothing else is to be done: a phone without room for it has had it, or never will. */
export async function keepReserve(device: Facts): Promise<void> {
  if ((await device.facts.where({ key: KEY }).count()) === 0) await device.facts.put({ key: KEY, value: randomBytes() });
}

/** True when there was something to give back. */
export async function spendReserve(device: Facts): Promise<boolean> {
  return (await device.facts.where({ key: KEY }).delete()) > 0;
}

/** Browsers compress what they store: zeros would take no room. */
function randomBytes(): ArrayBuffer {
  const bytes = new Uint8Array(RESERVE_BYTES);
  for (let at = 0; at < RESERVE_BYTES; at += RANDOM_BYTES_AT_ONCE) crypto.getRandomValues(bytes.subarray(at, Math.min(RESERVE_BYTES, at + RANDOM_BYTES_AT_ONCE)));
  return bytes.buffer;
}
