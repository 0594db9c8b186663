import { describe, expect, it } from "vitest";
import { checkCanary, deviceId, markNeedsSignIn, openDevice, readSignedIn, writeSignedIn } from "../../../src/field/local/device.ts";
import { durability, storageHealth } from "../../../src/field/local/storage.ts";
import type { StorageWindow } from "../../../src/field/local/storage.ts";
import { aUser } from "../fakes.ts";

const ANDROID = "Mozilla/5.0 (Linux; Android 10; TAS-AL00) AppleWebKit/537.36 Chrome/107.0 Mobile Safari/537.36";

function aStorage(): Pick<Storage, "getItem" | "setItem"> {
  const items = new Map<string, string>();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) };
}

function aBrowser(changes: { userAgent?: string; isSecureContext?: boolean; usage?: number; quota?: number } = {}): StorageWindow {
  return {
    isSecureContext: changes.isSecureContext ?? true,
    indexedDB: globalThis.indexedDB,
    navigator: {
      userAgent: changes.userAgent ?? ANDROID,
      storage: {
        persisted: () => Promise.resolve(true),
        estimate: () => Promise.resolve({ usage: changes.usage ?? 0, quota: changes.quota ?? 1e9 }),
      },
    },
  };
}

describe("the phone", () => {
  it("keeps its id", async () => {
    const device = openDevice("device-a");

    expect(await deviceId(device)).toBe(await deviceId(device));
  });

  it("remembers who is signed in, and that the server wants to be asked again", async () => {
    const device = openDevice("device-b");
    await writeSignedIn(device, { user: aUser("u1"), needs_sign_in: null });

    await markNeedsSignIn(device, "somebody else", "expired");
    const before = await readSignedIn(device);
    await markNeedsSignIn(device, "u1", "account_closed");

    expect(before?.needs_sign_in).toBeNull();
    expect(await readSignedIn(device)).toMatchObject({ user: { id: "u1" }, needs_sign_in: "account_closed" });
  });

  it("asks the server again where an earlier release had believed whoever said that the session was over", async () => {
    const device = openDevice("device-b2");
    const kept = async (needs_sign_in: boolean): Promise<unknown> => {
      await device.facts.put({ key: "signed_in", value: { user: aUser("u1"), needs_sign_in } });
      return (await readSignedIn(device))?.needs_sign_in;
    };

    expect([await kept(true), await kept(false)]).toEqual([null, null]);
  });

  it("notices that the browser threw the database away", async () => {
    const storage = aStorage();

    const first = await checkCanary(openDevice("device-c"), { storage, caches: null });
    const second = await checkCanary(openDevice("device-c"), { storage, caches: null });
    const afterEviction = await checkCanary(openDevice("device-c-anew"), { storage, caches: null });

    expect([first, second, afterEviction]).toEqual(["first_use", "alive", "evicted"]);
  });
});

describe("the browser's store", () => {
  it.each([
    ["a normal browser", {}, "durable"],
    ["WeChat", { userAgent: `${ANDROID} MicroMessenger/8.0.30` }, "in_app_browser"],
    ["DingTalk", { userAgent: `${ANDROID} DingTalk/6.5` }, "in_app_browser"],
    ["a plain http address", { isSecureContext: false }, "insecure_address"],
  ])("is judged in %s", (_name, changes, expected) => {
    expect(durability(aBrowser(changes))).toBe(expected);
  });

  it("is short when there is no room for one more visit", async () => {
    expect((await storageHealth(aBrowser({ usage: 970e6 }))).is_short).toBe(true);
    expect(await storageHealth(aBrowser({ usage: 100e6 }))).toMatchObject({ is_short: false, persisted: true, quota_bytes: 1e9 });
  });

  it("is unknown, not short, when the browser does not tell", async () => {
    const silent = { ...aBrowser(), navigator: { userAgent: ANDROID } };

    expect(await storageHealth(silent)).toMatchObject({ is_short: false, persisted: null, quota_bytes: null });
  });
});
