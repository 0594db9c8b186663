/** The keyboard of the review page. */
export type ReviewCommand = 'approve' | 'return' | 'second' | 'undo' | 'next' | 'previous' | 'zoom' | 'cancel';

export const REVIEW_KEYS: Readonly<Record<string, ReviewCommand>> = {
  a: 'approve', r: 'return', s: 'second', z: 'undo',
  ArrowRight: 'next', ArrowDown: 'next', ArrowLeft: 'previous', ArrowUp: 'previous',
  ' ': 'zoom', Escape: 'cancel',
};
