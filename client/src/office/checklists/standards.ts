/** The registry for the office: what is due to be looked up first, and everything that cites a standard. Pure. */
import { groundOf, QUARTER_DAYS } from '../../forms/standards.ts';
import type { StandardGround } from '../../vocabulary/codes.ts';
import type { ChecklistDocument, LocalText, Standard } from '../api/types';

export interface StandardUse { checklist: string; title: LocalText; kind: 'item' | 'determination'; id: string; statement: LocalText; clause: string }
export interface StandardRow { standard: Standard; replacement: LocalText | null; ground: StandardGround; due: boolean; uses: StandardUse[] }

export function standardRows(standards: readonly Standard[], documents: readonly ChecklistDocument[], day: string): StandardRow[] {
  const uses = new Map<string, StandardUse[]>();
  for (const document of documents) for (const use of usesIn(document)) uses.set(use.standard, [...(uses.get(use.standard) ?? []), use]);
  const names = new Map(standards.map((standard) => [standard.id, standard.name]));
  return standards
    .map((standard) => ({
      standard,
      replacement: names.get(standard.replaced_by?.standard ?? '') ?? null,
      ground: groundOf(standard, day),
      due: isDue(standard, day),
      uses: uses.get(standard.id) ?? [],
    }))
    .sort((a, b) => Number(b.due) - Number(a.due) || Number(b.standard.moving ?? false) - Number(a.standard.moving ?? false)
      || (a.standard.last_checked_on ?? '').localeCompare(b.standard.last_checked_on ?? '') || a.standard.id.localeCompare(b.standard.id));
}

function isDue({ last_checked_on, valid_from, valid_to }: Standard, day: string): boolean {
  if ((valid_from !== null && day < valid_from) || (valid_to !== null && valid_to < day)) return false;
  return last_checked_on === null || Date.parse(day) - Date.parse(last_checked_on) > QUARTER_DAYS * 86_400_000;
}

function usesIn(document: ChecklistDocument): (StandardUse & { standard: string })[] {
  const own = { checklist: document.id, title: document.title };
  return [
    ...document.sections.flatMap((section) => section.items.flatMap((item) => (item.basis ?? []).map(({ standard, clause }) => ({ ...own, kind: 'item' as const, id: item.id, statement: item.statement, standard, clause })))),
    ...(document.determinations ?? []).map(({ id, title, standard, clause }) => ({ ...own, kind: 'determination' as const, id, statement: title, standard, clause })),
  ];
}
