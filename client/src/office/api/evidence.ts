import { deleteJson, getJson, postJson } from './http';
import { listOf } from './lists';
import type { Circle, ReceiptAnswer, ReviewDecision, ReviewItem } from './types';

export interface Decision { decision: ReviewDecision; reason?: string; mark?: Circle | null }

export const listReviews = listOf<ReviewItem>('/api/evidence/reviews');

/** `seen` is the number of acts on the photo that are on screen. */
export function decideOnPhoto(photoId: string, decision: Decision, seen: number): Promise<unknown> {
  return postJson(`/api/evidence/photos/${photoId}/reviews`, decision, String(seen));
}

export function undoDecision(photoId: string): Promise<void> {
  return deleteJson(`/api/evidence/photos/${photoId}/reviews/last`);
}

export function lookUpReceipt(code: string): Promise<ReceiptAnswer> {
  return getJson<ReceiptAnswer>(`/api/evidence/receipts/${encodeURIComponent(code)}`);
}
