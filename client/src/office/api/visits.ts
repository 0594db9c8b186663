import { getJson } from './http';
import type { VisitBrief, VisitDetail } from './types';

export interface VisitPage { items: VisitBrief[]; total: number; page: number }

export function listVisits(params: Record<string, string>, signal?: AbortSignal): Promise<VisitPage> {
  return getJson<VisitPage>('/api/visits', params, signal);
}

export function fetchVisit(id: string, signal?: AbortSignal): Promise<VisitDetail> {
  return getJson<VisitDetail>(`/api/visits/${id}`, {}, signal);
}
