/** The store of the phone and the sending, opened in the real browser: device database, vaults, HTTP, locks, other tabs. */
import { liveQuery } from "dexie";
import { readonly, shallowRef } from "vue";
import { checkCanary, deviceId, markNeedsSignIn, openDevice, readSignedIn, writeSignedIn } from "../local/device.ts";
import { heal } from "../local/heal.ts";
import { keepReserve, spendReserve } from "../local/reserve.ts";
import { makeRoom } from "../local/space.ts";
import { closeVault, openVault, StorageFull } from "../local/vault.ts";
import { outboxWhenLoaded } from "../outbox/start.ts";
import type { Room } from "./session.ts";

const lost = shallowRef(false);

/** True when the browser threw this app's store away since the last use: unsent work may be gone, and the person must know. */
export const storeWasEvicted = readonly(lost);

const device = openDevice();

export async function openRoom(browser: Window): Promise<Room> {
  const device_id = await deviceId(device);
  const caches = "caches" in browser ? browser.caches : null;
  void checkCanary(device, { storage: storageOf(browser), caches }).then(
    (canary) => (lost.value = canary === "evicted"),
    () => undefined,
  );
  void keepReserve(device).catch(() => undefined);
  return {
    readSignedIn: () => readSignedIn(device),
    writeSignedIn: (signed_in) => writeSignedIn(device, signed_in),
    markNeedsSignIn: (user_id, reason) => markNeedsSignIn(device, user_id, reason),
    openVault: async (user_id) => {
      const vault = await openVault(user_id, { makeRoom }).catch(async (error: unknown) => {
        // A store that is new, or climbs its ladder, needs a little room.
        if (!(error instanceof StorageFull) || !(await spendReserve(device))) throw error;
        return openVault(user_id, { makeRoom });
      });
      // Before anything is shown or sent of it; what cannot be mended now is tried at the next opening.
      await heal(vault).catch(() => undefined);
      return vault;
    },
    closeVault,
    startOutbox: (vault, { onSignInNeeded }) =>
      outboxWhenLoaded(async () => {
        const [{ startOutbox }, { httpNetwork }, { processPicks }] = await Promise.all([
          import("../outbox/engine.ts"), import("../outbox/http-network.ts"), import("../local/picks.ts"),
        ]);
        return () => {
          // What was chosen before the page was closed.
          void processPicks(vault).catch(() => undefined);
          return startOutbox(vault, {
            spendReserve: () => spendReserve(device),
            network: (signal) => httpNetwork(vault.user_id, signal),
            device_id,
            isCurrentUser: async () => (await readSignedIn(device))?.user.id === vault.user_id,
            onSignInNeeded,
            page: browser,
            ...(browser.navigator.locks === undefined ? {} : { locks: browser.navigator.locks }),
          });
        };
      }),
    watchSignedIn: (changed) => void liveQuery(() => readSignedIn(device)).subscribe({ next: changed, error: () => undefined }),
  };
}

/** For the rescue file's manifest. */
export function thisDeviceId(): Promise<string> {
  return deviceId(device);
}

function storageOf(browser: Window): Storage | null {
  try {
    return browser.localStorage;
  } catch {
    return null;
  }
}
