/** The two panes of a pair, and which of them holds the photo that is being judged. */
import type { ReviewItem, ReviewPhoto } from '../api/types';

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
