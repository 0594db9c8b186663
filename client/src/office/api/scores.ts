import { getJson } from './http';
import type { Comparison, Grouping, Overview, Ranking, TrendPoint } from './types';

type Params = Record<string, string>;

export function fetchOverview(params: Params, signal?: AbortSignal): Promise<Overview> {
  return getJson<Overview>('/api/scores/overview', params, signal);
}

export function fetchComparison(group: Grouping, ranking: Ranking, params: Params, signal?: AbortSignal): Promise<Comparison> {
  return getJson<Comparison>('/api/scores/by', { group, ranked_by: ranking, ...params }, signal);
}

export async function fetchTrend(weeks: number, params: Params, signal?: AbortSignal): Promise<TrendPoint[]> {
  return (await getJson<{ points: TrendPoint[] }>('/api/scores/trend', { weeks: String(weeks), ...params }, signal)).points;
}
