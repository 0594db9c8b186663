/** Pages of the desk. Each is its own chunk, so that charts and maps load only where they are drawn. */
import { createRouter, createWebHistory, type Router } from 'vue-router';
import { Action } from '../vocabulary/codes';
import { homeOf, may, mayOpen } from './menu';
import type { Session } from './session';

export function createDeskRouter(session: Session): Router {
  const router = createRouter({
    history: createWebHistory('/office/'),
    routes: [
      { path: '/sign-in', name: 'sign_in', component: () => import('./signin/SignInPage.vue') },
      {
        path: '/',
        component: () => import('./shell/DeskShell.vue'),
        children: [
          { path: '', name: 'home', component: () => import('./account/AccountPage.vue') },
          { path: 'overview', name: 'overview', component: () => import('./overview/OverviewPage.vue') },
          { path: 'review', name: 'review', component: () => import('./review/ReviewPage.vue') },
          { path: 'hazards', name: 'hazards', component: () => import('./hazards/HazardsPage.vue') },
          { path: 'visits', name: 'visits', component: () => import('./visits/VisitsPage.vue') },
          { path: 'scores', name: 'scores', component: () => import('./scores/ScoresPage.vue') },
          { path: 'downloads', name: 'downloads', component: () => import('./downloads/DownloadsPage.vue') },
          { path: 'checklists', name: 'checklists', component: () => import('./checklists/ChecklistsPage.vue') },
          { path: 'checklists/import', name: 'checklist_import', component: () => import('./checklists/ImportPage.vue') },
          { path: 'checklists/unverified', name: 'unverified', component: () => import('./checklists/UnverifiedPage.vue') },
          { path: 'checklists/standards', name: 'standards', component: () => import('./checklists/StandardsPage.vue') },
          { path: 'checklists/drafts/:draftId', name: 'checklist_draft', props: true, component: () => import('./checklists/DraftPage.vue') },
          { path: 'checklists/versions/:id', name: 'checklist_versions', props: true, component: () => import('./checklists/VersionsPage.vue') },
          { path: 'checklists/:hash', name: 'checklist', props: true, component: () => import('./checklists/ChecklistPage.vue') },
          { path: 'quarantine', name: 'quarantine', component: () => import('./quarantine/QuarantinePage.vue') },
          { path: 'rescue', name: 'rescue', component: () => import('./rescue/RescuePage.vue') },
          { path: 'account', name: 'account', component: () => import('./account/AccountPage.vue') },
        ],
      },
      { path: '/:rest(.*)*', redirect: { name: 'home' } },
    ],
  });

  router.beforeEach(async (to) => {
    await session.restore();
    const user = session.user.value;
    if (to.name === 'sign_in') return user ? { name: homeOf(user) } : true;
    if (!user) return { name: 'sign_in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    if (to.name === 'home') return { name: homeOf(user) };
    if (OFFICE_PAGES.has(String(to.name)) && !may(user, Action.write_forms)) return { name: homeOf(user) };
    return mayOpen(user, pageOf(String(to.name))) || { name: homeOf(user) };
  });
  return router;
}

/** Pages of the county office that hang below a page which others may open too. */
const OFFICE_PAGES: ReadonlySet<string> = new Set(['checklist_import', 'unverified', 'standards', 'checklist_draft', 'checklist_versions']);

function pageOf(routeName: string): string {
  return routeName === 'checklist' || OFFICE_PAGES.has(routeName) ? 'checklists' : routeName;
}
