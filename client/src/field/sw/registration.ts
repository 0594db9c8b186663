/** Registers the service worker and offers a new version when one is ready. It never takes over by itself. */
import { readonly, shallowRef } from "vue";

const CHECK_EVERY_MS = 3_600_000;
/** An installation that failed (a gateway answered for a file) is begun anew, soon and then less often. */
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 900_000;

const isReady = shallowRef(false);
let registration: ServiceWorkerRegistration | null = null;
let isAsked = false;

/** True when a newer version lies ready, or another tab has gone over to it already; `applyUpdate` then reloads into it. */
export const updateReady = readonly(isReady);

export function registerServiceWorker(browser: Window = window): void {
  if (!import.meta.env.PROD || !("serviceWorker" in browser.navigator)) return;
  const { serviceWorker } = browser.navigator;
  const isControlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (isAsked) return browser.location.reload();
    isReady.value = isControlled;
  });
  const start = (): void => {
    void install(serviceWorker, FIRST_RETRY_MS);
    setInterval(() => void registration?.update().catch(() => undefined), CHECK_EVERY_MS);
  };
  if (browser.document.readyState === "complete") start();
  else browser.addEventListener("load", start, { once: true });
}

/** Call only when nothing is being typed: the page loads anew. Drafts are on disk. */
export function applyUpdate(browser: Window = window): void {
  const waiting = registration?.waiting ?? null;
  if (waiting === null) return browser.location.reload();
  isAsked = true;
  waiting.postMessage({ type: "SKIP_WAITING" });
}

/** An installation that fails is begun anew: the registration itself, or one of the files that it fetches. */
async function install(container: ServiceWorkerContainer, retry_ms: number): Promise<void> {
  const again = (): void => void setTimeout(() => void install(container, Math.min(LONGEST_RETRY_MS, retry_ms * 2)), retry_ms);
  try {
    registration = await container.register("/service-worker.js", { scope: "/", updateViaCache: "none" });
  } catch {
    return again();
  }
  const { installing, waiting } = registration;
  offer(container, waiting);
  watch(container, installing, again);
  registration.onupdatefound = () => watch(container, registration?.installing ?? null, again);
}

function watch(container: ServiceWorkerContainer, installing: ServiceWorker | null, again: () => void): void {
  installing?.addEventListener("statechange", () => {
    if (installing.state === "installed") offer(container, installing);
    if (installing.state === "redundant" && !registration?.active) again();
  });
}

/** The very first installation is not an update: nothing controls the page yet. */
function offer(container: ServiceWorkerContainer, worker: ServiceWorker | null): void {
  if (worker !== null && container.controller !== null) isReady.value = true;
}
