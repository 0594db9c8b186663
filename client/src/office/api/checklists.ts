import { getJson } from './http';
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
