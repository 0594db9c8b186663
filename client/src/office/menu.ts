/** Which pages a person may open, by what the session says they may do. The server decides every request; this only keeps the menu honest. */
import { Action } from '../vocabulary/codes';
import type { IconName } from '../ui/icons';
import type { User } from './api/types';

export type PageName = 'overview' | 'review' | 'hazards' | 'visits' | 'scores' | 'downloads' | 'checklists' | 'quarantine' | 'rescue' | 'account';
/** `action` null: everybody who is signed in. */
export interface MenuEntry { page: PageName; icon: IconName; action: Action | null }

export const MENU: readonly MenuEntry[] = [
  { page: 'overview', icon: 'compare', action: Action.read_scores },
  { page: 'review', icon: 'camera', action: Action.review_photos },
  { page: 'hazards', icon: 'hazard', action: Action.read_hazards },
  { page: 'visits', icon: 'visits', action: Action.read_visits },
  { page: 'scores', icon: 'list', action: Action.read_scores },
  { page: 'downloads', icon: 'rescue', action: Action.download },
  { page: 'checklists', icon: 'book', action: Action.read_forms },
  { page: 'quarantine', icon: 'filter', action: Action.read_quarantine },
  { page: 'rescue', icon: 'onPhone', action: Action.import_rescue },
  { page: 'account', icon: 'person', action: null },
];

export function may(user: Pick<User, 'actions'>, action: Action): boolean {
  return user.actions.includes(action);
}

export function menuFor(user: Pick<User, 'actions'>): MenuEntry[] {
  return MENU.filter(({ action }) => action === null || may(user, action));
}

export function mayOpen(user: Pick<User, 'actions'>, page: string): boolean {
  return menuFor(user).some((entry) => entry.page === page);
}

/** Where a person begins the day. */
export function homeOf(user: Pick<User, 'actions'>): PageName {
  return menuFor(user)[0]?.page ?? 'account';
}
