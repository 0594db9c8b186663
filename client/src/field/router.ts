/** The pages of the phone app. Each is its own download; all but signing in need somebody signed in, which works offline. */
import { createRouter, createWebHistory } from "vue-router";
import type { Component } from "vue";
import type { Router, RouterHistory } from "vue-router";
import type { Session } from "./session/index.ts";

type Load = () => Promise<Component>;

const signIn: Load = () => import("./screens/signin/SignInScreen.vue");
const frame: Load = () => import("./screens/SignedIn.vue");
const visits: Load = () => import("./screens/visits/VisitsScreen.vue");

const SCREENS = {
  hazards: () => import("./screens/hazards/HazardsScreen.vue"),
  outbox: () => import("./screens/outbox/OutboxScreen.vue"),
  me: () => import("./screens/me/MeScreen.vue"),
  subject: () => import("./screens/subject/SubjectScreen.vue"),
  visit: () => import("./screens/visit/VisitScreen.vue"),
  checklist: () => import("./screens/checklist/ChecklistScreen.vue"),
  hazard: () => import("./screens/hazard/HazardScreen.vue"),
  finish: () => import("./screens/finish/FinishScreen.vue"),
  draft: () => import("./screens/drafts/DraftScreen.vue"),
  recheck: () => import("./screens/hazards/RecheckScreen.vue"),
  retake: () => import("./screens/hazards/RetakeScreen.vue"),
  not_found: () => import("./screens/NotFound.vue"),
} satisfies Record<string, Load>;

/** Fetch words that a screen waits for; each resolves when they are there. */
export interface Words {
  home: () => Promise<void>;
  screens: () => Promise<void>;
}

/** Fetches the first screen while it is still being found out who is signed in. A wrong guess costs nothing but its bytes. */
export function fetchFirstScreen(is_signed_in: boolean): void {
  for (const screen of is_signed_in ? [frame, visits] : [signIn]) void screen().catch(() => undefined);
}

/**
 * Loads all other screens, one after another, once nothing else is going on: when another tab goes over to a new version, the
 * files of this one are gone, and what somebody is in the middle of must not end at a screen that cannot be fetched any more.
 */
export async function loadAhead(words: Words, browser: Window = window): Promise<void> {
  // By then they are on the phone; before, they would be fetched twice.
  await browser.navigator.serviceWorker?.ready;
  for (const part of [words.home, words.screens, ...Object.values(SCREENS)]) {
    await new Promise((resolve) => ("requestIdleCallback" in browser ? browser.requestIdleCallback(resolve) : setTimeout(resolve, 200)));
    await part().catch(() => undefined);
  }
}

export function fieldRouter(session: Session, restored: Promise<void>, words: Words, history: RouterHistory = createWebHistory()): Router {
  const worded = (screen: Load) => async (): Promise<Component> => (await Promise.all([screen(), words.screens()]))[0];
  const router = createRouter({
    history,
    routes: [
      { path: "/sign-in", name: "sign-in", component: signIn },
      {
        path: "/",
        component: async () => (await Promise.all([frame(), words.home()]))[0],
        children: [
          { path: "", name: "visits", component: visits, meta: { tab: true } },
          { path: "hazards", name: "hazards", component: worded(SCREENS.hazards), meta: { tab: true } },
          { path: "outbox", name: "outbox", component: worded(SCREENS.outbox), meta: { tab: true } },
          { path: "me", name: "me", component: worded(SCREENS.me), meta: { tab: true } },
          { path: "subjects/:subjectId", component: worded(SCREENS.subject), props: true },
          { path: "visits/:visitId", component: worded(SCREENS.visit), props: true },
          { path: "visits/:visitId/checklists/:submissionId", component: worded(SCREENS.checklist), props: true },
          { path: "visits/:visitId/hazards/:hazardId", component: worded(SCREENS.hazard), props: true },
          { path: "visits/:visitId/finish", component: worded(SCREENS.finish), props: true },
          { path: "drafts/:visitId", component: worded(SCREENS.draft), props: true },
          { path: "hazards/:hazardId", component: worded(SCREENS.recheck), props: true },
          { path: "photos/:photoId/retake", component: worded(SCREENS.retake), props: true },
          { path: ":rest(.*)*", component: worded(SCREENS.not_found) },
        ],
      },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  });

  router.beforeEach(async (to) => {
    await restored.catch(() => undefined);
    const state = session.state.value;
    if (to.name === "sign-in") return state.kind === "open" && !state.needs_sign_in ? { path: "/" } : true;
    return state.kind === "open" ? true : { name: "sign-in", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  });
  return router;
}
