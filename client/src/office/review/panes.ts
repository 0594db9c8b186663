/** The two panes of a pair, and which of them holds the photo that is being judged. */
import type { Position, ReviewItem, ReviewPhoto } from '../api/types';
import { metresBetween } from './plot';

export type Pane = 'before' | 'after';
export interface Panes { before: ReviewPhoto | null; after: ReviewPhoto | null; judged: Pane }

/** A photo that belongs to no pair (an item photo, say) stands alone on the left. */
export function panesOf(item: Pick<ReviewItem, 'photo' | 'before' | 'after'>): Panes {
  const judged: Pane = item.after?.id === item.photo.id || (item.before?.id !== item.photo.id && item.photo.role === 'after') ? 'after' : 'before';
  return {
    before: judged === 'before' ? item.photo : item.before,
    after: judged === 'after' ? item.photo : item.after,
    judged,
  };
}

/** Where a photo was taken: the phone's own fix, else what the photo file says. */
export function placeOf(photo: ReviewPhoto | null): Position | null {
  return photo?.positions.device_fix ?? photo?.positions.photo_exif ?? null;
}

/** How far apart the two photos of a pair were taken; null when either has no position. */
export function metresApart({ before, after }: Panes): number | null {
  const [first, second] = [placeOf(before), placeOf(after)];
  return first && second ? metresBetween(first, second) : null;
}
