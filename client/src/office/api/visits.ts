import type { components } from '../../api/openapi.ts';
import { getJson } from './http';
import { listOf } from './lists';
import type { VisitBrief, VisitDetail } from './types';

export const listVisits = listOf<VisitBrief>('/api/visits');

export function fetchVisit(id: string, signal?: AbortSignal): Promise<VisitDetail> {
  return getJson<VisitDetail>(`/api/visits/${id}`, {}, signal);
}

export type LawReport = components['schemas']['LawReport'];

/** A submission judged under the law of another day or by another version, beside its own. Changes nothing. */
export function fetchLawReport(submission_id: string, day: string, version: string | null, signal?: AbortSignal): Promise<LawReport> {
  return getJson<LawReport>(`/api/visits/submissions/${submission_id}/law`, { day, version: version ?? undefined }, signal);
}
