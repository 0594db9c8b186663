/** Which pages a role may open. The server decides every request; this only keeps the menu honest. */
import type { IconName } from '../ui/icons';
import type { Role, User } from './api/types';

export type PageName = 'overview' | 'review' | 'hazards' | 'visits' | 'scores' | 'downloads' | 'checklists' | 'quarantine' | 'rescue' | 'account';
export interface MenuEntry { page: PageName; icon: IconName; roles: readonly Role[] }

const SUPERVISING: readonly Role[] = ['supervisor', 'county_office'];
const VISITING: readonly Role[] = ['inspector', ...SUPERVISING];
const OFFICE: readonly Role[] = ['county_office'];
const EVERYBODY: readonly Role[] = [...VISITING, 'administrator'];

export const MENU: readonly MenuEntry[] = [
  { page: 'overview', icon: 'compare', roles: SUPERVISING },
  { page: 'review', icon: 'camera', roles: SUPERVISING },
  { page: 'hazards', icon: 'hazard', roles: VISITING },
  { page: 'visits', icon: 'visits', roles: VISITING },
  { page: 'scores', icon: 'list', roles: SUPERVISING },
  { page: 'downloads', icon: 'rescue', roles: SUPERVISING },
  { page: 'checklists', icon: 'book', roles: EVERYBODY },
  { page: 'quarantine', icon: 'filter', roles: VISITING },
  { page: 'rescue', icon: 'onPhone', roles: OFFICE },
  { page: 'account', icon: 'person', roles: EVERYBODY },
];

export function menuFor(user: User): MenuEntry[] {
  return MENU.filter((entry) => user.roles.some((grant) => entry.roles.includes(grant.role)));
}

export function mayOpen(user: User, page: string): boolean {
  return menuFor(user).some((entry) => entry.page === page);
}

/** Where a role begins its day. */
export function homeOf(user: User): PageName {
  return menuFor(user)[0]?.page ?? 'account';
}

/** Whether the person may write and publish checklists, import rescue files and settle quarantined records. */
export function isOffice(user: User): boolean {
  return user.roles.some((grant) => OFFICE.includes(grant.role));
}

/** Whether the person may act on hazards and photos, or only read. */
export function maySupervise(user: User): boolean {
  return user.roles.some((grant) => SUPERVISING.includes(grant.role));
}

/** Whether the person is shown background work that failed, and may have it tried again. */
export function mayMendWork(user: User): boolean {
  return isOffice(user) || user.roles.some((grant) => grant.role === 'administrator');
}
