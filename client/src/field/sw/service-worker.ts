/**
 * Keeps the app's own files on the phone so that it opens with the server gone. It answers nothing else: requests that
 * are not GET, and everything under /api/, /office/, /healthz and /readyz, go past it untouched. A new version waits until the
 * person accepts it (SKIP_WAITING), so that no form changes under somebody's hands.
 *
 * A file is kept only when it has the type and the hash that the build wrote down; one that has not (a gateway's page in the
 * place of a script) fails the installation, which begins anew later.
 */
import { cacheNames, setCacheNameDetails } from "workbox-core";
import { addPlugins, cleanupOutdatedCaches, createHandlerBoundToURL, getCacheKeyForURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { hasHash, hasTypeOf } from "./precached.ts";

interface PrecachedFile {
  url: string;
  revision: string | null;
  integrity: string;
}

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: PrecachedFile[] };

const NEVER_ANSWERED = [/^\/api\//, /^\/office(\/|$)/, /^\/healthz$/, /^\/readyz$/, /^\/notice(\/|$)/, /\.js$/];
const files = self.__WB_MANIFEST;

// Under another name than the releases that kept files unseen: what they hold is not taken over.
setCacheNameDetails({ precache: "precache-verified" });
cleanupOutdatedCaches();
addPlugins([
  {
    // The browser's own store may hold what a gateway said too, so it asks the server whether that is still right.
    requestWillFetch: ({ request }) => Promise.resolve(new Request(request, { cache: "no-cache" })),
    cacheWillUpdate: ({ request, response }) => Promise.resolve(hasTypeOf(new URL(request.url).pathname, response) ? response : null),
  },
]);
precacheAndRoute(files, { cleanURLs: false });
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: NEVER_ANSWERED }));

self.addEventListener("message", (event) => {
  const { type } = (event.data ?? {}) as { type?: string };
  if (type === "SKIP_WAITING") void self.skipWaiting();
  if (type === "DROP_BROKEN") event.waitUntil(dropBroken().finally(() => event.ports[0]?.postMessage("done")));
});

/** Forgets kept files that are not (any more) what the build made; the next request for one fetches and keeps it anew. */
async function dropBroken(): Promise<void> {
  const cache = await caches.open(cacheNames.precache);
  for (const { url, integrity } of files) {
    const key = getCacheKeyForURL(url);
    const kept = key === undefined ? undefined : await cache.match(key);
    if (key === undefined || kept === undefined) continue;
    const isSound = hasTypeOf(new URL(url, self.location.href).pathname, kept) && (await hasHash(await kept.arrayBuffer(), integrity));
    if (!isSound) await cache.delete(key);
  }
}
