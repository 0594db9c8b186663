/** Entry of the phone app: language, routes, session, service worker. Everything else is loaded when a screen needs it. */
import { createApp } from "vue";
import App from "./App.vue";
import { LANGUAGE, setUpLanguage } from "../i18n/index.ts";
import { showChosenTheme } from "../ui/theme.ts";
import { loadEntryMessages, loadHomeMessages, loadScreenMessages } from "./messages.ts";
import { fetchFirstScreen, fieldRouter, loadAhead } from "./router.ts";
import { SESSION } from "./session/index.ts";
import { readHint, startFieldSession } from "./session/start.ts";
import "../ui/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";

showChosenTheme();
const session = startFieldSession();
const restored = session.restore();
fetchFirstScreen(readHint());
const language = await setUpLanguage(loadEntryMessages);
const words = { home: () => language.extend(loadHomeMessages), screens: () => language.extend(loadScreenMessages) };
const router = fieldRouter(session, restored, words);
createApp(App).use(router).provide(LANGUAGE, language).provide(SESSION, session).mount("#app");
// After the first screen: it fetches the rest of the app, and must not hold up what is being looked at.
void import("./sw/registration.ts").then(({ registerServiceWorker }) => {
  registerServiceWorker();
  return loadAhead(words);
}).catch(() => undefined);
