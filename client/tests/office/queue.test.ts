import { expect, test } from 'vitest';
import type { ListPage } from '@/office/api/lists';
import type { ReviewItem } from '@/office/api/types';
import { currentOf, EMPTY_QUEUE, moved, needsMore, upcoming, withDecision, withMore, withoutLastDecision, type QueueState } from '@/office/review/queue';
import { makeItem } from './factories';

function queueOf(...ids: string[]): QueueState {
  return { ...EMPTY_QUEUE, items: ids.map((id) => makeItem(id)), total: ids.length };
}

function pageOf(ids: string[], values: Partial<ListPage<ReviewItem>>): ListPage<ReviewItem> {
  return { items: ids.map((id) => makeItem(id)), next: null, previous: null, count: null, unreadable: [], ...values };
}

const idsOf = (queue: QueueState): string[] => queue.items.map((item) => item.photo.id);

test('after a decision the next pair is shown and the count goes down', () => {
  const after = withDecision(queueOf('a', 'b', 'c'), 'a', 'approved');

  expect(currentOf(after)?.photo.id).toBe('b');
  expect(after.total).toBe(2);
});

test('deciding the last pair shows the one before it', () => {
  expect(currentOf(withDecision(moved(queueOf('a', 'b'), 1), 'b', 'approved'))?.photo.id).toBe('a');
});

test('deciding the only pair leaves nothing to show', () => {
  expect(currentOf(withDecision(queueOf('a'), 'a', 'returned'))).toBeNull();
});

test('an undo brings the pair back to its place and shows it', () => {
  const decided = withDecision(moved(queueOf('a', 'b', 'c'), 1), 'b', 'returned');
  const undone = withoutLastDecision(decided);

  expect(idsOf(undone)).toEqual(['a', 'b', 'c']);
  expect(currentOf(undone)?.photo.id).toBe('b');
  expect(undone.total).toBe(3);
  expect(undone.decided).toEqual([]);
});

test('an undo with nothing decided changes nothing', () => {
  const queue = queueOf('a');
  expect(withoutLastDecision(queue)).toBe(queue);
});

test('moving stops at both ends', () => {
  expect(moved(queueOf('a', 'b'), -1).index).toBe(0);
  expect(moved(queueOf('a', 'b'), 5).index).toBe(1);
});

test('more pairs from the server come behind; known and decided ones do not come twice', () => {
  const queue = withDecision(queueOf('a', 'b'), 'a', 'approved');
  const filled = withMore(queue, pageOf(['a', 'b', 'c'], { count: { n: 7, more: true }, next: 'further' }));

  expect(idsOf(filled)).toEqual(['b', 'c']);
  expect(filled).toMatchObject({ total: 7, countsOn: true, next: 'further' });
  expect(upcoming(filled, 3).map((item) => item.photo.id)).toEqual(['c']);
});

test('a page that was not counted leaves the count as it is', () => {
  expect(withMore(queueOf('a', 'b'), pageOf(['c'], { count: null }))).toMatchObject({ total: 2, countsOn: false, next: null });
});

test.each([
  ['in the middle of what is here', { shown: 2, here: 20, next: 'further' }, false],
  ['a few pairs before the end of what is here', { shown: 14, here: 20, next: 'further' }, true],
  ['at the end of what is here', { shown: 19, here: 20, next: 'further' }, true],
  ['at the end of everything', { shown: 19, here: 20, next: null }, false],
])('stepping on: %s', (_where, { shown, here, next }, asks) => {
  const queue = { ...queueOf(...Array.from({ length: here }, (_, index) => `p${index}`)), index: shown, next };

  expect(needsMore(queue, 6)).toBe(asks);
});
