import { getJson } from './http';
import { listOf } from './lists';
import type { SubjectScoreDetail, SubjectScoreRow } from './types';

export const listSubjectScores = listOf<SubjectScoreRow>('/api/scores/subjects');

export function fetchSubjectScore(id: string, period: string, signal?: AbortSignal): Promise<SubjectScoreDetail> {
  return getJson<SubjectScoreDetail>(`/api/scores/subjects/${id}`, { period }, signal);
}
