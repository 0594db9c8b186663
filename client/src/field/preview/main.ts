/**
 * Entry of the preview: the phone app's own screens on a checklist that the desk names in the address, within a store that is
 * thrown away. Nothing is sent and nothing stays. The desk shows it in a frame of a phone's size.
 */
import { createApp } from "vue";
import { LANGUAGE, setUpLanguage } from "../../i18n/index.ts";
import "../../ui/tokens.css";
import { loadEntryMessages, loadHomeMessages, loadScreenMessages } from "../messages.ts";
import { SESSION } from "../session/index.ts";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/layout.css";
import PreviewApp from "./PreviewApp.vue";
import PreviewFailed from "./PreviewFailed.vue";
import { fetchPreviewed, previewedFrom } from "./checklist.ts";
import { previewRouter } from "./router.ts";
import { previewSession } from "./session.ts";
import { openPreview, throwAway, throwAwayOld } from "./store.ts";

void throwAwayOld();
const [language, checklist] = await Promise.all([setUpLanguage(loadEntryMessages), fetchPreviewed(previewedFrom(window.location.search))]);
await Promise.all([language.extend(loadHomeMessages), language.extend(loadScreenMessages)]);
const preview = checklist.kind === "ok" ? await openPreview(checklist.value, language.locale.value) : null;
const app = createApp(preview ? PreviewApp : PreviewFailed, preview ? { vault: preview.vault } : { detail: checklist.kind === "refused" ? (checklist.problem?.detail ?? null) : null });
if (preview) {
  window.addEventListener("pagehide", () => void throwAway(preview.vault));
  const router = previewRouter();
  await router.push(preview.place);
  app.use(router).provide(SESSION, previewSession(preview.vault));
}
app.provide(LANGUAGE, language).mount("#app");
