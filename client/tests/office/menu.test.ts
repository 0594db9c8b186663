import { expect, test } from 'vitest';
import { homeOf, may, mayOpen, menuFor } from '@/office/menu';
import { Action } from '@/vocabulary/codes';
import { fittingFormat, formatsOf } from '@/office/downloads/choices';
import { makeUser } from './factories';

test('the county office sees every page and begins at the overview', () => {
  const user = makeUser('county_office');
  expect(menuFor(user).map((entry) => entry.page)).toEqual(['overview', 'review', 'hazards', 'visits', 'scores', 'downloads', 'checklists', 'quarantine', 'rescue', 'account']);
  expect(homeOf(user)).toBe('overview');
});

test('an inspector reads the ledger and visits, but neither reviews nor downloads nor acts', () => {
  const user = makeUser('inspector');
  expect(menuFor(user).map((entry) => entry.page)).toEqual(['hazards', 'visits', 'checklists', 'quarantine', 'account']);
  expect([mayOpen(user, 'review'), may(user, Action.act_on_hazards)]).toEqual([false, false]);
});

test('only the county office imports what a phone could not send', () => {
  expect(mayOpen(makeUser('county_office'), 'rescue')).toBe(true);
  expect(mayOpen(makeUser('supervisor'), 'rescue')).toBe(false);
});

test('an administrator has no business figures', () => {
  expect(menuFor(makeUser('administrator')).map((entry) => entry.page)).toEqual(['checklists', 'account']);
});

test('a person without a role can still sign out', () => {
  expect(homeOf(makeUser())).toBe('account');
});

test('a comparison of towns has no map, so the format falls back to a workbook', () => {
  expect(formatsOf('town_comparison')).not.toContain('geojson');
  expect(fittingFormat('town_comparison', 'geojson')).toBe('xlsx');
  expect(fittingFormat('hazard_ledger', 'geojson')).toBe('geojson');
});
