/**
 * Keeps the app's own files on the phone so that it opens with the server gone. It answers nothing else: requests that
 * are not GET, and everything under /api/, /office/, /healthz and /readyz, go past it untouched. A new version waits until the
 * person accepts it (SKIP_WAITING), so that no form changes under somebody's hands.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

const NEVER_ANSWERED = [/^\/api\//, /^\/office(\/|$)/, /^\/healthz$/, /^\/readyz$/, /^\/notice(\/|$)/, /\.js$/];

cleanupOutdatedCaches();
precacheAndRoute(self.__WB_MANIFEST, { cleanURLs: false });
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: NEVER_ANSWERED }));

self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
