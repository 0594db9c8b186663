/** What can be downloaded, and in which formats. Only rows with a position make a map. */
import type { DownloadFormat, DownloadKind } from '../api/types';

export const KINDS: readonly DownloadKind[] = ['subject_scores', 'town_comparison', 'hazard_ledger'];

const FORMATS: Record<DownloadKind, readonly DownloadFormat[]> = {
  subject_scores: ['xlsx', 'csv', 'json', 'geojson'],
  town_comparison: ['xlsx', 'csv', 'json'],
  hazard_ledger: ['xlsx', 'csv', 'json', 'geojson'],
};

export function formatsOf(kind: DownloadKind): readonly DownloadFormat[] {
  return FORMATS[kind];
}

/** The chosen format if the kind has it, else the first one. */
export function fittingFormat(kind: DownloadKind, format: DownloadFormat): DownloadFormat {
  return FORMATS[kind].includes(format) ? format : 'xlsx';
}
