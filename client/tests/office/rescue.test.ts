import { expect, test } from 'vitest';
import type { ImportItem, ImportStatus } from '@/office/api/rescue';
import { countsInOrder, isNothingNew, itemsToShow } from '@/office/rescue/results';

function item(id: string, status: ImportStatus): ImportItem {
  return { part: 'record', kind: 'visit', id, status, receipt: null, problem: null };
}

const MIXED = [item('a', 'accepted'), item('b', 'refused'), item('c', 'already_accepted'), item('d', 'quarantined')];

test('what somebody must look at stands before what came in', () => {
  expect(itemsToShow(MIXED, false).map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c']);
});

test('only what was not taken in can be shown', () => {
  expect(itemsToShow(MIXED, true).map(({ id }) => id)).toEqual(['b', 'd']);
});

test('counts stand in a fixed order and leave out what did not occur', () => {
  expect(countsInOrder({ refused: 1, accepted: 3 })).toEqual([{ status: 'accepted', count: 3 }, { status: 'refused', count: 1 }]);
});

test.each([
  ['everything was there', ['already_accepted', 'already_accepted'], true],
  ['one record is new', ['already_accepted', 'accepted'], false],
  ['the file is empty', [], false],
])('a file brought nothing new: %s', (_what, statuses, expected) => {
  expect(isNothingNew({ items: statuses.map((status, index) => item(String(index), status as ImportStatus)) })).toBe(expected);
});
