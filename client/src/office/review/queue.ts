/** The reviewer's place in the queue. Pure: what is shown, what comes next, what an undo brings back. */
import type { ReviewDecision, ReviewItem } from '../api/types';

export interface Decided { item: ReviewItem; at: number; decision: ReviewDecision }
export interface QueueState { items: ReviewItem[]; index: number; total: number; decided: Decided[] }

export const EMPTY_QUEUE: QueueState = { items: [], index: 0, total: 0, decided: [] };

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
  return queue.items.length < queue.total && queue.items.length - queue.index <= ahead;
}

/** The decided pair leaves the queue and the next one takes its place; at the end the one before it does. */
export function withDecision(queue: QueueState, photoId: string, decision: ReviewDecision): QueueState {
  const at = queue.items.findIndex((item) => item.photo.id === photoId);
  const item = queue.items[at];
  if (!item) return queue;
  const items = queue.items.filter((each) => each !== item);
  const index = Math.min(at < queue.index ? queue.index - 1 : queue.index, Math.max(0, items.length - 1));
  return { items, index, total: Math.max(0, queue.total - 1), decided: [...queue.decided, { item, at, decision }] };
}

/** Takes back the last decision: the pair returns to where it was and is shown. */
export function withoutLastDecision(queue: QueueState): QueueState {
  const last = queue.decided.at(-1);
  if (!last) return queue;
  const items = [...queue.items.slice(0, last.at), last.item, ...queue.items.slice(last.at)];
  return { items, index: last.at, total: queue.total + 1, decided: queue.decided.slice(0, -1) };
}

/** New pairs from the server behind those that are here; nothing twice, nothing already decided. */
export function withMore(queue: QueueState, more: ReviewItem[], total: number): QueueState {
  const known = new Set([...queue.items.map((item) => item.photo.id), ...queue.decided.map(({ item }) => item.photo.id)]);
  return { ...queue, items: [...queue.items, ...more.filter((item) => !known.has(item.photo.id))], total };
}
