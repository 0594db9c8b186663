import { expect, test } from 'vitest';
import { filtersFromQuery, queryFromFilters, requestParams, withChange } from '@/office/composables/filters';

const DEFAULTS = { state: '', town: '', page: '1' };

test('filters come out of the address, unknown keys stay away', () => {
  expect(filtersFromQuery({ state: 'closed', foreign: 'x', town: ['140525108', 'second'] }, DEFAULTS)).toEqual({ state: 'closed', town: '140525108', page: '1' });
});

test('defaults are left out of the address, foreign keys are kept', () => {
  expect(queryFromFilters({ state: 'closed', town: '', page: '1' }, DEFAULTS, { foreign: 'x', state: 'old' })).toEqual({ foreign: 'x', state: 'closed' });
});

test('a filter can be cleared back to its default', () => {
  expect(queryFromFilters({ state: '', town: '', page: '1' }, DEFAULTS, { state: 'closed' })).toEqual({});
});

test('changing a filter starts again at page one, turning the page does not', () => {
  expect(withChange({ ...DEFAULTS, page: '3' }, { town: '140525108' })).toEqual({ state: '', town: '140525108', page: '1' });
  expect(withChange({ ...DEFAULTS, page: '3' }, { page: '4' })).toEqual({ state: '', town: '', page: '4' });
});

test('changing a filter begins a list anew, turning the page goes on from its place', () => {
  const defaults = { state: '', cursor: '' };

  expect(withChange({ ...defaults, cursor: 'here' }, { state: 'closed' })).toEqual({ state: 'closed', cursor: '' });
  expect(withChange({ ...defaults, cursor: 'here' }, { cursor: 'there' })).toEqual({ state: '', cursor: 'there' });
});

test('empty filters are not sent', () => {
  expect(requestParams({ state: '', town: '140525108' })).toEqual({ town: '140525108' });
});
