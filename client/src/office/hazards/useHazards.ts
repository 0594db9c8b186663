/** Pages of the ledger and single hazards. */
import type { ComputedRef } from 'vue';
import { fetchHazard, listHazards } from '../api/hazards';
import type { ListPage } from '../api/lists';
import type { HazardBrief, HazardDetail } from '../api/types';
import { useListPage } from '../composables/useListPage';
import { useLoad, type Loader } from '../composables/useLoad';

export function useHazardPage(params: ComputedRef<Record<string, string>>): Loader<ListPage<HazardBrief>> {
  return useListPage(listHazards, params);
}

export function useHazard(id: () => string): Loader<HazardDetail> {
  return useLoad((signal) => fetchHazard(id(), signal), id);
}
