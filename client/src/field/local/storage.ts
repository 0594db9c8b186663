/** How safely and how long this browser keeps what is entered: durable or not, how full, and whether something was lost. */

export interface StorageHealth {
  durability: Durability;
  /** True when the browser promised not to clear the store by itself; null when it cannot promise. */
  persisted: boolean | null;
  usage_bytes: number | null;
  quota_bytes: number | null;
  /** Too little for one more visit with photos. Said before a visit starts; saving is never refused because of it. */
  is_short: boolean;
}

/** `in_app_browser`: WeChat and the like clear their store when they like. Data entry must be preceded by a warning. */
export type Durability = "durable" | "in_app_browser" | "insecure_address" | "no_database";

/** A visit with thirty photos of half a megabyte, and room for the database's own work. */
const VISIT_BYTES = 40_000_000;

/** Each name is a token of a browser built into a chat or news app. */
const IN_APP_BROWSERS = /MicroMessenger|wxwork|DingTalk|QQ\/|Weibo|AlipayClient|FBAN|FBAV|Line\/|Toutiao|NewsArticle|Lark/i;

export interface StorageWindow {
  isSecureContext: boolean;
  indexedDB?: IDBFactory;
  navigator: { userAgent: string; storage?: Partial<Pick<StorageManager, "persist" | "persisted" | "estimate">> };
}

export function durability(browser: StorageWindow): Durability {
  if (!browser.isSecureContext) return "insecure_address";
  if (!browser.indexedDB) return "no_database";
  return IN_APP_BROWSERS.test(browser.navigator.userAgent) ? "in_app_browser" : "durable";
}

export async function storageHealth(browser: StorageWindow = window): Promise<StorageHealth> {
  const { storage } = browser.navigator;
  const [persisted, estimate] = await Promise.all([
    storage?.persisted?.().catch(() => null) ?? null,
    storage?.estimate?.().catch(() => null) ?? null,
  ]);
  const usage_bytes = estimate?.usage ?? null;
  const quota_bytes = estimate?.quota ?? null;
  return {
    durability: durability(browser),
    persisted,
    usage_bytes,
    quota_bytes,
    is_short: usage_bytes !== null && quota_bytes !== null && quota_bytes - usage_bytes < VISIT_BYTES,
  };
}

/** Asked after sign-in, when the person has shown to mean it; browsers grant it more readily then, or when installed. */
export async function askForDurableStorage(browser: StorageWindow = window): Promise<boolean> {
  const { storage } = browser.navigator;
  if (storage?.persist === undefined) return false;
  try {
    return await storage.persist();
  } catch {
    return false;
  }
}
