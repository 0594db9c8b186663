/** Scores of subjects: pages and single subjects. */
import type { ComputedRef } from 'vue';
import type { ListPage } from '../api/lists';
import { fetchSubjectScore, listSubjectScores } from '../api/subjects';
import type { SubjectScoreDetail, SubjectScoreRow } from '../api/types';
import { useListPage } from '../composables/useListPage';
import { useLoad, type Loader } from '../composables/useLoad';

export function useSubjectScores(params: ComputedRef<Record<string, string>>): Loader<ListPage<SubjectScoreRow>> {
  return useListPage(listSubjectScores, params);
}

export function useSubjectScore(id: () => string, period: () => string): Loader<SubjectScoreDetail> {
  return useLoad((signal) => fetchSubjectScore(id(), period(), signal), () => [id(), period()]);
}
