import type { Figure, FigurePart, Grouping } from '../../vocabulary/codes';
import { getJson } from './http';
import type { Comparison, FigureRows, Overview, TrendPoint } from './types';

type Params = Record<string, string>;

export function fetchOverview(params: Params, signal?: AbortSignal): Promise<Overview> {
  return getJson<Overview>('/api/scores/overview', params, signal);
}

export function fetchComparison(group: Grouping, ranking: Figure, params: Params, signal?: AbortSignal): Promise<Comparison> {
  return getJson<Comparison>('/api/scores/by', { group, ranked_by: ranking, ...params }, signal);
}

/** A figure with a page of the rows in it: one answer, so that neither is older than the other. */
export function fetchFigureRows(figure: Figure, part: FigurePart, params: Params, signal?: AbortSignal): Promise<FigureRows> {
  return getJson<FigureRows>(`/api/scores/figures/${figure}`, { part, ...params }, signal);
}

export async function fetchTrend(weeks: number, params: Params, signal?: AbortSignal): Promise<TrendPoint[]> {
  return (await getJson<{ points: TrendPoint[] }>('/api/scores/trend', { weeks: String(weeks), ...params }, signal)).points;
}
