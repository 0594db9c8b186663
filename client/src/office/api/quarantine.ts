/** Records that did not fit their checklist: kept whole, counted nowhere, until somebody settles them. */
import { getJson, postJson } from './http';
import { listOf, type Counted } from './lists';
import type { LocalText, Receipt } from './types';

export type QuarantineState = 'open' | 'accepted' | 'corrected' | 'set_aside';
export interface QuarantineFault { pointer: string; code: string; params: Record<string, unknown>; text: LocalText; item: LocalText | null; answer?: unknown }
export interface QuarantineEntry {
  id: string; kind: string; visit_id: string | null; subject_id: string | null; subject_name: string | null; town_code: string | null; author: { id: string; name: string }; mine: boolean;
  made_at: string; received_at: string; receipt: Receipt; checklist: { id: string; version: string; hash: string; title: LocalText | null; known: boolean } | null; fault_count: number;
  state: QuarantineState; resolution: { outcome: string; by: { id: string; name: string } | null; at: string; reason: string; record_id: string | null } | null; may_resolve: boolean;
}
export interface QuarantineDetail extends QuarantineEntry { body: Record<string, unknown>; faults: QuarantineFault[]; faults_now: QuarantineFault[] }

export const listQuarantine = listOf<QuarantineEntry>('/api/quarantine');

export function fetchQuarantined(id: string, signal?: AbortSignal): Promise<QuarantineDetail> {
  return getJson<QuarantineDetail>(`/api/quarantine/${id}`, {}, signal);
}

export function acceptQuarantined(id: string, reason: string): Promise<QuarantineEntry> {
  return postJson<QuarantineEntry>(`/api/quarantine/${id}/accept`, { reason });
}

export function setAsideQuarantined(id: string, reason: string): Promise<QuarantineEntry> {
  return postJson<QuarantineEntry>(`/api/quarantine/${id}/set-aside`, { reason });
}

export async function countQuarantined(): Promise<Counted> {
  const { open, more } = await getJson<{ open: number; more: boolean }>('/api/quarantine/count');
  return { n: open, more };
}
