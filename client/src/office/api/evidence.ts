import { deleteJson, getJson, postJson } from './http';
import type { Circle, ReceiptAnswer, ReviewDecision, ReviewItem } from './types';

export interface ReviewPage { items: ReviewItem[]; total: number }
export interface Decision { decision: ReviewDecision; reason?: string; mark?: Circle | null }

export function listReviews(params: Record<string, string>, signal?: AbortSignal): Promise<ReviewPage> {
  return getJson<ReviewPage>('/api/evidence/reviews', params, signal);
}

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
