/** What a checklist carries as unverified, with its reason, for the office to confirm. Pure. */
import type { ChecklistDocument, LocalText } from '../api/types';

export interface Unverified { id: string; kind: 'item' | 'determination'; where: LocalText | null; statement: LocalText; reason: LocalText; basis: { standard: string; clause: string }[] }

export function unverifiedOf(document: Pick<ChecklistDocument, 'sections' | 'determinations'>): Unverified[] {
  const items = document.sections.flatMap((section) => section.items.flatMap((item) => (item.unverified
    ? [{ id: item.id, kind: 'item' as const, where: section.title, statement: item.statement, reason: item.unverified.reason, basis: item.basis ?? [] }]
    : [])));
  const determinations = (document.determinations ?? []).flatMap((each) => (each.unverified
    ? [{ id: each.id, kind: 'determination' as const, where: null, statement: each.title, reason: each.unverified.reason, basis: [{ standard: each.standard, clause: each.clause }] }]
    : []));
  return [...items, ...determinations];
}
