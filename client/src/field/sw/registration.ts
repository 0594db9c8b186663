/** Registers the service worker and offers a new version when one is ready. It never takes over by itself. */
import { readonly, shallowRef } from "vue";

const CHECK_EVERY_MS = 3_600_000;

const waiting = shallowRef<ServiceWorker | null>(null);
const isReady = shallowRef(false);

/** True when a newer version lies ready; `applyUpdate` then reloads into it. */
export const updateReady = readonly(isReady);

export function registerServiceWorker(browser: Window = window): void {
  if (!import.meta.env.PROD || !("serviceWorker" in browser.navigator)) return;
  const { serviceWorker } = browser.navigator;
  browser.addEventListener("load", () => void register(serviceWorker).catch(() => undefined), { once: true });
  if (browser.document.readyState === "complete") void register(serviceWorker).catch(() => undefined);
}

/** Call only when nothing is being typed: the page loads anew. Drafts are on disk. */
export function applyUpdate(browser: Window = window): void {
  browser.navigator.serviceWorker.addEventListener("controllerchange", () => browser.location.reload(), { once: true });
  waiting.value?.postMessage({ type: "SKIP_WAITING" });
}

async function register(container: ServiceWorkerContainer): Promise<void> {
  const registration = await container.register("/service-worker.js", { scope: "/", updateViaCache: "none" });
  offer(container, registration.waiting);
  registration.addEventListener("updatefound", () => {
    const installing = registration.installing;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") offer(container, installing);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), CHECK_EVERY_MS);
}

/** The very first installation is not an update: nothing controls the page yet. */
function offer(container: ServiceWorkerContainer, worker: ServiceWorker | null): void {
  if (worker === null || container.controller === null) return;
  waiting.value = worker;
  isReady.value = true;
}
