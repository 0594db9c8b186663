import { getJson, postJson } from './http';
import { listOf } from './lists';
import type { HazardBrief, HazardDetail } from './types';

export const listHazards = listOf<HazardBrief>('/api/hazards');

export function fetchHazard(id: string, signal?: AbortSignal): Promise<HazardDetail> {
  return getJson<HazardDetail>(`/api/hazards/${id}`, {}, signal);
}

export type HazardAction = { kind: string } & Record<string, unknown>;

/** `seen` is the number of events on screen: who acts on less than there is, is told what happened meanwhile. */
export function actOnHazard(id: string, action: HazardAction, seen: number): Promise<unknown> {
  return postJson(`/api/hazards/${id}/events`, action, String(seen));
}
