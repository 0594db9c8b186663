/** Entry of the phone app: language, routes, service worker. Everything else is loaded when a screen needs it. */
import { createApp } from "vue";
import App from "./App.vue";
import { APP_I18N, setUpI18n } from "../i18n/index.ts";
import { loadFieldMessages } from "./messages.ts";

const language = await setUpI18n(loadFieldMessages);
createApp(App).use(language.i18n).provide(APP_I18N, language).mount("#app");
