/**
 * A part of the app could not be loaded: a gateway answered in its place, the network was gone on a first visit, or a newer
 * version took its place. What is broken is dropped, what was fetched is compared with the server's, and the page opens anew,
 * soon and then less often. Everything that was entered is on disk by then.
 */
const TRIES_KEY = "reopened";
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const REPAIR_MS = 5_000;

/** How long to wait before the next try of a row of them. */
export function waitBeforeReopening(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
}

export function reopenSoon(path: () => string, browser: Window = window): void {
  browser.setTimeout(() => void reopen(path(), browser), waitBeforeReopening(triesIn(browser)));
}

export async function reopen(path: string, browser: Window = window): Promise<void> {
  keepTries(browser, triesIn(browser) + 1);
  await Promise.all([dropBrokenFiles(browser), refreshBrowserStore(browser)]);
  browser.location.replace(path);
}

/** A screen stands: the next failure is a new one. */
export function noteOpened(browser: Window = window): void {
  keepTries(browser, 0);
}

/** Has the worker look through what it keeps and forget what is broken. Resolves also when there is none, or it does not answer. */
function dropBrokenFiles(browser: Window): Promise<void> {
  const worker = "serviceWorker" in browser.navigator ? browser.navigator.serviceWorker.controller : null;
  if (worker === null) return Promise.resolve();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    setTimeout(resolve, REPAIR_MS);
    worker.postMessage({ type: "DROP_BROKEN" }, [port2]);
  });
}

/** The browser's own store may hold a gateway's page under the name of a script, for a year. */
async function refreshBrowserStore(browser: Window): Promise<void> {
  const names = browser.performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = names.filter((name) => name.startsWith(`${browser.location.origin}/assets/`));
  await Promise.all([...new Set(files)].map((file) => browser.fetch(file, { cache: "no-cache" }).catch(() => undefined)));
}

function triesIn(browser: Window): number {
  try {
    return Number(browser.sessionStorage.getItem(TRIES_KEY) ?? 0) || 0;
  } catch {
    return 0;
  }
}

function keepTries(browser: Window, tries: number): void {
  try {
    if (tries === 0) browser.sessionStorage.removeItem(TRIES_KEY);
    else browser.sessionStorage.setItem(TRIES_KEY, String(tries));
  } catch {
    return;
  }
}
