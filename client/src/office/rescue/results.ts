/** What an import came to. Pure. */
import type { ImportCounts, ImportItem, ImportResult, ImportStatus } from '../api/rescue';

export const STATUSES: readonly ImportStatus[] = ['accepted', 'already_accepted', 'quarantined', 'refused', 'conflict'];
export const STATUS_TONES = { accepted: 'pass', already_accepted: 'neutral', quarantined: 'warning', refused: 'fail', conflict: 'fail' } as const;

/** Statuses that occur, in their fixed order. */
export function countsInOrder(counts: ImportCounts): { status: ImportStatus; count: number }[] {
  return STATUSES.flatMap((status) => (counts[status] ? [{ status, count: counts[status] }] : []));
}

/** What somebody has to look at comes first; otherwise the order of the file. */
export function itemsToShow(items: readonly ImportItem[], onlyOpen: boolean): ImportItem[] {
  const open = items.filter(needsSomebody);
  return onlyOpen ? open : [...open, ...items.filter((item) => !needsSomebody(item))];
}

export function needsSomebody(item: ImportItem): boolean {
  return item.status === 'refused' || item.status === 'conflict' || item.status === 'quarantined';
}

/** The file brought nothing that was not on the server before. */
export function isNothingNew({ items }: Pick<ImportResult, 'items'>): boolean {
  return items.length > 0 && items.every((item) => item.status === 'already_accepted');
}

export function totalOf(counts: ImportCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
