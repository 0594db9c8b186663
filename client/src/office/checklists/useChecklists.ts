/** The list of checklists, and one of them. */
import { useI18n } from '../../i18n';
import { fetchChecklist, listChecklists } from '../api/checklists';
import type { ChecklistBrief, ChecklistDocument } from '../api/types';
import { useLoad, type Loader } from '../composables/useLoad';
import { useLocalText } from '../composables/useLocalText';

export function useChecklists(): Loader<ChecklistBrief[]> {
  return useLoad(listChecklists);
}

export function useChecklist(hash: () => string): Loader<ChecklistDocument> {
  return useLoad((signal) => fetchChecklist(hash(), signal), hash);
}

/** Titles of checklists for places that only know an id and a version. */
export function useChecklistTitles(): { titleOf: (checklist: { id: string }) => string } {
  const { state } = useLoad(listChecklists);
  const { te, t } = useI18n();
  const { localText } = useLocalText();

  function titleOf({ id }: { id: string }): string {
    const known = state.value.kind === 'ready' ? state.value.value.find((checklist) => checklist.id === id) : undefined;
    if (known) return localText(known.title);
    return te(`words.sector.${id}`) ? t(`words.sector.${id}`) : id;
  }

  return { titleOf };
}
