/** Entry of the phone app: language, session, service worker. Screens are loaded when they are opened. */
import { createApp } from "vue";
import App from "./App.vue";
import { APP_I18N, setUpI18n } from "../i18n/index.ts";
import { loadFieldMessages } from "./messages.ts";
import { SESSION } from "./session/session.ts";
import { startFieldSession } from "./session/start.ts";
import { registerServiceWorker } from "./sw/registration.ts";

registerServiceWorker();
const session = startFieldSession();
const [language] = await Promise.all([setUpI18n(loadFieldMessages), session.restore()]);
createApp(App).use(language.i18n).provide(APP_I18N, language).provide(SESSION, session).mount("#app");
