/** Entry of the desk: language and routes. Each page is loaded when it is opened. */
import { createApp } from "vue";
import App from "./App.vue";
import { APP_I18N, setUpI18n } from "../i18n/index.ts";
import { loadOfficeMessages } from "./messages.ts";

const language = await setUpI18n(loadOfficeMessages);
createApp(App).use(language.i18n).provide(APP_I18N, language).mount("#app");
