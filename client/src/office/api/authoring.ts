/** The library of checklists: versions, drafts of the office, what changes between them, publishing and retiring. */
import { deleteJson, getJson, postJson, sendForm } from './http';
import { wholeList } from './lists';
import type { ChecklistDocument, LocalText } from './types';

export type ChangeKind = 'added' | 'removed' | 'retyped' | 'rescored' | 'reworded' | 'relimited' | 'moved' | 'condition' | 'narrowed' | 'widened' | 'grounds' | 'hazard' | 'scope' | 'reordered';
export interface Change { kind: ChangeKind; subject: string; breaking: boolean; text: LocalText }
export interface Report { changes: Change[]; breaking: number; counts: Partial<Record<ChangeKind, number>> }
export interface FaultParams { what?: LocalText; mend?: LocalText; severity?: 'error' | 'warning'; sheet?: string | null; row?: number | null; column?: string | null; header?: string | null; subject?: string }
export interface AuthoringFault { pointer: string; code: string; detail: string; params: FaultParams }
export interface Named { id: string; name: string }
interface Described {
  id: string; version: string; hash: string; title: LocalText; sector: string | null; applies_to: { subject_kinds: string[] };
  valid_from: string; item_count: number; source: 'repository' | 'office';
}
export interface Version extends Described {
  state: 'published' | 'retired' | 'draft'; current: boolean; stored_at: string; published_at: string | null; published_by: Named | null; approved_by: string | null;
  note: string; retired_at: string | null; retired_by: Named | null; retire_approved_by: string | null; retire_reason: string | null; report?: Report | null;
}
export interface DraftBrief extends Described {
  draft_id: string; file_name: string | null; created_at: string; created_by: Named | null; changed_at: string; changed_by: Named | null;
  base: { id: string; version: string; hash: string } | null; obstacle_count?: number; breaking?: number;
}
export interface Draft extends DraftBrief { problems: AuthoringFault[]; obstacles: AuthoringFault[]; report: Report; document?: ChecklistDocument }
export interface LibraryEntry { id: string; title: LocalText; sector: string | null; current: Version | null; versions: Version[]; drafts: DraftBrief[] }
export interface Reference { id: string; version: string; hash: string; draft_id: string | null }
export interface Difference { from: Reference; to: Reference; report: Report }
export interface Decision { approved_by: string; reason: string }
export interface Publication { approved_by: string; hash: string; base: string | null; note: string; confirm_drops: string[] }

const FORMS = '/api/forms';

export function fetchLibrary(signal?: AbortSignal): Promise<LibraryEntry[]> {
  return wholeList<LibraryEntry>(`${FORMS}/library`, signal);
}

export function fetchDraft(id: string, signal?: AbortSignal): Promise<Draft> {
  return getJson<Draft>(`${FORMS}/drafts/${id}`, {}, signal);
}

/** `lacking`: what a foreign XLSForm does not say itself. */
export function importDraft(file: File, lacking: Record<string, string>): Promise<Draft> {
  return sendForm<Draft>(`${FORMS}/drafts`, formOf(file, lacking));
}

export function replaceDraft(draft: Pick<DraftBrief, 'draft_id' | 'hash'>, file: File): Promise<Draft> {
  return sendForm<Draft>(`${FORMS}/drafts/${draft.draft_id}`, formOf(file, {}), 'PUT', draft.hash);
}

export function beginDraft(hash: string): Promise<Draft> {
  return postJson<Draft>(`${FORMS}/drafts`, { from: hash });
}

export function discardDraft(draft: Pick<DraftBrief, 'draft_id' | 'hash'>): Promise<void> {
  return deleteJson(`${FORMS}/drafts/${draft.draft_id}`, draft.hash);
}

export function publishDraft(id: string, publication: Publication): Promise<Version> {
  return postJson<Version>(`${FORMS}/drafts/${id}/publish`, publication);
}

export function retireVersion(hash: string, decision: Decision): Promise<Version> {
  return postJson<Version>(`${FORMS}/versions/${hash}/retire`, decision);
}

export function reinstateVersion(hash: string, decision: Decision): Promise<Version> {
  return postJson<Version>(`${FORMS}/versions/${hash}/reinstate`, decision);
}

export function fetchDifference(from: string, to: string, signal?: AbortSignal): Promise<Difference> {
  return getJson<Difference>(`${FORMS}/diff`, { from, to }, signal);
}

export function fileAddress(of: { draft_id: string } | { hash: string }, format: 'xlsx' | 'json'): string {
  return 'draft_id' in of ? `${FORMS}/drafts/${of.draft_id}/file?format=${format}` : `${FORMS}/versions/${of.hash}/file?format=${format}`;
}

function formOf(file: File, lacking: Record<string, string>): FormData {
  const form = new FormData();
  form.set('file', file);
  for (const [name, value] of Object.entries(lacking)) if (value.trim() !== '') form.set(name, value.trim());
  return form;
}
