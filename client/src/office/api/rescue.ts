import { getJson, sendForm } from './http';
import type { Problem } from './http';

export type ImportPart = 'record' | 'photo' | 'draft';
export type ImportStatus = 'accepted' | 'already_accepted' | 'quarantined' | 'refused' | 'conflict';
export type ImportCounts = Partial<Record<ImportStatus, number>>;
export interface ImportItem { part: ImportPart; kind: string | null; id: string | null; status: ImportStatus; receipt: string | null; problem: Problem | null }
export interface ImportResult {
  author: string; imported_before: { at: string; by: string } | null; records: ImportCounts; photos: ImportCounts; drafts: ImportCounts; items: ImportItem[];
}
export interface PastImport { id: string; at: string; author: string; imported_by: string; records: ImportCounts; photos: ImportCounts; drafts: ImportCounts }

export function importRescueFile(file: File): Promise<ImportResult> {
  const form = new FormData();
  form.set('file', file);
  return sendForm<ImportResult>('/api/rescue/imports', form);
}

export async function listImports(signal?: AbortSignal): Promise<PastImport[]> {
  return (await getJson<{ imports: PastImport[] }>('/api/rescue/imports', {}, signal)).imports;
}
