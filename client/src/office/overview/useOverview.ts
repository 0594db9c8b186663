/** The four panels of the overview, each loading and failing on its own. */
import type { ComputedRef } from 'vue';
import { fetchComparison, fetchOverview, fetchTrend } from '../api/scores';
import { listSubjectScores } from '../api/subjects';
import { listSubjects } from '../api/register';
import type { Comparison, Overview, TrendPoint } from '../api/types';
import type { Grouping } from '../../vocabulary/codes';
import { useLoad, type Loader } from '../composables/useLoad';
import type { Ranking } from './figures';
import { mapPoints, type MapPoint } from './mapPoints';

const TREND_WEEKS = 12;
const MAP_LIMIT = '500';

export interface OverviewQuery { period: string; scope: Record<string, string>; group: Grouping; ranking: Ranking }
export interface OverviewPanels { overview: Loader<Overview>; comparison: Loader<Comparison>; trend: Loader<TrendPoint[]>; map: Loader<MapPoint[]> }

export function useOverview(query: ComputedRef<OverviewQuery>): OverviewPanels {
  const scoped = (): Record<string, string> => ({ period: query.value.period, ...query.value.scope });
  const withoutGroup = (): string => JSON.stringify(scoped());
  return {
    overview: useLoad((signal) => fetchOverview(scoped(), signal), withoutGroup),
    comparison: useLoad((signal) => fetchComparison(query.value.group, query.value.ranking, scoped(), signal), () => JSON.stringify(query.value)),
    trend: useLoad((signal) => fetchTrend(TREND_WEEKS, scoped(), signal), withoutGroup),
    map: useLoad((signal) => loadMap(scoped(), signal), withoutGroup),
  };
}

async function loadMap(params: Record<string, string>, signal: AbortSignal): Promise<MapPoint[]> {
  const [subjects, scores] = await Promise.all([
    listSubjects({ ...params, page_size: MAP_LIMIT }, signal),
    listSubjectScores({ ...params, page_size: MAP_LIMIT }, signal),
  ]);
  return mapPoints(subjects.items, scores.items);
}
