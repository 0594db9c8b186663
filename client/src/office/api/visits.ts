import { getJson } from './http';
import { listOf } from './lists';
import type { VisitBrief, VisitDetail } from './types';

export const listVisits = listOf<VisitBrief>('/api/visits');

export function fetchVisit(id: string, signal?: AbortSignal): Promise<VisitDetail> {
  return getJson<VisitDetail>(`/api/visits/${id}`, {}, signal);
}
