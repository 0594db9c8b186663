/** Names of the standards that hazards and checklists cite, loaded once. */
import { shallowRef } from 'vue';
import { listStandards } from '../api/checklists';
import type { Standard } from '../api/types';
import { useLocalText } from './useLocalText';

const standards = shallowRef(new Map<string, Standard>());
let loading: Promise<void> | null = null;

export function useStandards(): { citationText: (citation: { standard: string; clause: string }) => string } {
  loading ??= load();
  const { localText } = useLocalText();
  return {
    citationText({ standard, clause }) {
      const known = standards.value.get(standard);
      return [known ? localText(known.name) : standard, known?.number ? `（${known.number}）` : '', ' ', clause].join('');
    },
  };
}

async function load(): Promise<void> {
  try {
    standards.value = new Map((await listStandards()).map((standard) => [standard.id, standard]));
  } catch {
    // Citations then show the standard's id; the next page tries again.
    loading = null;
  }
}
