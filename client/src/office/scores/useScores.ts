/** Scores of subjects: pages and single subjects. */
import { computed, type ComputedRef } from 'vue';
import { fetchSubjectScore, listSubjectScores, type SubjectScorePage } from '../api/subjects';
import type { SubjectScoreDetail } from '../api/types';
import { useLoad, type Loader } from '../composables/useLoad';

export function useSubjectScores(params: ComputedRef<Record<string, string>>): Loader<SubjectScorePage> {
  return useLoad((signal) => listSubjectScores(params.value, signal), computed(() => JSON.stringify(params.value)));
}

export function useSubjectScore(id: () => string, period: () => string): Loader<SubjectScoreDetail> {
  return useLoad((signal) => fetchSubjectScore(id(), period(), signal), () => [id(), period()]);
}
