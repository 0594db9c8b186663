import type { components } from '../../api/openapi.ts';
import { getJson, postJson } from './http';
import type { ChecklistBrief, ChecklistDocument, Standard } from './types';

export async function listChecklists(signal?: AbortSignal): Promise<ChecklistBrief[]> {
  return (await getJson<{ checklists: ChecklistBrief[] }>('/api/forms/checklists', {}, signal)).checklists;
}

export function fetchChecklist(hash: string, signal?: AbortSignal): Promise<ChecklistDocument> {
  return getJson<ChecklistDocument>(`/api/forms/checklists/${hash}`, {}, signal);
}

export async function listStandards(signal?: AbortSignal): Promise<Standard[]> {
  return (await getJson<{ standards: Standard[] }>('/api/forms/standards', {}, signal)).standards;
}

export type Lookup = components['schemas']['Lookup'];
export type NewLookup = components['schemas']['NewLookup'];
export type ReplacementEffect = components['schemas']['ReplacementEffect'];

export async function listLookups(standard_id: string, signal?: AbortSignal): Promise<Lookup[]> {
  return (await getJson<{ lookups: Lookup[] }>(`/api/forms/standards/${standard_id}/lookups`, {}, signal)).lookups;
}

export function noteLookup(standard_id: string, lookup: NewLookup): Promise<unknown> {
  return postJson(`/api/forms/standards/${standard_id}/lookups`, lookup);
}

/** What the replacement of a standard from a day on would change. Changes nothing. */
export function fetchReplacementEffect(standard: string, on: string, signal?: AbortSignal): Promise<ReplacementEffect> {
  return getJson<ReplacementEffect>('/api/visits/law/replacement', { standard, on }, signal);
}
