/** Entry of the desk at /office/. */
import { createApp } from 'vue';
import { LANGUAGE, setUpLanguage } from '../i18n';
import '../ui/tokens.css';
import './office.css';
import App from './App.vue';
import { whenSignedOut } from './api/http';
import { loadOfficeMessages } from './messages';
import { createDeskRouter } from './router';
import { createSession, SESSION } from './session';

async function start(): Promise<void> {
  const language = await setUpLanguage(loadOfficeMessages);
  const session = createSession();
  const router = createDeskRouter(session);
  whenSignedOut(() => {
    if (!session.user.value) return;
    session.forget();
    void router.push({ name: 'sign_in', query: { next: router.currentRoute.value.fullPath } });
  });
  createApp(App).use(router).provide(LANGUAGE, language).provide(SESSION, session).mount('#app');
}

void start();
