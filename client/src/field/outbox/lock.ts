/**
 * One sender per person and phone, however many tabs are open. A tab that the system froze in the background keeps its Web
 * Lock and would stop all sending; so the holder leaves a heartbeat, and a tab that waits takes the lock when it is stale.
 * Two senders for a moment do no harm: every request is idempotent on the server.
 */
import { inVault, readMeta, writeMeta } from "../local/vault.ts";
import type { Vault } from "../local/vault.ts";

export type LockKeeper = Pick<LockManager, "request">;

const BEAT_MS = 5_000;
const STALE_MS = 20_000;

/** Runs `work` while the lock is held, again after it was lost, until `stop` is aborted. Without Web Locks it just runs. */
export async function holdLock(
  locks: LockKeeper | undefined,
  name: string,
  vault: Vault,
  stop: AbortSignal,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
  if (locks === undefined) return work(new AbortController().signal);
  while (!stop.aborted) {
    try {
      await waitForLock(locks, name, vault, stop, work);
    } catch (error) {
      // AbortError: stopped while waiting, or another tab took the lock. The loop decides which.
      if ((error as Error).name !== "AbortError") throw error;
    }
  }
}

async function waitForLock(locks: LockKeeper, name: string, vault: Vault, stop: AbortSignal, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  const waiting = new AbortController();
  const lost = new AbortController();
  const onStop = (): void => waiting.abort();
  stop.addEventListener("abort", onStop);
  let working: Promise<void> | null = null;
  let steal = false;
  const hold = (): Promise<void> => (working = beating(vault, stop, lost, work));
  const takeIfStale = async (): Promise<void> => {
    if (working !== null || stop.aborted) return;
    const beat = await inVault(vault, () => readMeta<number>(vault, "sender_beat"));
    if (beat === null || Math.abs(vault.clocks.now() - beat) < STALE_MS) return;
    steal = true;
    waiting.abort();
  };
  const watch = setInterval(() => void takeIfStale().catch(() => undefined), BEAT_MS);
  try {
    await locks.request(name, { signal: waiting.signal }, hold);
  } catch (error) {
    // Rejected while it worked: the lock was taken away, and what still runs must end before this tab queues again.
    lost.abort();
    await working;
    if (!steal || stop.aborted) throw error;
    await locks.request(name, { steal: true }, () => beating(vault, stop, new AbortController(), work));
  } finally {
    clearInterval(watch);
    stop.removeEventListener("abort", onStop);
  }
}

/** A frozen page does not learn that its lock was taken; once it runs again, the new holder's name in the row tells it. */
async function beating(vault: Vault, stop: AbortSignal, lost: AbortController, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  const holder = vault.newId();
  await inVault(vault, () => writeMeta(vault, "sender", holder));
  const beat = async (): Promise<void> => {
    if (stop.aborted) return;
    if ((await inVault(vault, () => readMeta<string>(vault, "sender"))) !== holder) lost.abort();
    else await inVault(vault, () => writeMeta(vault, "sender_beat", vault.clocks.now()));
  };
  const timer = setInterval(() => void beat().catch(() => undefined), BEAT_MS);
  try {
    await beat();
    await work(lost.signal);
  } finally {
    clearInterval(timer);
  }
}
