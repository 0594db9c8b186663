/** The pages of the phone app. Each is its own download; all but signing in need somebody signed in, which works offline. */
import { createRouter, createWebHistory } from "vue-router";
import type { Component } from "vue";
import type { Router, RouterHistory } from "vue-router";
import type { Session } from "./session/index.ts";

const signIn = (): Promise<Component> => import("./screens/signin/SignInScreen.vue");
const frame = (): Promise<Component> => import("./screens/SignedIn.vue");
const visits = (): Promise<Component> => import("./screens/visits/VisitsScreen.vue");

/** Fetches the first screen while it is still being found out who is signed in. A wrong guess costs nothing but its bytes. */
export function fetchFirstScreen(is_signed_in: boolean): void {
  for (const screen of is_signed_in ? [frame, visits] : [signIn]) void screen().catch(() => undefined);
}

/** `words` resolves when the words of all screens behind the sign-in are there; it is asked for with the first of them. */
export function fieldRouter(session: Session, restored: Promise<void>, words: () => Promise<void>, history: RouterHistory = createWebHistory()): Router {
  const router = createRouter({
    history,
    routes: [
      { path: "/sign-in", name: "sign-in", component: signIn },
      {
        path: "/",
        component: async () => (await Promise.all([frame(), words()]))[0],
        children: [
          { path: "", name: "visits", component: visits, meta: { tab: true } },
          { path: "hazards", name: "hazards", component: () => import("./screens/hazards/HazardsScreen.vue"), meta: { tab: true } },
          { path: "outbox", name: "outbox", component: () => import("./screens/outbox/OutboxScreen.vue"), meta: { tab: true } },
          { path: "me", name: "me", component: () => import("./screens/me/MeScreen.vue"), meta: { tab: true } },
          { path: "subjects/:subjectId", component: () => import("./screens/subject/SubjectScreen.vue"), props: true },
          { path: "visits/:visitId", component: () => import("./screens/visit/VisitScreen.vue"), props: true },
          { path: "visits/:visitId/checklists/:submissionId", component: () => import("./screens/checklist/ChecklistScreen.vue"), props: true },
          { path: "visits/:visitId/hazards/:hazardId", component: () => import("./screens/hazard/HazardScreen.vue"), props: true },
          { path: "visits/:visitId/finish", component: () => import("./screens/finish/FinishScreen.vue"), props: true },
          { path: "drafts/:visitId", component: () => import("./screens/drafts/DraftScreen.vue"), props: true },
          { path: "hazards/:hazardId", component: () => import("./screens/hazards/RecheckScreen.vue"), props: true },
          { path: "photos/:photoId/retake", component: () => import("./screens/hazards/RetakeScreen.vue"), props: true },
          { path: ":rest(.*)*", component: () => import("./screens/NotFound.vue") },
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
