/** The screens of one visit. The address stays the desk's: a reload begins again. Everything else of the phone app ends the preview. */
import { createMemoryHistory, createRouter } from "vue-router";
import type { Router } from "vue-router";

export function previewRouter(): Router {
  return createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: "/visits/:visitId", component: () => import("../screens/visit/VisitScreen.vue"), props: true },
      { path: "/visits/:visitId/checklists/:submissionId", component: () => import("../screens/checklist/ChecklistScreen.vue"), props: true },
      { path: "/visits/:visitId/hazards/:hazardId", component: () => import("../screens/hazard/HazardScreen.vue"), props: true },
      { path: "/visits/:visitId/finish", component: () => import("../screens/finish/FinishScreen.vue"), props: true },
      { path: "/:rest(.*)*", component: () => import("./PreviewEnd.vue") },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  });
}
