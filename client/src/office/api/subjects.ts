import { getJson } from './http';
import type { SubjectScoreDetail, SubjectScoreRow } from './types';

export interface SubjectScorePage { items: SubjectScoreRow[]; total: number; page: number }

export function listSubjectScores(params: Record<string, string>, signal?: AbortSignal): Promise<SubjectScorePage> {
  return getJson<SubjectScorePage>('/api/scores/subjects', params, signal);
}

export function fetchSubjectScore(id: string, period: string, signal?: AbortSignal): Promise<SubjectScoreDetail> {
  return getJson<SubjectScoreDetail>(`/api/scores/subjects/${id}`, { period }, signal);
}
