/** The reviewer's place in the queue. Pure: what is shown, what comes next, what an undo brings back. */
import type { ListPage } from '../api/lists';
import type { ReviewDecision, ReviewItem } from '../api/types';

export interface Decided { item: ReviewItem; at: number; decision: ReviewDecision }
/** `next` is where the server goes on behind the last pair that is here; `countsOn`: there are more than `total`. */
export interface QueueState { items: ReviewItem[]; index: number; total: number; countsOn: boolean; next: string | null; decided: Decided[] }

export const EMPTY_QUEUE: QueueState = { items: [], index: 0, total: 0, countsOn: false, next: null, decided: [] };

export function currentOf(queue: QueueState): ReviewItem | null {
  return queue.items[queue.index] ?? null;
}

/** The pairs after the shown one, for thumbnails and preloading. */
export function upcoming(queue: QueueState, count: number): ReviewItem[] {
  return queue.items.slice(queue.index + 1, queue.index + 1 + count);
}

export function moved(queue: QueueState, steps: number): QueueState {
  const last = Math.max(0, queue.items.length - 1);
  return { ...queue, index: Math.min(last, Math.max(0, queue.index + steps)) };
}

/** Whether the shown pair is so near the end of what is here that the server should be asked for the rest. */
export function needsMore(queue: QueueState, ahead: number): boolean {
  return queue.next !== null && queue.items.length - queue.index <= ahead;
}

/** The decided pair leaves the queue and the next one takes its place; at the end the one before it does. */
export function withDecision(queue: QueueState, photoId: string, decision: ReviewDecision): QueueState {
  const at = queue.items.findIndex((item) => item.photo.id === photoId);
  const item = queue.items[at];
  if (!item) return queue;
  const items = queue.items.filter((each) => each !== item);
  const index = Math.min(at < queue.index ? queue.index - 1 : queue.index, Math.max(0, items.length - 1));
  return { ...queue, items, index, total: Math.max(0, queue.total - 1), decided: [...queue.decided, { item, at, decision }] };
}

/** Takes back the last decision: the pair returns to where it was and is shown. */
export function withoutLastDecision(queue: QueueState): QueueState {
  const last = queue.decided.at(-1);
  if (!last) return queue;
  const items = [...queue.items.slice(0, last.at), last.item, ...queue.items.slice(last.at)];
  return { ...queue, items, index: last.at, total: queue.total + 1, decided: queue.decided.slice(0, -1) };
}

/** A page of the server behind the pairs that are here; nothing twice, nothing already decided. */
export function withMore(queue: QueueState, page: ListPage<ReviewItem>): QueueState {
  const known = new Set([...queue.items.map((item) => item.photo.id), ...queue.decided.map(({ item }) => item.photo.id)]);
  const items = [...queue.items, ...page.items.filter((item) => !known.has(item.photo.id))];
  const counted = page.count ? { total: page.count.n, countsOn: page.count.more } : {};
  return { ...queue, ...counted, items, next: page.next };
}
